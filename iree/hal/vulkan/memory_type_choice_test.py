import pytest

from iree.hal.memory_type import MemoryType
from iree.hal.vulkan.memory_type_choice import choose_memory_type

LOCAL, VISIBLE, COHERENT, CACHED = 1, 2, 4, 8

# As drivers list them: (property flags of each type).
DISCRETE = (LOCAL, VISIBLE | COHERENT, VISIBLE | COHERENT | CACHED, LOCAL | VISIBLE | COHERENT)
UNIFIED = (LOCAL | VISIBLE | COHERENT | CACHED,)
WITH_INCOHERENT = (LOCAL, VISIBLE | CACHED, VISIBLE | COHERENT)


@pytest.mark.parametrize(
    ("flags", "wanted", "number", "is_mapped"),
    [
        (DISCRETE, MemoryType.DEVICE_LOCAL, 0, False),
        (DISCRETE, MemoryType.HOST_LOCAL | MemoryType.DEVICE_VISIBLE, 2, True),
        (DISCRETE, MemoryType.HOST_LOCAL | MemoryType.DEVICE_LOCAL, 3, True),
        (UNIFIED, MemoryType.DEVICE_LOCAL, 0, True),
        (UNIFIED, MemoryType.HOST_LOCAL | MemoryType.DEVICE_VISIBLE, 0, True),
        (WITH_INCOHERENT, MemoryType.HOST_VISIBLE | MemoryType.DEVICE_LOCAL, 2, True),
        (WITH_INCOHERENT, MemoryType.DEVICE_VISIBLE, 0, False),
    ],
)
def test_choice(flags: tuple[int, ...], wanted: MemoryType, number: int, is_mapped: bool) -> None:
    assert choose_memory_type(flags, 0b1111, wanted) == (number, is_mapped)


def test_types_that_buffers_cannot_use_are_passed_over() -> None:
    assert choose_memory_type(DISCRETE, 0b0010, MemoryType.HOST_LOCAL).number == 1


def test_a_device_without_visible_memory_breaks_vulkans_promise() -> None:
    with pytest.raises(AssertionError, match="breaks its promise"):
        choose_memory_type((LOCAL,), 1, MemoryType.HOST_LOCAL)
