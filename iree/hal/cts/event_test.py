"""Events: order commands within a queue."""

from iree.hal.command_buffer import CommandBuffer
from iree.hal.cts.commands import recorded
from iree.hal.device import Device
from iree.hal.event import Event
from iree.hal.execution_stage import ExecutionStage

STAGE = ExecutionStage.TRANSFER


def wait(commands: CommandBuffer, *events: Event) -> None:
    """Waits for the events in transfers."""
    commands.wait_events(events, STAGE, STAGE)


def test_wait_follows_the_signal(computing_device: Device) -> None:
    device, event, buffer = computing_device, computing_device.create_event(), computing_device.allocator.allocate(4)
    commands = device.create_command_buffer()
    commands.begin()
    commands.fill_buffer(buffer, b"a")
    commands.signal_event(event, STAGE)
    wait(commands, event)
    commands.fill_buffer(buffer, b"b", 0, 2)
    commands.end()
    device.submit_and_wait(commands)
    assert buffer.read() == b"bbaa"


def test_event_lasts_from_one_command_buffer_to_the_next(device: Device) -> None:
    events = [device.create_event() for _ in range(2)]

    def signal(commands: CommandBuffer) -> None:
        for event in events:
            commands.signal_event(event, STAGE)

    device.submit_and_wait(recorded(device, signal), recorded(device, lambda c: wait(c, *events)))


def test_event_is_used_again_after_a_reset(device: Device) -> None:
    event = device.create_event()

    def turn(commands: CommandBuffer) -> None:
        commands.signal_event(event, STAGE)
        wait(commands, event)
        commands.reset_event(event, STAGE)

    for _ in range(2):
        device.submit_and_wait(recorded(device, turn))
