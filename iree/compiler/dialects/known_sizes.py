"""What an executable has to know of the sizes of a call, and what a function asks of them."""

from collections.abc import Iterator

from xdsl.dialects.builtin import ArrayAttr, IndexType, IntegerAttr, ShapedType, StringAttr
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Operation

from iree.compiler.dialects import iree, mhlo
from iree.compiler.dialects.size_lists import SizeList
from iree.compiler.ir import sizes


def symbol_count_of(root: Operation) -> int:
    """One more than the highest symbol in and below `root`; 0: all that it has to know is known."""
    return max(
        (1 + number for op in root.walk() for size in _sizes(op) for number in sizes.symbols_of(size)), default=0
    )


def conditions_of(function: FuncOp) -> Iterator[tuple[int, str]]:
    """The sizes that must not be negative, and what is said of a call where one is."""
    pairs: Attribute = function.attributes.get(iree.CONDITIONS, ArrayAttr([]))
    assert isinstance(pairs, ArrayAttr)
    for pair in pairs.data:
        assert isinstance(pair, ArrayAttr)
        size, text = pair.data
        assert isinstance(size, SizeList)
        assert isinstance(text, StringAttr)
        yield size.data[0], text.data


def _sizes(op: Operation) -> Iterator[int]:
    """The sizes in an op's results, in the arguments of its blocks, and those that are its constant index."""
    value = op.properties.get("value")
    if isinstance(value, IntegerAttr) and isinstance(value.type, IndexType):
        yield value.value.data
    if isinstance(op, mhlo.Sizes):
        yield from op.sizes.data
    arguments = [argument for region in op.regions for block in region.blocks for argument in block.args]
    for value in (*op.results, *arguments):
        if isinstance(value.type, ShapedType):
            yield from value.type.get_shape()
