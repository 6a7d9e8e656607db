"""InterpreterQueue: runs what command buffers have bound."""

import contextvars
from collections.abc import Callable, Iterable

import numpy as np

from iree.hal.command_buffer import CommandBuffer
from iree.hal.host.command_queue import HostCommandQueue
from iree.hal.interpreter.command_buffer import InterpreterCommandBuffer
from iree.hal.status import InvalidArgument


class InterpreterQueue(HostCommandQueue):
    """Infinities and NaNs are results like any other, so NumPy's warnings are off while it runs, and only then.

    NumPy keeps that setting in the context of the thread; entering a context of our own costs a tenth of np.errstate.
    """

    def __init__(self, name: str):
        super().__init__(name)
        self._context = contextvars.Context()
        self._context.run(np.seterr, all="ignore")

    def execute(self, command_buffer: CommandBuffer) -> None:
        if not isinstance(command_buffer, InterpreterCommandBuffer):
            raise InvalidArgument(f"{type(command_buffer).__name__} belongs to another driver")
        self._context.run(_run, command_buffer.actions)


def _run(actions: Iterable[Callable[[], object]]) -> None:
    for action in actions:
        action()
