"""The file of compiled kernels: written once, in one step; read by the next device; nothing that is damaged is used."""

import gc
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iree.hal.cts.commands import simple_mul_of
from iree.hal.vulkan import pipeline_cache
from iree.hal.vulkan.device import VulkanDevice
from iree.hal.vulkan.device_properties import DeviceProperties
from iree.hal.vulkan.driver import VulkanDriver
from iree.hal.vulkan.pipeline_cache import CACHE_VARIABLE, HEADER, MAGIC, cache_folder
from iree.hal.vulkan.raw import NULL, ffi

KERNELS = b"what a driver made of kernels"


def header(properties: DeviceProperties) -> bytes:
    made_for = properties.vendor_id, properties.device_id, properties.pipeline_cache_id
    return HEADER.pack(HEADER.size, 1, *made_for)


def device_with(folder: Path, kernels: bytes = KERNELS) -> tuple[VulkanDevice, list[bytes]]:
    """A device whose driver has something to keep, as Mesa's CPU driver has not; and what it is given to start with."""
    device = VulkanDriver(cache_folder=folder).create_device()
    assert isinstance(device, VulkanDevice)
    data = header(device.properties) + kernels

    def get(handle: Any, cache: Any, size: Any, place: Any) -> int:
        size[0] = len(data)
        if place != NULL:
            ffi.memmove(place, data, len(data))
        return 0

    vars(device.logical.functions)["vkGetPipelineCacheData"] = get
    return device, [device._pipelines._saver._saved]


def used(folder: Path) -> tuple[VulkanDevice, list[bytes], list[str]]:
    """The same after it has made a kernel and was closed, and what it warned of."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        device, found = device_with(folder)
        simple_mul_of(device)
        device.close()
    return device, found, [str(warning.message) for warning in warned if warning.category is RuntimeWarning]


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*")) if folder.exists() else []


def test_the_next_device_starts_with_what_was_kept(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    device, found = device_with(folder)
    assert found == [b""]
    simple_mul_of(device)
    (path,) = (file for file in files(folder) if file.is_file())
    properties = device.properties
    assert path.name.startswith(
        f"{properties.vendor_id:04x}-{properties.device_id:04x}-{properties.driver_version:08x}-"
    )
    assert path.read_bytes().startswith(MAGIC)
    assert device_with(folder)[1] == [header(properties) + KERNELS]


def test_a_device_that_is_closed_or_gone_has_kept_all(tmp_path: Path) -> None:
    for name, end in (("closed", lambda device: device.close()), ("gone", lambda device: None)):
        device, _ = device_with(tmp_path / name)
        device._pipelines._saver._last = float("inf")  # as if it had just been saved
        simple_mul_of(device)
        assert files(tmp_path / name) == []
        end(device)
        del device
        gc.collect()
        assert len(files(tmp_path / name)) == 1


def test_what_is_there_already_is_not_written_again(tmp_path: Path) -> None:
    device_with(tmp_path)[0].close()
    (path,) = files(tmp_path)
    os.utime(path, (1, 1))
    device, _ = device_with(tmp_path)
    device._pipelines.save()
    assert path.stat().st_mtime == 1
    more, _ = device_with(tmp_path, KERNELS * 2)
    more._pipelines.save()
    assert path.stat().st_mtime > 1
    assert files(tmp_path) == [path]


def test_a_driver_that_keeps_nothing_here_leaves_no_file(tmp_path: Path) -> None:
    device = VulkanDriver(cache_folder=tmp_path).create_device()
    simple_mul_of(device)
    device.close()
    assert files(tmp_path) == []


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut": (lambda contents: contents[:-1], "is damaged"),
    "cut short": (lambda contents: contents[:5], "is damaged"),
    "empty": (lambda contents: b"", "is damaged"),
    "flipped": (lambda contents: contents[:-1] + bytes([contents[-1] ^ 1]), "is damaged"),
    "too short for a header": (lambda contents: pipeline_cache._sealed(b"abc"), "is damaged"),
    "another version": (
        lambda contents: pipeline_cache._sealed(HEADER.pack(32, 2, 0, 0, bytes(16))),
        "has a header of length 32 and version 2",
    ),
    "another device": (
        lambda contents: pipeline_cache._sealed(HEADER.pack(32, 1, 1, 2, bytes(16))),
        "is not for this device",
    ),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_is_left_out_with_one_warning(tmp_path: Path, kind: str) -> None:
    device_with(tmp_path)[0].close()
    (path,) = files(tmp_path)
    damage, told = DAMAGE[kind]
    path.write_bytes(damage(path.read_bytes()))
    device, found, warned = used(tmp_path)
    assert len(warned) == 1
    assert told in warned[0]
    assert found == [b""]
    assert device_with(tmp_path)[1] == [header(device.properties) + KERNELS]


def test_a_file_that_cannot_be_read_or_written_is_a_warning(tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.write_text("not a folder")
    _, _, told = used(folder)
    assert ["cannot read" in told[0], "cannot save" in told[1], len(told)] == [True, True, 2]


def test_what_is_half_written_never_stands_in_for_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device_with(tmp_path)[0].close()
    before = [(path, path.read_bytes()) for path in files(tmp_path)]

    def fail(*arguments: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    device, _ = device_with(tmp_path, KERNELS * 2)
    with pytest.warns(RuntimeWarning, match="cannot save compiled kernels in .*: no space left"):
        device.close()
    assert [(path, path.read_bytes()) for path in files(tmp_path)] == before


def test_the_environment_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert cache_folder() == Path("/caches/iree/vulkan")
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", "/home/me")
    assert cache_folder() == Path("/home/me/.cache/iree/vulkan")
    monkeypatch.setenv(CACHE_VARIABLE, "/elsewhere")
    assert cache_folder() == Path("/elsewhere")
    for off in ("0", ""):
        monkeypatch.setenv(CACHE_VARIABLE, off)
        assert cache_folder() is None
        assert cache_folder("/here") == Path("/here")
        monkeypatch.setenv(CACHE_VARIABLE, "/elsewhere")
        assert cache_folder(off) is None
