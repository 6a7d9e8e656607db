"""InterpreterQueue: runs what command buffers have bound."""

import contextvars

import numpy as np

from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_category import CommandCategory
from iree.hal.host.command_queue import HostCommandQueue


class InterpreterQueue(HostCommandQueue):
    """Infinities and NaNs are results like any other, so NumPy's warnings are off while it runs, and only then.

    NumPy keeps that setting in the context of the thread; entering a context of our own costs a tenth of np.errstate.
    """

    def __init__(self, name: str, categories: CommandCategory = CommandCategory.ALL):
        super().__init__(name, categories)
        self._context = contextvars.Context()
        self._context.run(np.seterr, all="ignore")

    def execute(self, command_buffer: CommandBuffer) -> None:
        self._context.run(super().execute, command_buffer)
