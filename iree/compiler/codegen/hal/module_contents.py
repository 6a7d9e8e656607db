"""Where executables and constants lie in a module file: what the generated class reads from it.

The file that the VM runs and the one beside the class are the same.
"""

import hashlib
import zlib
from typing import NamedTuple

import numpy as np
from xdsl.dialects.builtin import DenseIntOrFPElementsAttr

from iree.compiler.ir.constants import array_of
from iree.schemas.file_format import TRAILER_SIZE, Trailer
from iree.schemas.module_def_generated import ModuleDef


class Part(NamedTuple):
    """Bytes of the file."""

    start: int
    length: int

    @property
    def end(self) -> int:
        """The byte after the last."""
        return self.start + self.length


class Variant(NamedTuple):
    """One translation of an executable."""

    fourcc: int
    part: Part


class ExecutableEntry(NamedTuple):
    """An executable: its translations, best first, and its entry points in the order of their ordinals."""

    variants: tuple[Variant, ...]
    entry_points: tuple[str, ...]


class ModuleContents:
    """A module file in memory."""

    def __init__(self, data: bytes):
        trailer = Trailer.unpack(data[-TRAILER_SIZE:])
        assert trailer is not None
        definition = ModuleDef.GetRootAs(data, 0)
        self.crc = zlib.crc32(data)  # of the whole file
        self.executables: dict[str, ExecutableEntry] = {}
        for index in range(definition.ExecutablesLength()):
            entry = definition.Executables(index)
            variants = []
            for number in range(entry.ExecutablesLength()):
                found = entry.Executables(number)
                part = Part(trailer.executables_offset + found.Offset(), found.Length())
                variants.append(Variant(found.Format(), part))
            points = tuple(entry.EntryPoints(number).decode() for number in range(entry.EntryPointsLength()))
            self.executables[entry.Name().decode()] = ExecutableEntry(tuple(variants), points)
        self.constants = Part(trailer.constants_offset, trailer.constants_length)  # all of them
        self.constants_crc = zlib.crc32(data[self.constants.start : self.constants.end])
        self._constants: dict[bytes, Part] = {}
        for index in range(definition.ConstantsLength()):
            constant = definition.Constants(index)
            part = Part(constant.Offset(), constant.Length())
            start = self.constants.start + part.start
            self._constants[_digest(np.frombuffer(data, np.uint8, part.length, start))] = part

    def constant(self, value: DenseIntOrFPElementsAttr) -> Part:
        """Where a constant of the program lies, from the first of all constants on."""
        array = array_of(value)
        stored = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
        return self._constants[_digest(stored.reshape(-1).view(np.uint8))]


def _digest(contents: "np.ndarray[tuple[int], np.dtype[np.uint8]]") -> bytes:
    return hashlib.sha256(contents.data).digest()
