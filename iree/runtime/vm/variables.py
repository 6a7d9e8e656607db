"""Variables: what the variables of a module hold in a context, by name.

module.variables["count"]           a copy of the value
module.variables["count"] = 7       what the next call finds
"""

from collections.abc import Iterator, Mapping

import numpy as np

from iree.hal.status import NotFound
from iree.runtime.vm.arguments import Array, to_array
from iree.runtime.vm.context import ContextModule


class UnknownVariableError(NotFound, KeyError):
    """A variable that the module does not have."""


class Variables(Mapping[str, Array]):
    """One for each module in a context. Any thread may use it; a running call is waited for."""

    def __init__(self, module: ContextModule):
        self._module = module
        self._ordinals = {variable.name: n for n, variable in enumerate(module.module.file.variables)}

    def __getitem__(self, name: str) -> Array:
        """A copy of the value. UnknownVariableError: there is no such variable."""
        ordinal = self._ordinal(name)
        of = self._module.module.file.variables[ordinal].type
        with self._module.state_lock:
            data = self._module.variable(ordinal, to_write=False).read()
        return np.frombuffer(bytearray(data), of.dtype).reshape(of.shape)

    def __setitem__(self, name: str, value: object) -> None:
        """Sets the value. ArgumentError: it has another type. UnknownVariableError: there is no such variable."""
        ordinal = self._ordinal(name)
        of = self._module.module.file.variables[ordinal].type
        array = np.ascontiguousarray(to_array(value, of, f"variable '{name}'"))
        with self._module.state_lock:
            self._module.variable(ordinal, to_write=True).write(array.reshape(of.shape))

    def __iter__(self) -> Iterator[str]:
        return iter(self._ordinals)

    def __len__(self) -> int:
        return len(self._ordinals)

    def _ordinal(self, name: str) -> int:
        if name not in self._ordinals:
            known = ", ".join(self._ordinals) or "none"
            raise UnknownVariableError(f'module "{self._module.module.name}" has no variable "{name}"; it has {known}')
        return self._ordinals[name]
