#include "iree/hal/c++/vulkan_executable.h"

#include <algorithm>

namespace iree::hal {
namespace {

// The newest version of SPIR-V that a version of Vulkan reads, as the second word of a module says it.
uint32_t spirv_version_of(uint32_t vulkan) { return vulkan < VK_API_VERSION_1_3 ? 0x00010500 : 0x00010600; }

std::string version_text(uint32_t version) {
  return std::to_string(version >> 16) + "." + std::to_string(version >> 8 & 0xFF);
}

std::string past(const SpirvEntryPoint &kernel, const std::string &what, uint64_t asked, uint64_t limit) {
  if (asked <= limit) return "";
  return std::string("; ") + kernel.name + " has " + what + " " + std::to_string(asked) + ", the device " +
         std::to_string(limit) + " at most";
}

std::string lacks_for(const SpirvEntryPoint &kernel, const VkPhysicalDeviceLimits &limits) {
  const uint32_t *size = kernel.workgroup_size;
  uint64_t invocations = uint64_t{size[0]} * size[1] * size[2];
  uint32_t bindings = std::min(limits.maxPerStageDescriptorStorageBuffers, limits.maxDescriptorSetStorageBuffers);
  std::string text = past(kernel, "a number of bindings of", kernel.binding_count, bindings);
  for (int i = 0; i < 3; ++i) {
    std::string what = std::string("workgroups that in ") + "xyz"[i] + " have a size of";
    text += past(kernel, what, size[i], limits.maxComputeWorkGroupSize[i]);
  }
  text += past(kernel, "workgroups whose invocations are", invocations, limits.maxComputeWorkGroupInvocations);
  return text + past(kernel, "workgroups that share a number of bytes of", kernel.shared_memory_bytes,
                     limits.maxComputeSharedMemorySize);
}

Owned<VkDescriptorSetLayout> make_set_layout(const SharedContext &context, uint32_t count) {
  std::vector<VkDescriptorSetLayoutBinding> bindings(count);
  for (uint32_t i = 0; i < count; ++i) {
    bindings[i] = {i, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, nullptr};
  }
  using Info = VkDescriptorSetLayoutCreateInfo;
  auto info = structure<Info>(VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO);
  info.bindingCount = count;
  info.pBindings = bindings.data();
  return IREE_OWNED(DescriptorSetLayout, context, info);
}

Owned<VkPipelineLayout> make_layout(const SharedContext &context, const VkDescriptorSetLayout &set) {
  auto info = structure<VkPipelineLayoutCreateInfo>(VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO);
  info.setLayoutCount = 1;
  info.pSetLayouts = &set;
  return IREE_OWNED(PipelineLayout, context, info);
}

Owned<VkPipeline> make_pipeline(const SharedContext &context, VkShaderModule module, VkPipelineLayout layout,
                                const char *name) {
  auto info = structure<VkComputePipelineCreateInfo>(VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO);
  info.stage = structure<VkPipelineShaderStageCreateInfo>(VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO);
  info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
  info.stage.module = module;
  info.stage.pName = name;
  info.layout = layout;
  info.basePipelineIndex = -1;
  VkPipeline made = VK_NULL_HANDLE;
  check_vulkan(vkCreateComputePipelines(context->device, VK_NULL_HANDLE, 1, &info, nullptr, &made),
               "vkCreateComputePipelines");
  return Owned<VkPipeline>(context, made, vkDestroyPipeline);
}

}  // namespace

VulkanExecutable::VulkanExecutable(const SharedContext &owner, const ExecutableSpec &spec)
    : Executable(spec.name, spec.spirv->entry_point_count), context(owner.get()) {
  auto info = structure<VkShaderModuleCreateInfo>(VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO);
  info.codeSize = spec.spirv->code_length * sizeof(uint32_t);
  info.pCode = spec.spirv->code;
  auto module = IREE_OWNED(ShaderModule, owner, info);  // its pipelines do not need it once they are made
  for (size_t i = 0; i < entry_point_count; ++i) {
    const SpirvEntryPoint &entry_point = spec.spirv->entry_points[i];
    auto set_layout = make_set_layout(owner, entry_point.binding_count);
    auto layout = make_layout(owner, set_layout.get());
    auto pipeline = make_pipeline(owner, module.get(), layout.get(), entry_point.name);
    kernels.push_back({entry_point, std::move(set_layout), std::move(layout), std::move(pipeline)});
  }
}

std::string VulkanExecutableCache::why_unsuitable(const ExecutableSpec &spec) {
  if (spec.spirv == nullptr) return "it has no kernels for Vulkan";
  const SpirvExecutable &spirv = *spec.spirv;
  std::string text;
  for (size_t i = 0; i < spirv.capability_count; ++i) {
    const std::string capability = spirv.capabilities[i];
    auto feature = context_->features.by_capability.find(capability);
    bool has_it = feature != context_->features.by_capability.end() ? *feature->second != 0 : capability == "Shader";
    if (!has_it) text += "; it lacks " + capability;
  }
  uint32_t newest = spirv_version_of(context_->properties.apiVersion);
  if (spirv.code_length < 5 || spirv.code[0] != 0x07230203) {
    text += "; its code is no SPIR-V";
  } else if (spirv.code[1] > newest) {
    text += "; it reads SPIR-V up to " + version_text(newest) + ", not " + version_text(spirv.code[1]);
  }
  for (size_t i = 0; i < spirv.entry_point_count; ++i) {
    text += lacks_for(spirv.entry_points[i], context_->properties.limits);
  }
  return text.empty() ? "" : std::string(context_->properties.deviceName) + ": " + text.substr(2);
}

}  // namespace iree::hal
