"""Function: one exported function, called like any Python function.

    f(a, b)    f(a, b=b)    inspect.signature(f) -> (a: 4xf32, b: 4xf32) -> 4xf32

Takes anything that arguments.py takes; returns new NumPy arrays, nested as the function's abi says.
"""

import inspect
import keyword
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from iree.runtime.vm import nesting
from iree.runtime.vm.arguments import ArgumentError, Array, to_array
from iree.runtime.vm.bytecode_dispatch import plan_function
from iree.runtime.vm.context import ContextModule
from iree.runtime.vm.function_def import BufferType
from iree.runtime.vm.invocation import Invocation
from iree.runtime.vm.plan import Plan
from iree.schemas.abi import Abi, Structure


class Function:
    """A function of a module in a context. Any number of threads may call it at once."""

    def __init__(self, module: ContextModule, ordinal: int):
        """DataLoss: the function is damaged; its bytecode is checked here, unless loading did it."""
        module.module.decoded(ordinal)
        definition = module.module.functions[ordinal]
        self.name = self.__name__ = self.__qualname__ = definition.name
        self.arguments = definition.arguments
        self.results = definition.results
        self._module = module
        self._ordinal = ordinal
        self._abi = definition.abi or _flat_abi(definition.argument_names, len(self.results))
        self._idle: list[Invocation] = []
        self._plan: Plan | None = None
        self._checks = tuple((t.dtype, t.shape) for t in self.arguments)
        self._is_flat = list(self._abi.arguments.values()) == list(range(len(self.arguments)))
        self._nest = _result_of(self._abi.results)
        self.__signature__ = _signature(self._abi, self.arguments, self.results)
        where = f"Of module {module.module.name}, on {module.device.info.name}."
        self.__doc__ = f"{self.name}{self.__signature__}\n\n{where}"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the function. ArgumentError: which argument is wrong and how. HalError: what the device failed with."""
        if kwargs or not self._is_flat or len(args) != len(self._checks):
            args = tuple(self._flatten(args, kwargs))
        return self._nest(self.invoke(args))

    def invoke(self, args: Sequence[Any]) -> list[Array]:
        """Runs the function on its flat arguments and gives the flat results, which are new arrays."""
        if len(args) != len(self._checks):
            raise ArgumentError(f"{self._takes(nesting.labels(self._abi))}, {len(args)} were given")
        invocation: Invocation | None
        try:
            invocation = self._idle.pop()
        except IndexError:
            invocation = None
        if invocation is None:
            invocation = self._new_invocation()
        try:
            for value, target, (dtype, shape) in zip(args, invocation.arguments, self._checks, strict=True):
                if value.__class__ is np.ndarray and value.dtype is dtype and value.shape == shape:
                    target[...] = value
                else:
                    self._convert(args, invocation)
                    break
        except ArgumentError:
            self._idle.append(invocation)
            raise
        invocation.run()
        results = [result.copy() for result in invocation.results]
        self._idle.append(invocation)
        return results

    def _new_invocation(self) -> Invocation:
        if self._plan is None:
            self._plan = plan_function(self._module.module, self._ordinal)
        return Invocation(self._module, self._plan, self.name)

    def _convert(self, args: Sequence[object], invocation: Invocation) -> None:
        """Writes the arguments, at least one of which is not simply an array of its type."""
        labels = [f"{self.name}: argument {label}" for label in nesting.labels(self._abi)]
        arrays = [to_array(a, of, label) for a, of, label in zip(args, self.arguments, labels, strict=True)]
        for array, target in zip(arrays, invocation.arguments, strict=True):
            target[...] = array

    def _flatten(self, args: Sequence[object], kwargs: dict[str, object]) -> list[object]:
        """The flat arguments, in order. ArgumentError: their number, their names or how they nest."""
        names = list(self._abi.arguments)
        takes = self._takes(names)
        if len(args) > len(names):
            raise ArgumentError(f"{takes}, {len(args) + len(kwargs)} were given")
        given: dict[str, object] = dict(zip(names, args, strict=False))
        by_parameter = dict(zip(self.__signature__.parameters, names, strict=True))
        for key, value in kwargs.items():
            name = key if key in names else by_parameter.get(key)
            if name is None:
                raise ArgumentError(f"{takes}, none is named {key!r}")
            if name in given:
                raise ArgumentError(f"{takes}, {name!r} was given twice")
            given[name] = value
        missing = [repr(name) for name in names if name not in given]
        if missing:
            raise ArgumentError(f"{takes}, {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing")
        flat: dict[int, object] = {}
        for name, structure in self._abi.arguments.items():
            nesting.collect(structure, given[name], f"{self.name}: argument '{name}'", flat)
        return [flat[position] for position in range(len(flat))]

    def _takes(self, names: Sequence[str]) -> str:
        listed = f" ({', '.join(names)})" if names else ""
        return f"{self.name} takes {len(names)} argument{'s' * (len(names) != 1)}{listed}"

    def __repr__(self) -> str:
        return f"<function {self.name}{self.__signature__}>"


def _flat_abi(names: Sequence[str], result_count: int) -> Abi:
    arguments: dict[str, Structure] = {}
    for position, name in enumerate(names):
        unique = name or f"arg{position}"
        while unique in arguments:
            unique = f"{unique}_{position}"
        arguments[unique] = position
    return Abi(arguments, {0: None, 1: 0}.get(result_count, tuple(range(result_count))))


def _result_of(structure: Structure) -> Callable[[list[Array]], Any]:
    """What makes the user's result of the flat ones."""
    if structure == 0:
        return lambda flat: flat[0]
    return lambda flat: nesting.fill(structure, flat)


def _signature(abi: Abi, arguments: Sequence[BufferType], results: Sequence[BufferType]) -> inspect.Signature:
    parameters: dict[str, inspect.Parameter] = {}
    for name, structure in abi.arguments.items():
        identifier = re.sub(r"\W", "_", name)
        if not identifier.isidentifier() or keyword.iskeyword(identifier):
            identifier = f"_{identifier}"
        while identifier in parameters:
            identifier += "_"
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters[identifier] = inspect.Parameter(identifier, kind, annotation=nesting.fill(structure, arguments))
    return inspect.Signature(list(parameters.values()), return_annotation=nesting.fill(abi.results, results))
