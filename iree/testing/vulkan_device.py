"""Vulkan as C programs have it: a device of their own under the validation layer, which must have nothing to say.

device = VulkanDevice(["shaderInt64"])      with these features switched on, and no others
device.check()                              AssertionError: what the layer said
"""

import ctypes
import functools
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from iree.hal.vulkan.driver_libraries import load_driver_libraries

_HEADER = r"""
#include <vulkan/vulkan.h>

typedef struct {
  VkInstance instance;
  VkDebugUtilsMessengerEXT messenger;
  VkPhysicalDevice physical;
  VkDevice device;
  VkQueue queue;
  uint32_t family;
} Opened;

extern char messages[1 << 16]; /* of the validation layer */

VkResult open_instance(Opened *opened);
/* The first device, with the features that `names` has. */
VkResult open_device(Opened *opened, const char *names);
void close_device(Opened *opened);
"""
_SOURCE = r"""
#include "device.h"
#include <stdio.h>
#include <string.h>

char messages[1 << 16];

static VKAPI_ATTR VkBool32 VKAPI_CALL heard(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
    VkDebugUtilsMessageTypeFlagsEXT types, const VkDebugUtilsMessengerCallbackDataEXT *data, void *user) {
  size_t length = strlen(messages);
  (void)severity, (void)types, (void)user;
  snprintf(messages + length, sizeof messages - length, "%s\n", data->pMessage);
  return VK_FALSE;
}

static const VkDebugUtilsMessengerCreateInfoEXT HEARD = {
    .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
    .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
    .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT,
    .pfnUserCallback = heard};

VkResult open_instance(Opened *opened) {
  static const char *const layer = "VK_LAYER_KHRONOS_validation", *const extension = "VK_EXT_debug_utils";
  const VkApplicationInfo application = {.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO, .apiVersion = VK_API_VERSION_1_3};
  const VkInstanceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                     .pNext = &HEARD,
                                     .pApplicationInfo = &application,
                                     .enabledLayerCount = 1,
                                     .ppEnabledLayerNames = &layer,
                                     .enabledExtensionCount = 1,
                                     .ppEnabledExtensionNames = &extension};
  static const char *const name = "vkCreateDebugUtilsMessengerEXT";
  PFN_vkCreateDebugUtilsMessengerEXT create;
  VkResult result = vkCreateInstance(&info, NULL, &opened->instance);
  if (result != VK_SUCCESS) return result;
  create = (PFN_vkCreateDebugUtilsMessengerEXT)vkGetInstanceProcAddr(opened->instance, name);
  return create(opened->instance, &HEARD, NULL, &opened->messenger);
}

VkResult open_device(Opened *opened, const char *names) {
  const float priority = 1;
  VkDeviceQueueCreateInfo queue = {
      .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, .queueCount = 1, .pQueuePriorities = &priority};
  VkPhysicalDevice8BitStorageFeatures storage8 = {
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_8BIT_STORAGE_FEATURES,
      .storageBuffer8BitAccess = strstr(names, "storageBuffer8BitAccess") != NULL};
  VkPhysicalDevice16BitStorageFeatures storage16 = {
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES,
      .pNext = &storage8,
      .storageBuffer16BitAccess = strstr(names, "storageBuffer16BitAccess") != NULL};
  const VkPhysicalDeviceFeatures2 features = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                              .pNext = &storage16,
                                              .features = {.shaderInt64 = strstr(names, "shaderInt64") != NULL,
                                                           .shaderFloat64 = strstr(names, "shaderFloat64") != NULL}};
  const VkDeviceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                   .pNext = &features,
                                   .queueCreateInfoCount = 1,
                                   .pQueueCreateInfos = &queue};
  uint32_t count = 1, families = 8;
  VkQueueFamilyProperties properties[8];
  VkResult result = vkEnumeratePhysicalDevices(opened->instance, &count, &opened->physical);
  if (result < 0) return result;
  vkGetPhysicalDeviceQueueFamilyProperties(opened->physical, &families, properties);
  while (queue.queueFamilyIndex < families &&
         !(properties[queue.queueFamilyIndex].queueFlags & VK_QUEUE_COMPUTE_BIT)) ++queue.queueFamilyIndex;
  result = vkCreateDevice(opened->physical, &info, NULL, &opened->device);
  if (result != VK_SUCCESS) return result;
  opened->family = queue.queueFamilyIndex;
  vkGetDeviceQueue(opened->device, opened->family, 0, &opened->queue);
  return VK_SUCCESS;
}

void close_device(Opened *opened) {
  vkDestroyDevice(opened->device, NULL);
}
"""

DEVICE_FILES = (("device.h", _HEADER), ("device.c", _SOURCE))  # for C programs


class Opened(ctypes.Structure):
    """What _SOURCE opens."""

    _fields_ = (
        ("instance", ctypes.c_void_p),
        ("messenger", ctypes.c_uint64),
        ("physical", ctypes.c_void_p),
        ("device", ctypes.c_void_p),
        ("queue", ctypes.c_void_p),
        ("family", ctypes.c_uint32),
    )


class VulkanDevice:
    """One device."""

    def __init__(self, features: Sequence[str]) -> None:
        self._library, instance = _instance()
        self.opened = Opened.from_buffer_copy(instance)
        result = self._library.open_device(ctypes.byref(self.opened), " ".join(features).encode())
        assert result == 0, f"vkCreateDevice: {result}"
        self.check()

    def check(self) -> None:
        """AssertionError: the validation layer has said something."""
        messages = ctypes.c_char.in_dll(self._library, "messages")
        said = ctypes.string_at(ctypes.addressof(messages)).decode()
        messages.value = b"\0"
        assert not said, said

    def close(self) -> None:
        """Everything made from it has to be gone; the validation layer says so if not."""
        self._library.close_device(ctypes.byref(self.opened))
        self.check()


@functools.cache
def _instance() -> tuple[ctypes.CDLL, Opened]:
    """One for the whole process: the layer takes long to load."""
    load_driver_libraries()
    with tempfile.TemporaryDirectory() as folder:
        for file, text in DEVICE_FILES:
            (Path(folder) / file).write_text(text)
        command = ["gcc", "-std=c99", "-O1", "-shared", "-fPIC", "-o", "device.so", "device.c", "-lvulkan"]
        subprocess.run(command, cwd=folder, check=True)
        library = ctypes.CDLL(str(Path(folder) / "device.so"))
    opened = Opened()
    result = library.open_instance(ctypes.byref(opened))
    assert result == 0, f"vkCreateInstance: {result}; is vulkan-validationlayers installed?"
    return library, opened
