"""Functions of the host that a module calls: what a user may register, and how they are called.

    load_vm_flatbuffer(data, custom_calls={"my_double": lambda x: 2 * x})

The function gets a NumPy array for each operand, read-only views that are good until it returns, and `config`, the
call's configuration as text, where it has one. It returns an array for each result: one, or a tuple of them.
"""

import abc
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from iree.hal.status import InvalidArgument, NotFound

Array = np.ndarray[Any, Any]


class CallSite(NamedTuple):
    """One call: what is called, from where, with what. Inputs and outputs are good until the call returns."""

    name: str
    config: str
    inputs: tuple[Array, ...]
    outputs: tuple[Array, ...]
    function: str  # the function that calls
    location: str  # of the source; "" where it is not known

    @property
    def where(self) -> str:
        """The call, for an error."""
        return f"custom call @{self.name} of @{self.function}" + (f" at {self.location}" if self.location else "")


class HostFunction(abc.ABC):
    """What a custom call calls."""

    @abc.abstractmethod
    def call(self, site: CallSite) -> None:
        """Reads the inputs and writes the outputs."""


class PythonFunction(HostFunction):
    """A function of arrays that returns arrays."""

    def __init__(self, function: Callable[..., Any]):
        self.function = function

    def call(self, site: CallSite) -> None:
        """InvalidArgument: the results are not those that the module was compiled for. Or what the function raises."""
        keywords = {"config": site.config} if site.config else {}
        try:
            returned = self.function(*site.inputs, **keywords)
        except Exception as error:
            error.add_note(f"in {site.where}")
            raise
        values = returned if isinstance(returned, tuple | list) else () if returned is None else (returned,)
        if len(values) != len(site.outputs):
            raise InvalidArgument(f"{site.where}: returned {len(values)} results, needs {len(site.outputs)}")
        for index, (value, output) in enumerate(zip(values, site.outputs, strict=True)):
            array = np.asarray(value)
            if array.dtype != output.dtype or array.shape != output.shape:
                given, needed = (f"{each.dtype}{list(each.shape)}" for each in (array, output))
                raise InvalidArgument(f"{site.where}: result {index} is {given}, needs {needed}")
            output[...] = array


CustomCalls = Mapping[str, Callable[..., Any] | HostFunction]


def resolve_imports(module_name: str, imports: tuple[str, ...], registered: CustomCalls) -> tuple[HostFunction, ...]:
    """The functions that a module asks for. NotFound: some are not registered; all their names."""
    missing = [name for name in imports if name not in registered]
    if missing:
        example = ", ".join(f'"{name}": ...' for name in missing)
        raise NotFound(
            f'module "{module_name}" calls functions that are not registered: {", ".join(missing)}. '
            f"Load it with custom_calls={{{example}}}"
        )
    found = (registered[name] for name in imports)
    return tuple(each if isinstance(each, HostFunction) else PythonFunction(each) for each in found)
