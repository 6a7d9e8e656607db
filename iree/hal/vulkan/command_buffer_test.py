"""What the shared conformance suite cannot ask: odd places, limits of this device, and how commands are split."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from iree.hal.access_scope import AccessScope
from iree.hal.barrier import MemoryBarrier
from iree.hal.buffer import Buffer
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.cts import spirv_executables
from iree.hal.dispatch_request import BufferBinding, DispatchRequest
from iree.hal.event import Event
from iree.hal.executable import Executable, ExecutableSpec
from iree.hal.execution_stage import ExecutionStage
from iree.hal.fence import FenceValue
from iree.hal.memory_access import MemoryAccess
from iree.hal.semaphore import SemaphoreValue
from iree.hal.status import FailedPrecondition, InvalidArgument, ResourceExhausted
from iree.hal.submission_batch import SubmissionBatch
from iree.hal.vulkan.command_buffer import VulkanCommandBuffer
from iree.hal.vulkan.device import VulkanDevice
from iree.schemas import element_types
from iree.schemas.file_format import ExecutableFormat

F32 = element_types.from_name("f32")
Record = Callable[[CommandBuffer], None]


@pytest.fixture(params=[True, False], ids=["pushed", "pooled"])
def push_descriptors(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def run(device: VulkanDevice, record: Record) -> None:
    commands = device.create_command_buffer()
    commands.begin()
    record(commands)
    commands.end()
    device.submit_and_wait(commands)


def buffer_of(device: VulkanDevice, values: np.ndarray) -> Buffer:
    buffer = device.allocator.allocate(values.nbytes)
    buffer.write(np.ascontiguousarray(values))
    return buffer


def array_of(buffer: Buffer, dtype: type = np.float32) -> np.ndarray:
    return np.frombuffer(buffer.read(), dtype)


def kernel(device: VulkanDevice, operation: str = "OpFMul", local_size: int = 8) -> Executable:
    words = spirv_executables.assemble(spirv_executables.elementwise("run", operation, local_size))
    contents = spirv_executables.executable(words, ["run"], workgroup_size=(local_size, 1, 1))
    spec = ExecutableSpec(ExecutableFormat.SPIRV, memoryview(contents), operation)
    return device.create_executable_cache().prepare_executable(spec)


def request(executable: Executable, buffers: list[Buffer], count: int) -> DispatchRequest:
    bindings = [BufferBinding(buffer, (count,), F32) for buffer in buffers]
    return DispatchRequest(executable, 0, (count, 1, 1), bindings)


ALL_MEMORY = MemoryBarrier(
    AccessScope.DISPATCH_WRITE | AccessScope.TRANSFER_WRITE, AccessScope.DISPATCH_READ | AccessScope.TRANSFER_READ
)
WORK = ExecutionStage.DISPATCH | ExecutionStage.TRANSFER


@pytest.mark.parametrize("pattern", [b"\x11", b"\x11\x22", b"\x11\x22\x33\x44"], ids=len)
def test_fill_reaches_every_byte_and_no_other(device: VulkanDevice, pattern: bytes) -> None:
    """The fill is of a subspan that begins anywhere, so that even a pattern of 4 bytes can lie at an odd place."""
    whole = device.allocator.allocate(160)
    for start, count in itertools.product(range(4), [0, 1, 2, 3, 4, 5, 7, 16, 33]):
        whole.fill(b"\xee")
        part = whole.subspan(start, 150)
        offset, length = len(pattern) * 2, len(pattern) * count
        run(device, lambda commands: commands.fill_buffer(part, pattern, offset, length))  # noqa: B023
        expected = bytearray(b"\xee" * 160)
        expected[start + offset : start + offset + length] = pattern * count
        assert whole.read() == bytes(expected)


@pytest.mark.parametrize("size", [0, 1, 3, 4, 65536, 65537, 200001, (1 << 20) + 3])
def test_update_of_any_size_at_any_place(device: VulkanDevice, size: int) -> None:
    data = np.random.default_rng(size).integers(0, 256, size, np.uint8)
    for start in range(4):
        target = device.allocator.allocate(size + 8)
        run(device, lambda commands: commands.update_buffer(data, target, start))  # noqa: B023
        assert target.read() == b"\0" * start + data.tobytes() + b"\0" * (8 - start)


def test_update_takes_the_data_as_it_is_when_recorded(device: VulkanDevice) -> None:
    data = bytearray(b"before!")
    target = device.allocator.allocate(7)
    commands = device.create_command_buffer()
    commands.begin()
    commands.update_buffer(data, target)
    commands.end()
    data[:] = b"after!!"
    device.submit_and_wait(commands)
    assert target.read() == b"before!"


def test_copy_of_any_size_between_any_places(device: VulkanDevice) -> None:
    values = np.arange(1010, dtype=np.uint8)
    source = buffer_of(device, values)
    for start, size in itertools.product([0, 1, 3], [0, 1, 5, 1000]):
        target = device.allocator.allocate(1010)
        run(device, lambda commands: commands.copy_buffer(source, target, start, 2 * start, size))  # noqa: B023
        expected = np.zeros(1010, np.uint8)
        expected[2 * start : 2 * start + size] = values[start : start + size]
        assert target.read() == expected.tobytes()


@pytest.mark.parametrize("count", [1, 7, 8, 9, 1000])
def test_dispatch_computes_what_numpy_does(device: VulkanDevice, count: int) -> None:
    values = np.random.default_rng(count).standard_normal((2, count)).astype(np.float32)
    a, b = buffer_of(device, values[0]), buffer_of(device, values[1])
    target = device.allocator.allocate(values[0].nbytes)
    executable = kernel(device)
    run(device, lambda commands: commands.dispatch(request(executable, [a, b, target], count)))
    np.testing.assert_array_equal(array_of(target), values[0] * values[1])


def test_a_chain_of_many_dispatches(device: VulkanDevice) -> None:
    """More than one descriptor pool serves, with a barrier after each."""
    count = 150
    executable = kernel(device, "OpFAdd")
    one = buffer_of(device, np.ones(16, np.float32))
    buffers = [device.allocator.allocate(64) for _ in range(count + 1)]

    def record(commands: CommandBuffer) -> None:
        for source, target in itertools.pairwise(buffers):
            commands.dispatch(request(executable, [source, one, target], 16))
            commands.execution_barrier(WORK, WORK, [ALL_MEMORY])

    run(device, record)
    np.testing.assert_array_equal(array_of(buffers[-1]), np.full(16, count, np.float32))


def test_one_buffer_bound_at_several_places(device: VulkanDevice) -> None:
    buffer = buffer_of(device, np.arange(48, dtype=np.float32))
    parts = [buffer.subspan(64 * index, 64) for index in range(3)]
    executable = kernel(device)
    run(device, lambda commands: commands.dispatch(request(executable, parts, 16)))
    values = np.arange(48, dtype=np.float32)
    np.testing.assert_array_equal(array_of(buffer), np.concatenate([values[:32], values[:16] * values[16:32]]))


def test_an_empty_workload_launches_nothing(device: VulkanDevice) -> None:
    target = buffer_of(device, np.full(4, 7, np.float32))
    empty = device.allocator.allocate(0)
    executable = kernel(device)
    run(device, lambda commands: commands.dispatch(request(executable, [empty, empty, target.subspan(0, 0)], 0)))
    np.testing.assert_array_equal(array_of(target), np.full(4, 7, np.float32))


def test_a_buffer_of_no_bytes_can_be_bound(device: VulkanDevice) -> None:
    """The kernel looks at the output's length only: launched, it finds one word there and writes it."""
    buffers = [device.allocator.allocate(0) for _ in range(3)]
    executable = kernel(device)
    bindings = [BufferBinding(buffer, (0,), F32) for buffer in buffers]
    run(device, lambda commands: commands.dispatch(DispatchRequest(executable, 0, (1, 1, 1), bindings)))


def test_too_many_workgroups_are_refused(device: VulkanDevice) -> None:
    most = device.properties.max_workgroup_count[1]
    buffers = [device.allocator.allocate(16) for _ in range(3)]
    executable = kernel(device)
    bindings = [BufferBinding(buffer, (4,), F32) for buffer in buffers]
    commands = device.create_command_buffer()
    commands.begin()
    with pytest.raises(ResourceExhausted, match="larger tiles"):
        commands.dispatch(DispatchRequest(executable, 0, (1, most + 1, 1), bindings))


def test_a_binding_past_the_longest_range_is_refused(device: VulkanDevice) -> None:
    longest = device.properties.max_storage_buffer_range
    large = device.allocator.allocate(longest + 4, memory_type=device.allocator.allocate(0).memory_type)
    small = device.allocator.allocate(16)
    executable = kernel(device)
    commands = device.create_command_buffer()
    commands.begin()
    bindings = [BufferBinding(large, (longest // 4 + 1,), F32), *[BufferBinding(small, (4,), F32)] * 2]
    with pytest.raises(ResourceExhausted, match=rf"binds at most {longest} \(maxStorageBufferRange\)"):
        commands.dispatch(DispatchRequest(executable, 0, (4, 1, 1), bindings))
    bindings[0] = BufferBinding(large, (4,), F32)  # the buffer is long, what is used of it is not
    commands.dispatch(DispatchRequest(executable, 0, (4, 1, 1), bindings))
    commands.end()
    device.submit_and_wait(commands)


def test_a_binding_at_an_odd_place_is_refused(device: VulkanDevice) -> None:
    buffer = device.allocator.allocate(64)
    executable = kernel(device)
    commands = device.create_command_buffer()
    commands.begin()
    with pytest.raises(InvalidArgument, match="starts 4 bytes into its allocation; the device binds at multiples of"):
        commands.dispatch(request(executable, [buffer, buffer.subspan(4, 16), buffer], 4))


def test_a_wrong_number_of_bindings_is_refused(device: VulkanDevice) -> None:
    buffer = device.allocator.allocate(64)
    executable = kernel(device)
    commands = device.create_command_buffer()
    commands.begin()
    with pytest.raises(InvalidArgument, match="run takes 3 bindings, not 2"):
        commands.dispatch(request(executable, [buffer, buffer], 4))


def test_beginning_anew_while_the_old_recording_runs(device: VulkanDevice) -> None:
    first, second = device.allocator.allocate(8), device.allocator.allocate(8)
    commands = device.create_command_buffer(CommandBufferMode.REUSABLE)
    commands.begin()
    commands.fill_buffer(first, b"\x01")
    commands.end()
    gate = device.create_semaphore()
    fence = device.create_fence()
    queue = device.dispatch_queues[0]
    queue.submit([SubmissionBatch([SemaphoreValue(gate, 1)], [commands])], FenceValue(fence, 1))
    commands.begin()
    commands.fill_buffer(second, b"\x02")
    commands.end()
    gate.signal(1)
    fence.wait(1)
    assert (first.read(), second.read()) == (b"\x01" * 8, b"\0" * 8)
    device.submit_and_wait(commands)
    assert second.read() == b"\x02" * 8


def test_a_reusable_command_buffer_sees_new_contents(device: VulkanDevice) -> None:
    a, b = buffer_of(device, np.full(4, 3, np.float32)), buffer_of(device, np.full(4, 2, np.float32))
    target = device.allocator.allocate(16)
    executable = kernel(device)
    commands = device.create_command_buffer(CommandBufferMode.REUSABLE)
    commands.begin()
    commands.dispatch(request(executable, [a, b, target], 4))
    commands.end()
    for value in range(5):
        a.write(np.full(4, value, np.float32))
        device.submit_and_wait(commands)
        np.testing.assert_array_equal(array_of(target), np.full(4, 2 * value, np.float32))


def test_never_recorded(device: VulkanDevice) -> None:
    commands = device.make_command_buffer(CommandBufferMode.REUSABLE, device.create_command_buffer().categories)
    assert isinstance(commands, VulkanCommandBuffer)
    with pytest.raises(FailedPrecondition, match="never recorded"):
        _ = commands.recording


def test_events_order_commands(device: VulkanDevice) -> None:
    a, b = device.allocator.allocate(64), device.allocator.allocate(64)
    event = device.create_event()

    def record(commands: CommandBuffer) -> None:
        commands.fill_buffer(a, b"\x05")
        commands.signal_event(event, ExecutionStage.TRANSFER)
        commands.wait_events([event], ExecutionStage.TRANSFER, ExecutionStage.TRANSFER, [ALL_MEMORY])
        commands.copy_buffer(a, b)
        commands.reset_event(event, ExecutionStage.TRANSFER)
        commands.wait_events([], ExecutionStage.TRANSFER, ExecutionStage.TRANSFER)

    run(device, record)
    assert b.read() == b"\x05" * 64
    run(device, record)


def test_an_event_of_another_device_is_refused(device: VulkanDevice) -> None:
    commands = device.create_command_buffer()
    commands.begin()
    with pytest.raises(InvalidArgument, match="another device"):
        commands.signal_event(Event(), ExecutionStage.TRANSFER)


@pytest.mark.parametrize("access", [MemoryAccess.READ, MemoryAccess.ALL])
@pytest.mark.parametrize("count", [4, 100_000])
def test_host_memory_as_a_binding(device: VulkanDevice, access: MemoryAccess, count: int) -> None:
    """Read without a copy where it is large; written only in place."""
    a = np.random.default_rng(1).standard_normal(count).astype(np.float32)
    b = np.random.default_rng(2).standard_normal(count).astype(np.float32)
    target = np.zeros(count, np.float32)
    wrapped = [device.allocator.wrap(array, access=access) for array in (a, b)]
    written = device.allocator.wrap(target, access=MemoryAccess.ALL)
    executable = kernel(device)
    bindings = [BufferBinding(buffer, (count,), F32, access) for buffer in wrapped]
    bindings.append(BufferBinding(written, (count,), F32, MemoryAccess.ALL))
    run(device, lambda commands: commands.dispatch(DispatchRequest(executable, 0, (count, 1, 1), bindings)))
    np.testing.assert_array_equal(target, a * b)
