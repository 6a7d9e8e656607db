"""Lifetimes, validation, and memory that the host cannot see."""

import dataclasses
import gc
import mmap
import subprocess
import sys
import textwrap
import weakref

import numpy as np
import pytest

from iree.hal.buffer_usage import BufferUsage
from iree.hal.command_buffer import CommandBuffer
from iree.hal.cts import spirv_executables
from iree.hal.dispatch_request import BufferBinding, DispatchRequest
from iree.hal.executable import ExecutableSpec
from iree.hal.fence import FenceValue
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.semaphore import SemaphoreValue
from iree.hal.status import FailedPrecondition, Internal, ResourceExhausted, Unimplemented
from iree.hal.submission_batch import SubmissionBatch
from iree.hal.vulkan import instance, memory_import
from iree.hal.vulkan.allocator import VulkanAllocator
from iree.hal.vulkan.device import VulkanDevice
from iree.hal.vulkan.driver import VulkanDriver
from iree.hal.vulkan.memory_pool import create_buffer
from iree.hal.vulkan.memory_type_choice import MemoryTypeChoice
from iree.hal.vulkan.raw import vk
from iree.schemas.element_types import from_name
from iree.schemas.file_format import ExecutableFormat


def allocator_of(device: VulkanDevice) -> VulkanAllocator:
    assert isinstance(device.allocator, VulkanAllocator)
    return device.allocator


def test_what_the_validation_layer_says_is_raised_once() -> None:
    device = VulkanDriver(validation=True).create_device()
    assert isinstance(device, VulkanDevice)
    create_buffer(device.logical, 0)  # Vulkan has no buffers of no bytes
    assert len(device.validation_messages) == 1
    with pytest.raises(Internal, match=r"the validation layer says: .*VUID-VkBufferCreateInfo-size-00912"):
        device.submit_and_wait(ended(device))
    device.submit_and_wait(ended(device))
    create_buffer(device.logical, 0)
    with pytest.raises(Internal, match="VUID-VkBufferCreateInfo-size-00912"):
        device.close()


def ended(device: VulkanDevice) -> CommandBuffer:
    commands = device.create_command_buffer()
    commands.begin()
    commands.end()
    return commands


def test_the_vulkan_device_goes_with_the_last_object_that_uses_it() -> None:
    device = VulkanDriver(validation=True).create_device()
    assert isinstance(device, VulkanDevice)
    logical = weakref.ref(device.logical)
    buffer = device.allocator.allocate(16)
    with buffer.map(MemoryAccess.ALL) as memory:
        array = memory.array(np.float32, (4,))
    messages = device.validation_messages
    device.close()
    del device, buffer, memory
    gc.collect()
    array[:] = 3
    assert array.sum() == 12
    assert logical() is not None
    del array
    gc.collect()
    assert logical() is None
    assert messages == []


def test_a_closed_device_refuses_work(device: VulkanDevice) -> None:
    commands = device.create_command_buffer()
    cache = device.create_executable_cache()
    device.close()
    device.close()
    for use in (commands.begin, device.create_fence, device.create_event, lambda: device.allocator.allocate(128 << 20)):
        with pytest.raises(FailedPrecondition, match="was closed"):
            use()
    assert cache is not None


def test_closing_abandons_what_still_waits(device: VulkanDevice) -> None:
    gate, fence = device.create_semaphore(), device.create_fence()
    queue = device.dispatch_queues[0]
    queue.submit([SubmissionBatch([SemaphoreValue(gate, 1)])], FenceValue(fence, 1))
    device.close()
    with pytest.raises(FailedPrecondition, match="was closed before this ran"):
        fence.wait(1)


def test_a_device_that_is_dropped_while_it_works_finishes_first() -> None:
    device = VulkanDriver(validation=True).create_device()
    assert isinstance(device, VulkanDevice)
    messages = device.validation_messages
    source, target = device.allocator.allocate(8 << 20), device.allocator.allocate(8 << 20)
    commands = device.create_command_buffer()
    commands.begin()
    commands.copy_buffer(source, target)
    commands.end()
    device.dispatch_queues[0].submit([SubmissionBatch((), [commands])])
    del device, commands, source, target
    gc.collect()
    assert messages == []


def test_python_may_end_at_any_time() -> None:
    """Everything is left open, with work under way; the layer prints what it has to say about that: nothing."""
    program = """
        from iree.hal.submission_batch import SubmissionBatch
        from iree.hal.vulkan.driver import VulkanDriver
        device = VulkanDriver(validation=True).create_device()
        a, b = device.allocator.allocate(1 << 20), device.allocator.allocate(1 << 20)
        commands = device.create_command_buffer()
        commands.begin()
        commands.copy_buffer(a, b)
        commands.end()
        fence, event, binary = device.create_fence(), device.create_event(), device.create_binary_semaphore()
        device.dispatch_queues[0].submit([SubmissionBatch((), [commands])])
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("byte_length", [0, 1, 4, 1000003])
def test_new_buffers_are_zero(device: VulkanDevice, byte_length: int) -> None:
    for _ in range(2):
        buffer = device.allocator.allocate(byte_length)
        assert buffer.read() == bytes(byte_length)
        buffer.fill(b"\xff")


def test_memory_that_the_host_cannot_see_is_filled_and_read_by_commands(
    device: VulkanDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a discrete GPU, here by not mapping what could be mapped."""
    allocator = allocator_of(device)
    choose = allocator.choose

    def unmapped_where_local(memory_type: MemoryType) -> MemoryTypeChoice:
        choice = choose(memory_type)
        return choice if memory_type & MemoryType.HOST_VISIBLE else choice._replace(is_mapped=False)

    monkeypatch.setattr(allocator, "choose", unmapped_where_local)
    local = device.allocator.allocate(10, BufferUsage.TRANSFER, MemoryType.DEVICE_LOCAL)
    back = device.allocator.allocate(10)
    back.fill(b"\xff")
    commands = device.create_command_buffer()
    commands.begin()
    commands.copy_buffer(local, back)
    commands.end()
    device.submit_and_wait(commands)
    assert back.read() == bytes(10)
    commands = device.create_command_buffer()
    commands.begin()
    commands.update_buffer(b"0123456", local, 3)
    commands.end()
    read = device.create_command_buffer()
    read.begin()
    read.copy_buffer(local, back)
    read.end()
    device.submit_and_wait(commands, read)
    assert back.read() == b"\0\0\x000123456"


def test_more_than_the_device_allocates_is_refused(device: VulkanDevice) -> None:
    limit = device.properties.max_allocation
    assert device.allocator.can_allocate(limit)
    assert not device.allocator.can_allocate(limit + 1)
    with pytest.raises(ResourceExhausted, match=f"at most {limit} at once"):
        device.allocator.allocate(limit + 1)


@pytest.mark.parametrize(("kind", "is_shared"), [("CPU", True), ("integrated GPU", True), ("discrete GPU", False)])
def test_large_host_memory_is_read_where_it_is_if_it_is_near(device: VulkanDevice, kind: str, is_shared: bool) -> None:
    device.logical.properties = dataclasses.replace(device.properties, kind=kind)
    array = np.arange(100_000, dtype=np.float32)
    buffer = device.allocator.wrap(array)
    constants = device.allocator.allocate_constants(memoryview(array).cast("B"))
    array[0] = 42
    assert np.frombuffer(buffer.read(), np.float32)[0] == (42 if is_shared else 0)
    assert (constants is not None) == is_shared
    assert constants is None or np.frombuffer(constants.read(), np.float32)[0] == 42


def test_host_memory_in_use_may_be_part_of_a_cycle(device: VulkanDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    unraisable: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    for _ in range(8):
        cycle: list[object] = [memoryview(mmap.mmap(-1, 1 << 20))]
        cycle += [cycle, device.allocator.allocate_constants(cycle[0])]  # type: ignore[arg-type]
        del cycle
        gc.collect()
    assert not unraisable


def test_constants_of_read_only_memory(device: VulkanDevice) -> None:
    for size in (3, 100_000):
        data = bytes(range(256)) * (size // 256 + 1)
        assert device.allocator.allocate_constant(memoryview(data)[:size]).read() == data[:size]


@pytest.mark.parametrize("how", ["no extension", "no memory type", "asked in vain", "import fails"])
def test_without_import_reading_copies_and_writing_is_refused(
    device: VulkanDevice, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    functions = device.logical.functions
    if how == "no extension":
        device.logical.properties = dataclasses.replace(device.properties, host_import_alignment=0)
    elif how == "no memory type":
        monkeypatch.setattr(functions, "vkGetMemoryHostPointerPropertiesEXT", lambda *arguments: vk.VK_SUCCESS)
    elif how == "asked in vain":
        failed = vk.VK_ERROR_INVALID_EXTERNAL_HANDLE
        monkeypatch.setattr(functions, "vkGetMemoryHostPointerPropertiesEXT", lambda *arguments: failed)
    else:

        def fail(*arguments: object, **more: object) -> None:
            raise ResourceExhausted("no")

        monkeypatch.setattr(memory_import, "MemoryBlock", fail)
    array = np.arange(100_000, dtype=np.float32)
    buffer = device.allocator.wrap(array)
    assert buffer.read() == array.tobytes()
    array[0] = 42
    assert np.frombuffer(buffer.read(), np.float32)[0] == 0
    with pytest.raises(Unimplemented, match="cannot write to 400000 bytes of host memory"):
        device.allocator.wrap(array, access=MemoryAccess.ALL)


def test_nothing_is_wrapped_without_memory(device: VulkanDevice) -> None:
    empty = np.zeros(0, np.float32)
    assert device.allocator.wrap(empty, access=MemoryAccess.ALL).read() == b""


@pytest.mark.parametrize("version", [(1, 1), (1, 2)])
def test_older_versions_of_vulkan_do_with_extensions(monkeypatch: pytest.MonkeyPatch, version: tuple[int, int]) -> None:
    """The device is asked for no more than an older one has; the validation layer sees to that."""
    monkeypatch.setattr(instance, "NEWEST_VERSION", version)
    device = VulkanDriver(validation=True).create_device()
    assert isinstance(device, VulkanDevice)
    assert device.properties.version == version
    assert "VK_KHR_timeline_semaphore" in device.logical.extensions or version >= (1, 2)
    spec = ExecutableSpec(ExecutableFormat.SPIRV, memoryview(spirv_executables.simple_mul()), "simple_mul")
    executable = device.create_executable_cache().prepare_executable(spec)
    buffers = [device.allocator.allocate(16) for _ in range(3)]
    for buffer in buffers:
        buffer.write(np.full(4, 3, np.float32))
    commands = device.create_command_buffer()
    commands.begin()
    bindings = [BufferBinding(buffer, (4,), from_name("f32")) for buffer in buffers]
    commands.dispatch(DispatchRequest(executable, 0, (4, 1, 1), bindings))
    commands.end()
    device.submit_and_wait(commands)
    assert buffers[2].read() == np.full(4, 9, np.float32).tobytes()
    device.close()
