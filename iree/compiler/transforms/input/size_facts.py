"""SizeFacts: what is known of the sizes of one function while resolve-sizes goes through it.

values       sizes that are data: %n = mhlo.get_dimension_size %x, dim = 0   ->   %n holds [d0]
equalities   an addition of tensor<[d0]x4xf32> and tensor<[d1]x4xf32> says that d1 is d0, everywhere
conditions   a slice of 4 elements of tensor<[d0]xf32> says that d0 - 4 is not negative, in every call
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from xdsl.dialects.builtin import DenseArrayBase, TensorType, i64
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir import sizes
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.location import location_of

Values: TypeAlias = NDArray[Any]  # of Python's integers, each a size
MOST_VALUES = 64  # elements of a tensor that may be sizes


class SizeFacts:
    """The facts of one function. Symbols are numbered by `new_symbol`, and anew when `finish` drops those unused."""

    def __init__(self, function: FuncOp):
        self.function = function
        self.values: dict[SSAValue, Values] = {}
        self.conditions: list[tuple[int, str]] = []
        self.symbol_count = 0

    def new_symbol(self) -> int:
        """A size that the caller chooses. CompileError: there are too many."""
        try:
            size = sizes.symbol(self.symbol_count)
        except sizes.SizeError as error:
            fail(self.function, f"@{self.function.sym_name.data}: {error}; give some of its arguments' sizes")
        self.symbol_count += 1
        return size

    def equate(self, one: int, other: int, op: Operation, what: str) -> None:
        """States that two sizes are the same in every call. CompileError: they never are, or neither is a symbol."""
        if one == other:
            return
        for size, value in ((other, one), (one, other)):
            lone = sizes.lone_symbol(size)
            if lone is not None and lone not in sizes.symbols_of(value):
                self._substitute([value if n == lone else sizes.symbol(n) for n in range(self.symbol_count)])
                return
        fail(op, f"{what}: {sizes.text(one)} and {sizes.text(other)} are not the same size")

    def equate_shapes(self, shapes: Sequence[Sequence[int]], op: Operation, what: str) -> None:
        """States that shapes are the same."""
        for sizes_ in zip(*shapes, strict=True):
            for size in sizes_[1:]:
                self.equate(sizes_[0], size, op, what)

    def require_at_most(self, size: int, limit: int, op: Operation, what: str) -> None:
        """Has each call check what cannot be known before. What can be is the business of the op's own rules."""
        known = sizes.is_known(size) and sizes.is_known(limit)
        if known or sizes.is_at_most(size, limit):
            return
        place = location_of(op)
        at = f"{op.name} at {place}" if place else op.name
        self.conditions.append((limit - size, f"{at}: {what}: {sizes.text(size)} of {sizes.text(limit)}"))

    def finish(self, types: Sequence[Attribute]) -> None:
        """Numbers the symbols that these types have in order, from 0."""
        found: dict[int, None] = {}
        for type_ in types:
            if isinstance(type_, TensorType):
                for size in type_.get_shape():
                    found.update(dict.fromkeys(sorted(sizes.symbols_of(size))))
        order = {number: sizes.symbol(place) for place, number in enumerate(found)}
        self._substitute([order.get(number, 0) for number in range(self.symbol_count)])
        self.symbol_count = len(found)

    def _substitute(self, symbols: Sequence[int]) -> None:
        """Replaces every symbol, wherever it is."""
        if list(symbols) == [sizes.symbol(number) for number in range(len(symbols))]:
            return

        def new(size: int) -> int:
            return sizes.replaced(size, symbols)

        for value in _values_of(self.function):
            value._type = _mapped_type(value.type, new)
        for op in self.function.walk():
            for name, attribute in op.properties.items():
                if isinstance(attribute, DenseArrayBase) and attribute.elt_type == i64:
                    op.properties[name] = mhlo.int_array([new(number) for number in mhlo.ints(attribute)])
        self.values = {value: mapped(new, array) for value, array in self.values.items()}
        self.conditions = [(new(size), text) for size, text in self.conditions]


def mapped(function: Callable[[int], int], array: Values) -> Values:
    """An array of what a function makes of each size."""
    result = np.empty(array.shape, object)
    for place in np.ndindex(array.shape):
        size: Any = array[place]
        result[place] = function(size)
    return result


def values_array(values: Sequence[int], shape: Sequence[int]) -> Values:
    """Sizes as an array."""
    result = np.empty(len(values), object)
    result[:] = list(values)
    return result.reshape(tuple(shape))


def _values_of(function: FuncOp) -> Iterator[SSAValue]:
    for op in function.walk():
        yield from op.results
        for region in op.regions:
            for block in region.blocks:
                yield from block.args


def _mapped_type(type_: Attribute, new: Callable[[int], int]) -> Attribute:
    if not isinstance(type_, TensorType) or sizes.are_known(type_.get_shape()):
        return type_
    return TensorType(type_.element_type, [new(size) for size in type_.get_shape()], type_.encoding)
