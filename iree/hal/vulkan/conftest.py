"""What the tests of this folder share: a device under the validation layer, which must have nothing to say."""

import functools
import gc
import os
from collections.abc import Iterator
from typing import cast

import pytest

from iree.hal.vulkan.device import VulkanDevice
from iree.hal.vulkan.driver import VulkanDriver

os.environ.setdefault("LP_NUM_THREADS", "0")  # Mesa's CPU driver: no threads for launches this small


@pytest.fixture
def push_descriptors() -> bool:
    """Whether kernels get their buffers pushed; a module whose tests care gives both."""
    return True


@functools.cache
def driver(push_descriptors: bool) -> VulkanDriver:
    """Loading the layer takes longer than most tests."""
    return VulkanDriver(validation=True, push_descriptors=push_descriptors)


@pytest.fixture
def device(push_descriptors: bool) -> Iterator[VulkanDevice]:
    """A new device for each test."""
    device = cast(VulkanDevice, driver(push_descriptors).create_device())
    messages = device.validation_messages
    yield device
    device.close()
    del device
    gc.collect()
    assert messages == []
