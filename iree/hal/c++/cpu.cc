#include "iree/hal/c++/cpu.h"

#include <cstring>
#include <new>

#include "iree/hal/c++/host.h"

namespace iree::hal {
namespace {

constexpr std::align_val_t kAlignment{64};

class CpuMemory final : public Memory {
 public:
  explicit CpuMemory(int64_t byte_length) {
    auto size = static_cast<size_t>(byte_length);
    host = static_cast<std::byte *>(::operator new(size, kAlignment, std::nothrow));
    if (host == nullptr) {
      throw HalError(Status::kResourceExhausted, "no memory for a buffer of " + std::to_string(byte_length) + " bytes");
    }
    std::memset(host, 0, size);
  }
  explicit CpuMemory(std::shared_ptr<const std::byte> data) : wrapped_(std::move(data)) {
    host = const_cast<std::byte *>(wrapped_.get());  // access has no kWrite
  }
  ~CpuMemory() override {
    if (wrapped_ == nullptr) ::operator delete(host, kAlignment);
  }

 private:
  std::shared_ptr<const std::byte> wrapped_;
};

class CpuAllocator final : public Allocator {
 public:
  std::shared_ptr<Memory> allocate_memory(int64_t byte_length, BufferUsage, MemoryType) override {
    return owned(std::make_shared<CpuMemory>(byte_length));
  }
  std::shared_ptr<Memory> wrap_memory(std::shared_ptr<const std::byte> data, int64_t) override {
    return owned(std::make_shared<CpuMemory>(std::move(data)));
  }

 private:
  std::shared_ptr<Memory> owned(std::shared_ptr<CpuMemory> memory) {
    memory->owner = this;
    return memory;
  }
};

class CpuExecutable final : public Executable {
 public:
  explicit CpuExecutable(const ExecutableSpec &spec)
      : Executable(spec.name, spec.kernels.size()), kernels(spec.kernels) {}

  const std::vector<CpuKernel *> kernels;
};

class CpuExecutableCache final : public ExecutableCache {
 public:
  std::string why_unsuitable(const ExecutableSpec &spec) override {
    return spec.kernels.empty() ? "it has no kernels for the CPU" : "";
  }
  std::shared_ptr<Executable> prepare(const ExecutableSpec &spec) override {
    return std::make_shared<CpuExecutable>(spec);
  }
};

// Each command sees what those before it did, so barriers have nothing to do.
class CpuCommandBuffer final : public CommandBuffer {
 public:
  explicit CpuCommandBuffer(const void *owner) : CommandBuffer(owner) {}

  void run() const {
    for (const Step &step : steps_) {
      if (step.kernel != nullptr) {
        step.kernel(step.places.data(), nullptr);
      } else {
        std::memcpy(step.places[0], step.places[1], step.length);
      }
    }
  }
  int64_t work() const { return work_; }

 protected:
  void begin_recording() override {
    steps_.clear();
    kept_.clear();
    work_ = 0;
  }
  void end_recording() override {}
  void record_barrier(ExecutionStage, ExecutionStage, const MemoryBarrier &) override {}
  void record_copy(const Buffer &source, const Buffer &target, int64_t source_offset, int64_t target_offset,
                   int64_t length) override {
    if (length == 0) return;
    void *to = place_of(target, target_offset);
    steps_.push_back({nullptr, {to, place_of(source, source_offset)}, static_cast<size_t>(length)});
    work_ += 2 * length;
  }
  void record_dispatch(const DispatchRequest &request) override {
    const auto *executable = dynamic_cast<const CpuExecutable *>(request.executable.get());
    if (executable == nullptr) {
      throw HalError(Status::kInvalidArgument, "executable \"" + request.executable->name +
                                                   "\" was not prepared by this device: use its cache");
    }
    if (request.workload[0] == 0 || request.workload[1] == 0 || request.workload[2] == 0) return;
    Step step{executable->kernels[request.entry_point], {}, 0};
    for (const BufferBinding &binding : request.bindings) {
      step.places.push_back(place_of(binding.buffer, 0));
      int64_t alignment = binding.element_type.byte_width < 8 ? binding.element_type.byte_width : 8;
      if (reinterpret_cast<uintptr_t>(step.places.back()) % static_cast<uintptr_t>(alignment) != 0) {
        throw HalError(Status::kInvalidArgument,
                       "a binding of \"" + executable->name + "\" lies at no multiple of " +
                           std::to_string(alignment) + " bytes: copy it to a buffer of its own");
      }
      work_ += binding.byte_length();
    }
    steps_.push_back(std::move(step));
  }

 private:
  struct Step {
    CpuKernel *kernel;  // null: a copy from the second place to the first
    std::vector<void *> places;
    size_t length;
  };

  void *place_of(const Buffer &buffer, int64_t offset) {
    kept_.push_back(buffer);
    return buffer.memory().host + buffer.byte_offset() + offset;
  }

  std::vector<Step> steps_;
  std::vector<Buffer> kept_;
  int64_t work_ = 0;
};

class CpuQueue final : public HostQueue {
 public:
  explicit CpuQueue(const void *owner) : HostQueue(owner) {}
  ~CpuQueue() override { stop(); }

 protected:
  int64_t work_of(const CommandBuffer &commands) const override {
    return static_cast<const CpuCommandBuffer &>(commands).work();
  }
  void execute(const std::vector<std::shared_ptr<CommandBuffer>> &command_buffers) override {
    for (const auto &commands : command_buffers) static_cast<const CpuCommandBuffer &>(*commands).run();
  }
};

class CpuDevice final : public Device {
 public:
  Allocator &allocator() override { return allocator_; }
  CommandQueue &dispatch_queue() override { return queue_; }
  std::shared_ptr<CommandBuffer> create_command_buffer() override {
    return std::make_shared<CpuCommandBuffer>(&allocator_);
  }
  std::unique_ptr<ExecutableCache> create_executable_cache() override { return std::make_unique<CpuExecutableCache>(); }
  std::shared_ptr<Semaphore> create_semaphore(uint64_t initial) override {
    return std::make_shared<OnHost<Semaphore>>(initial);
  }
  std::shared_ptr<Fence> create_fence(uint64_t initial) override { return std::make_shared<OnHost<Fence>>(initial); }

 private:
  CpuAllocator allocator_;
  CpuQueue queue_{&allocator_};
};

}  // namespace

std::shared_ptr<Device> create_cpu_device() { return std::make_shared<CpuDevice>(); }

}  // namespace iree::hal
