"""PipelineCache: what the Vulkan driver made of kernels, kept in a file for the next process.

    ~/.cache/iree/vulkan/<vendor>-<device>-<driver version>-<the driver's id for its caches>.pipelines

The file is ours: a magic number, a checksum, then the driver's data. One that is damaged, or not for this device, is
left out with a warning, and written anew. Drivers that keep a cache of their own, such as Mesa's, put nothing here.

IREE_VULKAN_PIPELINE_CACHE=0 switches it off; a path in its place says where the files go.
"""

import contextlib
import hashlib
import os
import struct
import tempfile
import threading
import time
import warnings
import weakref
from pathlib import Path
from typing import Final

from iree.hal.status import HalError
from iree.hal.vulkan.device_properties import DeviceProperties
from iree.hal.vulkan.logical_device import LogicalDevice
from iree.hal.vulkan.owned import Owned
from iree.hal.vulkan.raw import NULL, ffi, new, out

CACHE_VARIABLE: Final = "IREE_VULKAN_PIPELINE_CACHE"
MAGIC: Final = b"IREEVKP1"
HEADER: Final = struct.Struct("<IIII16s")  # Vulkan's: its length, its version, vendor, device, the driver's id
_SAVED_EVERY: Final = 5.0  # seconds, at most; and in the end


def cache_folder(said: str | os.PathLike[str] | None = None) -> Path | None:
    """Where the files go, by what the caller says, else by the environment; None: nowhere."""
    said = os.environ.get(CACHE_VARIABLE) if said is None else os.fspath(said)
    if said in ("0", ""):
        return None
    if said is not None:
        return Path(said)
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # as the standard has it
        base = os.path.expanduser("~/.cache")
    return Path(base, "iree", "vulkan") if os.path.isabs(base) else None


class PipelineCache:
    """`handle` is the VkPipelineCache. Any thread may make pipelines with it, and save it."""

    def __init__(self, device: LogicalDevice, folder: Path | None) -> None:
        self.path = None if folder is None else folder / _file_name(device.properties)
        data = b"" if self.path is None else _read(self.path, device.properties)
        initial = ffi.from_buffer(data)
        info = new("VkPipelineCacheCreateInfo", initialDataSize=len(data), pInitialData=initial if data else NULL)
        self._owned = Owned(device, "PipelineCache", info)
        self.handle = self._owned.handle
        self._saver = _Saver(device, self._owned, self.path, data)
        weakref.finalize(self, self._saver.save_in_the_end)

    def save_sometimes(self) -> None:
        """New pipelines were made: saves them, unless that was done a moment ago."""
        if self._saver.is_due():
            self._saver.save()

    def save(self) -> None:
        """Writes the file, unless it has all of it already. What cannot be written is left, with a warning."""
        self._saver.save()


class _Saver:
    """Lives on a little longer than the cache."""

    def __init__(self, device: LogicalDevice, owned: Owned, path: Path | None, data: bytes) -> None:
        self._device = device
        self._owned = owned
        self._path = path
        self._saved = data
        self._last = -_SAVED_EVERY
        self._lock = threading.Lock()

    def is_due(self) -> bool:
        return self._path is not None and time.monotonic() - self._last >= _SAVED_EVERY

    def save(self) -> None:
        path = self._path
        with self._lock:
            if path is None:
                return
            self._last = time.monotonic()
            data = self._data()
            if data == self._saved or len(data) <= HEADER.size:
                return
            try:
                _write(path, data)
            except OSError as error:
                warnings.warn(f"vulkan: cannot save compiled kernels in {path}: {error}", RuntimeWarning, stacklevel=3)
                self._path = None
            self._saved = data

    def save_in_the_end(self) -> None:
        with contextlib.suppress(HalError):  # the device is lost
            self.save()

    def _data(self) -> bytes:
        device, handle = self._device, self._owned.handle
        get = device.functions.vkGetPipelineCacheData
        size = out("size_t")
        device.check(get(device.handle, handle, size, NULL), "vkGetPipelineCacheData")
        place = ffi.new("char[]", size[0])
        device.check(get(device.handle, handle, size, place), "vkGetPipelineCacheData")
        return bytes(ffi.buffer(place, size[0]))


def _file_name(properties: DeviceProperties) -> str:
    numbers = f"{properties.vendor_id:04x}-{properties.device_id:04x}-{properties.driver_version:08x}"
    return f"{numbers}-{properties.pipeline_cache_id.hex()}.pipelines"


def _read(path: Path, properties: DeviceProperties) -> bytes:
    """The driver's data in the file; none where there is no such file, or none that can be trusted."""
    try:
        contents = path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        warnings.warn(f"vulkan: cannot read {path}: {error}", RuntimeWarning, stacklevel=2)
        return b""
    data = contents[len(MAGIC) + hashlib.sha256().digest_size :]
    reason = _why_not(contents, data, properties)
    if reason is not None:
        warnings.warn(f"vulkan: {path} {reason}: kernels are compiled anew", RuntimeWarning, stacklevel=2)
        return b""
    return data


def _why_not(contents: bytes, data: bytes, properties: DeviceProperties) -> str | None:
    if contents != _sealed(data) or len(data) < HEADER.size:
        return "is damaged"
    length, version, *made_for = HEADER.unpack_from(data)
    if version != 1 or not HEADER.size <= length <= len(data):
        return f"has a header of length {length} and version {version}, not {HEADER.size} and 1"
    if made_for != [properties.vendor_id, properties.device_id, properties.pipeline_cache_id]:
        return "is not for this device"
    return None


def _sealed(data: bytes) -> bytes:
    return MAGIC + hashlib.sha256(data).digest() + data


def _write(path: Path, data: bytes) -> None:
    """In one step: whoever reads finds the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_sealed(data))
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
