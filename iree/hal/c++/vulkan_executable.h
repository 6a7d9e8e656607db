// Executables of SPIR-V as compute pipelines.

#ifndef IREE_HAL_CXX_VULKAN_EXECUTABLE_H_
#define IREE_HAL_CXX_VULKAN_EXECUTABLE_H_

#include "iree/hal/c++/vulkan_context.h"

namespace iree::hal {

// One entry point, ready to be dispatched.
struct VulkanKernel {
  SpirvEntryPoint entry_point;
  Owned<VkDescriptorSetLayout> set_layout;
  Owned<VkPipelineLayout> layout;
  Owned<VkPipeline> pipeline;
};

class VulkanExecutable final : public Executable {
 public:
  VulkanExecutable(const SharedContext &context, const ExecutableSpec &spec);

  const VulkanContext *const context;
  std::vector<VulkanKernel> kernels;
};

class VulkanExecutableCache final : public ExecutableCache {
 public:
  explicit VulkanExecutableCache(SharedContext context) : context_(std::move(context)) {}

  std::string why_unsuitable(const ExecutableSpec &spec) override;
  std::shared_ptr<Executable> prepare(const ExecutableSpec &spec) override {
    return std::make_shared<VulkanExecutable>(context_, spec);
  }

 private:
  SharedContext context_;
};

}  // namespace iree::hal

#endif  // IREE_HAL_CXX_VULKAN_EXECUTABLE_H_
