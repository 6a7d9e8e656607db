"""expand-linear-algebra: triangular equations and Cholesky's factor, row by row and column by column.

    %1 = mhlo.cholesky %0, lower = true : tensor<4x4xf32>
  becomes, for each column i, what is left of it when those before it are done, over the root of its diagonal:
    v = a[:, i] - L L[i, :]^H          L[i:, i] = v[i:] / sqrt(v[i])
    %1 = mhlo.triangular_solve %a, %b
  becomes, for each row i
    x[i] = (b[i] - a[i, :] x) / a[i, i]

Everything is brought to a lower triangle on the left side first: by transposing, or by reading rows and columns from
the end.
"""

from collections.abc import Callable

from xdsl.dialects.builtin import ModuleOp, i32

from iree.compiler.dialects import mhlo
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.common.expression import Expression, expand, where
from iree.compiler.transforms.input.expand.repeat import repeat


class ExpandLinearAlgebra(Pass):
    name = "expand-linear-algebra"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for cholesky in ops_of(module, mhlo.Cholesky):
            lower = cholesky.is_lower
            expand(cholesky, lambda a, lower=lower: _cholesky(a) if lower else _adjoint(_cholesky(_adjoint(a))))
        for solve in ops_of(module, mhlo.TriangularSolve):
            expand(solve, _solver(solve))


def _solver(op: mhlo.TriangularSolve) -> Callable[[Expression, Expression], Expression]:
    left, lower, unit = (mhlo.is_set(flag) for flag in (op.left_side, op.lower, op.unit_diagonal))
    kind = op.transpose_a.data
    # X op(A) = B is op(A)^T X^T = B^T.
    transposed = (kind is not mhlo.TransposeKind.NO_TRANSPOSE) == left

    def build(a: Expression, b: Expression) -> Expression:
        if kind is mhlo.TransposeKind.ADJOINT:
            a = a.conjugate()
        a, b = _transposed(a) if transposed else a, b if left else _transposed(b)
        x = _solve(a, b, unit) if lower != transposed else _from_the_end(a, b, unit)
        return x if left else _transposed(x)

    return build


def _from_the_end(a: Expression, b: Expression, unit: bool) -> Expression:
    """The equation of an upper triangle: of a lower one, read backwards."""
    rows, columns = len(a.shape) - 2, len(a.shape) - 1
    return _solve(a.reverse(rows, columns), b.reverse(rows), unit).reverse(rows)


def _solve(a: Expression, b: Expression, unit: bool) -> Expression:
    """The equation of a lower triangle."""
    rows, columns = len(a.shape) - 2, len(a.shape) - 1
    size = a.shape[rows]
    row_of, column_of = (a.emitter.iota(i32, a.shape, dim) for dim in (rows, columns))
    below = where(row_of > column_of, a, 0)  # nothing else is read: 0 times what is there could be NaN
    diagonal = where(row_of.equals(column_of), a, 0).sum(columns).reshape((*a.shape[:-1], 1))
    divisor = diagonal.like(1) if unit else diagonal

    def step(i: Expression, x: Expression) -> list[Expression]:
        rest = b.take(rows, i) - _product(below.take(rows, i), x)
        return [x.put(rest / divisor.take(rows, i).broadcast(rest.shape, range(len(rest.shape))), rows, i)]

    (result,) = repeat(size, [b.like(0)], step)
    return result


def _cholesky(a: Expression) -> Expression:
    """The lower triangle L of L L^H = a."""
    rows, columns = len(a.shape) - 2, len(a.shape) - 1
    row_of = a.emitter.iota(i32, (*a.shape[:-1], 1), rows)

    def step(i: Expression, factor: Expression) -> list[Expression]:
        rest = a.take(columns, i) - _product(factor, _adjoint(factor.take(rows, i)))
        root = rest.take(rows, i).apply(mhlo.Sqrt)
        column = rest / root.broadcast(rest.shape, range(len(rest.shape)))
        column = where(row_of >= i.broadcast(row_of.shape, ()), column, 0)
        return [factor.put(column, columns, i)]

    (result,) = repeat(a.shape[rows], [a.like(0)], step)
    return result


def _product(x: Expression, y: Expression) -> Expression:
    """The matrix product."""
    batch = tuple(range(len(x.shape) - 2))
    return x.dot(y, mhlo.DotNumbers(batch, batch, (len(batch) + 1,), (len(batch),)))


def _transposed(x: Expression) -> Expression:
    rank = len(x.shape)
    return x.transpose([*range(rank - 2), rank - 1, rank - 2])


def _adjoint(x: Expression) -> Expression:
    return _transposed(x).conjugate()
