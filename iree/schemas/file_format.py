"""The module file as bytes, and the ids it is recognised by.

    0            the ModuleDef FlatBuffer; bytes 4..7 are "EMOD"
    ...          zeros up to the next page (4096), if there are constants
    constants    ModuleDef.constants point in here, each aligned to 64 bytes and used where it lies
    end - 48     trailer: where the two sections lie, and a checksum of each

The trailer comes last so that a file that was cut has none.
"""

import enum
import struct
from typing import NamedTuple

MODULE_IDENTIFIER = b"EMOD"
FORMAT_VERSION = 3

PAGE_SIZE = 4096
CONSTANT_ALIGNMENT = 64

TRAILER_MAGIC = b"EMODEND1"
_TRAILER = struct.Struct("<QQQQII8s")
TRAILER_SIZE = _TRAILER.size


class ExecutableFormat(enum.IntEnum):
    """FourCC of an executable's format, first character in the highest byte."""

    INTERP = int.from_bytes(b"IREE", "big")
    SPIRV = int.from_bytes(b"SPVE", "big")


def fourcc_text(fourcc: int) -> str:
    """`fourcc` as its four characters; unprintable ones as '?'."""
    return "".join(chr(b) if 32 <= b < 127 else "?" for b in fourcc.to_bytes(4, "big"))


class Trailer(NamedTuple):
    """Sections as (offset, length) in bytes from the start of the file, with the CRC-32 of their bytes."""

    definition_offset: int
    definition_length: int
    constants_offset: int
    constants_length: int
    definition_crc: int
    constants_crc: int

    def pack(self) -> bytes:
        """The last TRAILER_SIZE bytes of a module file."""
        return _TRAILER.pack(*self, TRAILER_MAGIC)

    @staticmethod
    def unpack(data: bytes) -> "Trailer | None":
        """The trailer in these bytes; None where they are not one."""
        if len(data) != TRAILER_SIZE:
            return None
        *fields, magic = _TRAILER.unpack(data)
        return Trailer(*fields) if magic == TRAILER_MAGIC else None
