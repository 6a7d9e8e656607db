"""Specialization: a function for one choice of the sizes that it leaves to its caller, ready to serve calls.

A function that leaves none to him has exactly one.
"""

from iree.runtime.vm.bytecode_dispatch import plan_function
from iree.runtime.vm.context import ContextModule
from iree.runtime.vm.invocation import Invocation
from iree.runtime.vm.module import VmModule
from iree.runtime.vm.plan import Plan


class Specialization:
    """Types and plan are of known sizes. Any number of threads may take invocations; each gives its own back."""

    def __init__(self, context: ContextModule, module: VmModule, ordinal: int):
        """`module`: the context's, or what its `at` gives."""
        self.arguments = module.functions[ordinal].arguments
        self.checks = tuple((of.dtype, of.shape) for of in self.arguments)
        self._context = context
        self._module = module
        self._ordinal = ordinal
        self._plan: Plan | None = None
        self._idle: list[Invocation] = []

    def take(self) -> Invocation:
        """An invocation that no other call uses. DataLoss: the bytecode is damaged."""
        try:
            return self._idle.pop()
        except IndexError:
            pass
        if self._plan is None:
            self._plan = plan_function(self._module, self._ordinal)
        return Invocation(self._context, self._plan, self._module.functions[self._ordinal].name)

    def give_back(self, invocation: Invocation) -> None:
        """The invocation may serve another call."""
        self._idle.append(invocation)
