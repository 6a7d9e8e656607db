// VulkanContext: the VkDevice under all objects of a Vulkan device. Each of them keeps it, so it goes last.

#ifndef IREE_HAL_CXX_VULKAN_CONTEXT_H_
#define IREE_HAL_CXX_VULKAN_CONTEXT_H_

#include <vulkan/vulkan.h>

#include <map>
#include <mutex>

#include "iree/hal/c++/hal.h"

namespace iree::hal {

// HalError: `result`, of a call of this name, is an error.
void check_vulkan(VkResult result, const char *call);

// A structure of Vulkan's, with nothing in it.
template <typename T>
T structure(VkStructureType type) {
  T made{};
  made.sType = type;
  return made;
}

// The features that executables may need, by the capability of SPIR-V that needs it. Of `has`, if it is given, those
// that are there are switched on.
struct VulkanFeatures {
  explicit VulkanFeatures(const VulkanFeatures *has = nullptr);
  VulkanFeatures(const VulkanFeatures &) = delete;
  VulkanFeatures &operator=(const VulkanFeatures &) = delete;

  VkPhysicalDeviceFeatures2 root;
  VkPhysicalDeviceVulkan11Features in_1_1;
  VkPhysicalDeviceVulkan12Features in_1_2;
  std::map<std::string, VkBool32 *> by_capability;
};

class VulkanContext {
 public:
  VulkanContext() = default;
  VulkanContext(const VulkanContext &) = delete;
  VulkanContext &operator=(const VulkanContext &) = delete;
  ~VulkanContext();

  void open(const std::string &name);
  // Runs command buffers, and returns when they are done. Any thread may call it.
  void run(const std::vector<VkCommandBuffer> &commands);

  VkInstance instance = VK_NULL_HANDLE;
  VkPhysicalDevice physical = VK_NULL_HANDLE;
  VkDevice device = VK_NULL_HANDLE;
  uint32_t queue_family = 0;
  VkPhysicalDeviceProperties properties{};
  VkPhysicalDeviceMemoryProperties memory{};
  VkDeviceSize max_allocation = 0;
  VulkanFeatures features;

 private:
  void create_instance();
  void choose(const std::string &name);
  void create_device();

  std::mutex lock_;  // of the queue and the fence
  VkQueue queue_ = VK_NULL_HANDLE;
  VkFence done_ = VK_NULL_HANDLE;
};

using SharedContext = std::shared_ptr<VulkanContext>;

// An object of a VkDevice, destroyed with this.
template <typename Handle>
class Owned {
 public:
  using Destroy = void(VKAPI_PTR *)(VkDevice, Handle, const VkAllocationCallbacks *);

  Owned() = default;
  template <typename Info>
  Owned(SharedContext context,
        VkResult(VKAPI_PTR *create)(VkDevice, const Info *, const VkAllocationCallbacks *, Handle *), const char *call,
        Destroy destroy, const Info &info)
      : context_(std::move(context)), destroy_(destroy) {
    check_vulkan(create(context_->device, &info, nullptr, &handle_), call);
  }
  Owned(SharedContext context, Handle handle, Destroy destroy)
      : context_(std::move(context)), destroy_(destroy), handle_(handle) {}
  Owned(Owned &&other) noexcept
      : context_(std::move(other.context_)), destroy_(other.destroy_), handle_(other.handle_) {
    other.handle_ = VK_NULL_HANDLE;
  }
  Owned &operator=(Owned &&other) noexcept {
    std::swap(context_, other.context_);
    std::swap(destroy_, other.destroy_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Owned() {
    if (handle_ != VK_NULL_HANDLE) destroy_(context_->device, handle_, nullptr);
  }

  const Handle &get() const { return handle_; }

 private:
  SharedContext context_;
  Destroy destroy_ = nullptr;
  Handle handle_ = VK_NULL_HANDLE;
};

// Owned from vkCreate<kind> and vkDestroy<kind>.
#define IREE_OWNED(kind, context, info) \
  Owned<Vk##kind>(context, vkCreate##kind, "vkCreate" #kind, vkDestroy##kind, info)

}  // namespace iree::hal

#endif  // IREE_HAL_CXX_VULKAN_CONTEXT_H_
