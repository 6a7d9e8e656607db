"""check-input: refuse what no target can compile, all of it in one report.

    model.mlir:3:10: mhlo.add: tensor<4xi128> is not supported: elements are i1, i8, i16, i32, i64, ui8, ui16, ..

What one target alone cannot compile is for that target to refuse.

Changes nothing. CompileError: an op is one of mhlo/refused.py; a value is no tensor of supported elements and known
sizes; a function jumps between blocks; a reduce or scatter has a body that is no single op; elements are gathered from
nothing.
"""

import re
from collections.abc import Iterator

from xdsl.dialects.builtin import ModuleOp, TensorType, i1
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Operation

from iree.compiler.dialects import mhlo
from iree.compiler.ir.constants import element_type_of
from iree.compiler.ir.diagnostics import CompileError, op_error, raise_all
from iree.compiler.ir.location import location_of, location_text
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.schemas.element_types import ELEMENT_TYPES


class CheckInput(Pass):
    name = "check-input"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        raise_all([error for function in ops_of(module, FuncOp) for error in _function_errors(function)])


def _function_errors(function: FuncOp) -> Iterator[CompileError]:
    if len(function.body.blocks) != 1:
        yield op_error(
            function, f"@{function.sym_name.data} jumps between blocks, which is not supported; use while, if and case"
        )
        return
    for argument in function.body.block.args:
        if (reason := why_unsupported(argument.type)) is not None:
            name = f"%{argument.name_hint}" if argument.name_hint else f"number {argument.index}"
            text = f"argument {name} of @{function.sym_name.data}: {reason}"
            yield CompileError(text, location_text(argument.location) or location_of(function))
    for op in _operations(function):
        yield from _operation_errors(op)


def _operations(op: Operation) -> Iterator[Operation]:
    """What stands in a function and in its control flow, but not in the bodies of reduces and their kind."""
    for region in op.regions:
        for inner in region.block.ops:
            yield inner
            if isinstance(inner, mhlo.CONTROL_FLOW):
                yield from _operations(inner)


def _operation_errors(op: Operation) -> Iterator[CompileError]:
    if isinstance(op, mhlo.Refused):
        yield op_error(op, op.WHY)
        return
    reasons = (why_unsupported(result.type) for result in op.results)
    if (reason := next(filter(None, reasons), None)) is not None:
        yield op_error(op, reason)
    match op:
        case mhlo.Gather() | mhlo.TorchIndexSelect() if _gathers_from_nothing(op):
            yield op_error(op, f"{op.operand.type} has no element that {op.result.type} could be gathered from")
        case mhlo.Convolution() if mhlo.element_of(op.lhs) == i1:
            yield op_error(op, "i1 is not supported; convert to f32 or i32")
        case mhlo.CustomCall() if (reason := _why_not_callable(op.call_target_name.data)) is not None:
            yield op_error(op, reason)


def _why_not_callable(target: str) -> str | None:
    """Why nobody could register a function of this name."""
    if not re.match("xla_.*python.*callback", target):
        return None
    return (
        f"@{target} calls back into the process that traced the program (jax.pure_callback, io_callback, debug.print), "
        'which no module can; call the function by a name, jax.ffi.ffi_call("my_function", ...), and load the module '
        'with custom_calls={"my_function": ...}'
    )


def _gathers_from_nothing(op: mhlo.Gather | mhlo.TorchIndexSelect) -> bool:
    return 0 in mhlo.shape_of(op.operand) and 0 not in mhlo.shape_of(op.result)


def why_unsupported(type_: Attribute) -> str | None:
    """Why no value of this type can be compiled; None where it can."""
    if not isinstance(type_, TensorType):
        return f"{type_} is not supported: values are tensors"
    if not type_.has_static_shape():
        return f"{type_} has a size that is not known when it is compiled; give it one"
    try:
        element_type_of(type_)
    except TypeError:
        *others, last = map(str, ELEMENT_TYPES)
        return f"{type_} is not supported: elements are {', '.join(others)} or {last}"
    return None
