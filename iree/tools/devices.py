"""Devices as a tool's user names them, and what each driver runs."""

import functools

from iree import runtime
from iree.hal.device import Device
from iree.hal.registry import create_driver
from iree.tools.command_line import UsageError

TARGET_OF_DRIVER = {"interpreter": "interpreter-bytecode", "vulkan": "vulkan-spirv"}


@functools.cache
def open_device(text: str) -> Device:
    """The device that the user means by "vulkan" or "vulkan://1", each time the same. UsageError: no such number."""
    name, separator, index = text.partition("://")
    if not separator:
        return runtime.get_device(name)
    driver = create_driver(name)
    devices = driver.enumerate_devices() if driver.why_unavailable() is None else []
    if not index.isdecimal() or int(index) >= max(len(devices), 1):
        listed = ", ".join(f"{name}://{i} ({info.name})" for i, info in enumerate(devices)) or "none"
        raise UsageError(f"no device {text}: there are {listed}")
    return driver.create_device(devices[int(index)] if devices else None)
