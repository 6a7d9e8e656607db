"""Borders: the first and last positions along a loop where windows reach over the edge of what they read.

A convolution of 14 columns with a padding of 1 on each side has to ask, in each step, whether there is an element. In
columns 1 to 12 there is one, whatever the step. Where those have a loop of their own, nothing is asked in it.
"""

from collections.abc import Iterator

from xdsl.dialects import arith
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import SSAValue
from xdsl.ir.affine import AffineDimExpr, AffineExpr

from iree.compiler.kernels import loop_shapes, nests
from iree.compiler.kernels.axes import Axes, Place, stride
from iree.compiler.kernels.folding import PREDICATES, constant_int

_BEYOND = {"sge": 0, "sle": 1}  # from how far after the number the answer is another one


def borders(axes: Axes, value: SSAValue, place: Place, axis: AffineDimExpr, size: int) -> tuple[int, int]:
    """How many positions at the start and at the end of an axis the elements of a tensor ask for edges in."""
    low, high = 0, 0
    for position, edge in _edges(axes, value, place):
        step = stride(position, axis)
        if not step or step < 0:
            continue
        least, most = axes.bounds(position + axis * -step)
        first, last = max(0, -((most - edge) // step)), min(size, -((least - edge) // step)) - 1
        if first > last:
            continue  # the same answer everywhere
        if first == 0:
            low = max(low, last + 1)
        elif last == size - 1:
            high = max(high, size - first)
    return low, high


def _edges(axes: Axes, value: SSAValue, place: Place) -> Iterator[tuple[AffineExpr, int]]:
    """Positions that are compared with a number, and where the answer changes."""
    nest = value.owner
    if not isinstance(nest, linalg.GenericOp):
        return
    place = (*place, *(axes.add(size) for size in nests.sizes_of(nest)[len(place) :]))
    for argument, operand, attribute in zip(nest.body.block.args, nest.inputs, nest.indexing_maps, strict=False):
        if argument.first_use is not None:
            yield from _edges(axes, operand, axes.through(attribute.data, place))
    for op in nest.body.walk():
        if not isinstance(op, arith.CmpiOp):
            continue
        beyond, edge = _BEYOND.get(PREDICATES[op.predicate.value.data]), constant_int(op.rhs)
        position = loop_shapes.position_of(op.lhs, place)
        if beyond is not None and edge is not None and position is not None:
            yield axes.simplify(position), edge + beyond
