"""Places in a launch and elements of results; which neighbouring results share operands, or reductions of a row.

element_at is the inverse of the rule in dialects/workload.py.
"""

import math
from collections.abc import Iterable, Sequence

from xdsl.dialects import func
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import SSAValue
from xdsl.ir.affine import AffineMap

from iree.compiler.dialects import iree
from iree.compiler.dialects.size_lists import SizeList
from iree.compiler.dialects.workload import launch_dims, workload_of
from iree.compiler.ir.constants import array_of
from iree.compiler.kernels import index_maps, nests
from iree.compiler.kernels.emitter import Emitter
from iree.compiler.kernels.evaluation import Point
from iree.compiler.kernels.parameters import KernelParameters

_Reduction = tuple[linalg.GenericOp, AffineMap]


def element_at(emitter: Emitter, place: Point, shape: Sequence[int]) -> Point:
    """The element of a result that the launch computes at a place."""
    x, y, rest = launch_dims(shape)
    point = [emitter.index(0)] * len(shape)
    for dim, position in ((x, place[0]), (y, place[1])):
        if dim is not None and shape[dim] > 1:
            point[dim] = position
    sizes = [shape[dim] for dim in rest]
    for dim, expr in zip(rest, index_maps.delinearize(index_maps.dims(1)[0], sizes), strict=True):
        point[dim] = index_maps.apply(emitter, index_maps.simplify(expr, [math.prod(sizes)]), [place[2]])
    return tuple(point)


def largest_tile(results: Sequence[SSAValue], parameters: KernelParameters) -> tuple[int, int, int]:
    """How many results of a contraction an invocation may compute in x, y and z: several where they share operands."""
    for result in results:
        shape = nests.shape_of(result)
        for nest, places in _reductions_of(result, nests.identity(len(shape)), shape):
            if math.prod(nests.shape_of(nest.results[0])) == math.prod(shape):  # each element is needed once
                columns, rows = parameters.tile
                x, y, _ = launch_dims(shape)
                return columns if _shares(nest, places, x) else 1, rows if _shares(nest, places, y) else 1, 1
    return 1, 1, 1


def row_dims(value: SSAValue) -> list[int]:
    """The dimensions of a result on which the reductions that it is computed from depend."""
    shape = nests.shape_of(value)
    found = _reductions_of(value, nests.identity(len(shape)), shape)
    return sorted({dim for _, places in found for expr in places.results for dim in expr.used_dims()})


def is_of_rows(function: func.FuncOp, store: iree.StoreOutput) -> bool:
    """Whether a function's workload is not that of a result, but of its rows: see row_dims."""
    shape = nests.shape_of(store.value)
    workload = function.attributes.get(iree.WORKLOAD)
    if workload is None or 0 in shape:
        return False
    given = workload.data if isinstance(workload, SizeList) else tuple(map(int, array_of(workload)))
    return workload_of(shape) != given == workload_of([shape[dim] for dim in row_dims(store.value)])


def slowest_reduction(stores: Iterable[iree.StoreOutput]) -> linalg.GenericOp | None:
    """The reduction with the most steps for one result."""
    shapes = [(store.value, nests.shape_of(store.value)) for store in stores]
    found = [nest for value, shape in shapes for nest, _ in _reductions_of(value, nests.identity(len(shape)), shape)]
    return max(
        found, key=lambda nest: math.prod(nests.sizes_of(nest)[len(nests.shape_of(nest.results[0])) :]), default=None
    )


def _reductions_of(value: SSAValue, places: AffineMap, shape: Sequence[int]) -> list[_Reduction]:
    """The reductions that elements of `shape` are computed from, through parallel nests, and where each is read."""
    nest = value.owner
    if not isinstance(nest, linalg.GenericOp):
        return []
    if not nests.is_parallel(nest):
        return [(nest, places)]
    return [
        found
        for operand, attribute in zip(nest.inputs, nest.indexing_maps, strict=False)
        for found in _reductions_of(operand, index_maps.compose(attribute.data, places, shape), shape)
    ]


def _shares(nest: linalg.GenericOp, places: AffineMap, dim: int | None) -> bool:
    """Whether results along a dimension read the same elements of some operand."""
    if dim is None:
        return False
    moving = {position for position, expr in enumerate(places.results) if dim in expr.used_dims()}
    return any(
        all(moving.isdisjoint(expr.used_dims()) for expr in attribute.data.results)
        for attribute, argument, _ in zip(nest.indexing_maps, nest.body.block.args, nest.inputs, strict=False)
        if argument.first_use is not None
    )
