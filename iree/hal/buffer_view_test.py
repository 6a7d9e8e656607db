"""Buffer views: offsets and slices, against NumPy's."""

import itertools

import numpy as np
import pytest

from iree.hal.buffer import Buffer
from iree.hal.buffer_view import BufferView
from iree.hal.memory_access import MemoryAccess
from iree.hal.registry import create_driver
from iree.hal.status import InvalidArgument, OutOfRange, Unimplemented
from iree.schemas.element_types import from_name


def view(shape: tuple[int, ...], element: str = "i32") -> tuple[BufferView, np.ndarray]:
    """Counted elements, as a view and as an array."""
    kind = from_name(element)
    array = np.arange(np.prod(shape, dtype=int)).astype(kind.dtype).reshape(shape)
    return BufferView(buffer_of(array), shape, kind), array


def buffer_of(array: np.ndarray) -> Buffer:
    return create_driver("interpreter").create_device().allocator.wrap(array.copy(), access=MemoryAccess.ALL)


@pytest.mark.parametrize("element", ["i8", "i16", "f32", "f64"])
def test_offsets_of_all_elements(element: str) -> None:
    seen, array = view((2, 3, 2), element)
    for index in itertools.product(range(2), range(3), range(2)):
        assert seen.calculate_offset(index) == np.ravel_multi_index(index, array.shape) * array.itemsize


def test_missing_indices_are_zero() -> None:
    seen, _ = view((2, 3))
    assert seen.calculate_offset([1]) == seen.calculate_offset([1, 0]) == 12
    assert seen.calculate_offset([]) == 0


def test_wrong_indices_are_refused() -> None:
    seen, _ = view((2, 3))
    with pytest.raises(InvalidArgument, match=r"3 indices \[0, 0, 0\] into 2x3xi32 of rank 2"):
        seen.calculate_offset([0, 0, 0])
    for index in ([0, 3], [2, 0], [-1]):
        with pytest.raises(OutOfRange, match="into 2x3xi32: it has"):
            seen.calculate_offset(index)


@pytest.mark.parametrize(
    ("shape", "starts", "lengths"),
    [
        ((4, 4), (0, 0), (4, 4)),
        ((4, 4), (1, 0), (1, 4)),
        ((4, 4), (1, 0), (2, 4)),
        ((4, 4), (1, 0), (1, 2)),
        ((4, 4), (1, 2), (1, 2)),
        ((4, 4), (1, 1), (1, 2)),
        ((2, 3, 4), (1, 1, 0), (1, 2, 4)),
        ((2, 3, 4), (1, 1, 1), (1, 1, 2)),
        ((4,), (1,), (0,)),
        ((), (), ()),
    ],
)
def test_slice_of_one_run(shape: tuple[int, ...], starts: tuple[int, ...], lengths: tuple[int, ...]) -> None:
    seen, array = view(shape)
    part = seen.slice(starts, lengths)
    wanted = array[tuple(slice(start, start + length) for start, length in zip(starts, lengths, strict=True))]
    assert part.shape == lengths
    assert part.buffer.read() == wanted.tobytes()


def test_slice_and_whole_share_memory() -> None:
    seen, _ = view((2, 2))
    part = seen.slice((1, 0), (1, 2))
    part.buffer.write(np.array([7], np.int32))
    assert np.frombuffer(seen.buffer.read(), np.int32).tolist() == [0, 1, 7, 3]
    assert seen.slice((0, 0), (2, 2)).buffer is seen.buffer


def test_wrong_slices_are_refused() -> None:
    seen, _ = view((4, 4))
    with pytest.raises(InvalidArgument, match="slice of 4x4xi32 needs 2 starts and lengths"):
        seen.slice((0,), (4,))
    with pytest.raises(InvalidArgument, match="needs 2 starts and lengths"):
        seen.slice((0, 0), (4,))
    with pytest.raises(OutOfRange, match=r"slice \[3, 5\) of dimension 0 of 4x4xi32: it has 4"):
        seen.slice((3, 0), (2, 4))
    with pytest.raises(OutOfRange):
        seen.slice((-1, 0), (1, 4))
    with pytest.raises(Unimplemented, match="is not one run of memory: copy it instead"):
        seen.slice((0, 0), (2, 2))


def test_view_must_fit_into_its_buffer() -> None:
    seen, _ = view((4,))
    with pytest.raises(OutOfRange, match="5xi32 takes 20 bytes of a buffer of 16 bytes"):
        BufferView(seen.buffer, (5,), from_name("i32"))


def test_text() -> None:
    assert str(view((2, 3))[0]) == "2x3xi32"
    assert str(view((), "f32")[0]) == "f32"


def test_arrays_in_and_out() -> None:
    allocator = create_driver("interpreter").create_device().allocator
    seen = BufferView.allocate(allocator, (2, 3), from_name("f32"))
    np.testing.assert_array_equal(seen.read(), np.zeros((2, 3), np.float32))
    array = np.arange(6, dtype=np.float32).reshape(3, 2).T
    seen.write(array)
    np.testing.assert_array_equal(seen.read(), array)
    for wrong in (array.T, array.astype(np.float64), [[1, 2, 3]] * 2):
        with pytest.raises(InvalidArgument, match=r"x is \w+\[\d, \d\], needs 2x3xf32"):
            seen.write(wrong, "x")


def test_what_a_view_has_to_be() -> None:
    seen, _ = view((4, 3), "f32")
    seen.require("x", (4, 3), from_name("f32"))
    for shape, element in (((3, 4), "f32"), ((4, 3), "i32")):
        with pytest.raises(InvalidArgument, match="x is 4x3xf32, needs"):
            seen.require("x", shape, from_name(element))
    upper, lower = seen.slice([0, 0], [2, 3]), seen.slice([2, 0], [2, 3])
    upper.require("x", (2, 3), from_name("f32"), apart_from=[lower])
    with pytest.raises(InvalidArgument, match="x shares memory with another argument"):
        upper.require("x", (2, 3), from_name("f32"), apart_from=[lower, seen])
