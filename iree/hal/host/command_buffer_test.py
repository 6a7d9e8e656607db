"""HostCommandBuffer: actions in the order of recording, barriers that are none."""

import pytest

from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.command_category import CommandCategory
from iree.hal.event import Event
from iree.hal.execution_stage import ExecutionStage
from iree.hal.host.event import HostEvent
from iree.hal.null.command_buffer import NullCommandBuffer
from iree.hal.status import InvalidArgument

STAGE = ExecutionStage.TRANSFER


def begun() -> NullCommandBuffer:
    commands = NullCommandBuffer(CommandBufferMode.REUSABLE, CommandCategory.ALL)
    commands.begin()
    return commands


def test_events_are_actions_and_barriers_are_none() -> None:
    commands, event = begun(), HostEvent()
    commands.signal_event(event, STAGE)
    commands.execution_barrier(STAGE, STAGE)
    commands.wait_events([event], STAGE, STAGE)
    commands.reset_event(event, STAGE)
    assert commands.actions == [event.set, event.check_set, event.reset]
    commands.end()
    commands.begin()
    assert commands.actions == []


def test_events_of_another_driver_are_refused() -> None:
    commands, event = begun(), Event()
    for record in (
        lambda: commands.signal_event(event, STAGE),
        lambda: commands.reset_event(event, STAGE),
        lambda: commands.wait_events([event], STAGE, STAGE),
    ):
        with pytest.raises(InvalidArgument, match="Event belongs to another driver: use this device's create_event"):
            record()
