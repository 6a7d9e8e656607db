"""What the tests of this folder share: a device under the validation layer, which must have nothing to say."""

import gc
import os
from collections.abc import Iterator
from typing import cast

import pytest

from iree.hal.vulkan.device import VulkanDevice
from iree.hal.vulkan.driver import VulkanDriver

os.environ.setdefault("LP_NUM_THREADS", "0")  # Mesa's CPU driver: no threads for launches this small


@pytest.fixture(params=["pushed", "pooled"])
def device(request: pytest.FixtureRequest) -> Iterator[VulkanDevice]:
    """A new device for each test, with each way to hand over buffers."""
    driver = VulkanDriver(validation=True, push_descriptors=request.param == "pushed")
    device = cast(VulkanDevice, driver.create_device())
    messages = device.validation_messages
    yield device
    device.close()
    del device
    gc.collect()
    assert messages == []
