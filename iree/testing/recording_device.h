// RecordingDevice: another device that writes down each call, as recording_device.py does for HALs in Python.
//
//   auto device = std::make_shared<iree::testing::RecordingDevice>(iree::hal::create_cpu_device());
//   SimpleMulModule(device).simple_mul(a, b, out);
//   device->take_log();     "create_fence 0\ncreate_executable_cache\n...", a line for each call
//
// Buffers and command buffers are named in the order in which commands mention them. For one thread.

#ifndef IREE_TESTING_RECORDING_DEVICE_H_
#define IREE_TESTING_RECORDING_DEVICE_H_

#include "iree/hal/c++/hal.h"

namespace iree::testing {

// The calls so far, and the names of what they mention.
class Log {
 public:
  void add(const std::string &line) { text_ += line + "\n"; }
  std::string take();
  std::string new_command_buffer() { return "c" + std::to_string(command_buffers_++); }
  // Bytes of a buffer: "b0[0:16]".
  std::string range(const hal::Buffer &buffer, int64_t offset, int64_t length);

 private:
  std::string text_;
  size_t command_buffers_ = 0;
  std::vector<std::shared_ptr<hal::Memory>> named_;  // alive, so that nothing else gets their place
};

class RecordingDevice final : public hal::Device {
 public:
  explicit RecordingDevice(std::shared_ptr<hal::Device> device);

  // The calls since the last time.
  std::string take_log() { return log_.take(); }

  hal::Allocator &allocator() override { return *allocator_; }
  hal::CommandQueue &dispatch_queue() override { return *queue_; }
  std::shared_ptr<hal::CommandBuffer> create_command_buffer() override;
  std::unique_ptr<hal::ExecutableCache> create_executable_cache() override;
  std::shared_ptr<hal::Semaphore> create_semaphore(uint64_t initial) override;
  std::shared_ptr<hal::Fence> create_fence(uint64_t initial) override;

 private:
  std::shared_ptr<hal::Device> device_;
  Log log_;
  std::unique_ptr<hal::Allocator> allocator_;
  std::unique_ptr<hal::CommandQueue> queue_;
};

}  // namespace iree::testing

#endif  // IREE_TESTING_RECORDING_DEVICE_H_
