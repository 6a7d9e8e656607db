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

import numpy as np
from xdsl.dialects.builtin import AnyFloat, ModuleOp
from xdsl.ir import Block, Region, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of, replace
from iree.compiler.transforms.common.comparators import Key, comparator_of, keys_of
from iree.compiler.transforms.common.tensor_builder import TensorBuilder, require_known

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
            t = TensorBuilder()
            replace(top_k, t.ops, _top_k(t, top_k, whole))
        for sort in ops_of(module, mhlo.Sort):
            require_known(sort, sort.inputs[0], [sort.axis])
            t = TensorBuilder()
            results = _sort(t, sort.inputs, sort.axis, sort.comparator, whole)
            replace(sort, t.ops, results)


def _top_k(t: TensorBuilder, op: mhlo.TopK, whole: bool) -> list[SSAValue]:
    element, shape = mhlo.element_of(op.operand), mhlo.shape_of(op.operand)
    axis = len(shape) - 1
    if 0 in mhlo.shape_of(op.values):
        return [t.constant(0, mhlo.element_of(result), mhlo.shape_of(result)) for result in op.results]
    comparator = comparator_of([element], [op.is_largest])
    order = _order(t, [op.operand], axis, comparator, whole)
    first = t.slice(order, axis, 0, op.k.value.data)
    return [_taken(t, op.operand, first, axis), first]


def _sort(t: TensorBuilder, inputs: Sequence[SSAValue], axis: int, comparator: Region, whole: bool) -> list[SSAValue]:
    shape = mhlo.shape_of(inputs[0])
    if 0 in shape or shape[axis] == 1:
        return list(inputs)
    keys = keys_of(comparator.block)
    if keys is None:
        order = _order(t, inputs, axis, comparator.clone(), whole)
    else:
        tensors = [_tensor_of(t, key, inputs, comparator.block) for key in keys]
        elements = [mhlo.element_of(value) for value in tensors]
        order = _order(t, tensors, axis, comparator_of(elements, [key.is_descending for key in keys]), whole)
    return [_taken(t, value, order, axis) for value in inputs]


def _tensor_of(t: TensorBuilder, key: Key, inputs: Sequence[SSAValue], block: Block) -> SSAValue:
    """A key of all elements; floats so that their total order is the order that is asked for."""
    arguments = [value for value in inputs for _ in range(2)]
    (tensor,) = t.apply(block, arguments, [key.left])
    element = mhlo.element_of(tensor)
    if key.is_total or not isinstance(element, AnyFloat):
        return tensor
    shape = mhlo.shape_of(tensor)
    zero, nan = (t.constant(number, element, shape) for number in (0.0, np.nan))
    plain = t.select(t.compare("EQ", tensor, zero), zero, tensor)
    return t.select(t.compare("NE", tensor, tensor), nan, plain)


def _order(t: TensorBuilder, keys: Sequence[SSAValue], axis: int, comparator: Region, whole: bool) -> SSAValue:
    size = mhlo.shape_of(keys[0])[axis]
    run = size if whole else min(size, SHORT_RUN)
    order = t.add(mhlo.SortOrder(keys, axis, max(run, 1), comparator))
    while run < size:
        order = t.add(mhlo.MergeOrder(order, keys, axis, run, comparator.clone()))
        run *= 2
    return order


def _taken(t: TensorBuilder, value: SSAValue, order: SSAValue, axis: int) -> SSAValue:
    """The elements at the places that `order` names along a dimension."""
    rank = len(mhlo.shape_of(value))
    others = tuple(dim for dim in range(rank) if dim != axis)
    numbers = mhlo.GatherNumbers(
        collapsed_slice_dims=(axis,),
        operand_batching_dims=others,
        start_indices_batching_dims=others,
        start_index_map=(axis,),
        index_vector_dim=rank,
    )
    return t.add(mhlo.Gather(value, order, numbers, [1] * rank))
