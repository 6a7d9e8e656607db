"""stage-rows: what takes long to compute, and is needed for a row and a reduction of it, stands in the result first.

    %2 = linalg.generic ins(%0, %1) { exp(..) }                 %2 = linalg.generic ins(%0, %1) { exp(..) }
    %3 = linalg.generic ins(%2) .. { sum along the row }        iree.store_output(%2 : .., %arg2 : ..)
    %4 = linalg.generic ins(%2, %3) { quotient }          ->    %5 = iree.load_input(%arg2 : ..)
    iree.store_output(%4 : .., %arg2 : ..)                      %3 = linalg.generic ins(%5) .. { sum along the row }
                                                                %4 = linalg.generic ins(%5, %3) { quotient }
                                                                iree.store_output(%4 : .., %arg2 : ..)

An invocation computes whole rows, one pass over them for each store: it reads what itself has written. So it is done
only where all that is read of a row is in that row.
"""

from collections.abc import Iterator, Sequence

from xdsl.dialects import func, tensor
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Operation, SSAValue
from xdsl.ir.affine import AffineExpr

from iree.compiler.dialects import iree
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import inherit, ops_of
from iree.compiler.kernels import index_maps, nests, tiling

_Place = tuple[AffineExpr, ...]


class StageRows(Pass):
    name = "stage-rows"
    reads = ("func", "iree", "arith", "math", "complex", "scf", "linalg", "tensor")
    leaves = ("func", "iree", "arith", "math", "complex", "scf", "linalg", "tensor")

    def run(self, module: ModuleOp) -> None:
        for function in ops_of(module, func.FuncOp):
            stores = [op for op in function.body.block.ops if isinstance(op, iree.StoreOutput)]
            if any(isinstance(op, tensor.ExtractOp) for op in function.walk()):
                continue  # the places are data
            if len(stores) == 1 and tiling.is_of_rows(function, stores[0]) and stores[0].places is None:
                _stage(function, stores[0])


def _stage(function: func.FuncOp, store: iree.StoreOutput) -> None:
    for nest in function.body.block.ops:
        if isinstance(nest, linalg.GenericOp) and _gains(nest, store):
            load = inherit(iree.LoadInput(store.target), nest)
            function.body.block.insert_op_after(load, nest)
            nest.results[0].replace_all_uses_with(load.value)
            first = inherit(iree.StoreOutput(nest.results[0], store.target), nest)
            function.body.block.insert_op_before(first, load)
            return


def _gains(nest: linalg.GenericOp, store: iree.StoreOutput) -> bool:
    """Whether a nest is worth a pass over the row, and all that is read of it lies in the row."""
    if not nests.is_parallel(nest) or len(nest.results) != 1 or nest.results[0].type != store.value.type:
        return False
    if nest.results[0] is store.value or not any(op.name.startswith("math.") for op in nest.body.walk()):
        return False
    rows, shape = tiling.row_dims(store.value), nests.shape_of(store.value)
    places = list(_Reads(nest, shape).of(store.value, tuple(index_maps.dims(len(shape)))))
    is_reduced = any(max(expr.used_dims(), default=0) >= len(shape) for place in places for expr in place)
    is_inside = all(place[dim] == AffineExpr.dimension(dim) for place in places for dim in rows)
    return len(places) > 1 and is_reduced and is_inside


class _Reads:
    """Where a nest is read for an element of a result: once for each different place."""

    def __init__(self, nest: linalg.GenericOp, shape: Sequence[int]) -> None:
        self.nest = nest
        self.sizes = list(shape)  # of the result's dimensions, then of all reductions' loops
        self.seen = set[tuple[Operation, _Place]]()

    def of(self, value: SSAValue, place: _Place) -> Iterator[_Place]:
        """The places, from the one where a value is read."""
        nest = value.owner
        if not isinstance(nest, linalg.GenericOp) or (nest, place) in self.seen:
            return
        self.seen.add((nest, place))
        if nest is self.nest:
            yield place
            return
        loops = nests.sizes_of(nest)[len(place) :]
        counters = [AffineExpr.dimension(len(self.sizes) + number) for number in range(len(loops))]
        self.sizes += loops
        for operand, attribute in zip(nest.inputs, nest.indexing_maps, strict=False):
            exprs = [expr.replace_dims_and_symbols([*place, *counters], ()) for expr in attribute.data.results]
            yield from self.of(operand, tuple(index_maps.simplify(expr, self.sizes) for expr in exprs))
        for start in () if nests.is_parallel(nest) else nest.outputs:
            yield from self.of(start, place)
