"""Rules that several mhlo ops have, and the constraint of their integer lists."""

from collections.abc import Sequence

from xdsl.dialects.builtin import DenseArrayBase, TensorType, i64
from xdsl.ir import Operation

from iree.compiler.dialects.mhlo.types import Elements, Shape, Tensor, elements_of, types_agree
from iree.compiler.ir.diagnostics import require

INTS = DenseArrayBase.constr(i64)


def require_elements(op: Operation, label: str, type_: Tensor, accepted: Elements) -> None:
    """The rule that a tensor has elements of some group."""
    holds = bool(elements_of(type_.element_type) & accepted)
    require(op, label, holds, f"takes {accepted.describe()} elements, not {type_.element_type}")


def require_dimensions(op: Operation, label: str, dimensions: Sequence[int], rank: int) -> None:
    """The rule that a list names dimensions of a tensor of this rank, each at most once."""
    holds = len(set(dimensions)) == len(dimensions) and all(0 <= dim < rank for dim in dimensions)
    require(op, label, holds, f"dimensions {list(dimensions)} are not different ones of rank {rank}")


def require_result(op: Operation, label: str, result: Tensor, operand: Tensor, shape: Shape) -> None:
    """The rule that the result has the operand's elements and this shape."""
    expected = TensorType(operand.element_type, shape)
    require(op, label, types_agree(result, expected), f"the result is {result}, not {expected}")


def require_one_kind(op: Operation, label: str, *types: Tensor) -> None:
    """The rule that all elements are integers, or all booleans, or floats, or complex; of any width."""
    kinds = {elements_of(type_.element_type) for type_ in types}
    merged = {Elements.INTEGER if kind in Elements.INTEGER else kind for kind in kinds}
    *operands, result = types
    require(op, label, len(merged) == 1, f"{' and '.join(map(str, operands))} give {result}")
