"""The drivers there are. One is imported when it is first asked for."""

import importlib

from iree.hal.driver import Driver
from iree.hal.status import NotFound

_DRIVERS = {
    "null": "iree.hal.null.driver:NullDriver",
    "interpreter": "iree.hal.interpreter.driver:InterpreterDriver",
    "vulkan": "iree.hal.vulkan.driver:VulkanDriver",
}


def driver_names() -> tuple[str, ...]:
    """All names that create_driver takes, whether or not the driver is available here."""
    return tuple(_DRIVERS)


def create_driver(name: str) -> Driver:
    """The driver of this name. NotFound: there is none."""
    if name not in _DRIVERS:
        raise NotFound(f'no driver "{name}": there are {", ".join(_DRIVERS)}')
    module, _, cls = _DRIVERS[name].partition(":")
    driver = getattr(importlib.import_module(module), cls)()
    assert isinstance(driver, Driver)
    return driver
