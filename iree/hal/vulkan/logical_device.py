"""LogicalDevice: the VkDevice under all objects of this driver, and who destroys what when.

Every object holds the LogicalDevice, which holds the instance, so that reference counting destroys them in Vulkan's
order. Whoever submits work keeps what it uses alive until the device has finished with it (in_flight.py), so that an
object that nothing refers to can be destroyed at once. What is still alive when Python ends is destroyed then, newest
first.
"""

from __future__ import annotations

import sys
import weakref
from collections import deque
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final

from iree.hal import status
from iree.hal.vulkan import raw
from iree.hal.vulkan.device_properties import DeviceProperties
from iree.hal.vulkan.errors import DeviceLost, check, failure
from iree.hal.vulkan.instance import Instance, string_array
from iree.hal.vulkan.raw import NULL, ffi, new, out

if TYPE_CHECKING:
    from iree.hal.vulkan.in_flight import InFlight

_USED_EXTENSIONS: Final = ("VK_EXT_external_memory_host", "VK_KHR_push_descriptor")
_USED_BEFORE_1_2: Final = ("VK_KHR_shader_float_controls", "VK_KHR_spirv_1_4")  # part of Vulkan since


class LogicalDevice:
    """One VkDevice with one queue. Without `push_descriptors` kernels use descriptor pools even where they need not."""

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
        self.handle = self._create()
        self.functions = raw.device_functions(instance.functions, self.handle, self.extensions)
        self.live: dict[Hashable, tuple[Any, Any]] = {}  # owner -> how to destroy it, its handle
        self.idle_command_pools: deque[tuple[Any, Any]] = deque()  # with the one command buffer of each
        self.idle_descriptor_pools: deque[Any] = deque()
        self.in_flight: weakref.ref[InFlight] | None = None  # of the queue, once there is one
        queue = out("VkQueue")
        self.functions.vkGetDeviceQueue(self.handle, properties.queue_family, 0, queue)
        self.queue = queue[0]
        weakref.finalize(self, _destroy, self.functions, self.handle, self.live, self.validation_messages, instance)

    def check(self, result: int, call: str) -> None:
        """Raises what a negative result means. A lost device raises its first error from then on."""
        if result < 0:
            error = failure(result, call)
            if isinstance(error, DeviceLost):
                self.lost = self.lost or error
                raise self.lost
            raise error

    def check_open(self) -> None:
        """FailedPrecondition: the device was closed. DeviceLost: it stopped working."""
        if self.is_closed:
            raise status.FailedPrecondition(f"vulkan: the device {self.properties.name} was closed: create a new one")
        if self.lost is not None:
            raise self.lost

    def check_validation(self) -> None:
        """Internal: the validation layer said something since the last check."""
        if len(self.validation_messages) > self._messages_raised:
            fresh = self.validation_messages[self._messages_raised :]
            self._messages_raised += len(fresh)
            raise status.Internal("vulkan: the validation layer says: " + "\n".join(fresh))

    def create(self, kind: str, info: Any) -> Any:
        """vkCreate<kind>, or vkAllocateMemory for "DeviceMemory"."""
        self.check_open()
        call = "vkAllocateMemory" if kind == "DeviceMemory" else "vkCreate" + kind
        place = out("Vk" + kind)
        self.check(getattr(self.functions, call)(self.handle, info, NULL, place), call)
        return place[0]

    def adopt(self, owner: Hashable, kind: str, handle: Any) -> None:
        """The device destroys `handle` in the end, unless its owner comes first with `disown`."""
        call = "vkFreeMemory" if kind == "DeviceMemory" else "vkDestroy" + kind
        self.live[owner] = getattr(self.functions, call), handle

    def disown(self, owner: Hashable) -> None:
        """Destroys what `owner` had the device adopt; a second time does nothing."""
        destroy, handle = self.live.pop(owner, (None, None))
        if destroy is not None:
            destroy(self.handle, handle, NULL)

    def release(self, finished: int) -> None:
        """Lets go of what submissions up to `finished` used (InFlight.release)."""
        in_flight = None if self.in_flight is None else self.in_flight()
        if in_flight is not None:
            in_flight.release(finished)

    def _create(self) -> Any:
        features, chain = self.properties.features.structure()
        priority = ffi.new("float[1]", [1.0])
        queue_info = new(
            "VkDeviceQueueCreateInfo",
            queueFamilyIndex=self.properties.queue_family,
            queueCount=1,
            pQueuePriorities=priority,
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
    live: dict[Hashable, tuple[Any, Any]],
    messages: list[str],
    instance: Instance,
) -> None:
    functions.vkDeviceWaitIdle(handle)
    known = len(messages)
    while live:
        _, (destroy, child) = live.popitem()
        destroy(handle, child, NULL)
    functions.vkDestroyDevice(handle, NULL)
    instance.remove_sink(messages)
    for message in messages[known:]:  # nobody is left to raise it to
        print(f"vulkan: the validation layer says: {message}", file=sys.stderr)
