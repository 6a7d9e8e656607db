import gc
import random

import numpy as np
import pytest

from iree.hal.status import ResourceExhausted
from iree.hal.vulkan import memory_pool
from iree.hal.vulkan.device import VulkanDevice
from iree.hal.vulkan.memory_pool import MemoryBlock, MemoryPool, MemoryRange


@pytest.fixture
def pool(device: VulkanDevice, monkeypatch: pytest.MonkeyPatch) -> MemoryPool:
    monkeypatch.setattr(memory_pool, "BLOCK_SIZE", 1 << 16)
    monkeypatch.setattr(memory_pool, "KEPT_FREE", 1 << 17)
    return MemoryPool(device.logical, *device.allocator.choose(memory_type(device)))  # type: ignore[attr-defined]


def memory_type(device: VulkanDevice) -> object:
    return device.allocator.allocate(4).memory_type


def where(memory: MemoryRange) -> tuple[int, int]:
    return memory.number, memory.start


def test_ranges_in_use_never_overlap(pool: MemoryPool) -> None:
    """Each live range holds its own pattern, whatever order ranges come and go in."""
    choices = random.Random(7)
    live: dict[int, MemoryRange] = {}
    for step in range(600):
        if live and choices.random() < 0.45:
            del live[choices.choice(list(live))]
            continue
        memory = pool.allocate(choices.choice([1, 4, 63, 64, 65, 1000, 5000, 70000]))
        assert memory.view is not None
        memory.view[:] = bytes([step % 251]) * len(memory.view)
        live[step] = memory
        if step % 50 == 0:
            for written, other in live.items():
                assert other.view is not None
                assert set(other.view) == {written % 251}


def test_a_range_is_used_again_when_nothing_refers_to_it(pool: MemoryPool) -> None:
    first = pool.allocate(100)
    place = where(first)
    del first
    assert where(pool.allocate(100)) == place


def test_an_array_over_a_range_keeps_it(pool: MemoryPool) -> None:
    first = pool.allocate(64)
    place = where(first)
    array = np.frombuffer(first.view or b"", np.uint8)
    del first
    gc.collect()
    second = pool.allocate(64)
    assert where(second) != place
    del array
    assert where(pool.allocate(64)) == place


def test_free_blocks_beyond_the_limit_go_back_to_the_device(pool: MemoryPool) -> None:
    ranges = [pool.allocate(1 << 16) for _ in range(6)]
    assert len(pool._blocks) == 6
    del ranges
    kept = pool.allocate(1 << 16)
    assert len(pool._blocks) == 2
    del kept


def test_neighbouring_free_ranges_become_one(device: VulkanDevice) -> None:
    number, is_mapped = device.allocator.choose(memory_type(device))  # type: ignore[attr-defined]
    block = MemoryBlock(device.logical, 1024, number, is_mapped)
    starts = [block.take(256) for _ in range(4)]
    assert starts == [0, 256, 512, 768]
    assert block.take(1) is None
    for start in (0, 512, 256, 768):
        block.give(start, 256)
    assert block.is_free


def test_more_than_the_device_allocates_at_once_is_refused(pool: MemoryPool, device: VulkanDevice) -> None:
    limit = device.properties.max_allocation
    with pytest.raises(ResourceExhausted, match=f"at most {limit} at once"):
        pool.allocate(limit + 1)


def test_out_of_memory_frees_what_it_can_then_says_how_much_was_asked(
    pool: MemoryPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = pool.allocate(10)
    del free

    def fail(*arguments: object) -> None:
        raise ResourceExhausted("vkAllocateMemory returned VK_ERROR_OUT_OF_DEVICE_MEMORY")

    monkeypatch.setattr(memory_pool, "MemoryBlock", fail)
    with pytest.raises(ResourceExhausted, match="no room for 1048576 bytes more: vkAllocateMemory"):
        pool.allocate(1 << 20)
    assert pool._blocks == []
