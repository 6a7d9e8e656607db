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

from xdsl.dialects.builtin import ModuleOp, TensorType, i32
from xdsl.ir import Block, Operation, Region, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of, replace
from iree.compiler.transforms.common.tensor_builder import TensorBuilder, require_known

MOST_WINDOWS = 32  # that an element is looked for in one after the other
NONE = -1  # the number of no element


class ExpandSelectAndScatter(Pass):
    name = "expand-select-and-scatter"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for op in ops_of(module, mhlo.SelectAndScatter):
            require_known(op, op.operand)
            t = TensorBuilder()
            replace(op, t.ops, [_expanded(t, op)])


def _expanded(t: TensorBuilder, op: mhlo.SelectAndScatter) -> SSAValue:
    shape = mhlo.shape_of(op.operand)
    start = t.broadcast(op.init_value, shape)
    if 0 in mhlo.shape_of(op.source) or 0 in shape:
        return start
    numbers = t.reshape(t.iota((math.prod(shape),), 0), shape)
    selected = _selected(t, op, numbers)
    if math.prod(_overlaps(op)) > MOST_WINDOWS:
        return _scattered(t, op, start, selected)
    return _given(t, op, start, numbers, selected)


def _selected(t: TensorBuilder, op: mhlo.SelectAndScatter, numbers: SSAValue) -> SSAValue:
    """The number of the element that each window selects."""
    properties = {name: value for name, value in op.properties.items() if name in ("window_strides", "padding")}
    properties["window_dimensions"] = mhlo.int_array([dim.size for dim in op.window])
    stops = mhlo.shape_of(op.source)
    reduce = mhlo.ReduceWindow.create(
        operands=[op.operand, numbers, op.init_value, t.constant(NONE, i32)],
        result_types=[mhlo.with_shape(mhlo.tensor(value), stops) for value in (op.operand, numbers)],
        properties=properties,
        regions=[_selection(op.selection.block, TensorType(mhlo.element_of(op.operand), ()))],
    )
    t.ops.append(reduce)
    return reduce.outputs[1]


def _selection(selection: Block, scalar: TensorType) -> Region:
    """Of two elements with their numbers, the left one if the right one is none, or if it is selected."""
    number: TensorType = TensorType(i32, ())
    block = Block(arg_types=[scalar, number, scalar, number])
    left, left_number, right, right_number = block.args
    values: dict[SSAValue, SSAValue] = dict(zip(selection.args, (left, right), strict=True))
    *body, last = selection.ops
    copies: list[Operation] = [op.clone(values) for op in body]
    chosen = values.get(last.operands[0], last.operands[0])
    t = TensorBuilder()
    zero = t.constant(0, i32)
    is_left = t.add(mhlo.And(chosen, t.compare("GE", left_number, zero)))
    keeps = t.add(mhlo.Or(is_left, t.compare("LT", right_number, zero)))
    results = [t.select(keeps, left, right), t.select(keeps, left_number, right_number)]
    block.add_ops([*copies, *t.ops, mhlo.Return(results)])
    return Region(block)


def _strides(op: mhlo.SelectAndScatter) -> list[int]:
    """How far apart windows stop along each dimension; a single one has all elements to itself."""
    sizes = zip(op.window, mhlo.shape_of(op.operand), mhlo.shape_of(op.source), strict=True)
    return [max(dim.stride, dim.size, dim.low + size) if stops == 1 else dim.stride for dim, size, stops in sizes]


def _overlaps(op: mhlo.SelectAndScatter) -> list[int]:
    """How many windows an element may be in, along each dimension."""
    return [-(-dim.size // stride) for dim, stride in zip(op.window, _strides(op), strict=True)]


def _given(
    t: TensorBuilder, op: mhlo.SelectAndScatter, start: SSAValue, numbers: SSAValue, selected: SSAValue
) -> SSAValue:
    """Each element looks at the windows that it may be in, those that stop first before the others."""
    spread = [_repeated(t, value, _strides(op)) for value in (selected, op.source)]
    fillers = t.constant(NONE, i32), op.init_value
    result = start
    for before in itertools.product(*(reversed(range(count)) for count in _overlaps(op))):
        number, value = (_moved(t, v, f, op, before) for v, f in zip(spread, fillers, strict=True))
        (combined,) = t.apply(op.combination.block, [result, value])
        result = t.select(t.compare("EQ", number, numbers), combined, result)
    return result


def _repeated(t: TensorBuilder, value: SSAValue, counts: Sequence[int]) -> SSAValue:
    """Each element several times along each dimension."""
    shape = mhlo.shape_of(value)
    if all(count == 1 for count in counts):
        return value
    apart = [size for pair in zip(shape, counts, strict=True) for size in pair]
    repeated = t.broadcast(value, apart, range(0, len(apart), 2))
    return t.reshape(repeated, [size * count for size, count in zip(shape, counts, strict=True)])


def _moved(
    t: TensorBuilder, value: SSAValue, filler: SSAValue, op: mhlo.SelectAndScatter, before: Sequence[int]
) -> SSAValue:
    """What is repeated, for each element that of the window so many stops before the last one that begins there."""
    low = [count * stride - dim.low for count, stride, dim in zip(before, _strides(op), op.window, strict=True)]
    sizes = zip(mhlo.shape_of(op.operand), mhlo.shape_of(value), low, strict=True)
    high = [wanted - there - first for wanted, there, first in sizes]
    return t.add(mhlo.Pad(value, filler, low, high, [0] * len(low)))


def _scattered(t: TensorBuilder, op: mhlo.SelectAndScatter, start: SSAValue, selected: SSAValue) -> SSAValue:
    """The source combined into the places that the windows select."""
    shape = mhlo.shape_of(start)
    flat, count = math.prod(shape), math.prod(mhlo.shape_of(selected))
    numbers = mhlo.ScatterNumbers(inserted_window_dims=(0,), scatter_dims_to_operand_dims=(0,), index_vector_dim=1)
    scatter = mhlo.Scatter.create(
        operands=[t.reshape(start, (flat,)), t.reshape(selected, (count,)), t.reshape(op.source, (count,))],
        result_types=[mhlo.with_shape(mhlo.tensor(start), (flat,))],
        properties={"scatter_dimension_numbers": mhlo.ScatterDimensionNumbers(numbers)},
        regions=[op.combination.clone()],
    )
    t.ops.append(scatter)
    return t.reshape(scatter.outputs[0], shape)
