"""The null driver accepts everything and computes nothing."""

from iree.hal.executable import ExecutableSpec
from iree.hal.memory_access import MemoryAccess
from iree.hal.null.driver import NullDriver


def test_buffers_read_as_zeros() -> None:
    buffer = NullDriver().create_device().allocator.allocate(4)
    buffer.write(b"abcd")
    assert buffer.read() == bytes(4)
    assert buffer.allowed_access == MemoryAccess.ALL


def test_every_executable_is_prepared() -> None:
    cache = NullDriver().create_device().create_executable_cache()
    executable = cache.prepare_executable(ExecutableSpec(0, memoryview(b"anything"), "x"))
    executable.check_entry_point(12345)
