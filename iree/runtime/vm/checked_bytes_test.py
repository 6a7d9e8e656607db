import zlib

import pytest

from iree.hal.status import DataLoss
from iree.runtime.vm.checked_bytes import CheckedBytes

DATA = memoryview(b"weights")


def test_what_is_whole_is_used_where_it_lies() -> None:
    contents = CheckedBytes(DATA, zlib.crc32(DATA), "these are")
    assert contents.use() is DATA
    assert len(contents) == 7


def test_what_is_damaged_says_what_it_is() -> None:
    contents = CheckedBytes(DATA, 7, "these are")
    for _ in range(2):
        with pytest.raises(DataLoss, match="these are damaged: checksum .*, should be 00000007; copy or compile"):
            contents.use()


def test_a_checksum_may_be_left_to_verify() -> None:
    contents = CheckedBytes(DATA, 7, "these are", check=False)
    assert contents.use() is DATA
    with pytest.raises(DataLoss, match="damaged"):
        contents.verify()
