"""The order of elements by any comparator, said with ops on whole tensors: a bitonic network.

In each of its steps every element is compared with one other, half of them at once; with n elements there are about
log2(n)^2 / 2 steps. Elements that make the number a power of two come last, wherever the comparator would put them, and
of equal ones the one comes first that did.
"""

from xdsl.dialects.builtin import i32
from xdsl.ir import Block

from iree.compiler.transforms.common.expression import Expression, concatenate, where
from iree.compiler.transforms.common.whole_tensor_bodies import apply_body

Values = list[Expression]  # of the operands, then the places that they come from


def network_order(axis: int, comparator: Block, *keys: Expression) -> Expression:
    """For each place along a dimension where the element is that belongs there."""
    size = keys[0].shape[axis]
    padded = 1 << (size - 1).bit_length()
    values = [_padded(key, axis, padded - size) for key in keys]
    values.append(keys[0].emitter.iota(i32, values[0].shape, axis))
    network = _Network(axis, size, comparator)
    length = 2
    while length <= padded:
        values = network.compare(values, length, is_first=True)
        half = length // 2
        while half > 1:
            values = network.compare(values, half, is_first=False)
            half //= 2
        length *= 2
    return values[-1].slice(axis, 0, size)


def _padded(value: Expression, axis: int, count: int) -> Expression:
    if not count:
        return value
    rank = len(value.shape)
    return value.pad([0] * rank, [count if dim == axis else 0 for dim in range(rank)])


class _Network:
    """The steps of a network over `size` elements along a dimension."""

    def __init__(self, axis: int, size: int, comparator: Block) -> None:
        self.axis = axis
        self.size = size
        self.comparator = comparator

    def compare(self, values: Values, length: int, *, is_first: bool) -> Values:
        """Puts each pair of a block of `length` in order: those as far from its ends, or those half a block apart."""
        inner, shape = self.axis + 1, values[0].shape
        blocks = (*shape[: self.axis], shape[self.axis] // length, length, *shape[self.axis + 1 :])
        split = [value.reshape(blocks) for value in values]
        left = [value.slice(inner, 0, length // 2) for value in split]
        right = [value.slice(inner, length // 2, length) for value in split]
        if is_first:
            right = [value.reverse(inner) for value in right]
        swap = self._comes_before(right, left)
        pairs = list(zip(left, right, strict=True))
        lower = [where(swap, later, earlier) for earlier, later in pairs]
        upper = [where(swap, earlier, later) for earlier, later in pairs]
        if is_first:
            upper = [value.reverse(inner) for value in upper]
        return [concatenate(pair, inner).reshape(shape) for pair in zip(lower, upper, strict=True)]

    def _comes_before(self, one: Values, other: Values) -> Expression:
        """Where `one` comes before `other`."""
        has_to, must_not = self._asked(one, other), self._asked(other, one)
        before = has_to | (~must_not & (one[-1] < other[-1]))
        if self.size & (self.size - 1) == 0:
            return before
        return (one[-1] < self.size) & ((other[-1] >= self.size) | before)

    def _asked(self, left: Values, right: Values) -> Expression:
        """What the comparator says."""
        pairs = zip(left[:-1], right[:-1], strict=True)
        (result,) = apply_body(self.comparator, [value for pair in pairs for value in pair])
        return result
