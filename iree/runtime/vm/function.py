"""Function: one exported function, called like any Python function.

    f(a, b)    f(a, b=b)    inspect.signature(f) -> (a: 4xf32, b: 4xf32) -> 4xf32

Takes anything that arguments.py takes; returns new NumPy arrays, nested as the function's abi says. Where an argument
is an array on the device, so are all results.
"""

import inspect
import keyword
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from iree.hal.semaphore import Semaphore
from iree.runtime.vm import nesting
from iree.runtime.vm.arguments import ArgumentError, Array, to_argument
from iree.runtime.vm.async_call import AsyncCall, semaphore_values, start_call
from iree.runtime.vm.call_sizes import symbols_of_call
from iree.runtime.vm.context import ContextModule
from iree.runtime.vm.device_array import DeviceArray, asdevicearray
from iree.runtime.vm.function_def import BufferType
from iree.runtime.vm.module import VmModule
from iree.runtime.vm.specialization import Specialization
from iree.schemas.abi import Abi, Structure

MOST_SPECIALIZATIONS = 64  # choices of sizes that a function keeps what it has prepared for; then the oldest goes


class Function:
    """A function of a module in a context. Any number of threads may call it at once."""

    def __init__(
        self,
        module: ContextModule,
        ordinal: int,
        specialize: Callable[[ContextModule, VmModule, int], Specialization] = Specialization,
    ):
        """DataLoss: the function is damaged; its bytecode is checked here, unless loading did it."""
        module.module.check(ordinal)
        definition = module.module.functions[ordinal]
        self.name = self.__name__ = self.__qualname__ = definition.name
        self.arguments = definition.arguments
        self.results = definition.results
        self.device = module.device
        self.module = module
        self._specialize = specialize
        self._ordinal = ordinal
        self._abi = definition.abi or _flat_abi(definition.argument_names, len(self.results))
        self._definition = definition
        self._fixed = None if definition.symbol_count else specialize(module, module.module, ordinal)
        self._by_shapes: dict[tuple[tuple[int, ...], ...], Specialization] = {}
        self._lock = threading.Lock()
        self._count = len(self.arguments)
        self._is_flat = list(self._abi.arguments.values()) == list(range(len(self.arguments)))
        self._nest = _result_of(self._abi.results)
        self.__signature__ = _signature(self._abi, self.arguments, self.results)
        where = f"Of module {module.module.name}, on {module.device.info.name}."
        self.__doc__ = f"{self.name}{self.__signature__}\n\n{where}"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the function. ArgumentError: which argument is wrong and how. HalError: what the device failed with."""
        if kwargs or not self._is_flat or len(args) != self._count:
            args = tuple(self._flatten(args, kwargs))
        return self._nest(self.invoke(args))

    def invoke(self, args: Sequence[Any]) -> list[Any]:
        """Runs the function on its flat arguments and gives the flat results, which are new arrays."""
        if len(args) != self._count:
            raise ArgumentError(f"{self._takes(nesting.labels(self._abi))}, {len(args)} were given")
        if self._definition.donated:
            args = self._given_up(args)
        specialization = self._fixed
        if specialization is None:
            args, specialization = self._specialized(args)
        for value, (dtype, shape) in zip(args, specialization.checks, strict=True):
            if value.__class__ is not np.ndarray or value.dtype is not dtype or value.shape != shape:
                break
        else:
            return specialization.run_on_host(args)
        for value, (dtype, shape) in zip(args, specialization.checks, strict=True):
            if value.__class__ is not DeviceArray or not value.fits(self.device, dtype, shape):
                break
        else:
            return specialization.run_on_device([value.buffer for value in args])
        arrays = self._arrays(args)
        on_host = [array for array in arrays if not isinstance(array, DeviceArray)]
        if len(on_host) == len(arrays):
            return specialization.run_on_host(on_host)
        return specialization.run_on_device([a.buffer if isinstance(a, DeviceArray) else a for a in arrays])

    def invoke_async(
        self,
        *args: Any,
        wait: Iterable[tuple[Semaphore, int]] = (),
        signal: Iterable[tuple[Semaphore, int]] = (),
        **kwargs: Any,
    ) -> AsyncCall:
        """Starts the function and returns at once; its results stay on the device.

        It begins when the semaphores of `wait` have reached their values, and sets those of `signal` when it is done.
        What goes wrong meanwhile fails those and is raised by the result. Arguments may change after this returns.
        ArgumentError: as a call; no such semaphore or value.
        """
        waits, signals = semaphore_values("wait", wait), semaphore_values("signal", signal)
        flat: Sequence[Any] = self._flatten(args, kwargs)
        if self._definition.donated:
            flat = self._given_up(flat)
        specialization = self._fixed
        if specialization is None:
            flat, specialization = self._specialized(flat)
        arrays = [asdevicearray(self.device, array) for array in self._arrays(flat)]
        buffers = [array.buffer for array in arrays]  # the call's, even if the user deletes an array
        run, nest = specialization.run_on_device, self._nest

        def compute(_: object = arrays) -> Any:  # as long as they are held, nothing else gets their memory
            return nest(run(buffers))

        return start_call(self.name, compute, waits, signals, calls_host=bool(self.module.imports))

    def specialized_by(self, specialize: Callable[[ContextModule, VmModule, int], Specialization]) -> "Function":
        """The same function, whose calls are made ready by something else."""
        return Function(self.module, self._ordinal, specialize)

    def _specialized(self, args: Sequence[Any]) -> tuple[Sequence[Any], Specialization]:
        """The arguments as arrays, and the function for their sizes. ArgumentError: the sizes do not agree."""
        if not all(v.__class__ is np.ndarray and v.dtype is t.dtype for v, t in zip(args, self.arguments, strict=True)):
            args = self._arrays(args)
        shapes = tuple(array.shape for array in args)
        specialization = self._by_shapes.get(shapes)
        if specialization is not None:
            return args, specialization
        args = self._arrays(args)
        labels = nesting.labels(self._abi)
        symbols = symbols_of_call(self._definition, shapes, labels)
        with self._lock:
            for known in [known for known, _ in self._by_shapes.items()][: -MOST_SPECIALIZATIONS + 1]:
                del self._by_shapes[known]
            module = self.module.module.at(self._ordinal, symbols)
            specialization = self._specialize(self.module, module, self._ordinal)
            self._by_shapes[shapes] = specialization
        return args, specialization

    def _arrays(self, args: Sequence[object]) -> list[Array | DeviceArray]:
        labels = [f"{self.name}: argument {label}" for label in nesting.labels(self._abi)]
        given = zip(args, self.arguments, labels, strict=True)
        return [to_argument(value, of, label, self.device) for value, of, label in given]

    def _given_up(self, args: Sequence[object]) -> Sequence[Any]:
        """The arguments as arrays of this call alone, where it may write their memory. Those on the device end here."""
        arrays: list[Any] = self._arrays(args)
        ended = [each for each in (arrays[i] for i in self._definition.donated) if isinstance(each, DeviceArray)]
        copies = {id(array): array.to_host() for array in ended}
        for array in ended:
            array.delete()
        return [copies.get(id(array), array) for array in arrays]

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
        for name, structure in self._abi.arguments.items():
            if name not in given and nesting.is_fixed(structure):
                given[name] = nesting.fill(structure, ())
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


def _result_of(structure: Structure) -> Callable[[list[Any]], Any]:
    """What makes the user's result of the flat ones."""
    if structure == 0:
        return lambda flat: flat[0]
    return lambda flat: nesting.fill(structure, flat)


def _signature(abi: Abi, arguments: Sequence[BufferType], results: Sequence[BufferType]) -> inspect.Signature:
    parameters: dict[str, inspect.Parameter] = {}
    needed = [name for name, structure in abi.arguments.items() if not nesting.is_fixed(structure)]
    for name, structure in abi.arguments.items():
        identifier = re.sub(r"\W", "_", name)
        if not identifier.isidentifier() or keyword.iskeyword(identifier):
            identifier = f"_{identifier}"
        while identifier in parameters:
            identifier += "_"
        kind, content = inspect.Parameter.POSITIONAL_OR_KEYWORD, nesting.fill(structure, arguments)
        if needed:  # Python wants parameters with defaults to come last
            parameters[identifier] = inspect.Parameter(identifier, kind, annotation=content)
        else:
            parameters[identifier] = inspect.Parameter(identifier, kind, default=content)
        if name in needed:
            needed.remove(name)
    return inspect.Signature(list(parameters.values()), return_annotation=nesting.fill(abi.results, results))
