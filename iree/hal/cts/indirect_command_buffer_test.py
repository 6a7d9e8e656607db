"""One recording for each set of buffers, kept while its buffers are in use."""

import gc
import weakref
from collections.abc import Sequence

import pytest

from iree.hal.buffer import Buffer, SubspanBuffer
from iree.hal.command_buffer import CommandBuffer
from iree.hal.cts.commands import floats, multiplication, simple_mul_of, values
from iree.hal.device import Device
from iree.hal.indirect_command_buffer import MOST_KEPT, IndirectCommandBuffer
from iree.hal.status import HalError, OutOfRange


class Multiplication:
    """Records a * b for a table of a, b and what it goes to, and counts how often."""

    def __init__(self, device: Device):
        self.executable = simple_mul_of(device)
        self.count = 0

    def __call__(self, commands: CommandBuffer, table: Sequence[Buffer]) -> None:
        self.count += 1
        commands.dispatch(multiplication(self.executable, table))


def outputs(device: Device, count: int) -> list[Buffer]:
    return [device.allocator.allocate(16) for _ in range(count)]


def test_each_set_of_buffers_is_recorded_once(computing_device: Device) -> None:
    record = Multiplication(computing_device)
    indirect = IndirectCommandBuffer(computing_device, record)
    a, b = floats(computing_device, 1, 2, 3, 4), floats(computing_device, 5, 6, 7, 8)
    first, second = outputs(computing_device, 2)
    for _ in range(3):
        for inputs, out, expected in (((a, b), first, [5, 12, 21, 32]), ((b, b), second, [25, 36, 49, 64])):
            out.fill(bytes(4))
            computing_device.submit_and_wait(indirect.bind([*inputs, out]))
            assert values(out) == expected
    assert record.count == 2


def test_those_used_last_are_kept(computing_device: Device) -> None:
    record = Multiplication(computing_device)
    indirect = IndirectCommandBuffer(computing_device, record)
    a = floats(computing_device, 1, 2, 3, 4)
    outs = outputs(computing_device, MOST_KEPT + 1)
    kept = indirect.bind([a, a, outs[0]])
    for out in outs[1:]:
        indirect.bind([a, a, out])
        assert indirect.bind([a, a, outs[0]]) is kept
    assert record.count == len(outs)
    indirect.bind([a, a, outs[1]])
    assert record.count == len(outs) + 1


def test_what_was_recorded_goes_with_its_buffers(computing_device: Device) -> None:
    record = Multiplication(computing_device)
    indirect = IndirectCommandBuffer(computing_device, record)
    a, (out,) = floats(computing_device, 1, 2, 3, 4), outputs(computing_device, 1)
    memory = weakref.ref(a)
    name = SubspanBuffer(a, 0, 16)
    computing_device.submit_and_wait(indirect.bind([name, name, out]))
    computing_device.wait_idle()
    del a, name
    gc.collect()
    assert memory() is None
    for value in range(20):
        a = floats(computing_device, *[value] * 4)
        name = SubspanBuffer(a, 0, 16)
        computing_device.submit_and_wait(indirect.bind([name, name, out]))
        assert values(out) == [value * value] * 4


def test_a_table_of_other_buffers_is_checked_like_the_first(computing_device: Device) -> None:
    indirect = IndirectCommandBuffer(computing_device, Multiplication(computing_device))
    a, (out,) = floats(computing_device, 1, 2, 3, 4), outputs(computing_device, 1)
    indirect.bind([a, a, out])
    with pytest.raises(OutOfRange, match="binding 1"):
        indirect.bind([a, floats(computing_device, 1, 2), out])
    with pytest.raises(HalError):
        indirect.bind([a, a, a.subspan(0, 8)])
    computing_device.submit_and_wait(indirect.bind([a, a, out]))
    assert values(out) == [1, 4, 9, 16]


def test_no_buffers_is_a_set_of_buffers_too(device: Device) -> None:
    recorded = []
    indirect = IndirectCommandBuffer(device, lambda commands, table: recorded.append(len(table)))
    assert indirect.bind([]) is indirect.bind([])
    assert recorded == [0]
