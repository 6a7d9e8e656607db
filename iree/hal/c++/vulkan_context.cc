#include "iree/hal/c++/vulkan_context.h"

namespace iree::hal {
namespace {

struct Meaning {
  VkResult result;
  Status status;
  const char *text;
};

constexpr Meaning kMeanings[] = {
    {VK_ERROR_OUT_OF_HOST_MEMORY, Status::kResourceExhausted, "the host is out of memory"},
    {VK_ERROR_OUT_OF_DEVICE_MEMORY, Status::kResourceExhausted, "the device is out of memory"},
    {VK_ERROR_OUT_OF_POOL_MEMORY, Status::kResourceExhausted, "a descriptor pool is full"},
    {VK_ERROR_TOO_MANY_OBJECTS, Status::kResourceExhausted, "the device allows no more objects of this kind"},
    {VK_ERROR_MEMORY_MAP_FAILED, Status::kResourceExhausted, "the device's memory could not be mapped"},
    {VK_ERROR_DEVICE_LOST, Status::kUnavailable,
     "the device was lost (a kernel crashed or took too long): create a new device"},
    {VK_ERROR_INCOMPATIBLE_DRIVER, Status::kUnavailable, "no Vulkan driver is installed"},
    {VK_ERROR_INITIALIZATION_FAILED, Status::kUnavailable, "the Vulkan driver could not be initialised"},
    {VK_ERROR_LAYER_NOT_PRESENT, Status::kNotFound, "a requested layer is not installed"},
};

// The lower, the sooner a device of this kind is taken.
int rank_of(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return 0;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return 1;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
      return 2;
    default:
      return 3;
  }
}

// A family for compute without graphics where there is one, else any for compute, else as many as there are. All that
// compute also transfer.
uint32_t compute_family(VkPhysicalDevice physical, uint32_t *count) {
  vkGetPhysicalDeviceQueueFamilyProperties(physical, count, nullptr);
  std::vector<VkQueueFamilyProperties> families(*count);
  vkGetPhysicalDeviceQueueFamilyProperties(physical, count, families.data());
  uint32_t found = *count;
  for (uint32_t i = *count; i-- > 0;) {
    bool has_graphics = families[i].queueFlags & VK_QUEUE_GRAPHICS_BIT;
    bool is_better = found == *count || !has_graphics || (families[found].queueFlags & VK_QUEUE_GRAPHICS_BIT);
    if ((families[i].queueFlags & VK_QUEUE_COMPUTE_BIT) && is_better) found = i;
  }
  return found;
}

std::string why_unsuitable(VkPhysicalDevice physical, uint32_t version) {
  if (version < VK_API_VERSION_1_2) {
    return "it has Vulkan " + std::to_string(VK_API_VERSION_MAJOR(version)) + "." +
           std::to_string(VK_API_VERSION_MINOR(version)) + ", 1.2 is needed";
  }
  uint32_t count = 0;
  return compute_family(physical, &count) == count ? "it has no queue that runs compute kernels" : "";
}

}  // namespace

void check_vulkan(VkResult result, const char *call) {
  if (result >= 0) return;
  std::string text = std::string("vulkan: ") + call + " failed: ";
  for (const Meaning &meaning : kMeanings) {
    if (meaning.result == result) throw HalError(meaning.status, text + meaning.text);
  }
  throw HalError(Status::kInternal, text + "VkResult " + std::to_string(result));
}

VulkanFeatures::VulkanFeatures(const VulkanFeatures *has)
    : root(structure<VkPhysicalDeviceFeatures2>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2)),
      in_1_1(structure<VkPhysicalDeviceVulkan11Features>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES)),
      in_1_2(structure<VkPhysicalDeviceVulkan12Features>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES)),
      by_capability{
          {"Int8", &in_1_2.shaderInt8},
          {"Int16", &root.features.shaderInt16},
          {"Int64", &root.features.shaderInt64},
          {"Int64Atomics", &in_1_2.shaderBufferInt64Atomics},
          {"Float16", &in_1_2.shaderFloat16},
          {"Float64", &root.features.shaderFloat64},
          {"StorageBuffer8BitAccess", &in_1_2.storageBuffer8BitAccess},
          {"UniformAndStorageBuffer8BitAccess", &in_1_2.uniformAndStorageBuffer8BitAccess},
          {"StorageBuffer16BitAccess", &in_1_1.storageBuffer16BitAccess},
          {"UniformAndStorageBuffer16BitAccess", &in_1_1.uniformAndStorageBuffer16BitAccess},
          {"VariablePointersStorageBuffer", &in_1_1.variablePointersStorageBuffer},
          {"VariablePointers", &in_1_1.variablePointers},
          {"VulkanMemoryModel", &in_1_2.vulkanMemoryModel},
          {"VulkanMemoryModelDeviceScope", &in_1_2.vulkanMemoryModelDeviceScope},
      } {
  root.pNext = &in_1_1;
  in_1_1.pNext = &in_1_2;
  if (has == nullptr) return;
  for (auto &[capability, feature] : by_capability) *feature = *has->by_capability.at(capability);
}

VulkanContext::~VulkanContext() {
  if (device != VK_NULL_HANDLE) {
    vkDeviceWaitIdle(device);
    vkDestroyFence(device, done_, nullptr);
    vkDestroyDevice(device, nullptr);
  }
  if (instance != VK_NULL_HANDLE) vkDestroyInstance(instance, nullptr);
}

void VulkanContext::open(const std::string &name) {
  create_instance();
  choose(name);
  create_device();
}

void VulkanContext::create_instance() {
  auto application = structure<VkApplicationInfo>(VK_STRUCTURE_TYPE_APPLICATION_INFO);
  application.pApplicationName = "iree";
  application.apiVersion = VK_API_VERSION_1_3;
  auto info = structure<VkInstanceCreateInfo>(VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO);
  info.pApplicationInfo = &application;
  check_vulkan(vkCreateInstance(&info, nullptr, &instance), "vkCreateInstance");
}

void VulkanContext::choose(const std::string &name) {
  uint32_t count = 0;
  check_vulkan(vkEnumeratePhysicalDevices(instance, &count, nullptr), "vkEnumeratePhysicalDevices");
  std::vector<VkPhysicalDevice> devices(count);
  check_vulkan(vkEnumeratePhysicalDevices(instance, &count, devices.data()), "vkEnumeratePhysicalDevices");
  std::string names, reasons;
  for (VkPhysicalDevice candidate : devices) {
    VkPhysicalDeviceProperties found;
    vkGetPhysicalDeviceProperties(candidate, &found);
    std::string called = found.deviceName;
    names += (names.empty() ? "" : ", ") + called;
    if (called.find(name) == std::string::npos) continue;
    std::string reason = why_unsuitable(candidate, found.apiVersion);
    if (!reason.empty()) {
      reasons += (reasons.empty() ? "" : "; ") + called + ": " + reason;
    } else if (physical == VK_NULL_HANDLE || rank_of(found.deviceType) < rank_of(properties.deviceType)) {
      physical = candidate;
      properties = found;
    }
  }
  if (physical != VK_NULL_HANDLE) return;
  if (!reasons.empty()) throw HalError(Status::kUnavailable, "no Vulkan device can be used: " + reasons);
  if (names.empty()) throw HalError(Status::kUnavailable, "there is no Vulkan device");
  throw HalError(Status::kNotFound, "no Vulkan device is called \"" + name + "\": there are " + names);
}

void VulkanContext::create_device() {
  uint32_t count = 0;
  queue_family = compute_family(physical, &count);
  vkGetPhysicalDeviceMemoryProperties(physical, &memory);
  using Maintenance = VkPhysicalDeviceMaintenance3Properties;
  auto maintenance = structure<Maintenance>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES);
  auto more = structure<VkPhysicalDeviceProperties2>(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2);
  more.pNext = &maintenance;
  vkGetPhysicalDeviceProperties2(physical, &more);
  max_allocation = maintenance.maxMemoryAllocationSize;
  vkGetPhysicalDeviceFeatures2(physical, &features.root);
  VulkanFeatures enabled(&features);
  float priority = 1;
  auto queue = structure<VkDeviceQueueCreateInfo>(VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO);
  queue.queueFamilyIndex = queue_family;
  queue.queueCount = 1;
  queue.pQueuePriorities = &priority;
  auto info = structure<VkDeviceCreateInfo>(VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO);
  info.pNext = &enabled.root;
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queue;
  check_vulkan(vkCreateDevice(physical, &info, nullptr, &device), "vkCreateDevice");
  vkGetDeviceQueue(device, queue_family, 0, &queue_);
  auto fence = structure<VkFenceCreateInfo>(VK_STRUCTURE_TYPE_FENCE_CREATE_INFO);
  check_vulkan(vkCreateFence(device, &fence, nullptr, &done_), "vkCreateFence");
}

void VulkanContext::run(const std::vector<VkCommandBuffer> &commands) {
  std::lock_guard<std::mutex> guard(lock_);
  auto info = structure<VkSubmitInfo>(VK_STRUCTURE_TYPE_SUBMIT_INFO);
  info.commandBufferCount = static_cast<uint32_t>(commands.size());
  info.pCommandBuffers = commands.data();
  check_vulkan(vkResetFences(device, 1, &done_), "vkResetFences");
  check_vulkan(vkQueueSubmit(queue_, 1, &info, done_), "vkQueueSubmit");
  VkResult waited = vkWaitForFences(device, 1, &done_, VK_TRUE, UINT64_MAX);
  if (waited < 0) vkDeviceWaitIdle(device);  // whoever hears of it may free what the commands use
  check_vulkan(waited, "vkWaitForFences");
}

}  // namespace iree::hal
