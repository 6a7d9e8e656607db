"""LogicalDevice: the VkDevice under all objects of this driver, and who destroys what when.

Every object holds the LogicalDevice, which holds the instance, so that reference counting destroys them in Vulkan's
order. Whoever submits work keeps what it uses alive until the device has finished with it (in_flight.py), so that an
object that nothing refers to can be destroyed at once. What is still alive when Python ends is destroyed then, newest
first.
"""

from __future__ import annotations

import itertools
import operator
import sys
import threading
import weakref
from collections import deque
from functools import partial
from typing import Any, Final

from iree.hal import status
from iree.hal.vulkan import raw
from iree.hal.vulkan.device_properties import DeviceProperties
from iree.hal.vulkan.errors import DeviceLost, check, failure
from iree.hal.vulkan.instance import Instance, string_array
from iree.hal.vulkan.raw import NULL, ffi, new, out

MOST_QUEUES: Final = 3
_USED_EXTENSIONS: Final = ("VK_EXT_external_memory_host", "VK_KHR_push_descriptor")
_USED_BEFORE_1_2: Final = ("VK_KHR_shader_float_controls", "VK_KHR_spirv_1_4")  # part of Vulkan since


class LogicalDevice:
    """One VkDevice. Without `push_descriptors` kernels use descriptor pools even where they need not.

    `queues` are its VkQueues. Whoever uses one, or state that its submissions change, holds `queue_lock`.
    """

    def __init__(
        self, instance: Instance, physical: Any, properties: DeviceProperties, push_descriptors: bool = True
    ) -> None:
        self.instance = instance
        self.physical = physical
        self.properties = properties
        self.max_push_descriptors = properties.max_push_descriptors if push_descriptors else 0
        self.lost: DeviceLost | None = None
        self.is_closed = False
        self.validation_messages: list[str] = []
        self._messages_raised = 0
        wanted = _USED_EXTENSIONS + (_USED_BEFORE_1_2 if properties.version < (1, 2) else ())
        used = properties.vulkan_extensions.intersection(wanted)
        self.extensions = tuple(sorted(used | properties.features.extensions))
        instance.add_sink(self.validation_messages)
        self._queue_count = min(properties.queue_count, MOST_QUEUES)
        self.handle = self._create()
        self.functions = raw.device_functions(instance.functions, self.handle, self.extensions)
        self.live: dict[int, tuple[Any, Any]] = {}  # key -> how to destroy it, where its handle is
        self._keys = itertools.count()
        self.idle_command_pools: deque[tuple[Any, Any]] = deque()  # with the one command buffer of each
        self.idle_descriptor_pools: deque[Any] = deque()
        self.queues = [self._queue(index) for index in range(self._queue_count)]
        self.queue_lock = threading.RLock()
        weakref.finalize(self, _destroy, self.functions, self.handle, self.live, self.validation_messages, instance)

    def check(self, result: int, call: str) -> None:
        """Raises what a negative result means. A lost device raises its first error from then on."""
        if result < 0:
            error = failure(result, call)
            if isinstance(error, DeviceLost):
                self.lost = self.lost or error
                self.check_lost()
            raise error

    def check_lost(self) -> None:
        """DeviceLost: it stopped working; says what was seen of it first."""
        if self.lost is not None:
            raise self.lost.again() from self.lost

    def check_open(self) -> None:
        """FailedPrecondition: the device was closed. DeviceLost: it stopped working."""
        if self.is_closed:
            raise status.FailedPrecondition(f"vulkan: the device {self.properties.name} was closed: create a new one")
        self.check_lost()

    def check_validation(self) -> None:
        """Internal: the validation layer said something since the last check."""
        if len(self.validation_messages) > self._messages_raised:
            fresh = self.validation_messages[self._messages_raised :]
            self._messages_raised += len(fresh)
            raise status.Internal("vulkan: the validation layer says: " + "\n".join(fresh))

    def create(self, kind: str, info: Any) -> tuple[int, Any]:
        """vkCreate<kind>, or vkAllocateMemory for "DeviceMemory": the handle, and the key to destroy it by."""
        self.check_open()
        call = "vkAllocateMemory" if kind == "DeviceMemory" else "vkCreate" + kind
        place = out("Vk" + kind)
        key = self.adopt(kind, place)
        result = getattr(self.functions, call)(self.handle, info, NULL, place)
        if result < 0:
            self.destroy(key)
            self.check(result, call)
        return key, place[0]

    def adopt(self, kind: str, place: Any) -> int:
        """The device destroys the handle in `place` in the end, or when it is told to by the key that this gives.

        It is adopted before it is made, so that an interrupt loses nothing.
        """
        key = next(self._keys)
        self.live[key] = (
            getattr(self.functions, "vkFreeMemory" if kind == "DeviceMemory" else "vkDestroy" + kind),
            place,
        )
        return key

    def destroy(self, key: int) -> None:
        """Destroys what was adopted under `key`; a second time does nothing."""
        destroy, place = self.live.get(key, (None, None))
        if destroy is not None:  # both in one go, which nothing interrupts
            steps = partial(destroy, self.handle, place[0], NULL), partial(self.live.pop, key)
            deque(map(operator.call, steps), maxlen=0)

    def _queue(self, index: int) -> Any:
        place = out("VkQueue")
        self.functions.vkGetDeviceQueue(self.handle, self.properties.queue_family, index, place)
        return place[0]

    def _create(self) -> Any:
        features, chain = self.properties.features.structure()
        priorities = ffi.new("float[]", [1.0] * self._queue_count)
        queue_info = new(
            "VkDeviceQueueCreateInfo",
            queueFamilyIndex=self.properties.queue_family,
            queueCount=self._queue_count,
            pQueuePriorities=priorities,
        )
        extension_names, names = string_array(self.extensions)
        info = new(
            "VkDeviceCreateInfo",
            pNext=features,
            queueCreateInfoCount=1,
            pQueueCreateInfos=queue_info,
            enabledExtensionCount=len(names),
            ppEnabledExtensionNames=extension_names,
        )
        device = out("VkDevice")
        check(self.instance.functions.vkCreateDevice(self.physical, info, NULL, device), "vkCreateDevice")
        del chain  # had to live until here
        return device[0]


def _destroy(
    functions: raw.Functions,
    handle: Any,
    live: dict[int, tuple[Any, Any]],
    messages: list[str],
    instance: Instance,
) -> None:
    functions.vkDeviceWaitIdle(handle)
    known = len(messages)
    while live:
        _, (destroy, place) = live.popitem()
        destroy(handle, place[0], NULL)
    functions.vkDestroyDevice(handle, NULL)
    instance.remove_sink(messages)
    for message in messages[known:]:  # nobody is left to raise it to
        print(f"vulkan: the validation layer says: {message}", file=sys.stderr)
