"""The order of elements by any comparator, said with ops on whole tensors: a bitonic network.

In each of its steps every element is compared with one other, half of them at once; with n elements there are about
log2(n)^2 / 2 steps. Elements that make the number a power of two come last, wherever the comparator would put them, and
of equal ones the one comes first that did.
"""

from collections.abc import Sequence

from xdsl.dialects.builtin import i32
from xdsl.ir import Block, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.transforms.common.tensor_builder import TensorBuilder

Values = list[SSAValue]  # of the operands, then the places that they come from


def network_order(t: TensorBuilder, keys: Sequence[SSAValue], axis: int, comparator: Block) -> SSAValue:
    """For each place along a dimension where the element is that belongs there."""
    shape = mhlo.shape_of(keys[0])
    size = shape[axis]
    padded = 1 << (size - 1).bit_length()
    values = [_padded(t, key, axis, padded - size) for key in keys]
    values.append(t.iota(mhlo.shape_of(values[0]), axis))
    network = _Network(t, axis, size, comparator)
    length = 2
    while length <= padded:
        values = network.compare(values, length, is_first=True)
        half = length // 2
        while half > 1:
            values = network.compare(values, half, is_first=False)
            half //= 2
        length *= 2
    return t.slice(values[-1], axis, 0, size)


def _padded(t: TensorBuilder, value: SSAValue, axis: int, count: int) -> SSAValue:
    if not count:
        return value
    none = [0] * len(mhlo.shape_of(value))
    high = [count if dim == axis else 0 for dim in range(len(none))]
    return t.add(mhlo.Pad(value, t.constant(0, mhlo.element_of(value)), none, high, none))


class _Network:
    """The steps of a network over `size` elements along a dimension."""

    def __init__(self, t: TensorBuilder, axis: int, size: int, comparator: Block) -> None:
        self.t = t
        self.axis = axis
        self.size = size
        self.comparator = comparator

    def compare(self, values: Values, length: int, *, is_first: bool) -> Values:
        """Puts each pair of a block of `length` in order: those as far from its ends, or those half a block apart."""
        t, inner = self.t, self.axis + 1
        shape = mhlo.shape_of(values[0])
        blocks = (*shape[: self.axis], shape[self.axis] // length, length, *shape[self.axis + 1 :])
        split = [t.reshape(value, blocks) for value in values]
        left = [t.slice(value, inner, 0, length // 2) for value in split]
        right = [t.slice(value, inner, length // 2, length) for value in split]
        if is_first:
            right = [t.add(mhlo.Reverse(value, [inner])) for value in right]
        swap = self._comes_before(right, left)
        pairs = list(zip(left, right, strict=True))
        lower = [t.select(swap, later, earlier) for earlier, later in pairs]
        upper = [t.select(swap, earlier, later) for earlier, later in pairs]
        if is_first:
            upper = [t.add(mhlo.Reverse(value, [inner])) for value in upper]
        joined = [t.add(mhlo.Concatenate(pair, inner)) for pair in zip(lower, upper, strict=True)]
        return [t.reshape(value, shape) for value in joined]

    def _comes_before(self, one: Values, other: Values) -> SSAValue:
        """Where `one` comes before `other`."""
        t = self.t
        has_to, must_not = self._asked(one, other), self._asked(other, one)
        stands_first = t.compare("LT", one[-1], other[-1])
        may = t.add(mhlo.And(t.add(mhlo.Not(must_not)), stands_first))
        before = t.add(mhlo.Or(has_to, may))
        if self.size & (self.size - 1) == 0:
            return before
        size = t.constant(self.size, i32, mhlo.shape_of(one[-1]))
        is_there, is_none = t.compare("LT", one[-1], size), t.compare("GE", other[-1], size)
        return t.add(mhlo.And(is_there, t.add(mhlo.Or(is_none, before))))

    def _asked(self, left: Values, right: Values) -> SSAValue:
        """What the comparator says."""
        pairs = zip(left[:-1], right[:-1], strict=True)
        (result,) = self.t.apply(self.comparator, [value for pair in pairs for value in pair])
        return result
