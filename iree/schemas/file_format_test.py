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
    trailer = Trailer(100, 30, 64, 0xFFFFFFFF)
    packed = trailer.pack()
    assert len(packed) == TRAILER_SIZE == 36
    assert Trailer.unpack(packed) == trailer


def test_sections_begin_where_they_are_aligned() -> None:
    trailer = Trailer(100, 30, 64, 0)
    assert (trailer.executables_offset, trailer.constants_offset) == (112, 4096)
    assert trailer.file_length == 4096 + 64 + TRAILER_SIZE
    assert Trailer(100, 0, 0, 0).file_length == 100 + TRAILER_SIZE


@pytest.mark.parametrize("kept", [0, 1, 35])
def test_cut_trailer_is_none(kept: int) -> None:
    assert Trailer.unpack(Trailer(1, 2, 3, 4).pack()[:kept]) is None


def test_other_bytes_are_no_trailer() -> None:
    assert Trailer.unpack(bytes(TRAILER_SIZE)) is None
