"""Factors of matrices, for any batch dimensions before the last two: L U with pivots, and Q R by Householder's mirrors.

Rows are picked by masks and sums, not by indices: each matrix of a batch has pivots of its own.
"""

from typing import NamedTuple

from xdsl.dialects.builtin import i32

from iree.compiler.dialects import mhlo
from iree.compiler.transforms.common.expression import Expression, where
from iree.compiler.transforms.input.expand.repeat import repeat


class Pivoted(NamedTuple):
    """L below its diagonal of ones, and U; which row each was exchanged with; the first zero pivot from 1, or 0."""

    factors: Expression
    pivots: Expression
    info: Expression


class Reflected(NamedTuple):
    """R, below its diagonal what each mirror's vector has after its 1; and each mirror's factor."""

    factors: Expression
    taus: Expression


class _Grid:
    """Places in matrices: of a shape, or of its columns and rows alone."""

    def __init__(self, model: Expression) -> None:
        self.emitter, self.shape = model.emitter, model.shape
        self.rows, self.columns = len(model.shape) - 2, len(model.shape) - 1
        self.row_of, self.column_of = (self.emitter.iota(i32, self.shape, dim) for dim in (self.rows, self.columns))

    def spread(self, value: Expression) -> Expression:
        """A number, a column or a row, in the whole shape."""
        return value.broadcast(self.shape, range(len(value.shape)))

    def column(self, matrix: Expression, index: Expression) -> Expression:
        """The column at an index, in each column."""
        return self._picked(matrix, self.column_of.equals(self.spread(index)), self.columns)

    def row(self, matrix: Expression, index: Expression) -> Expression:
        """The row at an index, which may be one for each matrix, in each row."""
        return self._picked(matrix, self.row_of.equals(self.spread(index)), self.rows)

    def _picked(self, matrix: Expression, mask: Expression, dim: int) -> Expression:
        kept = [each for each in range(len(self.shape)) if each != dim]
        return where(mask, matrix, 0).sum(dim).broadcast(self.shape, kept)


def pivoted(a: Expression) -> Pivoted:
    """P A = L U with the largest element of what is left of a column as its pivot, the first of equal ones."""
    grid = _Grid(a)
    *batch, rows, columns = a.shape
    count = min(rows, columns)
    first = a.emitter.iota(i32, (*batch, count), len(batch)).like(0)
    place_of = a.emitter.iota(i32, (*batch, count), len(batch))

    def step(k: Expression, matrix: Expression, pivots: Expression, info: Expression) -> list[Expression]:
        below = grid.row_of >= grid.spread(k)
        sizes = where(below, abs(grid.column(matrix, k)), -1.0)
        largest = sizes.maximum(grid.rows).broadcast(a.shape, [*range(len(batch)), grid.columns])
        candidates = where(sizes.equals(largest) | sizes.is_nan(), grid.row_of, rows)
        pivot = candidates.minimum(grid.rows, grid.columns)
        exchanged = where(
            grid.row_of.equals(grid.spread(k)),
            grid.row(matrix, pivot),
            where(grid.row_of.equals(grid.spread(pivot)), grid.row(matrix, k), matrix),
        )
        column, row = grid.column(exchanged, k), grid.row(exchanged, k)
        diagonal = grid.column(row, k)
        factor = where(diagonal.equals(0.0), column, column / diagonal)
        is_below = grid.row_of > grid.spread(k)
        changed = where(grid.column_of > grid.spread(k), exchanged - factor * row, exchanged)
        changed = where(grid.column_of.equals(grid.spread(k)), factor, changed)
        is_zero = diagonal.slice(grid.rows, 0, 1).slice(grid.columns, 0, 1).reshape(tuple(batch)).equals(0.0)
        found = where(info.equals(0) & is_zero, k.broadcast(tuple(batch), ()) + 1, info)
        at_k = place_of.equals(k.broadcast(place_of.shape, ()))
        noted = where(at_k, (pivot + 1).broadcast(place_of.shape, range(len(batch))), pivots)
        return [where(is_below, changed, exchanged), noted, found]

    info = first.slice(len(batch), 0, 1).reshape(tuple(batch)) if count else _zeros(a, batch)
    return Pivoted(*repeat(count, [a, first, info], step))


def reflected(a: Expression) -> Reflected:
    """A = Q R, column by column: a mirror that sends what is left of it to the diagonal."""
    grid = _Grid(a)
    *batch, rows, columns = a.shape
    count = min(rows, columns)
    place_of = a.emitter.iota(i32, (*batch, count), len(batch))
    taus = a.emitter.number(0, mhlo.with_shape(a.type, (*batch, count)))

    def step(k: Expression, matrix: Expression, taus: Expression) -> list[Expression]:
        at, below = grid.row_of.equals(grid.spread(k)), grid.row_of > grid.spread(k)
        column = grid.column(matrix, k)
        alpha = grid.row(column, k)
        tail = where(below, column, 0)
        norm = _length(tail, grid)
        straight = norm.equals(0.0)
        beta = where(alpha < 0.0, _hypotenuse(alpha, norm), -_hypotenuse(alpha, norm))
        beta = where(straight, alpha, beta)
        tau = where(straight, beta.like(0), (beta - alpha) / where(straight, beta.like(1), beta))
        vector = where(at, tail.like(1), tail / where(straight, alpha.like(1), alpha - beta))
        mirrored = matrix - tau * vector * _across(where(at | below, vector * matrix, 0), grid)
        is_right = grid.column_of > grid.spread(k)
        changed = where(is_right, where(at | below, mirrored, matrix), matrix)
        own = where(at, beta, where(below, vector, matrix))
        changed = where(grid.column_of.equals(grid.spread(k)), own, changed)
        one = tau.slice(grid.rows, 0, 1).slice(grid.columns, 0, 1).reshape((*batch, 1))
        at_k = place_of.equals(k.broadcast(place_of.shape, ()))
        return [changed, where(at_k, one.broadcast(place_of.shape, range(len(batch) + 1)), taus)]

    return Reflected(*repeat(count, [a, taus], step))


def mirrors_applied(factors: Expression, taus: Expression) -> Expression:
    """The product of mirrors, as many of its columns as there are of their vectors."""
    grid = _Grid(factors)
    *batch, _, _ = factors.shape
    count = taus.shape[-1]
    identity = where(grid.row_of.equals(grid.column_of), factors.like(1), 0)

    def step(i: Expression, product: Expression) -> list[Expression]:
        k = i.like(count - 1) - i
        at, below = grid.row_of.equals(grid.spread(k)), grid.row_of > grid.spread(k)
        vector = where(at, factors.like(1), where(below, grid.column(factors, k), 0))
        tau = taus.take(len(batch), k).reshape((*batch, 1, 1))
        tau = tau.broadcast(factors.shape, range(len(factors.shape)))
        return [product - tau * vector * _across(vector * product, grid)]

    (result,) = repeat(count, [identity], step)
    return result


def _across(products: Expression, grid: _Grid) -> Expression:
    """The sum of each column, in each row."""
    kept = [dim for dim in range(len(grid.shape)) if dim != grid.rows]
    return products.sum(grid.rows).broadcast(grid.shape, kept)


def _length(column: Expression, grid: _Grid) -> Expression:
    """The root of the sum of squares, scaled so that no square overflows or vanishes."""
    kept = [dim for dim in range(len(grid.shape)) if dim != grid.rows]
    largest = abs(column).maximum(grid.rows).broadcast(grid.shape, kept)
    scale = where(largest.equals(0.0), largest.like(1), largest)
    scaled = column / scale
    return where(largest.equals(0.0), largest, scale * _across(scaled * scaled, grid).apply(mhlo.Sqrt))


def _hypotenuse(x: Expression, y: Expression) -> Expression:
    larger, smaller = abs(x).apply(mhlo.Maximum, abs(y)), abs(x).apply(mhlo.Minimum, abs(y))
    ratio = smaller / where(larger.equals(0.0), larger.like(1), larger)
    return larger * (1.0 + ratio * ratio).apply(mhlo.Sqrt)


def _zeros(model: Expression, shape: list[int]) -> Expression:
    return model.emitter.number(0, mhlo.with_elements(mhlo.with_shape(model.type, shape), i32))
