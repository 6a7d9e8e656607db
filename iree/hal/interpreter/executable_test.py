"""Executables of the interpreter: what they take, and what they refuse before anything runs."""

import numpy as np
import pytest

from iree.hal.buffer import Buffer
from iree.hal.buffer_usage import BufferUsage
from iree.hal.cts.interp_executables import encode, executable, function, tensor
from iree.hal.device import Device
from iree.hal.dispatch_request import BufferBinding, DispatchRequest
from iree.hal.event import Event
from iree.hal.executable import Executable
from iree.hal.execution_stage import ExecutionStage
from iree.hal.interpreter.buffer import InterpreterBuffer
from iree.hal.interpreter.driver import InterpreterDriver
from iree.hal.interpreter.executable import InterpreterExecutable
from iree.hal.interpreter.tensor_type import TensorType
from iree.hal.memory_access import MemoryAccess
from iree.hal.memory_type import MemoryType
from iree.hal.registry import create_driver
from iree.hal.status import DataLoss, InvalidArgument, PermissionDenied, ResourceExhausted

V4 = tensor("4xf32")
PLAIN = MemoryType.HOST_LOCAL | MemoryType.DEVICE_VISIBLE, MemoryAccess.ALL, BufferUsage.ALL


@pytest.fixture
def device() -> Device:
    return InterpreterDriver().create_device()


def prepared(device: Device) -> Executable:
    """0 adds, 1 multiplies by itself and keeps the operand too."""
    add = function("add", [V4, V4, V4], 3, encode("add_f", 0, 1, 2))
    square = function("square", [V4, V4, V4], 3, encode("mul_f", 0, 0, 1), encode("copy", 0, 2))
    return device.create_executable_cache().prepare_executable(executable(add, square))


def dispatch(device: Device, made: Executable, ordinal: int, *buffers: Buffer, kind: TensorType = V4) -> None:
    bindings = [BufferBinding(buffer, kind.shape, kind.element_type, buffer.allowed_access) for buffer in buffers]
    commands = device.create_command_buffer()
    commands.begin()
    commands.dispatch(DispatchRequest(made, ordinal, (4, 1, 1), bindings))
    commands.end()
    device.submit_and_wait(commands)


def test_each_entry_point_runs(device: Device) -> None:
    made = prepared(device)
    assert made.entry_points == ("add", "square")
    x = device.allocator.wrap(np.array([1, 2, 3, 4], np.float32))
    a, b = device.allocator.allocate(16), device.allocator.allocate(16)
    dispatch(device, made, 0, x, x, a)
    assert np.frombuffer(a.read(), np.float32).tolist() == [2, 4, 6, 8]
    dispatch(device, made, 1, x, a, b)
    assert np.frombuffer(a.read(), np.float32).tolist() == [1, 4, 9, 16]
    assert np.frombuffer(b.read(), np.float32).tolist() == [1, 2, 3, 4]


def test_infinities_are_results_without_warnings(device: Device, recwarn: pytest.WarningsRecorder) -> None:
    big = device.allocator.wrap(np.full(4, 3e38, np.float32))
    target = device.allocator.allocate(16)
    dispatch(device, prepared(device), 0, big, big, target)
    assert np.isinf(np.frombuffer(target.read(), np.float32)).all()
    assert not recwarn.list
    with pytest.warns(RuntimeWarning):
        np.float32(3e38) + np.float32(3e38)


def test_users_memory_is_used_in_place(device: Device) -> None:
    x, result = np.array([1, 2, 3, 4], np.float32), np.zeros(4, np.float32)
    wrapped = device.allocator.wrap(result, access=MemoryAccess.ALL)
    operand = device.allocator.wrap(x)
    dispatch(device, prepared(device), 0, operand, operand, wrapped)
    assert result.tolist() == [2, 4, 6, 8]


@pytest.mark.parametrize("offset", [0, 1, 2, 4])
def test_buffers_may_start_at_any_byte(device: Device, offset: int) -> None:
    """NumPy takes arrays that are not aligned, only BLAS does not."""
    matrix = tensor("4x4xf32")
    code = encode("dot_general_f", 0, 1, (), (), (1,), (0,), 2)
    made = device.create_executable_cache().prepare_executable(executable(function("dot", [matrix] * 3, 3, code)))
    x = np.arange(16, dtype=np.float32).reshape(4, 4)
    operand, target = (device.allocator.allocate(offset + 64).subspan(offset) for _ in range(2))
    operand.write(x)
    dispatch(device, made, 0, operand, operand, target, kind=matrix)
    assert np.frombuffer(target.read(), np.float32).tolist() == (x @ x).reshape(-1).tolist()


def test_number_of_bindings_is_checked(device: Device) -> None:
    buffer = device.allocator.allocate(16)
    with pytest.raises(InvalidArgument, match=r"add takes 3 buffers \(4xf32, 4xf32, 4xf32\): 2 buffers are bound"):
        dispatch(device, prepared(device), 0, buffer, buffer)


@pytest.mark.parametrize("kind", ["2x2xf32", "3xf32", "4xi32"])
def test_types_of_bindings_are_checked(device: Device, kind: str) -> None:
    buffers = [device.allocator.allocate(16) for _ in range(3)]
    with pytest.raises(InvalidArgument, match=f"add takes 3 buffers .*: binding 0 is a {kind}"):
        dispatch(device, prepared(device), 0, *buffers, kind=tensor(kind))


def test_output_must_be_writable(device: Device) -> None:
    constant = device.allocator.wrap(bytes(16))
    with pytest.raises(PermissionDenied, match=r"does not allow WRITE"):
        dispatch(device, prepared(device), 0, constant, constant, constant)


def test_output_must_be_alone(device: Device) -> None:
    made, buffer, other = prepared(device), device.allocator.allocate(32), device.allocator.allocate(16)
    with pytest.raises(InvalidArgument, match="add writes binding 2, which shares memory with binding 1"):
        dispatch(device, made, 0, other, buffer.subspan(4, 16), buffer.subspan(0, 16))
    with pytest.raises(InvalidArgument, match="square writes binding 1, which shares memory with binding 2"):
        dispatch(device, made, 1, buffer.subspan(0, 16), other, other)
    dispatch(device, made, 0, buffer.subspan(16, 16), buffer.subspan(16, 16), buffer.subspan(0, 16))


def test_output_may_lie_over_an_input_of_an_elementwise_step(device: Device) -> None:
    made, a, b = prepared(device), device.allocator.allocate(16), device.allocator.allocate(16)
    a.write(np.float32([1, 2, 3, 4]))
    b.write(np.float32([10, 20, 30, 40]))
    dispatch(device, made, 0, a, b, a)
    assert a.read() == np.float32([11, 22, 33, 44]).tobytes()
    whole = device.allocator.allocate(32)
    with pytest.raises(InvalidArgument, match="add writes binding 2, which shares memory with binding 1"):
        dispatch(device, made, 0, a, whole.subspan(4, 16), whole.subspan(0, 16))


def test_output_must_be_alone_in_the_users_memory(device: Device) -> None:
    memory = np.zeros(8, np.float32)
    target = device.allocator.wrap(memory[:4], access=MemoryAccess.ALL)
    made = prepared(device)
    apart, shared = device.allocator.wrap(memory[4:]), device.allocator.wrap(memory[2:6])
    dispatch(device, made, 0, apart, apart, target)
    with pytest.raises(InvalidArgument, match="shares memory with binding 0"):
        dispatch(device, made, 0, shared, apart, target)


def test_buffer_of_another_driver_is_refused_without_validation(device: Device) -> None:
    foreign = create_driver("null").create_device().allocator.allocate(16)
    commands = device.create_command_buffer(validate=False)
    commands.begin()
    binding = BufferBinding(foreign, V4.shape, V4.element_type)
    with pytest.raises(InvalidArgument, match=r"binding 0 of add: .* belongs to another driver"):
        commands.dispatch(DispatchRequest(prepared(device), 0, (4, 1, 1), [binding] * 3))


def test_event_of_another_driver_is_refused(device: Device) -> None:
    commands = device.create_command_buffer()
    commands.begin()
    with pytest.raises(InvalidArgument, match="Event belongs to another driver"):
        commands.signal_event(Event(), ExecutionStage.DISPATCH)


def test_malformed_bytecode_is_found_when_it_is_prepared(device: Device) -> None:
    cache = device.create_executable_cache()
    bad = executable(function("f", [V4, V4], 2, encode("exp_f", 0, 7)))
    with pytest.raises(
        DataLoss, match=r'executable "test" \(IREE, \d+ bytes\): function f at byte 0: exp_f: writes local 7'
    ):
        cache.prepare_executable(bad)
    wrong = executable(function("f", [V4, tensor("5xf32")], 2, encode("exp_f", 0, 1)))
    with pytest.raises(DataLoss, match="function f at byte 0: exp_f takes and gives one type, not 4xf32 and 5xf32"):
        cache.prepare_executable(wrong)


def test_temporaries_that_do_not_fit_are_refused_when_it_is_prepared(device: Device) -> None:
    code = [encode("alloc_heap", V4.element_type.number, (1 << 50,), 2), encode("broadcast_in_dim", 0, (0,), 2)]
    code += [encode("alloc_heap", V4.element_type.number, (1 << 50,), 3), encode("exp_f", 2, 3)]
    code += [encode("slice", 3, (0,), (1,), 1)]
    huge = executable(function("f", [tensor("1xf32"), tensor("4xf32")], 4, *code))
    with pytest.raises(ResourceExhausted, match="no memory for its temporaries: Unable to allocate"):
        device.create_executable_cache().prepare_executable(huge)


def test_temporaries_that_do_not_fit_are_refused_when_a_dispatch_is_recorded(device: Device) -> None:
    """The scratch of a kernel on arguments is made for each dispatch."""
    huge = tensor(f"{1 << 50}xf32")
    plan = executable(function("f", [huge, huge], 2, encode("logistic_f", 0, 1)))
    made = device.create_executable_cache().prepare_executable(plan)
    assert isinstance(made, InterpreterExecutable)
    array = np.lib.stride_tricks.as_strided(np.zeros(1, np.float32), huge.shape, (0,))
    buffers = [InterpreterBuffer(device.allocator, *PLAIN, array, is_external=False) for _ in range(2)]
    bindings = [BufferBinding(buffer, huge.shape, huge.element_type) for buffer in buffers]
    with pytest.raises(ResourceExhausted, match="f: no memory for its temporaries"):
        made.bind(0, bindings)


def test_executable_without_functions_has_no_entry_points(device: Device) -> None:
    assert device.create_executable_cache().prepare_executable(executable()).entry_points == ()
