"""The module file as bytes, and the ids it is recognised by.

    0            definition: the ModuleDef FlatBuffer; bytes 4..7 are "EMOD"
    ...          zeros up to the next multiple of 16, if there are executables
    executables  each ExecutableDef points in here, aligned to 16 bytes
    ...          zeros up to the next page (4096), if there are constants
    constants    each ConstantDef points in here, aligned to 64 bytes and used where it lies
    end - 36     trailer: how long each section is, and the definition's checksum

The trailer comes last so that a file that was cut has none. Each executable and each constant has a checksum of its own
in the definition, so that opening need read neither.
"""

import enum
import struct
from typing import NamedTuple

MODULE_IDENTIFIER = b"EMOD"
FORMAT_VERSION = 3

PAGE_SIZE = 4096
EXECUTABLE_ALIGNMENT = 16  # an executable is a FlatBuffer of its own, read where it lies
CONSTANT_ALIGNMENT = 64

TRAILER_MAGIC = b"EMODEND2"  # the digit changes when the trailer does
_TRAILER = struct.Struct("<QQQI8s")
TRAILER_SIZE = _TRAILER.size


class ExecutableFormat(enum.IntEnum):
    """FourCC of an executable's format, first character in the highest byte."""

    INTERP = int.from_bytes(b"IREE", "big")
    SPIRV = int.from_bytes(b"SPVE", "big")


def fourcc_text(fourcc: int) -> str:
    """`fourcc` as its four characters; unprintable ones as '?'."""
    return "".join(chr(b) if 32 <= b < 127 else "?" for b in fourcc.to_bytes(4, "big"))


class Trailer(NamedTuple):
    """The lengths of the sections in bytes, which say where each begins, and the CRC-32 of the definition."""

    definition_length: int
    executables_length: int
    constants_length: int
    definition_crc: int

    @property
    def executables_offset(self) -> int:
        """Where the executables begin, from the start of the file."""
        padding = -self.definition_length % EXECUTABLE_ALIGNMENT if self.executables_length else 0
        return self.definition_length + padding

    @property
    def constants_offset(self) -> int:
        """Where the constants begin, from the start of the file."""
        end = self.executables_offset + self.executables_length
        return end + (-end % PAGE_SIZE if self.constants_length else 0)

    @property
    def file_length(self) -> int:
        """Bytes of the whole file."""
        return self.constants_offset + self.constants_length + TRAILER_SIZE

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
