"""expand-select-and-scatter: first which element each window selects, then what each element is given.

    %3 = "mhlo.select_and_scatter"(%x, %s, %i) .. windows of 2x2, 2 apart : (tensor<4x4xf32>, tensor<2x2xf32>, ..)
  becomes
    %n = mhlo.iota ..                                                             the number of each element
    %4:2 = "mhlo.reduce_window"(%x, %n, ..) ..                                    of each window the selected one's
    %5, %6 = %4#1, %s, each of their elements wherever a window lies that has it  (broadcast_in_dim, reshape, pad)
    %7 = mhlo.compare EQ, %5, %n
    %3 = mhlo.select %7, (%i combined with %6), %i

Where windows overlap, the last two lines are repeated for each window that an element may be in, the first one first.
Where those are very many, a scatter takes their place.

CompileError: a size is not known.
"""

import itertools
import math
from collections.abc import Sequence
from functools import partial

from xdsl.dialects.builtin import ModuleOp, TensorType, i32
from xdsl.ir import Block, Region, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.common.expression import Emitter, Expression, Number, expand, where
from iree.compiler.transforms.common.whole_tensor_bodies import apply_body, require_known

MOST_WINDOWS = 32  # that an element is looked for in one after the other
NONE = -1  # the number of no element


class ExpandSelectAndScatter(Pass):
    name = "expand-select-and-scatter"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for op in ops_of(module, mhlo.SelectAndScatter):
            require_known(op, op.operand)
            expand(op, partial(_expanded, op))


def _expanded(op: mhlo.SelectAndScatter, x: Expression, source: Expression, init: Expression) -> Expression:
    start = init.broadcast(x.shape, ())
    if 0 in source.shape or 0 in x.shape:
        return start
    numbers = x.emitter.iota(i32, (math.prod(x.shape),), 0).reshape(x.shape)
    selected = _selected(op, x, numbers, init)
    if math.prod(_overlaps(op)) > MOST_WINDOWS:
        return _scattered(op, start, source, selected)
    return _given(op, start, source, init, numbers, selected)


def _selected(op: mhlo.SelectAndScatter, x: Expression, numbers: Expression, init: Expression) -> Expression:
    """The number of the element that each window selects."""
    properties = {name: value for name, value in op.properties.items() if name in ("window_strides", "padding")}
    properties["window_dimensions"] = mhlo.int_array([dim.size for dim in op.window])
    none = x.emitter.number(NONE, TensorType(i32, ()))
    reduce = mhlo.ReduceWindow.create(
        operands=[x.value, numbers.value, init.value, none.value],
        result_types=[mhlo.with_shape(value.type, mhlo.shape_of(op.source)) for value in (x, numbers)],
        properties=properties,
        regions=[_selection(op.selection.block, TensorType(x.element, ()))],
    )
    x.emitter.ops.append(reduce)
    return Expression(x.emitter, reduce.outputs[1])


def _selection(selection: Block, scalar: TensorType) -> Region:
    """Of two elements with their numbers, the left one if the right one is none, or if it is selected."""
    emitter = Emitter()

    def chosen(
        left: Expression, left_number: Expression, right: Expression, right_number: Expression
    ) -> list[Expression]:
        values: dict[SSAValue, SSAValue] = dict(zip(selection.args, (left.value, right.value), strict=True))
        *body, last = selection.ops
        emitter.ops += [op.clone(values) for op in body]
        says = Expression(emitter, values.get(last.operands[0], last.operands[0]))
        keeps = (says & (left_number >= 0)) | (right_number < 0)
        return [where(keeps, left, right), where(keeps, left_number, right_number)]

    number: TensorType = TensorType(i32, ())
    return emitter.region([scalar, number, scalar, number], chosen)


def _strides(op: mhlo.SelectAndScatter) -> list[int]:
    """How far apart windows stop along each dimension; a single one has all elements to itself."""
    sizes = zip(op.window, mhlo.shape_of(op.operand), mhlo.shape_of(op.source), strict=True)
    return [max(dim.stride, dim.size, dim.low + size) if stops == 1 else dim.stride for dim, size, stops in sizes]


def _overlaps(op: mhlo.SelectAndScatter) -> list[int]:
    """How many windows an element may be in, along each dimension."""
    return [-(-dim.size // stride) for dim, stride in zip(op.window, _strides(op), strict=True)]


def _given(
    op: mhlo.SelectAndScatter,
    start: Expression,
    source: Expression,
    init: Expression,
    numbers: Expression,
    selected: Expression,
) -> Expression:
    """Each element looks at the windows that it may be in, those that stop first before the others."""
    places, values = (_repeated(value, _strides(op)) for value in (selected, source))
    result = start
    for before in itertools.product(*(reversed(range(count)) for count in _overlaps(op))):
        number, value = _moved(places, NONE, op, before), _moved(values, init, op, before)
        (combined,) = apply_body(op.combination.block, [result, value])
        result = where(number.equals(numbers), combined, result)
    return result


def _repeated(value: Expression, counts: Sequence[int]) -> Expression:
    """Each element several times along each dimension."""
    if all(count == 1 for count in counts):
        return value
    apart = [size for pair in zip(value.shape, counts, strict=True) for size in pair]
    sizes = [size * count for size, count in zip(value.shape, counts, strict=True)]
    return value.broadcast(apart, range(0, len(apart), 2)).reshape(sizes)


def _moved(value: Expression, filler: Number, op: mhlo.SelectAndScatter, before: Sequence[int]) -> Expression:
    """What is repeated, for each element that of the window so many stops before the last one that begins there."""
    low = [count * stride - dim.low for count, stride, dim in zip(before, _strides(op), op.window, strict=True)]
    sizes = zip(mhlo.shape_of(op.operand), value.shape, low, strict=True)
    return value.pad(low, [wanted - there - first for wanted, there, first in sizes], filler=filler)


def _scattered(op: mhlo.SelectAndScatter, start: Expression, source: Expression, selected: Expression) -> Expression:
    """The source combined into the places that the windows select."""
    numbers = mhlo.ScatterNumbers(inserted_window_dims=(0,), scatter_dims_to_operand_dims=(0,), index_vector_dim=1)
    flat = [value.reshape((math.prod(value.shape),)) for value in (start, selected, source)]
    scatter = mhlo.Scatter.create(
        operands=[value.value for value in flat],
        result_types=[flat[0].type],
        properties={"scatter_dimension_numbers": mhlo.ScatterDimensionNumbers(numbers)},
        regions=[op.combination.clone()],
    )
    return start.emitter.add(scatter).reshape(start.shape)
