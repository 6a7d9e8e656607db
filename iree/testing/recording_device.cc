#include "iree/testing/recording_device.h"

#include <algorithm>
#include <utility>

namespace iree::testing {

using namespace iree::hal;

namespace {

// How texts of the Python HAL name flags: a name for the whole, or one for each bit.
struct Flag {
  uint32_t value;
  const char *name;
};

constexpr Flag kMemoryTypes[] = {{2, "HOST_VISIBLE"}, {4, "HOST_COHERENT"},   {8, "HOST_CACHED"},
                                 {6, "HOST_LOCAL"},   {16, "DEVICE_VISIBLE"}, {48, "DEVICE_LOCAL"}};
constexpr Flag kBufferUsages[] = {{1, "CONSTANT"}, {2, "TRANSFER"}, {4, "MAPPING"}, {8, "DISPATCH"}, {14, "ALL"}};
constexpr Flag kMemoryAccesses[] = {{1, "READ"}, {2, "WRITE"}, {7, "ALL"}};
constexpr Flag kExecutionStages[] = {{4, "DISPATCH"}, {8, "TRANSFER"}, {32, "HOST"}};
constexpr Flag kAccessScopes[] = {{4, "DISPATCH_READ"},
                                  {8, "DISPATCH_WRITE"},
                                  {16, "TRANSFER_READ"},
                                  {32, "TRANSFER_WRITE"},
                                  {64, "HOST_READ"}};

std::string joined(const std::vector<std::string> &parts, const char *separator = ", ") {
  std::string text;
  for (const std::string &part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

template <size_t count>
std::string flags_text(uint32_t value, const Flag (&flags)[count]) {
  std::vector<std::string> parts;
  for (const Flag &flag : flags) {
    if (flag.value == value) return flag.name;
    bool is_bit = (flag.value & (flag.value - 1)) == 0;
    if (is_bit && (value & flag.value) != 0) parts.push_back(flag.name);
  }
  return joined(parts, "|");
}

std::string text(MemoryType value) { return flags_text(static_cast<uint32_t>(value), kMemoryTypes); }
std::string text(BufferUsage value) { return flags_text(static_cast<uint32_t>(value), kBufferUsages); }
std::string text(MemoryAccess value) { return flags_text(static_cast<uint32_t>(value), kMemoryAccesses); }
std::string text(ExecutionStage value) { return flags_text(static_cast<uint32_t>(value), kExecutionStages); }
std::string text(AccessScope value) { return flags_text(static_cast<uint32_t>(value), kAccessScopes); }

template <typename Numbers>
std::string listed(const Numbers &numbers) {
  std::vector<std::string> parts;
  for (int64_t number : numbers) parts.push_back(std::to_string(number));
  return joined(parts);
}

class RecordingAllocator final : public Allocator {
 public:
  RecordingAllocator(Log &log, Allocator &allocator) : log_(log), allocator_(allocator) {}

  std::shared_ptr<Memory> allocate_memory(int64_t byte_length, BufferUsage usage, MemoryType type) override {
    log_.add("allocate " + std::to_string(byte_length) + " " + text(usage) + " " + text(type));
    return allocator_.allocate_memory(byte_length, usage, type);
  }
  std::shared_ptr<Memory> wrap_memory(std::shared_ptr<const std::byte> data, int64_t byte_length) override {
    auto memory = allocator_.wrap(std::move(data), byte_length).shared_memory();
    log_.add("wrap " + std::to_string(byte_length) + " " + text(memory->usage) + " " + text(memory->access));
    return memory;
  }

 private:
  Log &log_;
  Allocator &allocator_;
};

class RecordingCache final : public ExecutableCache {
 public:
  RecordingCache(Log &log, std::unique_ptr<ExecutableCache> cache) : log_(log), cache_(std::move(cache)) {}

  std::string why_unsuitable(const ExecutableSpec &spec) override { return cache_->why_unsuitable(spec); }
  std::shared_ptr<Executable> prepare(const ExecutableSpec &spec) override {
    log_.add("prepare executable \"" + spec.name + "\"");
    return cache_->prepare(spec);
  }

 private:
  Log &log_;
  std::unique_ptr<ExecutableCache> cache_;
};

class RecordingCommandBuffer final : public CommandBuffer {
 public:
  RecordingCommandBuffer(Log &log, std::shared_ptr<CommandBuffer> commands)
      : CommandBuffer(commands->owner()), commands(std::move(commands)), log_(log) {}

  const std::shared_ptr<CommandBuffer> commands;

  const std::string &name() {
    if (name_.empty()) name_ = log_.new_command_buffer();
    return name_;
  }

 protected:
  void begin_recording() override {
    log_.add("begin " + name());
    commands->begin();
  }
  void end_recording() override {
    log_.add("end " + name());
    commands->end();
  }
  void record_barrier(ExecutionStage source_stages, ExecutionStage target_stages,
                      const MemoryBarrier &barrier) override {
    log_.add("barrier " + text(source_stages) + " before " + text(target_stages) + ": " + text(barrier.source_scope) +
             " to " + text(barrier.target_scope));
    commands->execution_barrier(source_stages, target_stages, barrier);
  }
  void record_copy(const Buffer &source, const Buffer &target, int64_t source_offset, int64_t target_offset,
                   int64_t length) override {
    std::string read = log_.range(source, source_offset, length);
    log_.add("copy " + read + " to " + log_.range(target, target_offset, length));
    commands->copy_buffer(source, target, source_offset, target_offset, length);
  }
  void record_dispatch(const DispatchRequest &request) override {
    std::vector<std::string> bindings;
    for (const BufferBinding &binding : request.bindings) {
      std::string bytes = log_.range(binding.buffer, 0, binding.byte_length());
      std::string type = std::string(binding.element_type.name) + "[" + listed(binding.shape) + "]";
      bindings.push_back(bytes + " " + type + " " + text(binding.access));
    }
    log_.add("dispatch " + request.executable->name + " " + std::to_string(request.entry_point) + " (" +
             listed(request.workload) + "): " + joined(bindings));
    commands->dispatch(request);
  }

 private:
  Log &log_;
  std::string name_;
};

class RecordingFence final : public Fence {
 public:
  RecordingFence(Log &log, std::shared_ptr<Fence> fence) : fence(std::move(fence)), log_(log) {}

  const std::shared_ptr<Fence> fence;

  uint64_t query() override { return fence->query(); }
  void signal(uint64_t value) override { fence->signal(value); }
  void fail(const HalError &error) override { fence->fail(error); }
  void wait(uint64_t value, double seconds) override {
    log_.add("wait for " + std::to_string(value));
    fence->wait(value, seconds);
  }

 private:
  Log &log_;
};

class RecordingQueue final : public CommandQueue {
 public:
  RecordingQueue(Log &log, CommandQueue &queue) : log_(log), queue_(queue) {}

  void submit(std::vector<SubmissionBatch> batches, const FenceValue &fence) override {
    for (SubmissionBatch &batch : batches) {
      std::vector<std::string> names;
      for (auto &commands : batch.command_buffers) {
        commands->check_submittable();
        auto &recording = dynamic_cast<RecordingCommandBuffer &>(*commands);
        names.push_back("'" + recording.name() + "'");
        commands = recording.commands;
      }
      log_.add("submit [" + joined(names) + "] after " + std::to_string(batch.wait_semaphores.size()) + ", signals " +
               std::to_string(batch.signal_semaphores.size()) + ", " +
               (fence.fence == nullptr ? "no fence" : "fence to " + std::to_string(fence.value)));
    }
    auto *recording = dynamic_cast<RecordingFence *>(fence.fence.get());
    queue_.submit(std::move(batches), recording == nullptr ? fence : FenceValue{recording->fence, fence.value});
  }
  void wait_idle() override { queue_.wait_idle(); }

 private:
  Log &log_;
  CommandQueue &queue_;
};

}  // namespace

std::string Log::take() { return std::exchange(text_, ""); }

std::string Log::range(const Buffer &buffer, int64_t offset, int64_t length) {
  auto found = std::find(named_.begin(), named_.end(), buffer.shared_memory());
  auto number = std::to_string(found - named_.begin());
  if (found == named_.end()) named_.push_back(buffer.shared_memory());
  int64_t start = buffer.byte_offset() + offset;
  return "b" + number + "[" + std::to_string(start) + ":" + std::to_string(start + length) + "]";
}

RecordingDevice::RecordingDevice(std::shared_ptr<Device> device)
    : device_(std::move(device)),
      allocator_(std::make_unique<RecordingAllocator>(log_, device_->allocator())),
      queue_(std::make_unique<RecordingQueue>(log_, device_->dispatch_queue())) {}

std::shared_ptr<CommandBuffer> RecordingDevice::create_command_buffer() {
  return std::make_shared<RecordingCommandBuffer>(log_, device_->create_command_buffer());
}

std::unique_ptr<ExecutableCache> RecordingDevice::create_executable_cache() {
  log_.add("create_executable_cache");
  return std::make_unique<RecordingCache>(log_, device_->create_executable_cache());
}

std::shared_ptr<Semaphore> RecordingDevice::create_semaphore(uint64_t initial) {
  return device_->create_semaphore(initial);
}

std::shared_ptr<Fence> RecordingDevice::create_fence(uint64_t initial) {
  log_.add("create_fence " + std::to_string(initial));
  return std::make_shared<RecordingFence>(log_, device_->create_fence(initial));
}

}  // namespace iree::testing
