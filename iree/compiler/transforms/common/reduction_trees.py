"""Reductions said with ops on whole tensors: the body on ever fewer, ever larger parts, in the order of the elements.

    mhlo.reduce over 5 elements, body f      ->  f(init, f(f(f(x0, x1), f(x2, x3)), x4))      in 3 levels
    mhlo.reduce_window, windows of 5         ->  f(init, f(pairs of pairs, 1 more)), for all windows at once

The body may be any, of any number of operands. StableHLO leaves the tree open, but not the order of its leaves; init
takes part once.
"""

from collections.abc import Callable, Sequence

from xdsl.ir import Block, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.transforms.common.tensor_builder import TensorBuilder

Values = list[SSAValue]
MOST_STEPS = 16  # of a window that are combined one by one, whatever the other way takes


def expand_reduce(t: TensorBuilder, op: mhlo.Reduce) -> Values:
    """The results of a reduce of static shape."""
    shapes = [mhlo.shape_of(result) for result in op.outputs]
    inits = [t.broadcast(init, shape) for init, shape in zip(op.init_values, shapes, strict=True)]
    dimensions = mhlo.ints(op.dimensions)
    values = list(op.inputs)
    if 0 in mhlo.shape_of(values[0]):
        return inits
    for dim in sorted(dimensions, reverse=True):
        values = _along(t, op.body.block, values, dim)
    return t.apply(op.body.block, [*inits, *(t.reshape(v, s) for v, s in zip(values, shapes, strict=True))])


def _along(t: TensorBuilder, body: Block, values: Values, dim: int) -> Values:
    """All elements of a dimension made one. What has no neighbour at a level waits until the others are one."""
    size = mhlo.shape_of(values[0])[dim]
    waiting: list[Values] = []
    while size > 1:
        pairs = size // 2 * 2
        if size > pairs:
            waiting.append([t.slice(value, dim, pairs, size) for value in values])
        left, right = ([t.slice(value, dim, first, pairs, 2) for value in values] for first in (0, 1))
        values, size = t.apply(body, [*left, *right]), size // 2
    for last in reversed(waiting):
        values = t.apply(body, [*values, *last])
    return values


def expand_reduce_window(t: TensorBuilder, op: mhlo.ReduceWindow) -> Values:
    """The results of a reduce_window of static shape."""
    shape = mhlo.shape_of(op.outputs[0])
    inits = [t.broadcast(init, shape) for init in op.init_values]
    if 0 in shape:
        return inits
    padded = [_padded(t, value, init, op.window) for value, init in zip(op.inputs, op.init_values, strict=True)]
    body = op.body.block
    return t.apply(body, [*inits, *windows(t, padded, op.window, lambda args: t.apply(body, args))])


def _padded(t: TensorBuilder, value: SSAValue, init: SSAValue, window: Sequence[mhlo.WindowDim]) -> SSAValue:
    """The operand with what lies between and around its elements."""
    if all(dim.base_dilation == 1 and not dim.low and not dim.high for dim in window):
        return value
    lists = [dim.low for dim in window], [dim.high for dim in window], [dim.base_dilation - 1 for dim in window]
    return t.add(mhlo.Pad(value, init, *lists))


def windows(
    t: TensorBuilder, values: Values, window: Sequence[mhlo.WindowDim], combine: Callable[[Values], Values]
) -> Values:
    """Every window of padded operands made one, one dimension after the other, the last first."""
    for dim in reversed(range(len(window))):
        values = _windows_along(t, values, dim, window[dim], combine)
    return values


def _windows_along(
    t: TensorBuilder, values: Values, dim: int, window: mhlo.WindowDim, combine: Callable[[Values], Values]
) -> Values:
    """Windows along one dimension, of places one by one, or of runs that double in length, whatever is less."""
    size, step = window.size, window.window_dilation
    length = mhlo.shape_of(values[0])[dim]
    stops = (length - (size - 1) * step - 1) // window.stride + 1

    def seen(runs: Values, first: int) -> Values:
        start = first * step
        return [t.slice(run, dim, start, start + (stops - 1) * window.stride + 1, window.stride) for run in runs]

    doublings = size.bit_length() - 1
    if size <= MOST_STEPS and (size - 1) * stops <= doublings * length:
        result = seen(values, 0)
        for place in range(1, size):
            result = combine([*result, *seen(values, place)])
        return result
    runs = [values]  # of 1, 2, 4, .. places from each on
    for level in range(doublings):
        reach = step << level
        left, last = runs[-1], mhlo.shape_of(runs[-1][0])[dim]
        parts = ([t.slice(run, dim, first, last - reach + first) for run in left] for first in (0, reach))
        runs.append(combine([value for part in parts for value in part]))
    result, place = seen(runs[-1], 0), 1 << doublings
    for level in reversed(range(doublings)):
        if size >> level & 1:
            result = combine([*result, *seen(runs[level], place)])
            place += 1 << level
    return result
