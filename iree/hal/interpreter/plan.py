"""Plan: one function of an executable, worked out once, so that a dispatch only fills in its arrays.

    plan = Plan(function)                     # types checked, memory laid out, what is known bound: once
    actions = plan.bind([a, b, out])          # for each dispatch that is recorded
    for action in actions: action()           # for each time that it runs

Temporaries belong to the plan, so a plan that has any runs in one thread at a time.
"""

import math
import threading
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from iree.hal.interpreter.decode import Function, Step
from iree.hal.interpreter.kernels.kernel import Action, Array, Bind, Kernel, KernelError, Operation
from iree.hal.interpreter.kernels.table import BUILDERS
from iree.hal.interpreter.layout import Layout
from iree.hal.interpreter.tensor_type import TensorType
from iree.hal.status import DataLoss

CALL_WORK = 4096  # bytes that NumPy could touch in the time that a call of it takes at least
_ALIGNMENT = 64


class _Entry(NamedTuple):
    """A step of a plan: an action that is bound for good, or how to bind one and to which locals."""

    action: Action | None
    bind: Bind
    locals: tuple[int, ...]


class Plan:
    """`written` are the arguments that it writes to, `work` is about how many bytes it touches, or could meanwhile.

    DataLoss: an instruction does not take the types that it was given.
    """

    def __init__(self, function: Function):
        self.name = function.name
        self.arguments = function.arguments
        layout = Layout(function, build_kernels(function))
        self.written = _written(function)
        self.work = sum(_work(step, function.types) for step in function.steps)
        self.overwrites = layout.overwrites(self.written)  # pairs of an input and an output that may be one buffer
        self._lock = threading.Lock()
        self._frame: list[Array] = [np.empty(0)] * (max(function.types, default=-1) + 1)
        for local in function.types:
            self._frame[local] = layout.shape_of(local)
        slots = [_aligned(size) for size in layout.slot_sizes]
        for local, slot in layout.slots.items():
            self._frame[local] = _typed(slots[slot], function.types[local])
        self._late = []
        for derivation in layout.derivations:
            if layout.argument_of(derivation.local) is None:
                self._frame[derivation.local] = derivation.view(self._frame[derivation.source])
            else:
                self._late.append(derivation)
        self._entries = [self._entry(layout, work.kernel, (*work.inputs, work.output)) for work in layout.work]
        self._is_shared = bool(slots) or any(entry.action for entry in self._entries)

    def _entry(self, layout: Layout, kernel: Kernel, local_numbers: tuple[int, ...]) -> _Entry:
        if any(layout.argument_of(local) is not None for local in local_numbers):
            return _Entry(None, kernel.bind, local_numbers)
        return _Entry(kernel.bind(*(self._frame[local] for local in local_numbers)), kernel.bind, local_numbers)

    def bind(self, arrays: Sequence[Array]) -> list[Action]:
        """What runs the plan on these arrays, one for each argument and of its type, in this order."""
        frame = self._frame.copy()
        frame[: len(arrays)] = arrays
        for local, source, view in self._late:
            frame[local] = view(frame[source])
        actions = [action or bind(*[frame[local] for local in numbers]) for action, bind, numbers in self._entries]
        if not self._is_shared:
            return actions
        return [lambda: self._run(actions)]

    def _run(self, actions: Sequence[Action]) -> None:
        with self._lock:
            for action in actions:
                action()


def build_kernels(function: Function) -> list[Kernel | None]:
    """The kernel of each step, None for a reshape. What only looks at a constant makes a constant for later steps."""
    writes: dict[int, int] = {}
    for step in function.steps:
        writes[function.roots[step.output]] = writes.get(function.roots[step.output], 0) + (step.name != "reshape")
    known = dict(function.constants)
    kernels: list[Kernel | None] = []
    for step in function.steps:
        output = function.types[step.output]
        if step.name == "reshape":
            kernels.append(None)
            if step.inputs[0] in known:
                known[step.output] = known[step.inputs[0]].reshape(output.shape)
            continue
        operation = Operation(
            step.name,
            tuple(function.types[local] for local in step.inputs),
            output,
            step.attributes,
            tuple(known.get(local) for local in step.inputs),
        )
        try:
            kernel = BUILDERS[step.name](operation)
        except KernelError as error:
            raise DataLoss(f"{step.where} {error}") from None
        kernels.append(kernel)
        if kernel.view and step.inputs[0] in known and writes[step.output] == 1 and step.output in function.allocations:
            known[step.output] = kernel.view(known[step.inputs[0]])
    return kernels


def _written(function: Function) -> tuple[int, ...]:
    """The arguments that some step writes to."""
    roots = {function.roots[step.output] for step in function.steps if step.name != "reshape"}
    return tuple(index for index in range(len(function.arguments)) if index in roots)


def _work(step: Step, types: Mapping[int, TensorType]) -> int:
    """Contractions multiply more numbers than they touch: two while others touch a byte, about.

    The root of the sizes' product is the number of multiplications of a matmul, and near that of a convolution.
    """
    operands = [types[local] for local in (*step.inputs, step.output)]
    if step.name == "reshape":
        return 0
    work = CALL_WORK + sum(operand.byte_length for operand in operands)
    if step.name.startswith(("dot_general", "convolution")):
        work += math.isqrt(math.prod(math.prod(operand.shape) for operand in operands)) // 2
    return work


def _aligned(size: int) -> Array:
    memory = np.empty(size + _ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % _ALIGNMENT
    return memory[start : start + size]


def _typed(memory: Array, kind: TensorType) -> Array:
    return np.ndarray(kind.shape, kind.dtype, memory)
