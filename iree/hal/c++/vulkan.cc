#include "iree/hal/c++/vulkan.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "iree/hal/c++/host.h"
#include "iree/hal/c++/vulkan_context.h"
#include "iree/hal/c++/vulkan_executable.h"

namespace iree::hal {
namespace {

constexpr uint32_t kSetsPerPool = 64;
constexpr uint32_t kDescriptorsPerPool = 512;
constexpr VkMemoryPropertyFlags kLocal = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
constexpr VkMemoryPropertyFlags kCoherent =
    VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
constexpr VkMemoryPropertyFlags kCached = kCoherent | VK_MEMORY_PROPERTY_HOST_CACHED_BIT;

// Vulkan fills, and kernels read, whole words.
VkDeviceSize whole_words(int64_t bytes) {
  return bytes == 0 ? 4 : (static_cast<VkDeviceSize>(bytes) + 3) & ~VkDeviceSize{3};
}

std::string triple(const uint64_t (&numbers)[3]) {
  return std::to_string(numbers[0]) + " x " + std::to_string(numbers[1]) + " x " + std::to_string(numbers[2]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Memory.

// One allocation of the device with one VkBuffer over all of it, mapped for good where the host can see it.
class VulkanMemory final : public Memory {
 public:
  VulkanMemory(const SharedContext &context, int64_t length, MemoryType wanted) {
    VkDeviceSize size = whole_words(length);
    if (size > context->max_allocation) {
      throw HalError(Status::kResourceExhausted, "vulkan: " + std::to_string(length) + " bytes: the device allocates " +
                                                     std::to_string(context->max_allocation) + " at most at once");
    }
    auto info = structure<VkBufferCreateInfo>(VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO);
    info.size = size;
    info.usage =
        VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT | VK_BUFFER_USAGE_STORAGE_BUFFER_BIT;
    buffer_ = IREE_OWNED(Buffer, context, info);
    VkMemoryRequirements needed;
    vkGetBufferMemoryRequirements(context->device, buffer(), &needed);
    auto allocation = structure<VkMemoryAllocateInfo>(VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO);
    allocation.allocationSize = needed.size;
    allocation.memoryTypeIndex = choose(context->memory, needed.memoryTypeBits, wanted);
    memory_ = Owned<VkDeviceMemory>(context, vkAllocateMemory, "vkAllocateMemory", vkFreeMemory, allocation);
    check_vulkan(vkBindBufferMemory(context->device, buffer(), memory_.get(), 0), "vkBindBufferMemory");
    if ((context->memory.memoryTypes[allocation.memoryTypeIndex].propertyFlags & kCoherent) != kCoherent) return;
    void *place = nullptr;
    check_vulkan(vkMapMemory(context->device, memory_.get(), 0, VK_WHOLE_SIZE, 0, &place), "vkMapMemory");
    host = static_cast<std::byte *>(place);
  }

  VkBuffer buffer() const { return buffer_.get(); }

 private:
  // The first memory type of the best kind.
  static uint32_t choose(const VkPhysicalDeviceMemoryProperties &types, uint32_t allowed, MemoryType wanted) {
    bool is_seen = has(wanted, MemoryType::kHostVisible), is_local = has(wanted, MemoryType::kDeviceLocal);
    std::vector<VkMemoryPropertyFlags> order = {kCached, kCoherent};
    if (is_seen && is_local) order = {kLocal | kCached, kLocal | kCoherent, kCached, kCoherent};
    if (!is_seen) order = {kLocal, 0};
    for (VkMemoryPropertyFlags needed : order) {
      for (uint32_t i = 0; i < types.memoryTypeCount; ++i) {
        if ((allowed >> i & 1) && (types.memoryTypes[i].propertyFlags & needed) == needed) return i;
      }
    }
    throw HalError(Status::kInternal, "vulkan: the device has no memory that the host sees, which Vulkan promises");
  }

  Owned<VkDeviceMemory> memory_;
  Owned<VkBuffer> buffer_;  // goes first
};

VkBuffer handle_of(const Buffer &buffer) { return static_cast<const VulkanMemory &>(buffer.memory()).buffer(); }

VkDeviceSize start_of(const Buffer &buffer, int64_t offset = 0) {
  return static_cast<VkDeviceSize>(buffer.byte_offset() + offset);
}

// ---------------------------------------------------------------------------------------------------------------------
// Commands.

// One VkCommandBuffer, with the pools that it comes from.
struct Recording {
  explicit Recording(const SharedContext &context) {
    auto info = structure<VkCommandPoolCreateInfo>(VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO);
    info.queueFamilyIndex = context->queue_family;
    pool = IREE_OWNED(CommandPool, context, info);
    auto allocation = structure<VkCommandBufferAllocateInfo>(VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO);
    allocation.commandPool = pool.get();
    allocation.commandBufferCount = 1;
    check_vulkan(vkAllocateCommandBuffers(context->device, &allocation, &commands), "vkAllocateCommandBuffers");
    auto begin = structure<VkCommandBufferBeginInfo>(VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO);
    check_vulkan(vkBeginCommandBuffer(commands, &begin), "vkBeginCommandBuffer");
  }
  void end() { check_vulkan(vkEndCommandBuffer(commands), "vkEndCommandBuffer"); }

  Owned<VkCommandPool> pool;
  VkCommandBuffer commands = VK_NULL_HANDLE;
  std::vector<Owned<VkDescriptorPool>> descriptor_pools;
  std::set<std::shared_ptr<Memory>> memories;  // kept for as long as the commands may run, as executables are
  std::set<std::shared_ptr<Executable>> executables;
};

VkPipelineStageFlags stages_of(ExecutionStage stages) {
  return (has(stages, ExecutionStage::kDispatch) ? VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT : 0) |
         (has(stages, ExecutionStage::kTransfer) ? VK_PIPELINE_STAGE_TRANSFER_BIT : 0) |
         (has(stages, ExecutionStage::kHost) ? VK_PIPELINE_STAGE_HOST_BIT : 0);
}

// An access, and the stage that performs it: where a scope is named without its stage, more is ordered.
VkAccessFlags accesses_of(AccessScope scopes, VkPipelineStageFlags *stages) {
  struct Row {
    AccessScope scope;
    VkAccessFlags access;
    VkPipelineStageFlags stage;
  };
  constexpr Row kRows[] = {
      {AccessScope::kDispatchRead, VK_ACCESS_SHADER_READ_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT},
      {AccessScope::kDispatchWrite, VK_ACCESS_SHADER_WRITE_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT},
      {AccessScope::kTransferRead, VK_ACCESS_TRANSFER_READ_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT},
      {AccessScope::kTransferWrite, VK_ACCESS_TRANSFER_WRITE_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT},
      {AccessScope::kHostRead, VK_ACCESS_HOST_READ_BIT, VK_PIPELINE_STAGE_HOST_BIT},
  };
  VkAccessFlags found = 0;
  for (const Row &row : kRows) {
    if (!has(scopes, row.scope)) continue;
    found |= row.access;
    *stages |= row.stage;
  }
  return found;
}

class VulkanCommandBuffer final : public CommandBuffer {
 public:
  VulkanCommandBuffer(SharedContext context, const void *owner)
      : CommandBuffer(owner), context_(std::move(context)) {}

  VkCommandBuffer commands() const { return recording_->commands; }
  int64_t work() const { return work_; }

 protected:
  void begin_recording() override {
    recording_ = std::make_unique<Recording>(context_);
    pipeline_ = VK_NULL_HANDLE;
    sets_left_ = 0;
    work_ = 0;
  }
  // Command buffers of a queue run one after the other, and the host may look after each.
  void end_recording() override {
    constexpr MemoryBarrier kLast{kWrites, kReads | kWrites | AccessScope::kHostRead};
    record_barrier(kWork, kWork | ExecutionStage::kHost, kLast);
    recording_->end();
  }
  void record_barrier(ExecutionStage source_stages, ExecutionStage target_stages,
                      const MemoryBarrier &barrier) override {
    VkPipelineStageFlags source = stages_of(source_stages), target = stages_of(target_stages);
    auto memory = structure<VkMemoryBarrier>(VK_STRUCTURE_TYPE_MEMORY_BARRIER);
    memory.srcAccessMask = accesses_of(barrier.source_scope, &source);
    memory.dstAccessMask = accesses_of(barrier.target_scope, &target);
    if (source == 0) source = VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT;
    if (target == 0) target = VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT;
    vkCmdPipelineBarrier(commands(), source, target, 0, 1, &memory, 0, nullptr, 0, nullptr);
  }
  void record_copy(const Buffer &source, const Buffer &target, int64_t source_offset, int64_t target_offset,
                   int64_t length) override {
    if (length == 0) return;
    VkBufferCopy part{start_of(source, source_offset), start_of(target, target_offset),
                      static_cast<VkDeviceSize>(length)};
    vkCmdCopyBuffer(commands(), handle_of(source), handle_of(target), 1, &part);
    recording_->memories.insert(source.shared_memory());
    recording_->memories.insert(target.shared_memory());
    work_ += 2 * length;
  }
  void record_dispatch(const DispatchRequest &request) override {
    const auto *executable = dynamic_cast<const VulkanExecutable *>(request.executable.get());
    if (executable == nullptr || executable->context != context_.get()) {
      throw HalError(Status::kInvalidArgument, "executable \"" + request.executable->name +
                                                   "\" was not prepared by this device: use its cache");
    }
    const VulkanKernel &kernel = executable->kernels[request.entry_point];
    const SpirvEntryPoint &entry = kernel.entry_point;
    if (request.bindings.size() != entry.binding_count) {
      throw HalError(Status::kInvalidArgument, std::string(entry.name) + " takes " +
                                                   std::to_string(entry.binding_count) + " bindings, not " +
                                                   std::to_string(request.bindings.size()));
    }
    uint64_t groups[3];
    count_groups(entry, request.workload, groups);
    auto infos = places_of(entry, request.bindings);
    if (groups[0] == 0 || groups[1] == 0 || groups[2] == 0) return;
    if (pipeline_ != kernel.pipeline.get()) {
      pipeline_ = kernel.pipeline.get();
      vkCmdBindPipeline(commands(), VK_PIPELINE_BIND_POINT_COMPUTE, pipeline_);
      recording_->executables.insert(request.executable);
    }
    if (!infos.empty()) bind(kernel, infos);
    for (const BufferBinding &binding : request.bindings) {
      recording_->memories.insert(binding.buffer.shared_memory());
      work_ += binding.byte_length();
    }
    vkCmdDispatch(commands(), static_cast<uint32_t>(groups[0]), static_cast<uint32_t>(groups[1]),
                  static_cast<uint32_t>(groups[2]));
  }

 private:
  void count_groups(const SpirvEntryPoint &entry, const std::array<int64_t, 3> &workload, uint64_t (&groups)[3]) const {
    const uint32_t *most = context_->properties.limits.maxComputeWorkGroupCount;
    for (size_t i = 0; i < 3; ++i) {
      auto count = static_cast<uint64_t>(workload[i]);
      groups[i] = count / entry.tile[i] + (count % entry.tile[i] != 0);
    }
    if (groups[0] > most[0] || groups[1] > most[1] || groups[2] > most[2]) {
      throw HalError(Status::kResourceExhausted, std::string(entry.name) + " takes " + triple(groups) +
                                                     " workgroups, the device launches " +
                                                     triple({most[0], most[1], most[2]}) + " at most");
    }
  }
  std::vector<VkDescriptorBufferInfo> places_of(const SpirvEntryPoint &entry,
                                                const std::vector<BufferBinding> &bindings) const {
    const VkPhysicalDeviceLimits &limits = context_->properties.limits;
    VkDeviceSize alignment = std::max<VkDeviceSize>(limits.minStorageBufferOffsetAlignment, 4);
    std::vector<VkDescriptorBufferInfo> infos;
    for (const BufferBinding &binding : bindings) {
      std::string name = "binding " + std::to_string(infos.size()) + " of " + entry.name;
      VkDeviceSize start = start_of(binding.buffer), length = whole_words(binding.byte_length());
      if (start % alignment != 0) {
        throw HalError(Status::kInvalidArgument,
                       name + " starts " + std::to_string(start) + " bytes into its memory, the device binds at " +
                           "multiples of " + std::to_string(alignment) + ": copy it to a buffer of its own");
      }
      if (length > limits.maxStorageBufferRange) {
        throw HalError(Status::kResourceExhausted, name + " takes " + std::to_string(length) + " bytes, the device " +
                                                       "binds " + std::to_string(limits.maxStorageBufferRange) +
                                                       " at most");
      }
      infos.push_back({handle_of(binding.buffer), start, length});
    }
    return infos;
  }
  void bind(const VulkanKernel &kernel, const std::vector<VkDescriptorBufferInfo> &infos) {
    auto count = static_cast<uint32_t>(infos.size());
    if (sets_left_ == 0 || descriptors_left_ < count) add_descriptor_pool(count);
    sets_left_ -= 1;
    descriptors_left_ -= count;
    auto info = structure<VkDescriptorSetAllocateInfo>(VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO);
    info.descriptorPool = recording_->descriptor_pools.back().get();
    info.descriptorSetCount = 1;
    info.pSetLayouts = &kernel.set_layout.get();
    VkDescriptorSet set = VK_NULL_HANDLE;
    check_vulkan(vkAllocateDescriptorSets(context_->device, &info, &set), "vkAllocateDescriptorSets");
    auto write = structure<VkWriteDescriptorSet>(VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET);
    write.dstSet = set;
    write.descriptorCount = count;  // past the last of a binding they go on with the next
    write.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
    write.pBufferInfo = infos.data();
    vkUpdateDescriptorSets(context_->device, 1, &write, 0, nullptr);
    vkCmdBindDescriptorSets(commands(), VK_PIPELINE_BIND_POINT_COMPUTE, kernel.layout.get(), 0, 1, &set, 0, nullptr);
  }
  void add_descriptor_pool(uint32_t count) {
    sets_left_ = kSetsPerPool;
    descriptors_left_ = std::max(count, kDescriptorsPerPool);
    VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, descriptors_left_};
    auto info = structure<VkDescriptorPoolCreateInfo>(VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO);
    info.maxSets = kSetsPerPool;
    info.poolSizeCount = 1;
    info.pPoolSizes = &size;
    recording_->descriptor_pools.push_back(IREE_OWNED(DescriptorPool, context_, info));
  }

  SharedContext context_;
  std::unique_ptr<Recording> recording_;
  VkPipeline pipeline_ = VK_NULL_HANDLE;  // the one bound last
  uint32_t sets_left_ = 0, descriptors_left_ = 0;
  int64_t work_ = 0;
};

// ---------------------------------------------------------------------------------------------------------------------
// The device.

class VulkanAllocator final : public Allocator {
 public:
  explicit VulkanAllocator(SharedContext context) : context_(std::move(context)) {}

  std::shared_ptr<Memory> allocate_memory(int64_t byte_length, BufferUsage, MemoryType type) override {
    auto memory = make(byte_length, type);
    VkDeviceSize length = whole_words(byte_length);
    if (memory->host != nullptr) {
      std::memset(memory->host, 0, length);
    } else {
      Recording recording(context_);
      vkCmdFillBuffer(recording.commands, memory->buffer(), 0, length, 0);
      recording.end();
      context_->run({recording.commands});
    }
    return memory;
  }
  std::shared_ptr<Memory> wrap_memory(std::shared_ptr<const std::byte> data, int64_t byte_length) override {
    auto memory = make(byte_length, kDefaultMemory | MemoryType::kDeviceLocal);
    auto length = static_cast<size_t>(byte_length);
    std::memset(memory->host + length, 0, whole_words(byte_length) - length);
    if (length != 0) std::memcpy(memory->host, data.get(), length);
    return memory;
  }

 private:
  std::shared_ptr<VulkanMemory> make(int64_t byte_length, MemoryType type) {
    auto memory = std::make_shared<VulkanMemory>(context_, byte_length, type);
    memory->owner = this;
    return memory;
  }

  SharedContext context_;
};

class VulkanQueue final : public HostQueue {
 public:
  VulkanQueue(SharedContext context, const void *owner) : HostQueue(owner), context_(std::move(context)) {}
  ~VulkanQueue() override { stop(); }

 protected:
  int64_t work_of(const CommandBuffer &commands) const override {
    return static_cast<const VulkanCommandBuffer &>(commands).work();
  }
  void execute(const std::vector<std::shared_ptr<CommandBuffer>> &command_buffers) override {
    std::vector<VkCommandBuffer> handles;
    for (const auto &commands : command_buffers) {
      auto handle = static_cast<const VulkanCommandBuffer &>(*commands).commands();
      if (std::find(handles.begin(), handles.end(), handle) != handles.end()) {  // twice at once, Vulkan has it not
        context_->run(handles);
        handles.clear();
      }
      handles.push_back(handle);
    }
    if (!handles.empty()) context_->run(handles);
  }

 private:
  SharedContext context_;
};

class VulkanDevice final : public Device {
 public:
  explicit VulkanDevice(const SharedContext &context)
      : context_(context), allocator_(context), queue_(context, &allocator_) {}

  Allocator &allocator() override { return allocator_; }
  CommandQueue &dispatch_queue() override { return queue_; }
  std::shared_ptr<CommandBuffer> create_command_buffer() override {
    return std::make_shared<VulkanCommandBuffer>(context_, &allocator_);
  }
  std::unique_ptr<ExecutableCache> create_executable_cache() override {
    return std::make_unique<VulkanExecutableCache>(context_);
  }
  std::shared_ptr<Semaphore> create_semaphore(uint64_t initial) override {
    return std::make_shared<OnHost<Semaphore>>(initial);
  }
  std::shared_ptr<Fence> create_fence(uint64_t initial) override { return std::make_shared<OnHost<Fence>>(initial); }

 private:
  SharedContext context_;
  VulkanAllocator allocator_;
  VulkanQueue queue_;
};

}  // namespace

std::shared_ptr<Device> create_vulkan_device(const std::string &name) {
  auto context = std::make_shared<VulkanContext>();
  context->open(name);
  return std::make_shared<VulkanDevice>(context);
}

}  // namespace iree::hal
