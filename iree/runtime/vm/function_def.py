"""FunctionDef and BufferType: a function of a module file as Python values, each read when it is first asked for.

A function may leave sizes to its caller: `at` gives the function that it is for one choice of them, in which nothing is
left open. Whoever checks, plans and runs it sees only that one.
"""

import copy
import functools
import math
from bisect import bisect_right
from typing import NamedTuple

import numpy as np

from iree.schemas import abi, element_types, sizes
from iree.schemas import module_def_generated as fb
from iree.schemas.element_types import ElementType
from iree.schemas.sequencer_bytecode import SEQUENCER

MAX_BYTE_LENGTH = 1 << 46  # more than any machine has: what asks for it was not compiled


class BufferType(NamedTuple):
    """What a local holds; -1 in `shape`, of a function's arguments and results, is a size that a call decides."""

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


def checked_type(number: int, shape: tuple[int, ...]) -> BufferType:
    """The type of a static buffer. ValueError: no such element type, a dimension below 0, or more bytes than can be."""
    try:
        of = BufferType(element_types.from_number(number), shape)
    except KeyError:
        raise ValueError(f"no element type has the number {number}") from None
    if any(d < 0 for d in shape):
        raise ValueError(f"shape {shape} has a negative dimension")
    if math.prod(max(d, 1) for d in shape) * of.element_type.byte_width > MAX_BYTE_LENGTH:
        raise ValueError(f"a buffer of type {of} is larger than any memory")
    return of


def type_of(entry: fb.TypeDef) -> BufferType:
    """The type in the file. ValueError: not one of a static buffer."""
    return checked_type(entry.ElementType(), tuple(entry.Shape(i) for i in range(entry.ShapeLength())))


def _shape_of(entry: fb.TypeDef) -> list[int]:
    return [entry.Shape(i) for i in range(entry.ShapeLength())]


def _open_type(entry: fb.TypeDef) -> BufferType:
    """The type with -1 for each size that a call decides. ValueError: it is none."""
    shape = _shape_of(entry)
    of = checked_type(entry.ElementType(), tuple(0 if size >= sizes.FIRST else size for size in shape))
    return of._replace(shape=tuple(-1 if size >= sizes.FIRST else size for size in shape))


class FunctionDef:
    """A function of a module file."""

    def __init__(self, entry: fb.FunctionDef):
        self._entry = entry
        self.name: str = entry.Name().decode()

    @functools.cached_property
    def arguments(self) -> tuple[BufferType, ...]:
        """Types of the flat arguments."""
        return tuple(map(_open_type, self._argument_entries))

    @functools.cached_property
    def results(self) -> tuple[BufferType, ...]:
        """Types of the flat results."""
        return tuple(map(_open_type, self._result_entries))

    @property
    def symbol_count(self) -> int:
        """How many sizes the caller chooses; 0: all are known."""
        count: int = self._entry.SymbolCount()
        return count

    @functools.cached_property
    def argument_sizes(self) -> tuple[tuple[int | sizes.Polynomial, ...], ...]:
        """The shapes of the arguments, as sums of products of the caller's sizes. ValueError: damaged."""
        return tuple(
            tuple(size if size < sizes.FIRST else self._size(size - sizes.FIRST) for size in _shape_of(entry))
            for entry in self._argument_entries
        )

    @functools.cached_property
    def conditions(self) -> tuple[tuple[sizes.Polynomial, str], ...]:
        """Sizes that must not be negative, and what the caller did wrong where one is. ValueError: damaged."""
        entries = [self._entry.Conditions(i) for i in range(self._entry.ConditionsLength())]
        return tuple((self._size(entry.Size()), (entry.Text() or b"").decode()) for entry in entries)

    def at(self, symbols: tuple[int, ...]) -> "FunctionDef":
        """The function for sizes of its caller's choice. ValueError: damaged, or a size is too large or negative."""

        def value_of(row: int) -> int:
            return sizes.evaluate(self._size(row), symbols)

        def known(entry: fb.TypeDef) -> BufferType:
            shape = (size if size < sizes.FIRST else value_of(size - sizes.FIRST) for size in _shape_of(entry))
            return checked_type(entry.ElementType(), tuple(shape))

        function = copy.copy(self)
        function.__dict__["arguments"] = tuple(map(known, self._argument_entries))
        function.__dict__["results"] = tuple(map(known, self._result_entries))
        function.__dict__["bytecode"] = sizes.substituted(self.bytecode, SEQUENCER, value_of)
        return function

    @property
    def _argument_entries(self) -> list[fb.TypeDef]:
        return [self._entry.Arguments(i) for i in range(self._entry.ArgumentsLength())]

    @property
    def _result_entries(self) -> list[fb.TypeDef]:
        return [self._entry.Results(i) for i in range(self._entry.ResultsLength())]

    def _size(self, row: int) -> sizes.Polynomial:
        """A row of the function's sizes. ValueError: there is none, or it is none."""
        count = self._entry.SizesLength()
        if row >= count:
            raise ValueError(f"size {row}; there are {count}")
        entry = self._entry.Sizes(row)
        return sizes.decode([entry.Terms(i) for i in range(entry.TermsLength())], self.symbol_count)

    @functools.cached_property
    def donated(self) -> tuple[int, ...]:
        """The arguments whose memory it may write, since its caller has given them up."""
        return tuple(self._entry.Donated(i) for i in range(self._entry.DonatedLength()))

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
