"""IndirectCommandBuffer: commands over buffers that are chosen anew for each submission.

    def record(commands, table):
        commands.dispatch(DispatchRequest(executable, 0, (4, 1, 1), [BufferBinding(b, (4,), f32) for b in table]))

    indirect = IndirectCommandBuffer(device, record)
    queue.submit([SubmissionBatch(command_buffers=[indirect.bind([a, b, out])])])

A driver's command buffer holds buffers, not places for them, so one is recorded for each set of buffers that is met,
and kept for as long as it is among those used last and its buffers are in use.
"""

import weakref
from collections.abc import Callable, Sequence
from typing import NamedTuple

from iree.hal.buffer import Buffer
from iree.hal.command_buffer import CommandBuffer
from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.device import Device

MOST_KEPT = 8

_Key = tuple[int, ...]


class _Recorded(NamedTuple):
    """A command buffer, and what tells that one of its buffers is gone."""

    commands: CommandBuffer
    watched: list[weakref.ref[Buffer]]


class IndirectCommandBuffer:
    """Not for use by two threads at once. `record` records all commands for the buffers of a table.

    A buffer that a table has as a SubspanBuffer is let go when nobody else has that: what was recorded for it goes too.
    """

    def __init__(self, device: Device, record: Callable[[CommandBuffer, Sequence[Buffer]], None]):
        self._device = device
        self._record = record
        self._recorded: dict[_Key, _Recorded] = {}  # the one used last comes last
        self._checked: list[tuple[object, ...]] | None = None  # kinds of buffers for which all commands are right

    def bind(self, table: Sequence[Buffer]) -> CommandBuffer:
        """The commands on these buffers, to be submitted any number of times.

        HalError: a command is wrong. All are checked for the first table, and for one whose buffers differ in kind.
        """
        key = tuple(map(id, table))
        recorded = self._recorded.pop(key, None)
        if recorded is None:
            recorded = self._record_for(key, table)
            for oldest in list(self._recorded)[: -MOST_KEPT + 1]:
                self._recorded.pop(oldest, None)
        self._recorded[key] = recorded
        return recorded.commands

    def _record_for(self, key: _Key, table: Sequence[Buffer]) -> _Recorded:
        kinds = _kinds(table)
        must_check = kinds != self._checked
        commands = self._device.create_command_buffer(CommandBufferMode.REUSABLE, validate=must_check)
        commands.begin()
        self._record(commands, table)
        commands.end()
        if must_check:
            self._checked = kinds
        forget = _Forget(weakref.ref(self), key)
        return _Recorded(commands.impl, [weakref.ref(buffer, forget) for buffer in table])


def _kinds(table: Sequence[Buffer]) -> list[tuple[object, ...]]:
    """All of the buffers that checks look at, and which of them share memory."""
    homes = [buffer.allocated_buffer for buffer in table]
    return [
        (b.allocator, b.memory_type, b.allowed_access, b.usage, b.byte_length, b.byte_offset, homes.index(home))
        for b, home in zip(table, homes, strict=True)
    ]


class _Forget:
    """Drops what was recorded for a buffer that is no more, before another one can be taken for it."""

    def __init__(self, owner: "weakref.ref[IndirectCommandBuffer]", key: _Key):
        self._owner = owner
        self._key = key

    def __call__(self, _: object) -> None:
        owner = self._owner()
        if owner is not None:
            owner._recorded.pop(self._key, None)
