"""Barriers: execution stages and access scopes as Vulkan's pipeline stages and access flags.

All memory barriers and buffer barriers of one command become one VkMemoryBarrier: no implementation does less for a
buffer. Where Vulkan has no stage that means the same, or where an access is named without its stage, more is ordered,
never less.
"""

import functools
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from iree.hal.access_scope import AccessScope
from iree.hal.barrier import BufferBarrier, MemoryBarrier
from iree.hal.execution_stage import ExecutionStage
from iree.hal.vulkan.raw import NULL, new, vk

_ALL: Final = "VK_PIPELINE_STAGE_ALL_COMMANDS_BIT"

# Stage -> Vulkan's stage where earlier commands are waited for, and where later commands wait.
_STAGES: Final = {
    ExecutionStage.COMMAND_ISSUE: ("VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT", _ALL),
    ExecutionStage.COMMAND_PROCESS: (_ALL, _ALL),
    ExecutionStage.DISPATCH: ("VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT",) * 2,
    ExecutionStage.TRANSFER: ("VK_PIPELINE_STAGE_TRANSFER_BIT",) * 2,
    ExecutionStage.COMMAND_RETIRE: (_ALL, "VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT"),
    ExecutionStage.HOST: ("VK_PIPELINE_STAGE_HOST_BIT",) * 2,
}

# Scope -> Vulkan's access, and the stage that performs it.
_SCOPES: Final = {
    AccessScope.INDIRECT_COMMAND_READ: ("VK_ACCESS_INDIRECT_COMMAND_READ_BIT", "VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT"),
    AccessScope.CONSTANT_READ: ("VK_ACCESS_UNIFORM_READ_BIT", "VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT"),
    AccessScope.DISPATCH_READ: ("VK_ACCESS_SHADER_READ_BIT", "VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT"),
    AccessScope.DISPATCH_WRITE: ("VK_ACCESS_SHADER_WRITE_BIT", "VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT"),
    AccessScope.TRANSFER_READ: ("VK_ACCESS_TRANSFER_READ_BIT", "VK_PIPELINE_STAGE_TRANSFER_BIT"),
    AccessScope.TRANSFER_WRITE: ("VK_ACCESS_TRANSFER_WRITE_BIT", "VK_PIPELINE_STAGE_TRANSFER_BIT"),
    AccessScope.HOST_READ: ("VK_ACCESS_HOST_READ_BIT", "VK_PIPELINE_STAGE_HOST_BIT"),
    AccessScope.HOST_WRITE: ("VK_ACCESS_HOST_WRITE_BIT", "VK_PIPELINE_STAGE_HOST_BIT"),
    AccessScope.MEMORY_READ: ("VK_ACCESS_MEMORY_READ_BIT", _ALL),
    AccessScope.MEMORY_WRITE: ("VK_ACCESS_MEMORY_WRITE_BIT", _ALL),
}

_HOST_SCOPES: Final = int(AccessScope.HOST_READ | AccessScope.HOST_WRITE)


class Barrier(NamedTuple):
    """Arguments of vkCmdPipelineBarrier and vkCmdWaitEvents: stages, and one VkMemoryBarrier or none."""

    source_stages: int
    target_stages: int
    memory_barrier_count: int
    memory: Any


def execution_barrier(
    source_stages: ExecutionStage,
    target_stages: ExecutionStage,
    memory_barriers: Sequence[MemoryBarrier],
    buffer_barriers: Sequence[BufferBarrier],
) -> Barrier:
    """What an execution_barrier command means."""
    source_scopes, target_scopes = _scopes(memory_barriers, buffer_barriers)
    return _translate(source_stages._value_, target_stages._value_, source_scopes, target_scopes)


def event_barrier(
    target_stages: ExecutionStage, memory_barriers: Sequence[MemoryBarrier], buffer_barriers: Sequence[BufferBarrier]
) -> Barrier:
    """What a wait_events command means. Events are set after all earlier commands, whatever stages are named.

    The host has no part in the source: what it wrote before a submission is visible to it anyway.
    """
    source_scopes, target_scopes = _scopes(memory_barriers, buffer_barriers)
    translated = _translate(0, target_stages._value_, source_scopes & ~_HOST_SCOPES, target_scopes)
    return translated._replace(source_stages=all_commands())


@functools.cache
def final_barrier() -> Barrier:
    """Orders all that a command buffer did before whatever comes later, on the device or on the host."""
    work = int(ExecutionStage.DISPATCH | ExecutionStage.TRANSFER)
    writes = int(AccessScope.DISPATCH_WRITE | AccessScope.TRANSFER_WRITE)
    reads = int(AccessScope.DISPATCH_READ | AccessScope.TRANSFER_READ) | _HOST_SCOPES
    return _translate(work, work | int(ExecutionStage.HOST), writes, writes | reads)


@functools.cache
def all_commands() -> int:
    """The stage that stands for all work of the device."""
    return int(getattr(vk, _ALL))


def _scopes(memory_barriers: Sequence[MemoryBarrier], buffer_barriers: Sequence[BufferBarrier]) -> tuple[int, int]:
    """All source scopes and all target scopes, as integers: combining flags of an enum is slow."""
    source = target = 0
    for barriers in (memory_barriers, buffer_barriers):
        for barrier in barriers:
            source |= barrier.source_scope._value_
            target |= barrier.target_scope._value_
    return source, target


@functools.cache
def _translate(source_stages: int, target_stages: int, source_scopes: int, target_scopes: int) -> Barrier:
    source, target, source_access, target_access = 0, 0, 0, 0
    for stage, (waited_for, waiting) in _STAGES.items():
        source |= getattr(vk, waited_for) if source_stages & stage else 0
        target |= getattr(vk, waiting) if target_stages & stage else 0
    for scope, (access, performer) in _SCOPES.items():
        if source_scopes & scope:
            source_access |= getattr(vk, access)
            source |= getattr(vk, performer)
        if target_scopes & scope:
            target_access |= getattr(vk, access)
            target |= getattr(vk, performer)
    source = source or vk.VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT
    target = target or vk.VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT
    if not source_access and not target_access:
        return Barrier(source, target, 0, NULL)
    memory = new("VkMemoryBarrier", srcAccessMask=source_access, dstAccessMask=target_access)
    return Barrier(source, target, 1, memory)
