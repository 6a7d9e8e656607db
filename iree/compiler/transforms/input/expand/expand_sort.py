"""expand-sort: a sort becomes the order of its elements, and gathers by it.

    %1:2 = "mhlo.sort"(%x, %n) <{dimension = 0 : i64}> ({ mhlo.compare LT, %a, %b .. }) : (tensor<30xf32>, ..) -> ..
  becomes
    %key = ..                                                %x with -0 as +0, and every NaN as one
    %2 = "mhlo.sort_order"(%key) <{dimension = 0 : i64, run = 8 : i64}> ({ mhlo.compare LT, .., TOTALORDER })
    %3 = "mhlo.merge_order"(%2, %key) <{dimension = 0 : i64, run = 8 : i64}> ({..})
    %4 = "mhlo.merge_order"(%3, %key) <{dimension = 0 : i64, run = 16 : i64}> ({..})
    %1#0 = "mhlo.gather"(%x, %4) ..
    %1#1 = "mhlo.gather"(%n, %4) ..

and top_k the first k of a sort with the places of the elements. Sorts are stable, whether that is asked for or not.
Floats that are compared as such, whose order StableHLO leaves open where there is a NaN, are sorted as JAX sorts them:
-0 equals +0, NaN comes after inf.

`target_backends`: where the interpreter is alone, all is one run. CompileError: a size is not known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from xdsl.dialects.builtin import AnyFloat, ModuleOp
from xdsl.ir import Block, Region

from iree.compiler.dialects import mhlo
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.common.comparators import Key, comparator_of, keys_of
from iree.compiler.transforms.common.expression import Expression, expand, where
from iree.compiler.transforms.common.whole_tensor_bodies import apply_body, require_known

SHORT_RUN = 8  # elements; each is compared with all others of its run, for each place


@dataclass
class ExpandSort(Pass):
    name = "expand-sort"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    target_backends: Sequence[str] = ()

    def run(self, module: ModuleOp) -> None:
        whole = list(self.target_backends) == ["interpreter-bytecode"]
        for top_k in ops_of(module, mhlo.TopK):
            require_known(top_k, top_k.operand, [len(mhlo.shape_of(top_k.operand)) - 1])
            expand(top_k, partial(_top_k, top_k, whole))
        for sort in ops_of(module, mhlo.Sort):
            require_known(sort, sort.inputs[0], [sort.axis])
            expand(sort, partial(_sort, sort, whole))


def _top_k(op: mhlo.TopK, whole: bool, x: Expression) -> list[Expression]:
    if 0 in mhlo.shape_of(op.values):
        return [x.emitter.number(0, mhlo.tensor(result)) for result in op.results]
    axis = len(x.shape) - 1
    order = _order([x], axis, comparator_of([x.element], [op.is_largest]), whole)
    first = order.slice(axis, 0, op.k.value.data)
    return [_taken(x, first, axis), first]


def _sort(op: mhlo.Sort, whole: bool, *inputs: Expression) -> list[Expression]:
    shape, axis, block = inputs[0].shape, op.axis, op.comparator.block
    if 0 in shape or shape[axis] == 1:
        return list(inputs)
    keys = keys_of(block)
    if keys is None:
        order = _order(inputs, axis, op.comparator.clone(), whole)
    else:
        tensors = [_tensor_of(key, inputs, block) for key in keys]
        elements = [tensor.element for tensor in tensors]
        order = _order(tensors, axis, comparator_of(elements, [key.is_descending for key in keys]), whole)
    return [_taken(value, order, axis) for value in inputs]


def _tensor_of(key: Key, inputs: Sequence[Expression], block: Block) -> Expression:
    """A key of all elements; floats so that their total order is the order that is asked for."""
    (tensor,) = apply_body(block, [value for value in inputs for _ in range(2)], [key.left])
    if key.is_total or not isinstance(tensor.element, AnyFloat):
        return tensor
    plain = where(tensor.equals(0.0), 0.0, tensor)
    return where(tensor.is_nan(), np.nan, plain)


def _order(keys: Sequence[Expression], axis: int, comparator: Region, whole: bool) -> Expression:
    emitter, values, size = keys[0].emitter, [key.value for key in keys], keys[0].shape[axis]
    run = size if whole else min(size, SHORT_RUN)
    order = emitter.add(mhlo.SortOrder(values, axis, max(run, 1), comparator))
    while run < size:
        order = emitter.add(mhlo.MergeOrder(order.value, values, axis, run, comparator.clone()))
        run *= 2
    return order


def _taken(value: Expression, order: Expression, axis: int) -> Expression:
    """The elements at the places that `order` names along a dimension."""
    rank = len(value.shape)
    others = tuple(dim for dim in range(rank) if dim != axis)
    numbers = mhlo.GatherNumbers(
        collapsed_slice_dims=(axis,),
        operand_batching_dims=others,
        start_indices_batching_dims=others,
        start_index_map=(axis,),
        index_vector_dim=rank,
    )
    return value.emitter.add(mhlo.Gather(value.value, order.value, numbers, [1] * rank))
