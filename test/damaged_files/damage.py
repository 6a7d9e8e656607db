"""A program in a module file, and damage to the file, drawn by number: the same number is the same damage."""

import random
import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from iree.schemas import module_def_generated as fb
from iree.schemas.file_format import TRAILER_SIZE, ExecutableFormat, Trailer
from iree.schemas.spirv_executable_def_generated import SpirvExecutableDef

Array = np.ndarray[Any, Any]


class Program(NamedTuple):
    """A module for every driver. Called in order, its functions give these flat results."""

    module: bytes
    calls: tuple[tuple[str, tuple[Array, ...]], ...]
    results: tuple[tuple[Array, ...], ...]


Damage = Callable[[bytes, int], bytes]

_NUMBERS = (0, 1, 2, 3, 4, 7, 8, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def flipped(module: bytes, number: int) -> bytes:
    """With one bit flipped."""
    bit = random.Random(number).randrange(8 * len(module))
    data = bytearray(module)
    data[bit // 8] ^= 1 << bit % 8
    return bytes(data)


def cut(module: bytes, number: int) -> bytes:
    """Its first so many bytes."""
    return module[:number]


def forged(module: bytes, number: int) -> bytes:
    """With a change to its tables or bytecode, and checksums that fit, so that only the verifiers stand in the way.

    Constants stay what they are, and so does SPIR-V, which drivers trust: nobody but them can say what it does.
    """
    chance = random.Random(number)
    trailer = trailer_of(module)
    data = bytearray(module)
    regions = _regions(module, trailer)
    for _ in range(chance.choice((1, 1, 1, 2))):
        region = chance.choice(regions)
        at = chance.choice(region)
        match chance.randrange(3):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                data[at] = chance.randrange(256)
            case 2:
                at = at // 4 * 4
                data[at : at + 4] = chance.choice(_NUMBERS).to_bytes(4, "little")
    return _with_checksums(data, trailer)


def _regions(module: bytes, trailer: Trailer) -> list[list[int]]:
    """The bytes that may change: the definition's, as often as all others, and those of each executable."""
    regions = []
    for variant in _variants(fb.ModuleDef.GetRootAs(module)):
        start = trailer.executables_offset + variant.Offset()
        code = range(0)
        if variant.Format() == ExecutableFormat.SPIRV:
            table = SpirvExecutableDef.GetRootAs(module[start:])
            first = start + table._tab.Vector(table._tab.Offset(6))
            code = range(first, first + 4 * table.CodeLength())
        regions.append([place for place in range(start, start + variant.Length()) if place not in code])
    return [list(range(trailer.definition_length))] * len(regions) + regions


def _variants(root: fb.ModuleDef) -> list[fb.ExecutableDef]:
    executables = [root.Executables(i) for i in range(root.ExecutablesLength())]
    return [each.Executables(i) for each in executables for i in range(each.ExecutablesLength())]


def trailer_of(module: bytes) -> Trailer:
    """The trailer of a whole file."""
    trailer = Trailer.unpack(module[-TRAILER_SIZE:])
    assert trailer is not None
    return trailer


def _with_checksums(data: bytearray, trailer: Trailer) -> bytes:
    definition = data[: trailer.definition_length]
    try:
        root = fb.ModuleDef.GetRootAs(definition)
        for entry in _variants(root):
            _write_checksum(definition, entry, data[trailer.executables_offset :])
        for entry in (root.Constants(i) for i in range(root.ConstantsLength())):
            _write_checksum(definition, entry, data[trailer.constants_offset :])
    except Exception:  # the tables are no tables any more
        pass
    trailer = trailer._replace(definition_crc=zlib.crc32(definition))
    return bytes(definition) + bytes(data[len(definition) : -TRAILER_SIZE]) + trailer.pack()


def _write_checksum(definition: bytearray, entry: fb.ConstantDef | fb.ExecutableDef, section: bytearray) -> None:
    at = entry._tab.Pos + entry._tab.Offset(10)
    crc = zlib.crc32(section[entry.Offset() :][: entry.Length()])
    definition[at : at + 4] = crc.to_bytes(4, "little")


DAMAGES: dict[str, Damage] = {"flipped": flipped, "cut": cut, "forged": forged}
