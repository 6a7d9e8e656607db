from pathlib import Path

import numpy as np
import pytest

from iree import runtime
from iree.hal.device import Device
from iree.hal.execution_stage import ExecutionStage
from iree.hal.fence import FenceValue
from iree.hal.registry import create_driver
from iree.hal.semaphore import SemaphoreValue
from iree.hal.status import DataLoss, FailedPrecondition, HalError, NotFound
from iree.hal.submission_batch import SubmissionBatch
from iree.runtime import UnknownNameError
from iree.testing.hand_built import (
    Module,
    save,
    simple_mul,
    to_bytes,
)

A = np.array([1, 2, 3, 4], np.float32)
B = np.array([5, 6, 7, 8], np.float32)


def test_from_bytes() -> None:
    np.testing.assert_array_equal(runtime.load_vm_flatbuffer(to_bytes(simple_mul())).simple_mul(A, B), A * B)


def test_from_a_file(tmp_path: Path) -> None:
    save(simple_mul(), tmp_path / "m.emod")
    for path in (tmp_path / "m.emod", str(tmp_path / "m.emod")):
        module = runtime.load_vm_flatbuffer_file(path, driver="interpreter")
        np.testing.assert_array_equal(module["simple_mul"](A, B), A * B)


def test_a_context_of_several_modules() -> None:
    other = Module("other", simple_mul().functions, simple_mul().executables)
    modules = [runtime.VmModule.from_flatbuffer(to_bytes(module)) for module in (simple_mul(), other)]
    context = runtime.SystemContext(modules, runtime.Config("interpreter"))
    assert list(context.modules) == ["math", "other"]
    assert len(context.modules) == 2
    assert "math" in dir(context.modules)
    assert context.device is runtime.get_device("interpreter")
    np.testing.assert_array_equal(context.modules.math.simple_mul(A, B), A * B)
    np.testing.assert_array_equal(context.modules["other"].simple_mul(A, B), A * B)


def test_modules_are_added_later() -> None:
    context = runtime.SystemContext()
    added = context.add_vm_module(runtime.VmModule.from_flatbuffer(to_bytes(simple_mul())))
    assert context.modules.math is added
    assert added.vm_module.name == "math"


def test_functions_are_found_once() -> None:
    module = runtime.load_vm_flatbuffer(to_bytes(simple_mul()))
    assert "simple_mul" in dir(module)
    assert "simple_mul" not in vars(module)
    assert module.simple_mul is module.simple_mul is module["simple_mul"] is module.lookup_function("simple_mul")
    assert "simple_mul" in vars(module)
    assert list(module) == ["simple_mul"]
    assert "simple_mul" in module
    assert repr(module) == "<BoundModule math: simple_mul>"


def test_unknown_functions_list_the_exports() -> None:
    module = runtime.load_vm_flatbuffer(to_bytes(simple_mul()))
    match = (
        'module "math" exports no function "simple_mull"; did you mean "simple_mul"?; '
        "it exports simple_mul(a: 4xf32, b: 4xf32) -> 4xf32"
    )
    with pytest.raises(UnknownNameError) as caught:
        _ = module.simple_mull
    assert str(caught.value) == match
    assert isinstance(caught.value, NotFound)
    with pytest.raises(UnknownNameError):
        module["simple_mull"]
    assert not hasattr(module, "nothing_like_it")
    assert not hasattr(module, "__array__")
    with pytest.raises(UnknownNameError, match='no function "x"; it exports none'):
        _ = runtime.load_vm_flatbuffer(to_bytes(Module("m", []))).x


def test_unknown_modules_list_the_modules() -> None:
    context = runtime.SystemContext()
    with pytest.raises(UnknownNameError, match='no module "maths" in this context: there are none'):
        _ = context.modules.maths
    assert not hasattr(context.modules, "__array__")


def test_unknown_drivers_list_the_drivers() -> None:
    with pytest.raises(NotFound, match='no driver "bogus": there are null, interpreter, vulkan'):
        runtime.load_vm_flatbuffer(to_bytes(simple_mul()), driver="bogus")
    assert runtime.driver_names() == ("null", "interpreter", "vulkan")


def test_a_module_for_another_driver() -> None:
    with pytest.raises(
        FailedPrecondition, match=r'cannot run on driver "vulkan"(.|\n)*load it with driver="interpreter"'
    ):
        runtime.load_vm_flatbuffer(to_bytes(simple_mul()), driver="vulkan")


def test_a_cut_module(tmp_path: Path) -> None:
    data = to_bytes(simple_mul())
    (tmp_path / "cut.emod").write_bytes(data[: len(data) // 2])
    with pytest.raises(DataLoss, match=r"cut\.emod: cut off"):
        runtime.load_vm_flatbuffer_file(tmp_path / "cut.emod")


def test_config() -> None:
    assert repr(runtime.Config("interpreter")) == 'Config("interpreter")'
    assert runtime.Config().device is runtime.get_device("interpreter")
    own = create_driver("null").create_device()
    config = runtime.Config(device=own)
    assert config.device is own
    assert config.driver_name == "null"


def break_device(device: Device) -> None:
    """Waits for an event that nobody sets, on each queue: nothing runs there after that."""
    for queue in device.dispatch_queues:
        commands, fence = device.create_command_buffer(), device.create_fence()
        commands.begin()
        commands.wait_events([device.create_event()], ExecutionStage.DISPATCH, ExecutionStage.DISPATCH)
        commands.end()
        queue.submit([SubmissionBatch((), [commands])], FenceValue(fence, 1))
        with pytest.raises(HalError):
            fence.wait(1)


def test_a_device_that_failed_is_replaced() -> None:
    module = runtime.load_vm_flatbuffer(to_bytes(simple_mul()))
    module.simple_mul(A, B)
    failed = runtime.get_device("interpreter")
    break_device(failed)
    for _ in range(2):
        with pytest.raises(HalError, match="event"):
            module.simple_mul(A, B)
    assert runtime.get_device("interpreter") is not failed
    np.testing.assert_array_equal(runtime.load_vm_flatbuffer(to_bytes(simple_mul())).simple_mul(A, B), A * B)


def test_a_device_at_work_has_not_failed() -> None:
    device = runtime.get_device("interpreter")
    semaphore = device.create_semaphore()
    fence = device.create_fence()
    device.dispatch_queues[0].submit([SubmissionBatch([SemaphoreValue(semaphore, 1)])], FenceValue(fence, 1))
    assert runtime.get_device("interpreter") is device
    semaphore.signal(1)
    fence.wait(1)
