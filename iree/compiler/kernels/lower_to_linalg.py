"""lower-to-linalg: every tensor op becomes a linalg.generic nest with a scalar body.

    %2 = arith.mulf %0, %1 : tensor<4xf32>
  becomes
    %2 = tensor.empty() : tensor<4xf32>
    %3 = linalg.generic {indexing_maps = [d0 -> d0, d0 -> d0, d0 -> d0], iterator_types = ["parallel"]}
           ins(%0, %1) outs(%2) {
           ^bb0(%a: f32, %b: f32, %out: f32):
             %c = arith.mulf %a, %b : f32
             linalg.yield %c : f32
         } -> tensor<4xf32>

Buffers and tensors of unsigned integers become signless here; the bodies know the sign. Constants become numbers in the
bodies that use them. CompileError: an op that has no nest, a constant of more than 16 different elements.
"""

from xdsl.dialects import func
from xdsl.dialects.arith import ConstantOp
from xdsl.dialects.builtin import FunctionType, MemRefType, ModuleOp
from xdsl.ir import Attribute, Block, Operation, Region

from iree.compiler.dialects import iree, mhlo
from iree.compiler.ir.diagnostics import CompileError, fail, raise_all
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.kernels import (
    bitcast,
    contractions,
    data_movement,
    elementwise,
    indexing,
    output_places,
    sorting,
    windows,
)
from iree.compiler.kernels.lowering import Lowering, Rule
from iree.compiler.kernels.required_sizes import require_elements
from iree.compiler.kernels.scalar_bodies import is_elementwise, signless

RULES: dict[type[Operation], Rule] = {
    ConstantOp: elementwise.lower_constant,
    mhlo.Constant: elementwise.lower_constant,
    mhlo.BroadcastInDim: data_movement.lower_broadcast_in_dim,
    mhlo.BitcastConvert: bitcast.lower_bitcast_convert,
    mhlo.Broadcast: data_movement.lower_broadcast,
    mhlo.Reshape: data_movement.lower_reshape,
    mhlo.Transpose: data_movement.lower_transpose,
    mhlo.Slice: data_movement.lower_slice,
    mhlo.Reverse: data_movement.lower_reverse,
    mhlo.Concatenate: data_movement.lower_concatenate,
    mhlo.Pad: data_movement.lower_pad,
    mhlo.Iota: data_movement.lower_iota,
    mhlo.Sizes: elementwise.lower_sizes,
    mhlo.DynamicSlice: indexing.lower_dynamic_slice,
    mhlo.DynamicUpdateSlice: indexing.lower_dynamic_update_slice,
    mhlo.Gather: indexing.lower_gather,
    mhlo.Scatter: indexing.lower_scatter,
    mhlo.SortOrder: sorting.lower_sort_order,
    mhlo.MergeOrder: sorting.lower_merge_order,
    mhlo.Dot: contractions.lower_dot,
    mhlo.DotGeneral: contractions.lower_dot_general,
    mhlo.Convolution: windows.lower_convolution,
    mhlo.Reduce: contractions.lower_reduce,
    mhlo.ReduceWindow: windows.lower_reduce_window,
}


class LowerToLinalg(Pass):
    name = "lower-to-linalg"
    reads = ("func", "iree", "arith", "math", "mhlo")
    leaves = ("func", "iree", "arith", "math", "complex", "scf", "linalg", "tensor")

    def run(self, module: ModuleOp) -> None:
        errors: list[CompileError] = []
        for function in ops_of(module, func.FuncOp):
            _lower_function(function, errors)
        raise_all(errors)


def _lower_function(function: func.FuncOp, errors: list[CompileError]) -> None:
    old = function.body.block
    types = [_signless_buffer(argument.type) for argument in old.args]
    new = Block(arg_types=types)
    for argument, replacement in zip(old.args, new.args, strict=True):
        replacement.name_hint = argument.name_hint
        replacement.location = argument.location
    lowering = Lowering(new, dict(zip(old.args, new.args, strict=True)))
    for op in old.ops:
        require_elements(function, op)
        try:
            _lower(lowering, op)
        except CompileError as error:
            errors.append(error)
            _stand_in(lowering, op)
    function.detach_region(function.body)
    function.add_region(Region(new))
    function.properties["function_type"] = FunctionType.from_lists(types, [])


def _lower(lowering: Lowering, op: Operation) -> None:
    match op:
        case iree.LoadInput():
            lowering.replace(op, iree.LoadInput(lowering.value(op.source)))
        case iree.StoreOutput():
            output_places.lower_store(lowering, op)
        case iree.Return():
            lowering.append(op, iree.Return())
        case _ if type(op) in RULES:
            RULES[type(op)](lowering, op)
        case _ if is_elementwise(op):
            elementwise.lower_elementwise(lowering, op)
        case _:
            fail(op, "has no kernel for compiled targets; interpreter-bytecode runs it")


def _stand_in(lowering: Lowering, op: Operation) -> None:
    """Lets lowering go on after an error, to find all of them: the results become values that nothing runs."""
    for result in op.results:
        lowering.stand_in(result)


def _signless_buffer(type_: Attribute) -> Attribute:
    if isinstance(type_, MemRefType):
        return MemRefType(signless(type_.element_type), type_.shape)
    return type_
