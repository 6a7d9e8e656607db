import itertools

from iree.hal.access_scope import AccessScope
from iree.hal.barrier import BufferBarrier, MemoryBarrier
from iree.hal.execution_stage import ExecutionStage
from iree.hal.vulkan.barrier import event_barrier, execution_barrier, final_barrier
from iree.hal.vulkan.device import VulkanDevice
from iree.hal.vulkan.raw import vk

NONE = ExecutionStage.NONE
ALL = vk.VK_PIPELINE_STAGE_ALL_COMMANDS_BIT


def test_stages_and_scopes_are_translated() -> None:
    memory = MemoryBarrier(AccessScope.DISPATCH_WRITE, AccessScope.TRANSFER_READ)
    barrier = execution_barrier(ExecutionStage.DISPATCH, ExecutionStage.TRANSFER, [memory], [])
    assert barrier.source_stages == vk.VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT
    assert barrier.target_stages == vk.VK_PIPELINE_STAGE_TRANSFER_BIT
    assert barrier.memory_barrier_count == 1
    assert barrier.memory.srcAccessMask == vk.VK_ACCESS_SHADER_WRITE_BIT
    assert barrier.memory.dstAccessMask == vk.VK_ACCESS_TRANSFER_READ_BIT


def test_without_memory_only_execution_is_ordered() -> None:
    barrier = execution_barrier(ExecutionStage.DISPATCH, ExecutionStage.DISPATCH, [], [])
    assert barrier.memory_barrier_count == 0


def test_no_stage_orders_nothing() -> None:
    barrier = execution_barrier(NONE, NONE, [], [])
    assert barrier.source_stages == vk.VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT
    assert barrier.target_stages == vk.VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT


def test_retiring_waits_for_everything_and_issuing_holds_up_everything() -> None:
    barrier = execution_barrier(ExecutionStage.COMMAND_RETIRE, ExecutionStage.COMMAND_ISSUE, [], [])
    assert (barrier.source_stages, barrier.target_stages) == (ALL, ALL)


def test_a_scope_brings_its_stage() -> None:
    """Vulkan forbids an access without its stage, and leaving it out would order less than was asked."""
    memory = MemoryBarrier(AccessScope.TRANSFER_WRITE, AccessScope.DISPATCH_READ)
    barrier = execution_barrier(ExecutionStage.DISPATCH, ExecutionStage.TRANSFER, [memory], [])
    assert barrier.source_stages & vk.VK_PIPELINE_STAGE_TRANSFER_BIT
    assert barrier.target_stages & vk.VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT


def test_an_event_orders_all_earlier_work_but_not_the_hosts() -> None:
    memory = MemoryBarrier(AccessScope.HOST_WRITE | AccessScope.DISPATCH_WRITE, AccessScope.HOST_READ)
    barrier = event_barrier(ExecutionStage.HOST, [memory], [])
    assert barrier.source_stages == ALL
    assert barrier.memory.srcAccessMask == vk.VK_ACCESS_SHADER_WRITE_BIT
    assert barrier.memory.dstAccessMask == vk.VK_ACCESS_HOST_READ_BIT


def test_the_final_barrier_reaches_the_host() -> None:
    assert final_barrier().target_stages & vk.VK_PIPELINE_STAGE_HOST_BIT
    assert final_barrier().memory.dstAccessMask & vk.VK_ACCESS_HOST_READ_BIT


def test_vulkan_takes_every_combination(device: VulkanDevice) -> None:
    """The validation layer judges."""
    buffer = device.allocator.allocate(16)
    commands = device.create_command_buffer()
    commands.begin()
    for source, target, scope in itertools.product(ExecutionStage, ExecutionStage, AccessScope):
        memory = [MemoryBarrier(scope, scope)]
        commands.execution_barrier(source, target, memory, [BufferBarrier(scope, scope, buffer)])
        event = device.create_event()
        commands.signal_event(event, source)
        commands.wait_events([event], source, target, memory)
    commands.end()
    device.submit_and_wait(commands)
