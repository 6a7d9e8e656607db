"""The ids and the trailer of a module file."""

import pytest

from iree.schemas.file_format import TRAILER_SIZE, ExecutableFormat, Trailer, fourcc_text


def test_fourccs_are_those_of_the_first_iree() -> None:
    assert int(ExecutableFormat.INTERP) == 1230128453
    assert int(ExecutableFormat.SPIRV) == 1397773893


def test_fourcc_text() -> None:
    assert fourcc_text(ExecutableFormat.SPIRV) == "SPVE"
    assert fourcc_text(0x41420001) == "AB??"


def test_trailer_is_read_back() -> None:
    trailer = Trailer(0, 100, 4096, 64, 0xFFFFFFFF, 7)
    packed = trailer.pack()
    assert len(packed) == TRAILER_SIZE == 48
    assert Trailer.unpack(packed) == trailer


@pytest.mark.parametrize("kept", [0, 1, 47])
def test_cut_trailer_is_none(kept: int) -> None:
    assert Trailer.unpack(Trailer(0, 1, 2, 3, 4, 5).pack()[:kept]) is None


def test_other_bytes_are_no_trailer() -> None:
    assert Trailer.unpack(bytes(TRAILER_SIZE)) is None
