"""fold-trivial-ops: drop operations that change nothing, and move constants when compiling instead of in every run.

    reshape or convert to the type that is there, transpose in the order that is there, slice of everything,
    pad by nothing, reverse of no dimension, concatenate of one operand, broadcast_in_dim to the same shape  -> operand
    reshape of a reshape                                                                                     -> reshape
    reshape, transpose, slice, reverse of a constant, convert where every value is exact                    -> constant

A constant that others read too is only moved while it is small: every form of it takes its place in the module file.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.constants import dense, element_type_of
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import constant_value, ops_of, replace

SMALL = 1024  # bytes of a constant that may be in the module file more than once

_Array: TypeAlias = NDArray[Any]


class FoldTrivialOps(Pass):
    name = "fold-trivial-ops"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for op in ops_of(module, mhlo.HloOp):
            if changes_nothing(op):
                replace(op, [], [op.operands[0]])
            elif isinstance(op, mhlo.Reshape) and isinstance(op.operand.owner, mhlo.Reshape):
                source = op.operand.owner.operand
                if source.type == op.result.type:
                    replace(op, [], [source])
                else:
                    replace(op, mhlo.Reshape(source, mhlo.shape_of(op.result)))
            elif (value := _moved_constant(op)) is not None:
                replace(op, mhlo.Constant(dense(value, op.results[0].type)))


def changes_nothing(op: Operation) -> bool:
    """Whether the result is the first operand, value by value."""
    if not op.operands or [op.operands[0].type] != [result.type for result in op.results]:
        return False
    match op:
        case mhlo.Reshape() | mhlo.Convert() | mhlo.Slice():
            return True
        case mhlo.Transpose():
            return _ascending(mhlo.ints(op.permutation))
        case mhlo.BroadcastInDim():
            return _ascending(mhlo.ints(op.broadcast_dimensions))
        case mhlo.Reverse():
            return not op.dimensions
        case mhlo.Concatenate():
            return len(op.inputs) == 1
        case mhlo.Pad():
            lists = (op.edge_padding_low, op.edge_padding_high, op.interior_padding)
            return not any(any(mhlo.ints(each)) for each in lists)
        case _:
            return False


def _ascending(dimensions: tuple[int, ...]) -> bool:
    return dimensions == tuple(range(len(dimensions)))


def _moved_constant(op: Operation) -> _Array | None:
    """What an op makes of a constant, if it can be known exactly."""
    move = _MOVES.get(type(op))
    if move is None:
        return None
    operand: SSAValue = op.operands[0]
    value = constant_value(operand)
    if value is None or (value.nbytes > SMALL and not operand.has_one_use()):
        return None
    return move(op, value)


def _convert(op: mhlo.Convert, value: _Array) -> _Array | None:
    """The value in another type, or None where the conversion is not exact: rounding is the target's."""
    try:
        source, target = (element_type_of(each.type) for each in (op.operand, op.result))
    except TypeError:
        return None
    if target.kind == "bool":
        truths: _Array = np.not_equal(value, value.dtype.type(0))
        return truths
    if source.kind == "complex" and target.kind != "complex":
        value = value.real
    if source.kind == target.kind == "integer" and source.bit_width < 8:
        value = value.astype(np.int8)  # ml_dtypes' integers do not know each other
    with np.errstate(invalid="ignore", over="ignore"):
        converted: _Array = value.astype(target.dtype)
        back = converted.real if target.kind == "complex" and value.dtype.kind != "c" else converted
        exact = np.array_equal(back.astype(value.dtype), value)
    has_infinity = source.kind != target.kind and not all(map(_is_finite, (value, converted)))
    return converted if exact and not has_infinity else None


def _is_finite(array: _Array) -> bool:
    return bool(np.isfinite(array.astype(np.complex128)).all())


def _slice(op: mhlo.Slice, value: _Array) -> _Array:
    lists = zip(mhlo.ints(op.start_indices), mhlo.ints(op.limit_indices), mhlo.ints(op.strides), strict=True)
    part: _Array = value[tuple(slice(start, limit, step) for start, limit, step in lists)]
    return part


_MOVES: dict[type[Operation], Callable[[Any, _Array], _Array | None]] = {
    mhlo.Convert: _convert,
    mhlo.Reshape: lambda op, value: value.reshape(mhlo.shape_of(op.result)),
    mhlo.Transpose: lambda op, value: value.transpose(mhlo.ints(op.permutation)),
    mhlo.Slice: _slice,
    mhlo.Reverse: lambda op, value: np.flip(value, mhlo.ints(op.dimensions)),
}
