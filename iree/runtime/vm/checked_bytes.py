"""CheckedBytes: bytes of a module file, compared with their checksum before anything uses them."""

import enum
import zlib

from iree.hal.status import DataLoss


class Check(enum.Enum):
    """When the executables and constants of a module file are compared with their checksums.

    All else that a file holds is always compared when it is opened. To compare a constant is to read all of it, once: a
    program that looks up a few rows of a large table, again and again in new processes, may do without.
    """

    AT_ONCE = "at once"
    WHEN_USED = "when used"  # each before its first use
    EXECUTABLES_ONLY = "executables only"  # each executable before its first use; constants never


class CheckedBytes:
    """`what` names the bytes in errors. Any thread may use it."""

    __slots__ = ("_crc", "_data", "_is_known", "_what")

    def __init__(self, data: memoryview, crc: int, what: str, check: bool = True):
        """`check`: whether to compare them at all."""
        self._data = data
        self._crc = crc
        self._what = what
        self._is_known = not check

    def use(self) -> memoryview:
        """The bytes. DataLoss: they are damaged."""
        if not self._is_known:
            self.verify()
        return self._data

    def verify(self) -> None:
        """Compares them now. DataLoss: they are damaged."""
        actual = zlib.crc32(self._data)
        if actual != self._crc:
            raise DataLoss(
                f"{self._what} damaged: checksum {actual:08x}, should be {self._crc:08x}; "
                "copy or compile the file again"
            )
        self._is_known = True

    def __len__(self) -> int:
        return len(self._data)
