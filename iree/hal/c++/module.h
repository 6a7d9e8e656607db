// What the classes that `translate --to=hal-cpp` writes are made of, over nothing but hal.h.

#ifndef IREE_HAL_CXX_MODULE_H_
#define IREE_HAL_CXX_MODULE_H_

#include <functional>
#include <list>

#include "iree/hal/c++/hal.h"

namespace iree::hal {

// Commands with places for buffers, recorded for each table of buffers that is met and kept for those used last, whose
// memory they keep alive. Not for use by two threads at once.
class IndirectCommandBuffer {
 public:
  using Record = std::function<void(CommandBuffer &, const std::vector<Buffer> &)>;

  IndirectCommandBuffer() = default;
  IndirectCommandBuffer(Device &device, Record record) : device_(&device), record_(std::move(record)) {}

  // The commands on these buffers, to be submitted any number of times. HalError: a command is wrong.
  std::shared_ptr<CommandBuffer> bind(const std::vector<Buffer> &table);

 private:
  struct Recorded {
    std::vector<Buffer> table;
    std::shared_ptr<CommandBuffer> commands;
  };

  Device *device_ = nullptr;
  Record record_;
  std::list<Recorded> recorded_;  // the one used last comes first
};

// One call of a function that decides something: its commands wait here until the host has to see what they did, or
// until its end.
class Call {
 public:
  Call(Device &device, SemaphoreValues wait_semaphores)
      : queue_(device.dispatch_queue()), fence_(device.create_fence()), wait_semaphores_(std::move(wait_semaphores)) {}

  // Commands that come after all before them.
  void add(std::shared_ptr<CommandBuffer> commands);
  // Submits the commands so far, and waits until they are done.
  void wait();
  // The number that a buffer of some integers' bytes holds, once all before is done.
  int64_t reads(const Buffer &buffer);
  // Submits the rest.
  void end(const SemaphoreValues &signal_semaphores, const FenceValue &signal_fence);

 private:
  void submit(const SemaphoreValues &signal_semaphores, const FenceValue &fence);

  CommandQueue &queue_;
  std::shared_ptr<Fence> fence_;
  uint64_t value_ = 0;
  SemaphoreValues wait_semaphores_;
  std::vector<std::shared_ptr<CommandBuffer>> commands_;
};

// The file of a module's constants, in memory.
class ConstantFile {
 public:
  // NotFound: no such file. InvalidArgument: not the one that was written with the module.
  ConstantFile(const std::string &path, int64_t byte_length, uint32_t crc32);

  // All of it, as the device can use it.
  Buffer wrap(Allocator &allocator) const { return allocator.wrap(data_, byte_length_); }
  const std::byte *at(int64_t offset) const { return data_.get() + offset; }

 private:
  std::shared_ptr<const std::byte> data_;
  int64_t byte_length_;
};

}  // namespace iree::hal

#endif  // IREE_HAL_CXX_MODULE_H_
