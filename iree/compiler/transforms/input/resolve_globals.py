"""resolve-globals: a variable that never changes is a constant; what is left is read and written rightly.

    ml_program.global private @scale(dense<2.0> : tensor<f32>) : tensor<f32>
    %0 = ml_program.global_load @scale : tensor<f32>
  becomes
    %0 = mhlo.constant dense<2.0> : tensor<f32>

So does a private mutable variable that no function stores to. Variables that nothing reads or writes are dropped,
unless they are public and mutable: those are the user's, who may set them between calls.

CompileError: a load or store of another type than the variable's; a store to a variable that is not mutable; a variable
without a value to start with.
"""

from collections.abc import Mapping

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, ModuleOp
from xdsl.ir import Attribute

from iree.compiler.dialects import mhlo, ml_program
from iree.compiler.ir.diagnostics import CompileError, op_error, raise_all
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import erase, ops_of, replace


class ResolveGlobals(Pass):
    name = "resolve-globals"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        variables = {op.sym_name.data: op for op in ops_of(module, ml_program.Global)}
        loads = ops_of(module, ml_program.AnyLoad)
        stores = ops_of(module, ml_program.GlobalStore)
        raise_all(_errors(variables, loads, stores))
        stored = {store.variable for store in stores}
        for load in loads:
            variable = variables[load.variable]
            if load.variable not in stored and not _is_settable(variable):
                assert isinstance(variable.value, DenseIntOrFPElementsAttr)
                replace(load, mhlo.Constant(variable.value))
        for name, variable in variables.items():
            if name not in stored and not _is_settable(variable):
                erase(variable)


def _is_settable(variable: ml_program.Global) -> bool:
    """Whether the user may set it between calls."""
    visibility = variable.sym_visibility
    return variable.is_mutable is not None and visibility is not None and visibility.data == "public"


def _errors(
    variables: Mapping[str, ml_program.Global],
    loads: list[ml_program.AnyLoad],
    stores: list[ml_program.GlobalStore],
) -> list[CompileError]:
    errors = [
        op_error(variable, f"@{name} has no value to start with; give it one, @{name}(dense<...> : {variable.type})")
        for name, variable in variables.items()
        if not isinstance(variable.value, DenseIntOrFPElementsAttr)
    ]
    accesses: list[tuple[ml_program.AnyLoad | ml_program.GlobalStore, Attribute]] = [
        *((load, load.result.type) for load in loads),
        *((store, store.value.type) for store in stores),
    ]
    for op, type_ in accesses:
        variable = variables.get(op.variable)
        if variable is None:
            errors.append(op_error(op, f"@{op.variable} is no variable"))
        elif type_ != variable.type:
            errors.append(op_error(op, f"@{op.variable} is a {variable.type}, not a {type_}"))
        elif isinstance(op, ml_program.GlobalStore) and variable.is_mutable is None:
            how = f"ml_program.global private mutable @{op.variable}"
            errors.append(op_error(op, f"@{op.variable} is not mutable; declare it so: {how}"))
        elif isinstance(op, ml_program.GlobalLoadConst) and variable.is_mutable is not None:
            errors.append(op_error(op, f"@{op.variable} is mutable; use ml_program.global_load"))
    return errors
