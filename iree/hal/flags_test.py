"""The numbers of the flags are those of the first IREE, and their names can be read."""

from iree.hal.access_scope import AccessScope
from iree.hal.buffer_usage import BufferUsage
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.command_category import CommandCategory
from iree.hal.execution_stage import ExecutionStage
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType


def test_numbers() -> None:
    assert [int(flag) for flag in (MemoryType.HOST_LOCAL, MemoryType.DEVICE_VISIBLE, MemoryType.DEVICE_LOCAL)] == [
        6,
        16,
        48,
    ]
    assert [int(flag) for flag in (MemoryAccess.DISCARD_WRITE, MemoryAccess.ALL)] == [6, 7]
    assert int(BufferUsage.ALL) == 14
    assert int(CommandBufferMode.ONE_SHOT) == 1
    assert int(CommandCategory.ALL) == 3
    assert int(ExecutionStage.HOST) == 32
    assert int(AccessScope.MEMORY_WRITE) == 512


def test_all_usage_leaves_out_constant() -> None:
    assert not BufferUsage.ALL & BufferUsage.CONSTANT


def test_names() -> None:
    assert str(MemoryType.HOST_VISIBLE | MemoryType.DEVICE_VISIBLE) == "HOST_VISIBLE|DEVICE_VISIBLE"
    assert str(MemoryType.NONE) == "NONE"
    assert str(MemoryAccess.ALL) == "ALL"
    assert str(BufferUsage.TRANSFER | BufferUsage.DISPATCH) == "TRANSFER|DISPATCH"
    assert str(CommandBufferMode.REUSABLE) == "REUSABLE"
    assert str(CommandCategory.TRANSFER) == "TRANSFER"
    assert str(ExecutionStage.DISPATCH) == "DISPATCH"
    assert str(AccessScope.HOST_READ) == "HOST_READ"
