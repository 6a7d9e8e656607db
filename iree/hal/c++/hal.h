// The HAL in C++17: what a compiled program asks of a device. The nouns are those of iree.hal in Python.
//
//   auto device = iree::hal::create_cpu_device();                      cpu.h, vulkan.h, or a device of yours
//   auto commands = device->create_command_buffer();
//   commands->begin();
//   commands->dispatch({executable, 0, {4, 1, 1}, {{a, {4}, kF32, MemoryAccess::kRead}, {out, {4}, kF32}}});
//   commands->end();
//   device->submit_and_wait({commands});
//
// Errors are exceptions of one class, HalError, whose status() says of what kind: what is refused leaves nothing half
// done behind, nobody can forget to look, and the code between two calls stays the code of the program. What fails
// while a device works is kept by the fence and the semaphores that would have been signalled, and thrown wherever one
// of them is waited for or queried.
//
// A device implements the abstract classes; everything that is not abstract here is in hal.cc, the same for all.

#ifndef IREE_HAL_CXX_HAL_H_
#define IREE_HAL_CXX_HAL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace iree::hal {

// ---------------------------------------------------------------------------------------------------------------------
// Errors.

enum class Status {
  kInvalidArgument,     // wrong whatever the state of the object
  kOutOfRange,          // an offset, length or index reaches past the end
  kPermissionDenied,    // the buffer was not made for this
  kFailedPrecondition,  // right call, wrong moment
  kNotFound,            // no such entry point, file, device
  kUnavailable,         // the device cannot run here
  kDeadlineExceeded,    // the timeout passed before it happened; it may still happen
  kResourceExhausted,   // out of memory, or past a limit of the device
  kInternal,            // a bug of ours, or of the device's driver
};

class HalError : public std::runtime_error {
 public:
  HalError(Status status, const std::string &what) : std::runtime_error(what), status_(status) {}
  Status status() const { return status_; }

 private:
  Status status_;
};

// ---------------------------------------------------------------------------------------------------------------------
// Flags: combine with |; has(flags, flag) asks.

enum class MemoryType : uint32_t {
  kHostVisible = 2,     // the host can map it
  kHostCoherent = 4,    // host and device see each other's writes
  kHostCached = 8,      // fast to read for the host
  kHostLocal = 6,       // ordinary host memory
  kDeviceVisible = 16,  // the device can use it, maybe slowly
  kDeviceLocal = 48,    // fastest for the device
};
enum class BufferUsage : uint32_t {
  kConstant = 1,  // never changed
  kTransfer = 2,  // copied
  kMapping = 4,   // read and written by the host
  kDispatch = 8,  // bound to executables
  kAll = 14,
};
enum class MemoryAccess : uint32_t { kRead = 1, kWrite = 2, kAll = 7 };
enum class ExecutionStage : uint32_t { kDispatch = 4, kTransfer = 8, kHost = 32 };
enum class AccessScope : uint32_t {
  kDispatchRead = 4,
  kDispatchWrite = 8,
  kTransferRead = 16,
  kTransferWrite = 32,
  kHostRead = 64,
};

template <typename E>
inline constexpr bool kIsFlags = std::is_same_v<E, MemoryType> || std::is_same_v<E, BufferUsage> ||
                                 std::is_same_v<E, MemoryAccess> || std::is_same_v<E, ExecutionStage> ||
                                 std::is_same_v<E, AccessScope>;
template <typename E, typename = std::enable_if_t<kIsFlags<E>>>
constexpr E operator|(E a, E b) {
  return static_cast<E>(static_cast<uint32_t>(a) | static_cast<uint32_t>(b));
}
template <typename E, typename = std::enable_if_t<kIsFlags<E>>>
constexpr bool has(E flags, E flag) {
  return (static_cast<uint32_t>(flags) & static_cast<uint32_t>(flag)) == static_cast<uint32_t>(flag);
}

inline constexpr MemoryType kDefaultMemory = MemoryType::kHostLocal | MemoryType::kDeviceVisible;
inline constexpr BufferUsage kTransient = BufferUsage::kTransfer | BufferUsage::kDispatch;
inline constexpr MemoryAccess kRead = MemoryAccess::kRead;

// ---------------------------------------------------------------------------------------------------------------------
// Element types: MLIR's names, and the bytes that an element takes. Integers of 2 and 4 bits take a byte each, as i1.

struct ElementType {
  const char *name;
  int64_t byte_width;

  bool operator==(const ElementType &other) const { return std::string(name) == other.name; }
};

inline constexpr ElementType kI1{"i1", 1}, kI2{"i2", 1}, kI4{"i4", 1}, kI8{"i8", 1}, kI16{"i16", 2}, kI32{"i32", 4},
    kI64{"i64", 8}, kUi2{"ui2", 1}, kUi4{"ui4", 1}, kUi8{"ui8", 1}, kUi16{"ui16", 2}, kUi32{"ui32", 4},
    kUi64{"ui64", 8}, kF16{"f16", 2}, kBf16{"bf16", 2}, kF32{"f32", 4}, kF64{"f64", 8},
    kComplexF32{"complex<f32>", 8}, kComplexF64{"complex<f64>", 16}, kF8E5M2{"f8E5M2", 1}, kF8E4M3FN{"f8E4M3FN", 1},
    kF8E4M3{"f8E4M3", 1}, kF8E3M4{"f8E3M4", 1}, kF8E5M2FNUZ{"f8E5M2FNUZ", 1}, kF8E4M3FNUZ{"f8E4M3FNUZ", 1},
    kF8E4M3B11FNUZ{"f8E4M3B11FNUZ", 1};

using Shape = std::vector<int64_t>;

// ---------------------------------------------------------------------------------------------------------------------
// Memory and buffers.

// What a device has reserved. A device derives its own from it.
class Memory {
 public:
  virtual ~Memory() = default;

  const void *owner = nullptr;  // the allocator
  int64_t byte_length = 0;
  MemoryType type = kDefaultMemory;
  BufferUsage usage = BufferUsage::kAll;
  MemoryAccess access = MemoryAccess::kAll;
  std::byte *host = nullptr;  // where the host sees it; null where it does not
};

// Bytes of some memory, with what they may be used for. A value: a copy means the same bytes, and keeps them alive.
class Buffer {
 public:
  Buffer() = default;  // nothing yet
  explicit Buffer(std::shared_ptr<Memory> memory)
      : memory_(std::move(memory)), byte_length_(memory_->byte_length) {}

  Memory &memory() const { return *memory_; }
  const std::shared_ptr<Memory> &shared_memory() const { return memory_; }
  int64_t byte_offset() const { return byte_offset_; }  // from the start of the memory
  int64_t byte_length() const { return byte_length_; }

  // The same memory, from `offset` on. OutOfRange.
  Buffer subspan(int64_t offset, int64_t length) const;
  // PermissionDenied: the host cannot see it, or must not write to it. OutOfRange.
  void read(void *target, int64_t length, int64_t offset = 0) const;
  void write(const void *source, int64_t length, int64_t offset = 0) const;
  bool overlaps(const Buffer &other) const;

 private:
  void check_range(const char *what, int64_t offset, int64_t length) const;
  std::byte *mapped(const char *what, int64_t offset, int64_t length) const;

  std::shared_ptr<Memory> memory_;
  int64_t byte_offset_ = 0, byte_length_ = 0;
};

class Allocator {
 public:
  virtual ~Allocator() = default;

  // A buffer of zeros. FailedPrecondition: no such memory for such use. ResourceExhausted: not that much.
  Buffer allocate(int64_t byte_length, BufferUsage usage = BufferUsage::kAll, MemoryType type = kDefaultMemory);
  // A buffer over constants of the host, or over a copy of them.
  Buffer wrap(std::shared_ptr<const std::byte> data, int64_t byte_length);

  virtual std::shared_ptr<Memory> allocate_memory(int64_t byte_length, BufferUsage usage, MemoryType type) = 0;
  virtual std::shared_ptr<Memory> wrap_memory(std::shared_ptr<const std::byte> data, int64_t byte_length) = 0;
};

// A buffer seen as an array of one element type, row by row.
struct BufferView {
  Buffer buffer;
  Shape shape;
  ElementType element_type;

  static BufferView allocate(Allocator &allocator, const Shape &shape, ElementType element_type);

  int64_t byte_length() const;
  void read(void *target) const { buffer.read(target, byte_length()); }
  void write(const void *source) const { buffer.write(source, byte_length()); }
  // InvalidArgument: it is something else than `name` has to be, or shares memory with one of the others.
  void require(const char *name, const Shape &shape, ElementType element_type,
               std::initializer_list<const BufferView *> apart_from = {}) const;
};

// "4x8xf32"
std::string text_of(const Shape &shape, ElementType element_type);

// ---------------------------------------------------------------------------------------------------------------------
// Executables.

// Code for the CPU: works on the arrays that `bindings` point to. `sizes`: what only a call knows; now there is none.
using CpuKernel = void(void *const *bindings, const int64_t *sizes);

// Code for Vulkan. A dispatch has ceil(workload / tile) workgroups; bindings are storage buffers of descriptor set 0.
struct SpirvEntryPoint {
  const char *name;
  uint32_t binding_count;
  uint32_t workgroup_size[3];
  uint32_t tile[3];
  uint32_t shared_memory_bytes;
};
struct SpirvExecutable {
  const SpirvEntryPoint *entry_points;
  size_t entry_point_count;
  const uint32_t *code;
  size_t code_length;  // words
  const char *const *capabilities;  // SPIR-V's names
  size_t capability_count;
};

// One translation of an executable.
struct ExecutableSpec {
  std::string name;
  std::vector<CpuKernel *> kernels;        // for the CPU, by the number of the entry point
  const SpirvExecutable *spirv = nullptr;  // or for Vulkan
};

// Prepared by an ExecutableCache; a device derives its own from it.
class Executable {
 public:
  Executable(std::string name, size_t entry_point_count)
      : name(std::move(name)), entry_point_count(entry_point_count) {}
  virtual ~Executable() = default;

  const std::string name;
  const size_t entry_point_count;
};

class ExecutableCache {
 public:
  virtual ~ExecutableCache() = default;

  // The executable of the first spec that suits the device. InvalidArgument: none does.
  std::shared_ptr<Executable> prepare_first(const std::vector<ExecutableSpec> &specs);

  // What the device lacks; empty where it can run it.
  virtual std::string why_unsuitable(const ExecutableSpec &spec) = 0;
  virtual std::shared_ptr<Executable> prepare(const ExecutableSpec &spec) = 0;
};

// ---------------------------------------------------------------------------------------------------------------------
// Commands.

// A buffer as an entry point sees it. `access`: what the dispatch may do to it.
struct BufferBinding {
  Buffer buffer;
  Shape shape;
  ElementType element_type;
  MemoryAccess access = MemoryAccess::kAll;

  int64_t byte_length() const;
};

// One launch. `workload` counts elements (x, y, z); with a 0 nothing runs. Bindings: inputs, then outputs.
struct DispatchRequest {
  std::shared_ptr<Executable> executable;
  size_t entry_point;
  std::array<int64_t, 3> workload;
  std::vector<BufferBinding> bindings;
};

// Everything written in source_scope before is visible to target_scope after.
struct MemoryBarrier {
  AccessScope source_scope, target_scope;
};

inline constexpr ExecutionStage kWork = ExecutionStage::kDispatch | ExecutionStage::kTransfer;
inline constexpr AccessScope kWrites = AccessScope::kDispatchWrite | AccessScope::kTransferWrite;
inline constexpr AccessScope kReads = AccessScope::kDispatchRead | AccessScope::kTransferRead;
inline constexpr MemoryBarrier kBetweenCommands{kWrites, kReads | kWrites};
inline constexpr MemoryBarrier kToHost{kWrites, AccessScope::kHostRead};

// Commands, recorded once, then submitted any number of times. They run in the order of recording; one sees what an
// earlier one wrote only across a barrier. Each is checked when it is recorded: a device implements what is abstract
// for commands that are right. Not for use by two threads at once.
class CommandBuffer {
 public:
  virtual ~CommandBuffer() = default;

  void begin();  // drops what was recorded before; not while a submission of it is under way
  void end();
  void execution_barrier(ExecutionStage source_stages, ExecutionStage target_stages, const MemoryBarrier &barrier);
  void copy_buffer(const Buffer &source, const Buffer &target, int64_t source_offset, int64_t target_offset,
                   int64_t length);
  void dispatch(const DispatchRequest &request);
  // FailedPrecondition: it was not recorded whole.
  void check_submittable() const;
  const void *owner() const { return owner_; }  // the allocator of the buffers that it takes

 protected:
  explicit CommandBuffer(const void *owner) : owner_(owner) {}

  virtual void begin_recording() = 0;
  virtual void end_recording() = 0;
  virtual void record_barrier(ExecutionStage source_stages, ExecutionStage target_stages,
                              const MemoryBarrier &barrier) = 0;
  virtual void record_copy(const Buffer &source, const Buffer &target, int64_t source_offset, int64_t target_offset,
                           int64_t length) = 0;
  virtual void record_dispatch(const DispatchRequest &request) = 0;

 private:
  void check_recording(const char *command) const;
  void check(const Buffer &buffer, BufferUsage usage, MemoryAccess access) const;

  const void *owner_;
  bool recording_ = false, recorded_ = false;
};

// ---------------------------------------------------------------------------------------------------------------------
// Queues, and what they wait for and signal.

// A value that only grows. Any thread may call it.
class Timeline {
 public:
  virtual ~Timeline() = default;

  // The value now. Throws what it failed with.
  virtual uint64_t query() = 0;
  // Sets the value, from the host. InvalidArgument: it is not greater than the one now.
  virtual void signal(uint64_t value) = 0;
  // Every wait, now and later, throws `error`. The first failure stays.
  virtual void fail(const HalError &error) = 0;
  // Blocks the host until the value is reached. Throws what it failed with; DeadlineExceeded: `seconds` passed.
  virtual void wait(uint64_t value, double seconds = -1) = 0;
};

class Semaphore : public Timeline {};  // what one submission signals and another waits for
class Fence : public Timeline {};      // what tells the host how far a queue has come

struct SemaphoreValue {
  std::shared_ptr<Semaphore> semaphore;
  uint64_t value;
};
struct FenceValue {
  std::shared_ptr<Fence> fence;  // null: nobody is told
  uint64_t value = 0;
};
using SemaphoreValues = std::vector<SemaphoreValue>;

// Waits for all of wait_semaphores, runs the command buffers in order, then signals all of signal_semaphores.
struct SubmissionBatch {
  SemaphoreValues wait_semaphores;
  std::vector<std::shared_ptr<CommandBuffer>> command_buffers;
  SemaphoreValues signal_semaphores;
};

// Runs submissions in order: one that waits for a semaphore holds up all behind it. What goes wrong while one runs
// fails its fence and its semaphores, and everything submitted later fails with the same. Any thread may submit.
class CommandQueue {
 public:
  virtual ~CommandQueue() = default;

  // Returns when the work is queued; when the last batch is complete, `fence` is set to its value. Throws only what is
  // wrong with the submission itself, and then nothing of it is queued.
  virtual void submit(std::vector<SubmissionBatch> batches, const FenceValue &fence = {}) = 0;
  // Blocks until all submitted work is done. Throws what the queue failed with.
  virtual void wait_idle() = 0;
};

// ---------------------------------------------------------------------------------------------------------------------
// Makes everything that is needed to run work on one piece of hardware.

class Device {
 public:
  virtual ~Device() = default;

  virtual Allocator &allocator() = 0;
  virtual CommandQueue &dispatch_queue() = 0;
  virtual std::shared_ptr<CommandBuffer> create_command_buffer() = 0;
  virtual std::unique_ptr<ExecutableCache> create_executable_cache() = 0;
  virtual std::shared_ptr<Semaphore> create_semaphore(uint64_t initial = 0) = 0;
  virtual std::shared_ptr<Fence> create_fence(uint64_t initial = 0) = 0;

  // Runs command buffers in order, and blocks until they are done.
  void submit_and_wait(std::vector<std::shared_ptr<CommandBuffer>> command_buffers);
};

}  // namespace iree::hal

#endif  // IREE_HAL_CXX_HAL_H_
