"""FunctionDef and BufferType: a function of a module file as Python values, each read when it is first asked for."""

import functools
import math
from bisect import bisect_right
from typing import NamedTuple

import numpy as np

from iree.schemas import abi, element_types
from iree.schemas import module_def_generated as fb
from iree.schemas.element_types import ElementType

MAX_BYTE_LENGTH = 1 << 46  # more than any machine has: what asks for it was not compiled


class BufferType(NamedTuple):
    """What a local holds; -1 in `shape` is a dimension known only at run time."""

    element_type: ElementType
    shape: tuple[int, ...]

    @property
    def byte_length(self) -> int:
        """Bytes of such a buffer."""
        return math.prod(self.shape) * self.element_type.byte_width

    @property
    def dtype(self) -> np.dtype:
        """The NumPy type of one element."""
        return self.element_type.dtype

    def __repr__(self) -> str:
        return "x".join([*("?" if d < 0 else str(d) for d in self.shape), self.element_type.name])

    def __str__(self) -> str:
        return repr(self)


def checked_type(number: int, shape: tuple[int, ...], dynamic: bool = False) -> BufferType:
    """The type of a static buffer. ValueError: no such element type, a dimension below 0, or more bytes than can be."""
    try:
        of = BufferType(element_types.from_number(number), shape)
    except KeyError:
        raise ValueError(f"no element type has the number {number}") from None
    if any(d < (-1 if dynamic else 0) for d in shape):
        raise ValueError(f"shape {shape} has a negative dimension")
    if math.prod(max(d, 1) for d in shape) * of.element_type.byte_width > MAX_BYTE_LENGTH:
        raise ValueError(f"a buffer of type {of} is larger than any memory")
    return of


def type_of(entry: fb.TypeDef) -> BufferType:
    """The type in the file. ValueError: not one of a static buffer."""
    return checked_type(entry.ElementType(), tuple(entry.Shape(i) for i in range(entry.ShapeLength())))


class FunctionDef:
    """A function of a module file."""

    def __init__(self, entry: fb.FunctionDef):
        self._entry = entry
        self.name: str = entry.Name().decode()

    @functools.cached_property
    def arguments(self) -> tuple[BufferType, ...]:
        """Types of the flat arguments."""
        return tuple(type_of(self._entry.Arguments(i)) for i in range(self._entry.ArgumentsLength()))

    @functools.cached_property
    def results(self) -> tuple[BufferType, ...]:
        """Types of the flat results."""
        return tuple(type_of(self._entry.Results(i)) for i in range(self._entry.ResultsLength()))

    @functools.cached_property
    def argument_names(self) -> tuple[str, ...]:
        """The flat arguments' names, as the user gave them; arg0, arg1... where the file has none."""
        if self._entry.ArgumentNamesIsNone():
            return tuple(f"arg{i}" for i in range(len(self.arguments)))
        return tuple(self._entry.ArgumentNames(i).decode() for i in range(self._entry.ArgumentNamesLength()))

    @functools.cached_property
    def abi(self) -> abi.Abi | None:
        """How arguments and results nest; None: they are flat."""
        text = self._entry.Abi()
        return None if text is None else abi.from_text(text.decode(), len(self.arguments), len(self.results))

    @property
    def local_count(self) -> int:
        """How many locals the bytecode has, arguments included."""
        count: int = self._entry.LocalCount()
        return count

    @functools.cached_property
    def bytecode(self) -> bytes:
        """SEQUENCER instructions."""
        return b"" if self._entry.BytecodeIsNone() else self._entry.BytecodeAsNumpy().tobytes()

    @functools.cached_property
    def locations(self) -> tuple[tuple[int, str], ...]:
        """(bytecode offset, source location), in order."""
        entries = [self._entry.Locations(i) for i in range(self._entry.LocationsLength())]
        return tuple((e.BytecodeOffset(), (e.Source() or b"").decode()) for e in entries)

    def location_of(self, offset: int) -> str:
        """Where in the source the instruction at `offset` comes from; "" where the file does not say."""
        index = bisect_right(self.locations, offset, key=lambda location: location[0])
        return self.locations[index - 1][1] if index else ""
