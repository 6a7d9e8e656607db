"""dot_general: products summed over the contracted dimensions, for each pair of free ones and each batch.

Both sides are looked at as stacks of matrices, [batch, rows, contracted] and [batch, contracted, columns]; a copy is
made only where no view of the memory is one that BLAS takes. One matrix times another is one call of BLAS.
"""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from iree.hal.interpreter.kernels.kernel import (
    HALF_FLOATS,
    Action,
    Array,
    Bind,
    Builder,
    Kernel,
    Operation,
    copy_into,
    in_order,
    is_bits,
    is_complex,
    is_float,
    require,
)
from iree.hal.interpreter.kernels.movement import check_dimensions

_WORTH_FLOATS = 1 << 15  # products; below, converting costs more than it saves


class _Side:
    """One operand: how it becomes a stack of matrices whose dimensions are the three groups in this order."""

    def __init__(self, shape: tuple[int, ...], groups: tuple[tuple[int, ...], ...]):
        self.order = tuple(d for group in groups for d in group)
        self.is_identity = self.order == tuple(range(len(shape)))
        sizes = tuple(math.prod(shape[d] for d in group) for group in groups)
        self.shape = sizes if groups[0] else sizes[1:]  # no batch: plain matrices

    def view(self, x: Array) -> tuple[Array, Action | None]:
        """The matrices, and what copies them there if they are not in `x` itself."""
        turned = x if self.is_identity else x.transpose(self.order)
        try:
            matrices = turned.reshape(self.shape, copy=False)
        except ValueError:
            pass
        else:
            if suits_blas(matrices):
                return matrices, None
        copy = np.empty(turned.shape, x.dtype)
        return copy.reshape(self.shape), copy_into(copy, turned)


def suits_blas(matrices: Array) -> bool:
    """Rows or columns lie in one run, and the other stride goes over at least one run."""
    rows, columns = matrices.shape[-2:]
    down, right = matrices.strides[-2:]
    item = matrices.itemsize
    return (right == item and down >= columns * item) or (down == item and right >= rows * item)


def _check(op: Operation) -> tuple[_Side, _Side]:
    left, right = op.inputs
    left_batch, right_batch, left_contracted, right_contracted = (op.integers(i) for i in range(4))
    check_dimensions(left_batch + left_contracted, len(left.shape))
    check_dimensions(right_batch + right_contracted, len(right.shape))
    pairs = ((left_batch, right_batch), (left_contracted, right_contracted))
    for left_dimensions, right_dimensions in pairs:
        left_sizes = tuple(left.shape[d] for d in left_dimensions)
        right_sizes = tuple(right.shape[d] for d in right_dimensions)
        require(
            left_sizes == right_sizes, f"pairs sizes {list(left_sizes)} of {left} with {list(right_sizes)} of {right}"
        )
    left_free = tuple(d for d in range(len(left.shape)) if d not in left_batch + left_contracted)
    right_free = tuple(d for d in range(len(right.shape)) if d not in right_batch + right_contracted)
    batch = tuple(left.shape[d] for d in left_batch)
    shape = batch + tuple(left.shape[d] for d in left_free) + tuple(right.shape[d] for d in right_free)
    require(op.output.shape == shape, f"of {left} and {right} has shape {list(shape)}, not {op.output}")
    return (
        _Side(left.shape, (left_batch, left_free, left_contracted)),
        _Side(right.shape, (right_batch, right_contracted, right_free)),
    )


def _bind(left_side: _Side, right_side: _Side, left: Array, right: Array, out: Array) -> Action:
    left, load_left = left_side.view(left)
    right, load_right = right_side.view(right)
    target = out.reshape((*left.shape[:-1], right.shape[-1]), copy=False)
    product = multiply(left, right, target)
    if load_left is None and load_right is None:
        return product
    return in_order(*(action for action in (load_left, load_right, product) if action is not None))


def multiply(left: Array, right: Array, target: Array) -> Action:
    """ndarray.dot starts faster than np.matmul, but takes two matrices and an output in one aligned run only."""
    if left.dtype.kind in "iu" and math.prod(target.shape) * left.shape[-1] >= _WORTH_FLOATS:
        return partial(_multiply_integers, left, right, target)
    if left.ndim == 2 and target.flags.carray:
        return partial(left.dot, right, target)
    return partial(np.matmul, left, right, target)


def _multiply_integers(left: Array, right: Array, target: Array) -> None:
    """NumPy multiplies integers without BLAS. Where no sum can leave what f64 holds exactly, it is done in f64."""
    if left.shape[-1] * _magnitude(left) * _magnitude(right) >= 1 << 53:
        np.matmul(left, right, target)
        return
    exact = np.matmul(left.astype(np.float64), right.astype(np.float64))
    np.copyto(target, exact.astype(np.int64), "unsafe")


def _magnitude(array: Array) -> int:
    return max(int(array.max(initial=0)), -int(array.min(initial=0)))


def _bind_through(dtype: np.dtype, bind: Bind, left: Array, right: Array, out: Array) -> Action:
    """Multiplies as another type and rounds or wraps once."""
    wide: list[Array] = [np.empty(array.shape, dtype) for array in (left, right, out)]
    return in_order(copy_into(wide[0], left), copy_into(wide[1], right), bind(*wide), copy_into(out, wide[2]))


def product_type(op: Operation) -> np.dtype:
    """The type in which floats are multiplied and summed, which is rounded once: the widest one, f32 at least."""
    types = (op.output.dtype, *(value.dtype for value in op.inputs))
    return np.result_type(np.float32, *(dtype for dtype in types if dtype not in HALF_FLOATS))


def require_kind(op: Operation, kind: str, *allowed: Callable[[np.dtype], bool]) -> None:
    """Operands and output are of one kind, of any width."""
    types = (*op.inputs, op.output)
    right = any(all(is_allowed(type_.dtype) for type_ in types) for is_allowed in allowed)
    require(right, f"is for {kind}, not {op.inputs[0]} and {op.inputs[1]} to {op.output}")


def _float(op: Operation) -> Kernel:
    require_kind(op, "floats", is_float, is_complex)
    return _through(op, product_type(op))


def _integer(op: Operation) -> Kernel:
    require_kind(op, "integers and i1", is_bits)
    return _through(op, op.output.dtype)


def _through(op: Operation, dtype: np.dtype) -> Kernel:
    bind = partial(_bind, *_check(op))
    is_same = all(type_.dtype == dtype for type_ in (*op.inputs, op.output))
    return Kernel(bind if is_same else partial(_bind_through, dtype, bind))


DOT: dict[str, Builder] = {"dot_general_f": _float, "dot_general_i": _integer}
