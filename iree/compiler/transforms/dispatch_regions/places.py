"""At which places a region needs the elements of each op in it.

    %m = reduce(%x) across [1]; %b = broadcast %m, dims = [0]; %y = %x - %b      root: %y, place (i, j)
    %b at (i, j), %m at (i), %x at (i, j) and, for %m, at (i, k)                 i, j and k are loops

A place is one index for each dimension, an index what is computed from the counters of loops: those over the root's
elements, and those that reductions take over their operands'. What a kernel needs at two places it computes twice.
"""

import math
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from xdsl.dialects.builtin import TensorType
from xdsl.ir import Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.transforms.dispatch_regions.fusion import Kind, kind_of


class Loop(NamedTuple):
    """A counter and how many values it takes."""

    number: int
    size: int


class Index(NamedTuple):
    """A position along a dimension. Equal numbers: the same one in each round of the loops."""

    number: int
    loops: frozenset[Loop]


Place = tuple[Index, ...]


def shape_of(value: SSAValue) -> tuple[int, ...]:
    """The sizes of a tensor."""
    assert isinstance(value.type, TensorType)
    return tuple(value.type.get_shape())


def loops_of(place: Place) -> frozenset[Loop]:
    """All loops that a place depends on."""
    return frozenset().union(*(index.loops for index in place))


class Places:
    """The places of a root and of what has joined it."""

    def __init__(self, root: Operation) -> None:
        self._numbers: dict[object, int] = {}
        shape = shape_of(root.results[0])
        place = tuple(self._loop_index(("root", dim), size) for dim, size in enumerate(shape))
        self.root_loops = loops_of(place)
        self._of: dict[Operation, frozenset[Place]] = {root: frozenset([place])}

    def of(self, op: Operation) -> frozenset[Place]:
        """The places at which an op's results are needed; find has looked them up."""
        return self._of[op]

    def wanted(self, value: SSAValue, members: Container[Operation]) -> frozenset[Place]:
        """The places at which members read a value."""
        return frozenset(
            self._operand_place(use.operation, use.index, place)
            for use in value.uses
            if use.operation in members
            for place in self._of[use.operation]
        )

    def find(self, op: Operation, members: Container[Operation]) -> None:
        """Looks up where members need the results of an op."""
        self._of[op] = frozenset().union(*(self.wanted(result, members) for result in op.results))

    def _index(self, key: object, loops: frozenset[Loop] = frozenset()) -> Index:
        return Index(self._numbers.setdefault(key, len(self._numbers)), loops)

    def _loop_index(self, key: object, size: int) -> Index:
        if size == 1:
            return self._index("first")
        number = self._numbers.setdefault(("loop", key), len(self._numbers))
        return self._index(key, frozenset([Loop(number, size)]))

    def _made_of(self, key: object, indices: Sequence[Index]) -> Index:
        loops = frozenset().union(*(index.loops for index in indices))
        return self._index((key, *(index.number for index in indices)), loops)

    def _operand_place(self, op: Operation, number: int, place: Place) -> Place:
        """Where an op reads an operand for its result at a place."""
        operand = op.operands[number]
        shape = shape_of(operand)
        match op:
            case mhlo.BroadcastInDim():
                dims = mhlo.ints(op.broadcast_dimensions)
                return tuple(self._or_first(place[dim], size) for dim, size in zip(dims, shape, strict=True))
            case mhlo.Transpose():
                permutation = mhlo.ints(op.permutation)
                return tuple(place[permutation.index(dim)] for dim in range(len(shape)))
            case mhlo.Reshape():
                return self._reshaped(place, shape, shape_of(op.result))
            case mhlo.Slice() | mhlo.Pad() | mhlo.Reverse() if len(shape) == len(place):
                return tuple(self._made_of((op, dim), [index]) for dim, index in enumerate(place))
            case mhlo.Reduce() if number < len(op.operands) // 2:
                return self._reduced(op, place, shape)
        if kind_of(op) is Kind.ELEMENTWISE and len(shape) == len(place):
            return place
        if not shape:
            return ()
        return self._anywhere(op, number, place, shape)

    def _or_first(self, index: Index, size: int) -> Index:
        return self._index("first") if size == 1 else index

    def _reduced(self, op: mhlo.Reduce, place: Place, shape: Sequence[int]) -> Place:
        kept, dims = iter(place), mhlo.ints(op.dimensions)
        at = tuple(index.number for index in place)
        return tuple(
            self._loop_index((op, at, dim), size) if dim in dims else next(kept) for dim, size in enumerate(shape)
        )

    def _reshaped(self, place: Place, shape: Sequence[int], result: Sequence[int]) -> Place:
        found: dict[int, Index] = {}
        for source, target in _groups(shape, result):
            wide = [dim for dim in source if shape[dim] != 1]
            indices = [place[dim] for dim in target if result[dim] != 1]
            for position, dim in enumerate(wide):
                key = ("reshape", position, *(shape[other] for other in wide), *(result[other] for other in target))
                is_same = len(wide) == len(indices) == 1
                found[dim] = indices[0] if is_same else self._made_of(key, indices)
        return tuple(found.get(dim) or self._index("first") for dim in range(len(shape)))

    def _anywhere(self, op: Operation, number: int, place: Place, shape: Sequence[int]) -> Place:
        """Of ops that read at many places for one result, or where data says; what they read is theirs alone."""
        at = tuple(index.number for index in place)
        return tuple(self._index((op, at, number, dim), loops_of(place)) for dim in range(len(shape)))


def _groups(source: Sequence[int], result: Sequence[int]) -> Iterator[tuple[list[int], list[int]]]:
    """Neighbouring dimensions of both that hold the same elements, as few as can be."""
    left, right = list(range(len(source))), list(range(len(result)))
    while left or right:
        one, other = left[:1], right[:1]
        while True:
            sizes = math.prod(source[dim] for dim in one), math.prod(result[dim] for dim in other)
            if sizes[0] == sizes[1] or (len(one) == len(left) and len(other) == len(right)):
                break
            grow_left = len(one) < len(left) and (sizes[0] < sizes[1] or len(other) == len(right))
            (one if grow_left else other).append((left if grow_left else right)[len(one if grow_left else other)])
        yield one, other
        del left[: len(one)], right[: len(other)]
