"""The driver does what every driver must: the conformance suite itself, run on this one."""

from collections.abc import Iterator

import pytest

from iree.hal.cts import (
    allocator_test,
    binary_semaphore_test,
    buffer_test,
    buffer_view_test,
    command_buffer_test,
    copy_buffer_test,
    dispatch_test,
    event_test,
    executable_cache_test,
    executables,
    fence_test,
    fill_buffer_test,
    queue_failure_test,
    queues_test,
    semaphore_test,
    update_buffer_test,
    validation_test,
)
from iree.hal.device import Device
from samples.custom_driver.bytes_driver import BytesDriver

SUITE = (
    *(allocator_test, binary_semaphore_test, buffer_test, buffer_view_test, command_buffer_test, copy_buffer_test),
    *(dispatch_test, event_test, executable_cache_test, fence_test, fill_buffer_test, queue_failure_test),
    queues_test,
    *(semaphore_test, update_buffer_test, validation_test),
)

executables.SIMPLE_MUL["bytes"] = executables.SIMPLE_MUL["interpreter"]  # it runs the same executables

for _module in SUITE:
    _behaviour = _module.__name__.rpartition(".")[2].removesuffix("_test")
    for _name, _test in list(vars(_module).items()):
        if _name.startswith("test_"):
            globals()[_name.replace("test_", f"test_{_behaviour}_", 1)] = _test


@pytest.fixture
def device() -> Iterator[Device]:
    """In place of the suite's own: the tests see the fixtures of this file."""
    device = BytesDriver().create_device()
    yield device
    device.close()


@pytest.fixture
def computing_device(device: Device) -> Device:
    return device
