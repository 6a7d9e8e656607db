"""strip-annotations: drop what frontends write beside a program and what says nothing about its results.

    module attributes {mhlo.num_partitions = 1 : i32} {
      func.func public @main(%x: tensor<4xf32>) -> (tensor<4xf32> {jax.result_info = "result"}) {
        %0 = mhlo.add %x, %x {mhlo.frontend_attributes = {grad_x = "false"}} : tensor<4xf32>
  becomes
    module {
      func.func public @main(%x: tensor<4xf32>) -> tensor<4xf32> {
        %0 = mhlo.add %x, %x : tensor<4xf32>

Of modules, functions, arguments and results everything is dropped but `iree.` attributes: with one partition, a
sharding is nothing, so sdy.mesh goes too; sdy.sharding_constraint and custom_call @Sharding are their operands. That a
caller has given an argument up (tf.aliasing_output, jax.buffer_donor) is `iree.donated` from here on. Of operations,
what frontends write is dropped; anything else may be a misspelled property.

CompileError: the program is for several partitions or replicas; an operation has an attribute nobody knows.
"""

from collections.abc import Mapping

from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, IntegerAttr, ModuleOp, UnitAttr
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Operation

from iree.compiler.dialects import mhlo, sdy
from iree.compiler.dialects.iree import DONATED
from iree.compiler.ir.diagnostics import CompileError, fail, op_error, raise_all
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import erase, ops_of, replace

OURS = "iree."
FRONTENDS = ("mhlo.", "stablehlo.", "chlo.", "sdy.", "tf.", "tf_saved_model.", "jax.", "_")
# Custom calls that say where a value is to lie.
PLACEMENTS = ("Sharding", "SPMDFullToShardShape", "SPMDShardToFullShape", "annotate_device_placement")
DONORS = ("tf.aliasing_output", "jax.buffer_donor")  # how JAX says that the caller has given an argument up
LAYOUTS = ("result_layout", "operand_layouts", "xla_shape")  # how XLA would lay tensors out in memory
ASSERTIONS = ("error_message",)  # of a custom_call @shape_assertion, which resolve-sizes reads
DEVICE_COUNTS = ("mhlo.num_partitions", "mhlo.num_replicas")


class StripAnnotations(Pass):
    name = "strip-annotations"
    reads = ("builtin", "func", "arith", "math", "mhlo", "check", "sdy")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "check")

    def run(self, module: ModuleOp) -> None:
        errors: list[CompileError] = []
        for mesh in ops_of(module, sdy.Mesh):
            erase(mesh)
        for constraint in ops_of(module, sdy.ShardingConstraint):
            replace(constraint, [], [constraint.input])
        for call in ops_of(module, mhlo.CustomCall):
            if call.call_target_name.data in PLACEMENTS and list(call.operand_types) == list(call.result_types):
                replace(call, [], list(call.operands))
        for op in module.walk():
            if isinstance(op, ModuleOp):
                _check_devices(op)
                op.attributes = _ours(op.attributes)
            elif isinstance(op, FuncOp):
                _strip_function(op)
            elif not isinstance(op, mhlo.Refused):
                errors += _strip_operation(op)
        raise_all(errors)


def _check_devices(module: ModuleOp) -> None:
    for name in DEVICE_COUNTS:
        match module.attributes.get(name):
            case IntegerAttr(value=count) if count.data != 1:
                what = name.rpartition("_")[2]
                fail(module, f"the program is for {count.data} {what}; only programs for one device are supported")


def _of_value(attributes: Attribute) -> dict[str, Attribute]:
    """What stays of the attributes of an argument or a result: ours, and that the caller has given an argument up."""
    if not isinstance(attributes, DictionaryAttr):
        return {}
    donated = any(name in attributes.data for name in DONORS)
    return _ours(attributes.data) | ({DONATED: UnitAttr()} if donated else {})


def _strip_function(function: FuncOp) -> None:
    function.attributes = _ours(function.attributes)
    for name in ("arg_attrs", "res_attrs"):
        match function.properties.get(name):
            case ArrayAttr() as lists:
                kept = [DictionaryAttr(_of_value(each)) for each in lists]
                if any(each.data for each in kept):
                    function.properties[name] = ArrayAttr(kept)
                else:
                    del function.properties[name]


def _strip_operation(op: Operation) -> list[CompileError]:
    kept = {name: value for name, value in op.attributes.items() if not _is_annotation(name)}
    op.attributes = kept
    known = (OURS, *(ASSERTIONS if op.name == "mhlo.custom_call" else ()))
    unknown = [name for name in kept if not name.startswith(known)]
    return [op_error(op, f"there is no attribute '{name}'; misspelled, or to be left out") for name in unknown]


def _is_annotation(name: str) -> bool:
    return name.startswith(FRONTENDS) or name in LAYOUTS


def _ours(attributes: Mapping[str, Attribute]) -> dict[str, Attribute]:
    return {name: value for name, value in attributes.items() if name.startswith(OURS)}
