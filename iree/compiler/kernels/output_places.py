"""The rule of lower-to-linalg for results: a kernel runs over the tensor that its workload describes.

    %2 = mhlo.pad %1, %zero, low = [1], high = [1], interior = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<6xf32>
    iree.store_output(%2 : tensor<6xf32>, %arg1 : memref<6xf32>)
  becomes, where the workload is [4, 1, 1] and %3 and %4 are of %zero,
    iree.store_output(%3 : tensor<1xf32>, %arg1 : memref<6xf32>) at affine_map<(d0) -> (d0)>
    iree.store_output(%4 : tensor<1xf32>, %arg1 : memref<6xf32>) at affine_map<(d0) -> (d0 + 5)>
    iree.store_output(%1 : tensor<4xf32>, %arg1 : memref<6xf32>) at affine_map<(d0) -> (d0 + 1)>

What only puts elements into place, at the end of a region, is no step then: what computes them keeps its loops.
"""

from collections.abc import Iterator, Sequence

from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation
from xdsl.ir.affine import AffineMap

from iree.compiler.dialects import iree, mhlo
from iree.compiler.dialects.size_lists import SizeList
from iree.compiler.dialects.workload import workload_of
from iree.compiler.ir.constants import array_of
from iree.compiler.kernels import index_maps
from iree.compiler.kernels.lowering import Lowering
from iree.compiler.kernels.nests import everywhere, identity
from iree.compiler.transforms.common.placement import placed_operand

Box = Sequence[tuple[int, int]]  # where it begins along each dimension, and its size


def lower_store(lowering: Lowering, op: iree.StoreOutput) -> None:
    """Stores what the workload describes, and the padding around it."""
    value, places = op.value, identity(len(mhlo.shape_of(op.value)))
    for move in _moves(op):
        if isinstance(move, mhlo.Pad):
            for box in _around(move):
                _store_padding(lowering, op, move, box, places)
        value = move.operands[0]
        places = index_maps.compose(places, _places_of(move), mhlo.shape_of(value))
    moved = places if value is not op.value else None
    lowering.append(op, iree.StoreOutput(lowering.value(value), lowering.value(op.target), moved))


def _moves(op: iree.StoreOutput) -> list[Operation]:
    """The ops, the last one first, between a result and the tensor that the workload describes."""
    function = op.parent_op()
    assert isinstance(function, FuncOp)
    workload = function.attributes.get(iree.WORKLOAD)
    found: list[Operation] = []
    count, value = 0, op.value
    if workload is None or isinstance(workload, SizeList):
        return found
    while (source := placed_operand(value.owner)) is not None:
        assert isinstance(value.owner, Operation)
        found.append(value.owner)
        if list(workload_of(mhlo.shape_of(source))) == list(array_of(workload)):
            count = len(found)
        value = source
    return found[:count]


def _places_of(op: Operation) -> AffineMap:
    """Where in the result the op puts each element of its operand."""
    source = mhlo.shape_of(op.operands[0])
    dims = index_maps.dims(len(source))
    if isinstance(op, mhlo.Pad):
        return _shifted(mhlo.ints(op.edge_padding_low))
    if isinstance(op, mhlo.Transpose):
        return index_maps.make_map(len(source), [dims[dim] for dim in mhlo.ints(op.permutation)])
    return index_maps.reshape_map(mhlo.shape_of(op.results[0]), source)


def _shifted(offsets: Sequence[int]) -> AffineMap:
    dims = index_maps.dims(len(offsets))
    return index_maps.make_map(len(offsets), [dim + offset for dim, offset in zip(dims, offsets, strict=True)])


def _around(op: mhlo.Pad) -> Iterator[Box]:
    """Boxes that make up the padding: before and after along one dimension, between those of the dimensions before."""
    inner = list(zip(mhlo.ints(op.edge_padding_low), mhlo.shape_of(op.operand), strict=True))
    whole = [(0, size) for size in mhlo.shape_of(op.result)]
    for dim, (low, size) in enumerate(inner):
        end = low + size
        for start, count in ((0, low), (end, whole[dim][1] - end)):
            if count:
                yield [*inner[:dim], (start, count), *whole[dim + 1 :]]


def _store_padding(lowering: Lowering, op: iree.StoreOutput, pad: mhlo.Pad, box: Box, places: AffineMap) -> None:
    sizes = [size for _, size in box]
    padding = lowering.read(pad.padding_value, everywhere(len(sizes)))
    element = mhlo.element_of(pad.result)
    value = lowering.temporary(op, element, sizes, [padding], lambda body: body.values)
    at = index_maps.compose(places, _shifted([start for start, _ in box]), sizes)
    lowering.append(op, iree.StoreOutput(value, lowering.value(op.target), at))
