"""Runs functions of linalg.generic nests in NumPy: all parallel iterations side by side, reductions step by step.

    run_nests(func, [a, b]) -> results

Every tensor.extract is checked against its tensor.
"""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xdsl.dialects import func, scf
from xdsl.dialects.builtin import AffineMapAttr, MemRefType, TensorType
from xdsl.dialects.linalg import ops as linalg
from xdsl.dialects.linalg.attrs import IteratorType
from xdsl.ir import Block, Operation, SSAValue
from xdsl.ir.affine import AffineMap

from iree.compiler.dialects import iree
from iree.compiler.ir.constants import dtype_of
from iree.testing.scalar_evaluator import KernelError, evaluate_scalar

Array = NDArray[Any]


def run_nests(function: func.FuncOp, inputs: Sequence[Array]) -> list[Array]:
    """What the function stores, by argument. KernelError: an element is read out of bounds, or something undefined."""
    arguments = function.body.block.args
    buffers: dict[SSAValue, Array] = dict(zip(arguments, inputs, strict=False))
    tensors: dict[SSAValue, Array] = {}
    for op in function.body.block.ops:
        match op:
            case iree.LoadInput():
                tensors[op.value] = buffers[op.source]
            case iree.StoreOutput(places=None):
                buffers[op.target] = tensors[op.value]
            case iree.StoreOutput(places=AffineMapAttr(data=places)):
                _scatter(tensors[op.value], buffers.setdefault(op.target, _garbage(op.target)), places)
            case linalg.GenericOp():
                tensors |= dict(zip(op.results, _Nest(op, tensors).run(), strict=True))
            case _ if op.name == "tensor.empty":
                tensors[op.results[0]] = _garbage(op.results[0])
            case iree.Return():
                pass
            case _:
                raise KernelError(f"{op.name} is not evaluated")
    return [buffers[argument] for argument in arguments[len(inputs) :]]


def _scatter(values: Array, target: Array, places: AffineMap) -> None:
    for index, value in np.ndenumerate(values):
        target[tuple(places.eval(index, ()))] = value


def _garbage(value: SSAValue) -> Array:
    assert isinstance(value.type, TensorType | MemRefType)
    dtype = dtype_of(value.type.element_type)
    raw = np.full(int(np.prod(value.type.get_shape())) * dtype.itemsize, 1 if dtype == np.bool_ else 0xA5, np.uint8)
    return raw.view(dtype).reshape(value.type.get_shape()).copy()


class _Nest:
    """One run of a nest. Values are arrays over its parallel iterations."""

    def __init__(self, op: linalg.GenericOp, tensors: dict[SSAValue, Array]) -> None:
        self.op = op
        self.tensors = tensors
        sizes = op.get_static_loop_ranges()
        kinds = [kind.data for kind in op.iterator_types]
        self.parallel = [dim for dim, kind in enumerate(kinds) if kind == IteratorType.PARALLEL]
        self.reduction = [dim for dim, kind in enumerate(kinds) if kind == IteratorType.REDUCTION]
        self.sizes = sizes
        self.shape = tuple(sizes[dim] for dim in self.parallel)
        self.count = int(np.prod(self.shape))
        self.values: dict[SSAValue, Array] = {}

    def run(self) -> list[Array]:
        state = [self.tensors[value].reshape(-1) for value in self.op.outputs]
        grid = np.indices(self.shape).reshape(len(self.shape), self.count)
        loops: list[Any] = [0] * len(self.sizes)
        for dim, index in zip(self.parallel, grid, strict=True):
            loops[dim] = index
        for step in itertools.product(*(range(self.sizes[dim]) for dim in self.reduction)):
            for dim, position in zip(self.reduction, step, strict=True):
                loops[dim] = np.full(self.count, position)
            state = self.iterate(loops, state)
        return [values.reshape(self.shape) for values in state]

    def iterate(self, loops: Sequence[Any], state: Sequence[Array]) -> list[Array]:
        block = self.op.body.block
        maps = [attribute.data for attribute in self.op.indexing_maps]
        for argument, value, map_ in zip(block.args, self.op.inputs, maps, strict=False):
            indices = [np.broadcast_to(np.asarray(expr.eval(loops, [])), (self.count,)) for expr in map_.results]
            self.values[argument] = self.read(value, indices, np.ones(self.count, np.bool_))
        self.values |= dict(zip(block.args[len(self.op.inputs) :], state, strict=True))
        self.loops = loops
        results = self.run_block(block, np.ones(self.count, np.bool_))
        return [np.broadcast_to(result, (self.count,)).copy() for result in results]

    def run_block(self, block: Block, active: Array) -> list[Array]:
        for op in block.ops:
            if op.name in ("linalg.yield", "scf.yield"):
                return [self.values[value] for value in op.operands]
            self.run_op(op, active)
        return []

    def run_op(self, op: Operation, active: Array) -> None:
        match op:
            case linalg.IndexOp():
                self.values[op.result] = np.asarray(self.loops[op.dim.value.data], np.int64)
            case scf.ForOp():
                self.run_loop(op, active)
            case _ if op.name == "tensor.extract":
                indices = [np.broadcast_to(self.values[value], (self.count,)) for value in op.operands[1:]]
                self.values[op.results[0]] = self.read(op.operands[0], indices, active)
            case _:
                self.values[op.results[0]] = evaluate_scalar(op, [self.values[value] for value in op.operands], active)

    def run_loop(self, op: scf.ForOp, active: Array) -> None:
        counter, *carried = op.body.block.args
        state = [np.broadcast_to(self.values[value], (self.count,)) for value in op.iter_args]
        index = np.broadcast_to(self.values[op.lb], (self.count,))
        while np.any(running := active & (index < self.values[op.ub])):
            self.values |= {counter: index, **dict(zip(carried, state, strict=True))}
            following = self.run_block(op.body.block, running)
            state = [np.where(running, new, old) for new, old in zip(following, state, strict=True)]
            index = index + self.values[op.step]
        self.values |= dict(zip(op.results, state, strict=True))

    def read(self, value: SSAValue, indices: Sequence[Array], active: Array) -> Array:
        tensor = self.tensors[value]
        for index, size in zip(indices, tensor.shape, strict=True):
            if np.any(active & ((index < 0) | (index >= size))):
                raise KernelError(f"an element is read out of bounds: {index.min()} to {index.max()} of {size}")
        if not indices:
            return np.broadcast_to(tensor, (self.count,))
        return np.asarray(tensor[tuple(np.where(active, index, 0) for index in indices)])
