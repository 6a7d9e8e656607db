"""Specialization: a function for one choice of the sizes that it leaves to its caller, ready to serve calls.

A function that leaves none to him has exactly one.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from iree.hal.buffer import Buffer
from iree.runtime.vm.bytecode_dispatch import plan_function
from iree.runtime.vm.context import ContextModule
from iree.runtime.vm.device_array import DeviceArray, SpareBuffers
from iree.runtime.vm.invocation import Invocation
from iree.runtime.vm.module import VmModule
from iree.runtime.vm.plan import Plan

Array = np.ndarray[Any, Any]


class Specialization:
    """Types and plan are of known sizes. Any number of threads may call it; each call has an invocation to itself.

    Arguments have the types of `checks`, known to be right. DataLoss: the bytecode is damaged. HalError: what the
    device failed with. An invocation that something went wrong in is not used again.
    """

    def __init__(self, context: ContextModule, module: VmModule, ordinal: int):
        """`module`: the context's, or what its `at` gives."""
        self.arguments = module.functions[ordinal].arguments
        self.checks = tuple((of.dtype, of.shape) for of in self.arguments)
        self._context = context
        self._module = module
        self._ordinal = ordinal
        self._plan: Plan | None = None
        self._idle: list[Invocation] = []
        self._spare = tuple(SpareBuffers(context.device, of) for of in module.functions[ordinal].results)

    def run_on_host(self, arguments: Sequence[Array]) -> list[Array]:
        """New arrays, computed from arrays on the host."""
        try:
            invocation = self._idle.pop()
        except IndexError:
            invocation = self.make_invocation()
        for target, value in zip(invocation.arguments, arguments, strict=True):
            target[...] = value
        invocation.run()
        results = [result.copy() for result in invocation.results]
        self._idle.append(invocation)
        return results

    def run_on_device(self, arguments: Sequence[Buffer | Array]) -> list[DeviceArray]:
        """New arrays on the device, computed from buffers there and arrays on the host.

        The caller keeps the DeviceArrays whose buffers they are.
        """
        try:
            invocation = self._idle.pop()
        except IndexError:
            invocation = self.make_invocation()
        bound = [
            invocation.own_argument(position, value) if isinstance(value, np.ndarray) else value
            for position, value in enumerate(arguments)
        ]
        results = [spare.take() for spare in self._spare]
        invocation.run_on(bound + results)
        self._idle.append(invocation)
        return [spare.array(result) for spare, result in zip(self._spare, results, strict=True)]

    def make_invocation(self) -> Invocation:
        """Hook: a new invocation."""
        if self._plan is None:
            self._plan = plan_function(self._module, self._ordinal)
        return Invocation(self._context, self._plan, self._module.functions[self._ordinal].name)
