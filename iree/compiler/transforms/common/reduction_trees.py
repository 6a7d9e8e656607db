"""Reductions said with ops on whole tensors: the body on ever fewer, ever larger parts, in the order of the elements.

    mhlo.reduce over 5 elements, body f      ->  f(init, f(f(f(x0, x1), f(x2, x3)), x4))      in 3 levels
    mhlo.reduce_window, windows of 5         ->  f(init, f(pairs of pairs, 1 more)), for all windows at once

The body may be any, of any number of operands. StableHLO leaves the tree open, but not the order of its leaves; init
takes part once.
"""

from collections.abc import Callable, Sequence

from xdsl.ir import Block

from iree.compiler.dialects import mhlo
from iree.compiler.transforms.common.expression import Expression
from iree.compiler.transforms.common.whole_tensor_bodies import apply_body

Values = list[Expression]
MOST_STEPS = 16  # of a window that are combined one by one, whatever the other way takes


def expand_reduce(op: mhlo.Reduce, *operands: Expression) -> Values:
    """The results of a reduce of static shape."""
    shape = mhlo.shape_of(op.outputs[0])
    values = list(operands[: len(op.inputs)])
    inits = [init.broadcast(shape, ()) for init in operands[len(values) :]]
    if 0 in values[0].shape:
        return inits
    for dim in sorted(mhlo.ints(op.dimensions), reverse=True):
        values = _along(op.body.block, values, dim)
    return apply_body(op.body.block, [*inits, *(value.reshape(shape) for value in values)])


def _along(body: Block, values: Values, dim: int) -> Values:
    """All elements of a dimension made one. What has no neighbour at a level waits until the others are one."""
    size = values[0].shape[dim]
    waiting: list[Values] = []
    while size > 1:
        pairs = size // 2 * 2
        if size > pairs:
            waiting.append([value.slice(dim, pairs, size) for value in values])
        left, right = ([value.slice(dim, first, pairs, 2) for value in values] for first in (0, 1))
        values, size = apply_body(body, [*left, *right]), size // 2
    for last in reversed(waiting):
        values = apply_body(body, [*values, *last])
    return values


def expand_reduce_window(op: mhlo.ReduceWindow, *operands: Expression) -> Values:
    """The results of a reduce_window of static shape."""
    shape = mhlo.shape_of(op.outputs[0])
    values, firsts = operands[: len(op.inputs)], operands[len(op.inputs) :]
    inits = [first.broadcast(shape, ()) for first in firsts]
    if 0 in shape:
        return inits
    padded = [_padded(value, first, op.window) for value, first in zip(values, firsts, strict=True)]
    body = op.body.block
    return apply_body(body, [*inits, *windows(padded, op.window, lambda args: apply_body(body, args))])


def _padded(value: Expression, init: Expression, window: Sequence[mhlo.WindowDim]) -> Expression:
    """The operand with what lies between and around its elements."""
    if all(dim.base_dilation == 1 and not dim.low and not dim.high for dim in window):
        return value
    lists = [dim.low for dim in window], [dim.high for dim in window], [dim.base_dilation - 1 for dim in window]
    return value.pad(*lists, filler=init)


def windows(values: Values, window: Sequence[mhlo.WindowDim], combine: Callable[[Values], Values]) -> Values:
    """Every window of padded operands made one, one dimension after the other, the last first."""
    for dim in reversed(range(len(window))):
        values = _windows_along(values, dim, window[dim], combine)
    return values


def _windows_along(values: Values, dim: int, window: mhlo.WindowDim, combine: Callable[[Values], Values]) -> Values:
    """Windows along one dimension, of places one by one, or of runs that double in length, whatever is less."""
    size, step = window.size, window.window_dilation
    length = values[0].shape[dim]
    stops = (length - (size - 1) * step - 1) // window.stride + 1

    def seen(runs: Values, first: int) -> Values:
        start = first * step
        return [run.slice(dim, start, start + (stops - 1) * window.stride + 1, window.stride) for run in runs]

    doublings = size.bit_length() - 1
    if size <= MOST_STEPS and (size - 1) * stops <= doublings * length:
        result = seen(values, 0)
        for place in range(1, size):
            result = combine([*result, *seen(values, place)])
        return result
    runs = [values]  # of 1, 2, 4, .. places from each on
    for level in range(doublings):
        reach = step << level
        left, last = runs[-1], runs[-1][0].shape[dim]
        parts = ([run.slice(dim, first, last - reach + first) for run in left] for first in (0, reach))
        runs.append(combine([value for part in parts for value in part]))
    result, place = seen(runs[-1], 0), 1 << doublings
    for level in reversed(range(doublings)):
        if size >> level & 1:
            result = combine([*result, *seen(runs[level], place)])
            place += 1 << level
    return result
