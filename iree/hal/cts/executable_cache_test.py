"""Executable caches: prepare what suits the device, once, and refuse the rest."""

import dataclasses

import pytest

from iree.hal.cts.executables import simple_mul
from iree.hal.device import Device
from iree.hal.executable import ExecutableSpec
from iree.hal.status import DataLoss, InvalidArgument, NotFound

FOREIGN = int.from_bytes(b"JUNK", "big")


def test_own_format_is_prepared(device: Device) -> None:
    cache, spec = device.create_executable_cache(), simple_mul(device.info.driver)
    assert cache.can_prepare_format(spec.format)
    assert cache.why_unsuitable(spec) is None
    assert cache.prepare_executable(spec).name == spec.name


def test_entry_points_are_named(computing_device: Device) -> None:
    cache = computing_device.create_executable_cache()
    assert cache.prepare_executable(simple_mul(computing_device.info.driver)).entry_points == ("simple_mul",)


def test_same_bytes_are_prepared_once(device: Device) -> None:
    cache, spec = device.create_executable_cache(), simple_mul(device.info.driver)
    executable = cache.prepare_executable(spec)
    copy = dataclasses.replace(spec, contents=memoryview(bytes(spec.contents)))
    assert cache.prepare_executable(copy) is executable


def test_foreign_format_is_unsuitable(computing_device: Device) -> None:
    cache, spec = computing_device.create_executable_cache(), ExecutableSpec(FOREIGN, memoryview(b"junk"), "junk")
    assert not cache.can_prepare_format(FOREIGN)
    assert "JUNK" in (cache.why_unsuitable(spec) or "")
    with pytest.raises(InvalidArgument, match=r'executable "junk" \(JUNK, 4 bytes\): .*JUNK'):
        cache.prepare_executable(spec)


@pytest.mark.parametrize("kept", [0, 1, 7, 0.3, 0.5, 0.9])
def test_cut_executable_is_data_loss(computing_device: Device, kept: float) -> None:
    cache, spec = computing_device.create_executable_cache(), simple_mul(computing_device.info.driver)
    count = int(kept * len(spec.contents)) if isinstance(kept, float) else kept
    with pytest.raises((DataLoss, InvalidArgument)):
        cache.prepare_executable(dataclasses.replace(spec, contents=spec.contents[:count]))


def test_unknown_entry_point_is_not_found(computing_device: Device) -> None:
    executable = computing_device.create_executable_cache().prepare_executable(simple_mul(computing_device.info.driver))
    executable.check_entry_point(0)
    for ordinal in (-1, 1):
        with pytest.raises(NotFound, match=f"has no entry point {ordinal}: it has 0 simple_mul"):
            executable.check_entry_point(ordinal)
