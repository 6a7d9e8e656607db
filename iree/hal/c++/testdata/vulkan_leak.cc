// Forgets a fence.

#include "iree/hal/c++/vulkan_context.h"

using namespace iree::hal;

int main() {
  VkApplicationInfo application{};
  application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
  application.apiVersion = VK_API_VERSION_1_2;
  auto instance_info = structure<VkInstanceCreateInfo>(VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO);
  instance_info.pApplicationInfo = &application;
  VkInstance instance;
  uint32_t count = 1;
  VkPhysicalDevice physical;
  float priority = 1;
  auto queue = structure<VkDeviceQueueCreateInfo>(VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO);
  queue.queueCount = 1;
  queue.pQueuePriorities = &priority;
  auto info = structure<VkDeviceCreateInfo>(VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO);
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queue;
  auto fence_info = structure<VkFenceCreateInfo>(VK_STRUCTURE_TYPE_FENCE_CREATE_INFO);
  VkDevice device;
  VkFence fence;
  if (vkCreateInstance(&instance_info, nullptr, &instance) < 0) return 1;
  if (vkEnumeratePhysicalDevices(instance, &count, &physical) < 0) return 2;
  if (vkCreateDevice(physical, &info, nullptr, &device) < 0) return 3;
  if (vkCreateFence(device, &fence_info, nullptr, &fence) < 0) return 4;
  vkDestroyDevice(device, nullptr);
  vkDestroyInstance(instance, nullptr);
}
