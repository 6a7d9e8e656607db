"""The C that is the same in all programs: $model is a model's type, $commands how many command buffers it has."""

TRY = """\
#define TRY(call) do { VkResult result_ = (call); if (result_ != VK_SUCCESS) return result_; } while (0)
/* What a call that failed has left in a handle means nothing. */
#define MAKE(handle, call) \\
  do { VkResult result_ = (call); if (result_ != VK_SUCCESS) { (handle) = VK_NULL_HANDLE; return result_; } } while (0)
"""

BARRIER = """\
/* What comes later, on the device or the host, sees what came before. */
static void barrier(VkCommandBuffer commands) {
  const VkPipelineStageFlags work = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
  const VkMemoryBarrier memory = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
      .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
      .dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT};
  vkCmdPipelineBarrier(commands, work, work | VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &memory, 0, NULL, 0, NULL);
}
"""

COPY = """\
static void copy(VkCommandBuffer commands, VkBuffer source, VkDeviceSize source_offset, VkBuffer target,
    VkDeviceSize target_offset, VkDeviceSize bytes) {
  const VkBufferCopy part = {source_offset, target_offset, bytes};
  vkCmdCopyBuffer(commands, source, target, 1, &part);
}
"""

DISPATCH = """\
static void dispatch(const $model *model, VkCommandBuffer commands, uint32_t kernel, uint32_t set,
    uint32_t x, uint32_t y, uint32_t z) {
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, model->pipelines[kernel]);
  vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, model->layout, 0, 1, &model->sets[set], 0, NULL);
  vkCmdDispatch(commands, x, y, z);
}
"""

BEGIN = """\
static VkResult begin(VkCommandBuffer commands) {
  const VkCommandBufferBeginInfo info = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
  return vkBeginCommandBuffer(commands, &info);
}
"""

SUBMIT = """\
/* Starts a command buffer that the next one to run follows. */
static VkResult submit(const $model *model, uint32_t number) {
  const VkSubmitInfo info = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO, .commandBufferCount = 1,
      .pCommandBuffers = &model->commands[number]};
  return vkQueueSubmit(model->queue, 1, &info, VK_NULL_HANDLE);
}
"""

RUN = """\
/* Runs a command buffer to its end. */
static VkResult run(const $model *model, uint32_t number) {
  const VkSubmitInfo info = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO, .commandBufferCount = 1,
      .pCommandBuffers = &model->commands[number]};
  TRY(vkQueueSubmit(model->queue, 1, &info, model->done));
  TRY(vkWaitForFences(model->device, 1, &model->done, VK_TRUE, UINT64_MAX));
  return vkResetFences(model->device, 1, &model->done);
}
"""

UPLOAD = """\
/* Brings an array to the device, as much at a time as the stage holds. */
static VkResult upload(const $model *model, const void *array, VkDeviceSize offset, VkDeviceSize bytes) {
  for (VkDeviceSize done = 0, part; done < bytes; done += part) {
    part = bytes - done < STAGE_BYTES ? bytes - done : STAGE_BYTES;
    memcpy(model->stage, (const unsigned char *)array + done, (size_t)part);
    TRY(begin(model->commands[0]));
    copy(model->commands[0], model->stage_buffer, 0, model->buffer, offset + done, part);
    TRY(vkEndCommandBuffer(model->commands[0]));
    TRY(run(model, 0));
  }
  return VK_SUCCESS;
}
"""

MEMORY = """\
/* A buffer, in memory that has all of `needed` and as much as there is of `best`. */
static VkResult allocate(VkPhysicalDevice physical, VkDevice device, VkDeviceSize bytes, VkMemoryPropertyFlags needed,
    VkMemoryPropertyFlags best, VkBuffer *buffer, VkDeviceMemory *memory) {
  const VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, .size = bytes, .usage =
      VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT};
  VkMemoryAllocateInfo allocation = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO};
  VkMemoryRequirements requirements;
  VkPhysicalDeviceMemoryProperties properties;
  VkMemoryPropertyFlags found = 0;
  MAKE(*buffer, vkCreateBuffer(device, &info, NULL, buffer));
  vkGetBufferMemoryRequirements(device, *buffer, &requirements);
  vkGetPhysicalDeviceMemoryProperties(physical, &properties);
  for (uint32_t type = 0; type < properties.memoryTypeCount; ++type) {
    const VkMemoryPropertyFlags flags = properties.memoryTypes[type].propertyFlags & best;
    if ((requirements.memoryTypeBits >> type & 1) && (flags & needed) == needed && flags > found) {
      allocation.memoryTypeIndex = type;
      found = flags;
    }
  }
  allocation.allocationSize = requirements.size;
  MAKE(*memory, vkAllocateMemory(device, &allocation, NULL, memory));
  return vkBindBufferMemory(device, *buffer, *memory, 0);
}

static VkResult make_memory(VkPhysicalDevice physical, $model *model) {
  const VkMemoryPropertyFlags local = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
  const VkMemoryPropertyFlags seen = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  const VkMemoryPropertyFlags cached = seen | VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
  void *stage;
  TRY(allocate(physical, model->device, BUFFER_BYTES, local, local, &model->buffer, &model->memory));
  TRY(allocate(physical, model->device, STAGE_BYTES, seen, cached, &model->stage_buffer, &model->stage_memory));
  TRY(vkMapMemory(model->device, model->stage_memory, 0, VK_WHOLE_SIZE, 0, &stage));
  model->stage = stage;
  return VK_SUCCESS;
}
"""

PIPELINES = """\
/* How kernels are given what they are bound to. */
static VkResult make_sets($model *model) {
  VkDescriptorSetLayoutBinding bindings[BINDINGS];
  const VkDescriptorSetLayoutCreateInfo set_layout = {.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
      .bindingCount = BINDINGS, .pBindings = bindings};
  const VkPipelineLayoutCreateInfo layout = {.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
      .setLayoutCount = 1, .pSetLayouts = &model->set_layout};
  const VkDescriptorPoolSize size = {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, SETS * BINDINGS};
  const VkDescriptorPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO, .maxSets = SETS,
      .poolSizeCount = 1, .pPoolSizes = &size};
  VkDescriptorSetAllocateInfo info = {.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
      .descriptorSetCount = 1, .pSetLayouts = &model->set_layout};
  for (uint32_t i = 0; i < BINDINGS; ++i) {
    bindings[i] = (VkDescriptorSetLayoutBinding){.binding = i, .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
        .descriptorCount = 1, .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT};
  }
  MAKE(model->set_layout, vkCreateDescriptorSetLayout(model->device, &set_layout, NULL, &model->set_layout));
  MAKE(model->layout, vkCreatePipelineLayout(model->device, &layout, NULL, &model->layout));
  MAKE(model->descriptors, vkCreateDescriptorPool(model->device, &pool, NULL, &model->descriptors));
  info.descriptorPool = model->descriptors;
  for (uint32_t set = 0; set < SETS; ++set) {
    VkDescriptorBufferInfo buffers[BINDINGS];
    VkWriteDescriptorSet write = {.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET, .descriptorCount = BINDINGS,
        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, .pBufferInfo = buffers};
    TRY(vkAllocateDescriptorSets(model->device, &info, &model->sets[set]));
    write.dstSet = model->sets[set];
    for (uint32_t i = 0; i < BINDINGS; ++i) {
      buffers[i] = (VkDescriptorBufferInfo){model->buffer, BOUND[set][i].offset, BOUND[set][i].bytes};
    }
    vkUpdateDescriptorSets(model->device, 1, &write, 0, NULL);
  }
  return VK_SUCCESS;
}

static VkResult make_pipeline($model *model, uint32_t kernel) {
  const VkShaderModuleCreateInfo code = {.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
      .codeSize = KERNELS[kernel].bytes, .pCode = KERNELS[kernel].code};
  VkComputePipelineCreateInfo info = {.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO, .layout = model->layout,
      .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO, .stage = VK_SHADER_STAGE_COMPUTE_BIT,
          .pName = KERNELS[kernel].name}};
  VkResult result;
  TRY(vkCreateShaderModule(model->device, &code, NULL, &info.stage.module));
  result = vkCreateComputePipelines(model->device, VK_NULL_HANDLE, 1, &info, NULL, &model->pipelines[kernel]);
  vkDestroyShaderModule(model->device, info.stage.module, NULL);
  MAKE(model->pipelines[kernel], result);
  return VK_SUCCESS;
}
"""

COMMANDS = """\
static VkResult make_commands($model *model, uint32_t queue_family) {
  const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
      $flags.queueFamilyIndex = queue_family};
  VkCommandBufferAllocateInfo info = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
      .commandBufferCount = $commands};
  const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
  MAKE(model->pool, vkCreateCommandPool(model->device, &pool, NULL, &model->pool));
  info.commandPool = model->pool;
  TRY(vkAllocateCommandBuffers(model->device, &info, model->commands));
  MAKE(model->done, vkCreateFence(model->device, &fence, NULL, &model->done));
  return VK_SUCCESS;
}
"""
