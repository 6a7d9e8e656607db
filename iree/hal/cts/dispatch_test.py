"""dispatch: launches an entry point on buffers."""

import numpy as np
import pytest

from iree.hal.command_buffer_mode import CommandBufferMode
from iree.hal.cts.commands import barrier, floats, multiplication, recorded, run, simple_mul_of, values
from iree.hal.device import Device
from iree.hal.dispatch_request import DispatchRequest
from iree.hal.executable import Executable
from iree.hal.status import InvalidArgument


def test_dispatch_computes(computing_device: Device) -> None:
    """The minimal use of a HAL: 4 * 2 = 8 over what was in the result before."""
    device = computing_device
    buffers = [floats(device, *[value] * 4) for value in (4.0, 2.0, 99999.0)]
    request = multiplication(simple_mul_of(device), buffers)
    run(device, lambda c: c.dispatch(request))
    assert values(buffers[2]) == [8.0, 8.0, 8.0, 8.0]
    assert values(buffers[0]) == [4.0, 4.0, 4.0, 4.0]


def test_dispatch_is_recorded(device: Device) -> None:
    request = multiplication(simple_mul_of(device), [floats(device, 1, 2, 3, 4) for _ in range(3)])
    run(device, lambda c: c.dispatch(request))


def test_dispatches_see_what_those_before_them_wrote(computing_device: Device) -> None:
    device = computing_device
    two, first, second = floats(device, 2, 2, 2, 2), floats(device, 1, 2, 3, 4), floats(device, 0, 0, 0, 0)
    executable = simple_mul_of(device)
    commands = device.create_command_buffer()
    commands.begin()
    for source, target in ((first, second), (second, first), (first, second)):
        commands.dispatch(multiplication(executable, [two, source, target]))
        barrier(commands)
    commands.end()
    device.submit_and_wait(commands)
    assert values(second) == [8.0, 16.0, 24.0, 32.0]


def test_one_buffer_serves_two_inputs(computing_device: Device) -> None:
    operand, target = floats(computing_device, 1, 2, 3, 4), floats(computing_device, 0, 0, 0, 0)
    request = multiplication(simple_mul_of(computing_device), [operand, operand, target])
    run(computing_device, lambda c: c.dispatch(request))
    assert values(target) == [1.0, 4.0, 9.0, 16.0]


def test_dispatch_on_subspans_stays_inside(computing_device: Device) -> None:
    device = computing_device
    alignment = 256  # any device's descriptors can start here
    operands = device.allocator.allocate(alignment + 16)
    operands.subspan(alignment).copy_from(floats(device, 1, 2, 3, 4))
    target = device.allocator.allocate(2 * alignment)
    part = operands.subspan(alignment, 16)
    run(
        device, lambda c: c.dispatch(multiplication(simple_mul_of(device), [part, part, target.subspan(alignment, 16)]))
    )
    assert values(target.subspan(alignment, 16)) == [1.0, 4.0, 9.0, 16.0]
    assert not any(target.read(0, alignment) + target.read(alignment + 16))


def test_reusable_dispatch_reads_its_buffers_each_time(computing_device: Device) -> None:
    buffers = [floats(computing_device, 1, 2, 3, 4) for _ in range(3)]
    request = multiplication(simple_mul_of(computing_device), buffers)
    commands = recorded(computing_device, lambda c: c.dispatch(request), CommandBufferMode.REUSABLE)
    for factor in (1.0, 10.0):
        buffers[0].copy_from(floats(computing_device, *[factor] * 4))
        computing_device.submit_and_wait(commands)
        assert values(buffers[2]) == [factor, 2 * factor, 3 * factor, 4 * factor]


@pytest.mark.parametrize("workload", [(0, 1, 1), (4, 0, 1), (4, 1, 0)])
def test_workload_of_nothing_launches_nothing(computing_device: Device, workload: tuple[int, int, int]) -> None:
    buffers = [floats(computing_device, 1, 2, 3, 4) for _ in range(3)]
    request = multiplication(simple_mul_of(computing_device), buffers)._replace(workload=workload)
    run(computing_device, lambda c: c.dispatch(request))
    assert values(buffers[2]) == [1.0, 2.0, 3.0, 4.0]


def test_wrapped_memory_is_an_input(computing_device: Device) -> None:
    operand = computing_device.allocator.wrap(np.array([1, 2, 3, 4], np.float32))
    target = floats(computing_device, 0, 0, 0, 0)
    request = multiplication(simple_mul_of(computing_device), [operand, operand, target])
    run(computing_device, lambda c: c.dispatch(request))
    assert values(target) == [1.0, 4.0, 9.0, 16.0]


def test_missing_binding_is_refused(computing_device: Device) -> None:
    buffers = [floats(computing_device, 1, 2, 3, 4) for _ in range(3)]
    request = multiplication(simple_mul_of(computing_device), buffers)
    with pytest.raises(InvalidArgument, match="simple_mul"):
        run(computing_device, lambda c: c.dispatch(request._replace(bindings=request.bindings[:2])))


def test_executable_of_another_driver_is_refused(computing_device: Device) -> None:
    buffers = [floats(computing_device, 1, 2, 3, 4) for _ in range(3)]
    foreign = Executable("foreign", ("simple_mul",))
    request: DispatchRequest = multiplication(foreign, buffers)
    with pytest.raises(InvalidArgument, match="foreign"):
        run(computing_device, lambda c: c.dispatch(request))
