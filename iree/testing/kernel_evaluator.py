"""Runs scheduled kernels in NumPy, all invocations side by side, so that they can be judged before any device is.

    run_kernel(func, [a, b], counts) -> results

Every load and store is checked against its buffer. Every element of every result must be written, all equally often and
each by one invocation, which alone may read it back.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xdsl.dialects import func, gpu, scf
from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, MemRefType
from xdsl.ir import Block, Operation, SSAValue

from iree.compiler.dialects import iree
from iree.compiler.ir.constants import array_of, dtype_of
from iree.compiler.kernels.schedule_kernels import WORKGROUP_SIZE, WORKGROUP_TILE
from iree.testing.scalar_evaluator import KernelError, evaluate_scalar

Array = NDArray[Any]


def launch_of(function: func.FuncOp) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Invocations per workgroup and workgroups per launch, in x, y and z, as a driver computes them."""
    size, tile, workload = (_triple(function, name) for name in (WORKGROUP_SIZE, WORKGROUP_TILE, iree.WORKLOAD))
    return size, tuple(-(-elements // covered) for elements, covered in zip(workload, tile, strict=True))


def run_kernel(function: func.FuncOp, inputs: Sequence[Array]) -> list[Array]:
    """The results of one launch. KernelError: an access out of bounds, an element never written, or by several."""
    size, groups = launch_of(function)
    run = _Run(function, inputs, tuple(s * g for s, g in zip(size, groups, strict=True)))
    if run.count:
        run.block(function.body.block, np.ones(run.count, np.bool_))
    elif any(output.size for output in run.outputs):
        raise KernelError("a launch of no workgroups leaves a result unwritten")
    for number, writes in enumerate(run.writes):
        if writes.size and not 1 <= writes.min() == writes.max():
            raise KernelError(f"result {number}: elements are written {np.unique(writes).tolist()} times")
    return run.outputs


def _triple(function: func.FuncOp, name: str) -> tuple[int, ...]:
    attribute = function.attributes[name]
    assert isinstance(attribute, DenseIntOrFPElementsAttr)
    return tuple(int(value) for value in array_of(attribute))


class _Run:
    """The state of a launch: what each SSA value is in every invocation."""

    def __init__(self, function: func.FuncOp, inputs: Sequence[Array], invocations: tuple[int, ...]) -> None:
        arguments = function.body.block.args
        self.values: dict[SSAValue, Array] = {}
        self.buffers: dict[SSAValue, Array] = dict(zip(arguments, inputs, strict=False))
        self.outputs = [_garbage(argument.type) for argument in arguments[len(inputs) :]]
        self.writes = [np.zeros(output.shape, np.int64) for output in self.outputs]
        self.buffers |= dict(zip(arguments[len(inputs) :], self.outputs, strict=True))
        self.written: dict[SSAValue, Array] = dict(zip(arguments[len(inputs) :], self.writes, strict=True))
        self.writer: dict[SSAValue, Array] = {target: np.full(n.shape, -1) for target, n in self.written.items()}
        self.count = int(np.prod(invocations))
        ids = np.unravel_index(np.arange(self.count), invocations[::-1]) if self.count else (np.zeros(0, int),) * 3
        self.ids = dict(zip("xyz", ids[::-1], strict=True))

    def block(self, block: Block, active: Array) -> list[Array]:
        """Runs a block's ops; the values that its terminator hands out."""
        for op in block.ops:
            if isinstance(op, scf.YieldOp | iree.Return):
                return [self.values[value] for value in op.operands]
            self.op(op, active)
        return []

    def op(self, op: Operation, active: Array) -> None:
        match op:
            case gpu.GlobalIdOp():
                self.values[op.result] = self.ids[op.dimension.data.value].astype(np.int64)
            case scf.ForOp():
                self.loop(op, active)
            case scf.IfOp():
                self.branch(op, active)
            case _ if op.name == "memref.load":
                self.values[op.results[0]] = self.load(op, active)
            case _ if op.name == "memref.store":
                self.store(op, active)
            case _:
                operands = [self.values[value] for value in op.operands]
                self.values[op.results[0]] = evaluate_scalar(op, operands, active)

    def load(self, op: Operation, active: Array) -> Array:
        buffer = self.buffers[op.operands[0]]
        position = self.position(op, 0, active)
        if (writer := self.writer.get(op.operands[0])) is not None:
            own = np.broadcast_to(writer[position] == np.arange(self.count), (self.count,))
            if not own[active].all():
                raise KernelError("an invocation reads what it has not written")
        return np.asarray(buffer[position]) if buffer.size else np.zeros(self.count, buffer.dtype)

    def position(self, op: Operation, buffer: int, active: Array) -> tuple[Array, ...]:
        """Where a load or store goes, in bounds even in invocations that do not run."""
        shape = self.buffers[op.operands[buffer]].shape
        indices = []
        for value, size in zip(op.operands[buffer + 1 :], shape, strict=True):
            index = np.broadcast_to(self.values[value], (self.count,))
            if np.any(active & ((index < 0) | (index >= size))):
                raise KernelError(
                    f"{op.name} is out of bounds: {index[active].min()} to {index[active].max()} of {size}"
                )
            indices.append(np.where(active, index, 0))
        return tuple(indices)

    def store(self, op: Operation, active: Array) -> None:
        indices = tuple(index[active] for index in self.position(op, 1, active))
        target = op.operands[1]
        if target not in self.written:
            raise KernelError("an input is written")
        value = np.broadcast_to(self.values[op.operands[0]], (self.count,))[active]
        if not value.size:
            return
        writes, writer, invocation = self.written[target], self.writer[target], np.arange(self.count)[active]
        before = writes[indices].copy()
        np.add.at(writes, indices, 1)
        if np.any(writes[indices] > before + 1) or np.any((writer[indices] != -1) & (writer[indices] != invocation)):
            raise KernelError("an element is written by two invocations")
        self.buffers[target][indices] = value if indices else value[0]
        writer[indices] = invocation if indices else invocation[0]

    def loop(self, op: scf.ForOp, active: Array) -> None:
        counter, *carried = op.body.block.args
        state = [np.broadcast_to(self.values[value], (self.count,)) for value in op.iter_args]
        index = np.broadcast_to(self.values[op.lb], (self.count,))
        while np.any(running := active & (index < self.values[op.ub])):
            self.values |= dict(zip(carried, state, strict=True))
            self.values[counter] = index
            following = self.block(op.body.block, running)
            state = [np.where(running, new, old) for new, old in zip(following, state, strict=True)]
            index = index + self.values[op.step]
        self.values |= dict(zip(op.results, state, strict=True))

    def branch(self, op: scf.IfOp, active: Array) -> None:
        condition = np.broadcast_to(self.values[op.cond], (self.count,))
        true = self.block(op.true_region.block, active & condition)
        false = self.block(op.false_region.block, active & ~condition) if op.false_region.blocks else []
        for result, if_true, if_false in zip(op.results, true, false, strict=True):
            self.values[result] = np.where(condition, if_true, if_false)


def _garbage(type_: object) -> Array:
    assert isinstance(type_, MemRefType)
    dtype = dtype_of(type_.element_type)
    size = int(np.prod(type_.get_shape()))
    pattern = 1 if dtype == np.bool_ else 0xA5
    return np.full(size * dtype.itemsize, pattern, np.uint8).view(dtype).reshape(type_.get_shape()).copy()
