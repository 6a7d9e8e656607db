"""A Vulkan instance: the loader's root object, with the validation layer on request.

With validation, every warning and error of the layer is handed to the sinks that are open at that time, one list per
device.
"""

import contextlib
import weakref
from typing import Any, Final

from iree.hal import status
from iree.hal.vulkan import raw
from iree.hal.vulkan.driver_libraries import load_driver_libraries
from iree.hal.vulkan.errors import check
from iree.hal.vulkan.raw import NULL, ffi, new, out, text, vk

VALIDATION_LAYER: Final = "VK_LAYER_KHRONOS_validation"
NEWEST_VERSION: Final = (1, 3)  # what this driver was written against


def version_pair(version: int) -> tuple[int, int]:
    """Major and minor of a packed version number."""
    return (version >> 22) & 0x7F, (version >> 12) & 0x3FF


def pack_version(pair: tuple[int, int]) -> int:
    """(1, 3) as Vulkan packs it."""
    return pair[0] << 22 | pair[1] << 12


class Instance:
    """One VkInstance. `close` destroys it; else it goes when nothing refers to it, at the latest when Python ends."""

    def __init__(self, validation: bool = False) -> None:
        if raw.MISSING is not None:
            raise status.Unavailable(f"vulkan: {raw.MISSING}")
        load_driver_libraries()
        loader = raw.global_functions()
        self.validation = validation
        self.version = min(_loader_version(loader), NEWEST_VERSION)
        if self.version < (1, 1):
            raise status.Unavailable("vulkan: the loader knows Vulkan 1.0 only; 1.1 is needed: upgrade libvulkan1")
        if validation:
            _require_validation_layer(loader)
        self._sinks: list[list[str]] = []
        self._callback = _message_callback(self._sinks)
        self._messenger_info = _messenger_info(self._callback)
        extensions = ("VK_EXT_debug_utils",) if validation else ()
        self.handle = self._create(loader, extensions)
        self.functions = raw.instance_functions(self.handle, extensions)
        messenger = self._create_messenger() if validation else None
        self._finalizer = weakref.finalize(self, _destroy, self.functions, self.handle, messenger, self._callback)

    def add_sink(self, sink: list[str]) -> None:
        """From now on the layer's messages are appended to `sink` too."""
        self._sinks.append(sink)

    def remove_sink(self, sink: list[str]) -> None:
        """Ends `add_sink`."""
        self._sinks[:] = [other for other in self._sinks if other is not sink]

    def physical_devices(self) -> list[Any]:
        """The handles of all devices of all installed drivers."""
        count = out("uint32_t")
        check(self.functions.vkEnumeratePhysicalDevices(self.handle, count, NULL), "vkEnumeratePhysicalDevices")
        devices = ffi.new("VkPhysicalDevice[]", count[0])
        check(self.functions.vkEnumeratePhysicalDevices(self.handle, count, devices), "vkEnumeratePhysicalDevices")
        return list(devices)[: count[0]]

    def close(self) -> None:
        """Destroys the instance. Every device made from it must be closed by then."""
        self._finalizer()

    def _create(self, loader: raw.Functions, extensions: tuple[str, ...]) -> Any:
        application_name = ffi.new("char[]", b"iree")
        application = new("VkApplicationInfo", pApplicationName=application_name, apiVersion=pack_version(self.version))
        layer_names, layers = string_array((VALIDATION_LAYER,) if self.validation else ())
        extension_names, names = string_array(extensions)
        info = new(
            "VkInstanceCreateInfo",
            pNext=self._messenger_info if self.validation else NULL,
            pApplicationInfo=application,
            enabledLayerCount=len(layers),
            ppEnabledLayerNames=layer_names,
            enabledExtensionCount=len(names),
            ppEnabledExtensionNames=extension_names,
        )
        instance = out("VkInstance")
        check(loader.vkCreateInstance(info, NULL, instance), "vkCreateInstance")
        return instance[0]

    def _create_messenger(self) -> Any:
        messenger = out("VkDebugUtilsMessengerEXT")
        result = self.functions.vkCreateDebugUtilsMessengerEXT(self.handle, self._messenger_info, NULL, messenger)
        check(result, "vkCreateDebugUtilsMessengerEXT")
        return messenger[0]


def string_array(strings: tuple[str, ...]) -> tuple[Any, list[Any]]:
    """A `const char* const*` and the strings that it leads to, to be kept alive with it."""
    owned = [ffi.new("char[]", string.encode()) for string in strings]
    return ffi.new("char *[]", owned), owned


def _loader_version(loader: raw.Functions) -> tuple[int, int]:
    version = out("uint32_t")
    with contextlib.suppress(AttributeError):  # a 1.0 loader lacks the question
        loader.vkEnumerateInstanceVersion(version)
    return version_pair(version[0])


def _require_validation_layer(loader: raw.Functions) -> None:
    count = out("uint32_t")
    check(loader.vkEnumerateInstanceLayerProperties(count, NULL), "vkEnumerateInstanceLayerProperties")
    layers = ffi.new("VkLayerProperties[]", count[0])
    check(loader.vkEnumerateInstanceLayerProperties(count, layers), "vkEnumerateInstanceLayerProperties")
    if VALIDATION_LAYER not in {text(layer.layerName) for layer in layers}:
        raise status.Unavailable(
            f"vulkan: validation was asked for, and {VALIDATION_LAYER} is not installed; "
            "install it: apt-get install vulkan-validationlayers"
        )


def _message_callback(sinks: list[list[str]]) -> Any:
    """The C function that the layer calls, from any thread."""

    def receive(severity: int, kind: int, data: Any, user: Any) -> int:
        message = text(data.pMessage)
        for sink in tuple(sinks):
            sink.append(message)
        return 0

    return ffi.callback("PFN_vkDebugUtilsMessengerCallbackEXT", receive)


def _messenger_info(callback: Any) -> Any:
    """Validation and performance messages only: what the loader says of other drivers is not about this program."""
    warning_bit = vk.VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT
    error_bit = vk.VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT
    validation_bit = vk.VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT
    performance_bit = vk.VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT
    return new(
        "VkDebugUtilsMessengerCreateInfoEXT",
        messageSeverity=warning_bit | error_bit,
        messageType=validation_bit | performance_bit,
        pfnUserCallback=callback,
    )


def _destroy(functions: raw.Functions, handle: Any, messenger: Any, callback: Any) -> None:
    """`callback` is here so that it outlives the instance, whose destruction may still call it."""
    if messenger is not None:
        functions.vkDestroyDebugUtilsMessengerEXT(handle, messenger, NULL)
    functions.vkDestroyInstance(handle, NULL)
