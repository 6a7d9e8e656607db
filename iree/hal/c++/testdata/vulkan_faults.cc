// What happens where Vulkan fails: this program's own functions stand before those of the loader.

#include <dlfcn.h>

#include "iree/hal/c++/testdata/check.h"
#include "iree/hal/c++/vulkan.h"
#include "iree/hal/c++/vulkan_context.h"
#include "kernel.h"

using namespace iree::hal;

static std::string failing;  // the function that fails, or the answer that is a lie
static VkResult result = VK_ERROR_OUT_OF_DEVICE_MEMORY;

template <typename Function>
static Function *real(const char *name, Function *) {
  return reinterpret_cast<Function *>(dlsym(RTLD_NEXT, name));
}

#define FAULTY(name, parameters, arguments)               \
  extern "C" VkResult VKAPI_CALL name parameters {        \
    if (failing == #name) return result;                  \
    return real(#name, &name) arguments;                  \
  }
#define CREATE(kind)                                                                                          \
  FAULTY(vkCreate##kind,                                                                                      \
         (VkDevice device, const Vk##kind##CreateInfo *info, const VkAllocationCallbacks *with, Vk##kind *made), \
         (device, info, with, made))

FAULTY(vkCreateInstance, (const VkInstanceCreateInfo *info, const VkAllocationCallbacks *with, VkInstance *made),
       (info, with, made))
FAULTY(vkCreateDevice,
       (VkPhysicalDevice physical, const VkDeviceCreateInfo *info, const VkAllocationCallbacks *with, VkDevice *made),
       (physical, info, with, made))
CREATE(Fence)
CREATE(Buffer)
CREATE(CommandPool)
CREATE(ShaderModule)
CREATE(DescriptorSetLayout)
CREATE(PipelineLayout)
CREATE(DescriptorPool)
FAULTY(vkCreateComputePipelines,
       (VkDevice device, VkPipelineCache cache, uint32_t count, const VkComputePipelineCreateInfo *infos,
        const VkAllocationCallbacks *with, VkPipeline *made),
       (device, cache, count, infos, with, made))
FAULTY(vkAllocateMemory,
       (VkDevice device, const VkMemoryAllocateInfo *info, const VkAllocationCallbacks *with, VkDeviceMemory *made),
       (device, info, with, made))
FAULTY(vkBindBufferMemory, (VkDevice device, VkBuffer buffer, VkDeviceMemory memory, VkDeviceSize offset),
       (device, buffer, memory, offset))
FAULTY(vkMapMemory,
       (VkDevice device, VkDeviceMemory memory, VkDeviceSize offset, VkDeviceSize size, VkMemoryMapFlags flags,
        void **place),
       (device, memory, offset, size, flags, place))
FAULTY(vkAllocateCommandBuffers,
       (VkDevice device, const VkCommandBufferAllocateInfo *info, VkCommandBuffer *made), (device, info, made))
FAULTY(vkBeginCommandBuffer, (VkCommandBuffer commands, const VkCommandBufferBeginInfo *info), (commands, info))
FAULTY(vkEndCommandBuffer, (VkCommandBuffer commands), (commands))
FAULTY(vkAllocateDescriptorSets,
       (VkDevice device, const VkDescriptorSetAllocateInfo *info, VkDescriptorSet *made), (device, info, made))
FAULTY(vkQueueSubmit, (VkQueue queue, uint32_t count, const VkSubmitInfo *infos, VkFence fence),
       (queue, count, infos, fence))
FAULTY(vkWaitForFences, (VkDevice device, uint32_t count, const VkFence *fences, VkBool32 all, uint64_t timeout),
       (device, count, fences, all, timeout))
FAULTY(vkResetFences, (VkDevice device, uint32_t count, const VkFence *fences), (device, count, fences))

extern "C" VkResult VKAPI_CALL vkEnumeratePhysicalDevices(VkInstance instance, uint32_t *count,
                                                          VkPhysicalDevice *devices) {
  if (failing == "vkEnumeratePhysicalDevices") return result;
  VkResult found = real("vkEnumeratePhysicalDevices", &vkEnumeratePhysicalDevices)(instance, count, devices);
  if (failing == "no device") *count = 0;
  return found;
}

extern "C" void VKAPI_CALL vkGetPhysicalDeviceProperties(VkPhysicalDevice physical, VkPhysicalDeviceProperties *found) {
  real("vkGetPhysicalDeviceProperties", &vkGetPhysicalDeviceProperties)(physical, found);
  if (failing == "old") found->apiVersion = VK_API_VERSION_1_1;
  if (failing == "short bindings") found->limits.maxStorageBufferRange = 8;
}

extern "C" void VKAPI_CALL vkGetPhysicalDeviceProperties2(VkPhysicalDevice physical,
                                                          VkPhysicalDeviceProperties2 *found) {
  real("vkGetPhysicalDeviceProperties2", &vkGetPhysicalDeviceProperties2)(physical, found);
  auto *limits = static_cast<VkPhysicalDeviceMaintenance3Properties *>(found->pNext);
  if (failing == "small memory") limits->maxMemoryAllocationSize = 8;
}

extern "C" void VKAPI_CALL vkGetPhysicalDeviceQueueFamilyProperties(VkPhysicalDevice physical, uint32_t *count,
                                                                    VkQueueFamilyProperties *found) {
  real("vkGetPhysicalDeviceQueueFamilyProperties", &vkGetPhysicalDeviceQueueFamilyProperties)(physical, count, found);
  if (failing == "no compute" && found != nullptr) found->queueFlags = VK_QUEUE_TRANSFER_BIT;
}

extern "C" void VKAPI_CALL vkGetPhysicalDeviceMemoryProperties(VkPhysicalDevice physical,
                                                               VkPhysicalDeviceMemoryProperties *found) {
  real("vkGetPhysicalDeviceMemoryProperties", &vkGetPhysicalDeviceMemoryProperties)(physical, found);
  for (uint32_t i = 0; i < found->memoryTypeCount; ++i) {
    if (failing == "no host memory") found->memoryTypes[i].propertyFlags = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
  }
}

static const SpirvEntryPoint kEntry{"simple_mul", 3, {2, 1, 1}, {2, 1, 1}, 0};
static const char *const kCapabilities[] = {"Shader"};
static const SpirvExecutable kMul{&kEntry, 1, kCode, kCodeLength, kCapabilities, 1};

// Something that calls every function once.
static void work() {
  auto device = create_vulkan_device();
  auto executable = device->create_executable_cache()->prepare_first({{"simple_mul", {}, &kMul}});
  Buffer buffer = device->allocator().allocate(16);
  BufferBinding binding{buffer, {4}, kF32};
  auto commands = device->create_command_buffer();
  commands->begin();
  commands->dispatch({executable, 0, {4, 1, 1}, {binding, binding, binding}});
  commands->end();
  device->submit_and_wait({commands});
}

static void fill_hidden() {  // memory that the host cannot see is filled by the device
  Buffer hidden = create_vulkan_device()->allocator().allocate(4, kTransient, MemoryType::kDeviceLocal);
}

int main() {
  work();
  for (const char *name :
       {"vkCreateInstance", "vkEnumeratePhysicalDevices", "vkCreateDevice", "vkCreateFence", "vkCreateBuffer",
        "vkAllocateMemory", "vkBindBufferMemory", "vkMapMemory", "vkCreateShaderModule",
        "vkCreateDescriptorSetLayout", "vkCreatePipelineLayout", "vkCreateComputePipelines", "vkCreateCommandPool",
        "vkAllocateCommandBuffers", "vkBeginCommandBuffer", "vkCreateDescriptorPool", "vkAllocateDescriptorSets",
        "vkEndCommandBuffer", "vkResetFences", "vkQueueSubmit", "vkWaitForFences"}) {
    failing = name;
    FAILS(kResourceExhausted, "vulkan: " + failing + " failed: the device is out of memory", work());
  }
  failing = "vkCreateInstance";
  result = VK_ERROR_OUT_OF_HOST_MEMORY;
  FAILS(kResourceExhausted, "the host is out of memory", work());
  result = VK_ERROR_INCOMPATIBLE_DRIVER;
  FAILS(kUnavailable, "no Vulkan driver is installed", work());
  result = VK_ERROR_INITIALIZATION_FAILED;
  FAILS(kUnavailable, "the Vulkan driver could not be initialised", work());
  result = VK_ERROR_LAYER_NOT_PRESENT;
  FAILS(kNotFound, "a requested layer is not installed", work());
  failing = "vkAllocateMemory";
  result = VK_ERROR_TOO_MANY_OBJECTS;
  FAILS(kResourceExhausted, "the device allows no more objects of this kind", work());
  failing = "vkMapMemory";
  result = VK_ERROR_MEMORY_MAP_FAILED;
  FAILS(kResourceExhausted, "the device's memory could not be mapped", work());
  failing = "vkAllocateDescriptorSets";
  result = VK_ERROR_OUT_OF_POOL_MEMORY;
  FAILS(kResourceExhausted, "a descriptor pool is full", work());
  failing = "vkWaitForFences";
  result = VK_ERROR_DEVICE_LOST;
  FAILS(kUnavailable, "the device was lost", work());
  result = VK_ERROR_UNKNOWN;
  FAILS(kInternal, "vkWaitForFences failed: VkResult -13", work());
  failing = "no device";
  FAILS(kUnavailable, "there is no Vulkan device", work());
  failing = "old";
  FAILS(kUnavailable, "llvmpipe", work());
  FAILS(kUnavailable, "it has Vulkan 1.1, 1.2 is needed", work());
  failing = "no compute";
  FAILS(kUnavailable, "it has no queue that runs compute kernels", work());
  failing = "no host memory";
  FAILS(kInternal, "the device has no memory that the host sees", work());
  fill_hidden();
  failing = "small memory";
  FAILS(kResourceExhausted, "vulkan: 16 bytes: the device allocates 8 at most at once", work());
  failing = "short bindings";
  FAILS(kResourceExhausted, "binding 0 of simple_mul takes 16 bytes, the device binds 8 at most", work());
  failing = "";
  work();
}
