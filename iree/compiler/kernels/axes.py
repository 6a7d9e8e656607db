"""Axes: the loops of a kernel as symbols, so that places in tensors can be simplified before any code is made of them.

axes = Axes()
row = axes.add(4)                      d0, in 0 .. 3
column = axes.add(8)                   d1, in 0 .. 7
axes.through(map, (row, column))       the map's results for this iteration
axes.linear((row, column), (4, 8))     d0 * 8 + d1
axes[row] = counter                    what code finds there
axes.emit(emitter, row * 8 + column)   arith ops on counters
"""

from collections.abc import Sequence

from xdsl.ir import SSAValue
from xdsl.ir.affine import (
    AffineBinaryOpExpr,
    AffineBinaryOpKind,
    AffineConstantExpr,
    AffineDimExpr,
    AffineExpr,
    AffineMap,
)

from iree.compiler.kernels import index_maps
from iree.compiler.kernels.emitter import Emitter

Place = tuple[AffineExpr, ...]


class Axes:
    """Grows only: an axis that was added keeps its number."""

    def __init__(self) -> None:
        self._sizes: list[int] = []
        self._values: list[SSAValue | None] = []

    def add(self, size: int, value: SSAValue | None = None) -> AffineDimExpr:
        """A new axis, of positions from 0 to size - 1."""
        self._sizes.append(size)
        self._values.append(value)
        return AffineDimExpr(len(self._sizes) - 1)

    def __setitem__(self, axis: AffineDimExpr, value: SSAValue) -> None:
        self._values[axis.position] = value

    def simplify(self, expr: AffineExpr) -> AffineExpr:
        """The same position with fewer operations."""
        return index_maps.simplify(expr, self._sizes)

    def bounds(self, expr: AffineExpr) -> tuple[int, int]:
        """The least and the greatest value of a position."""
        return index_maps.bounds(expr, self._sizes)

    def through(self, map_: AffineMap, place: Place) -> Place:
        """Where a map leads from a place."""
        return tuple(self.simplify(expr.replace_dims_and_symbols(place, ())) for expr in map_.results)

    def linear(self, place: Place, shape: Sequence[int]) -> AffineExpr:
        """The position in row-major order of an element."""
        return self.simplify(index_maps.linearize(place, shape))

    def emit(self, emitter: Emitter, expr: AffineExpr) -> SSAValue:
        """Code that computes a position: sums begin with what is known outside of the most loops, to be made there."""

        def order(term: AffineExpr) -> tuple[bool, bool, int]:
            values = [value for dim in term.used_dims() if (value := self._values[dim]) is not None]
            return isinstance(term, AffineConstantExpr), _is_negative(term), emitter.depth(values)

        first, *others = sorted(_summands(expr), key=order)
        return index_maps.apply(emitter, sum(others, first), self._values)  # type: ignore[arg-type]

    def emit_all(self, emitter: Emitter, place: Place) -> list[SSAValue]:
        """Code that computes each position of a place."""
        return [self.emit(emitter, expr) for expr in place]


def uses(place: Sequence[AffineExpr], axis: AffineDimExpr | None) -> bool:
    """Whether a place differs along an axis."""
    return axis is not None and any(axis.position in expr.used_dims() for expr in place)


def stride(expr: AffineExpr, axis: AffineDimExpr) -> int | None:
    """How far apart neighbours along an axis are; None where they are not evenly apart."""
    match expr:
        case AffineDimExpr(position):
            return int(position == axis.position)
        case AffineBinaryOpExpr(AffineBinaryOpKind.Add, lhs, rhs):
            first, second = stride(lhs, axis), stride(rhs, axis)
            return None if first is None or second is None else first + second
        case AffineBinaryOpExpr(AffineBinaryOpKind.Mul, lhs, AffineConstantExpr(factor)):
            inner = stride(lhs, axis)
            return None if inner is None else inner * factor
    return None if axis.position in expr.used_dims() else 0


def _summands(expr: AffineExpr) -> list[AffineExpr]:
    if isinstance(expr, AffineBinaryOpExpr) and expr.kind is AffineBinaryOpKind.Add:
        return [*_summands(expr.lhs), *_summands(expr.rhs)]
    return [expr]


def _is_negative(term: AffineExpr) -> bool:
    match term:
        case AffineBinaryOpExpr(AffineBinaryOpKind.Mul, _, AffineConstantExpr(factor)):
            return factor < 0
    return False


def divisions(expr: AffineExpr) -> int:
    """How many quotients and remainders a position is made of."""
    if not isinstance(expr, AffineBinaryOpExpr):
        return 0
    own = expr.kind in (AffineBinaryOpKind.FloorDiv, AffineBinaryOpKind.Mod)
    return own + divisions(expr.lhs) + divisions(expr.rhs)
