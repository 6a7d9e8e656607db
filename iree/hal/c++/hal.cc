// What is the same for all devices: the checks of buffers and commands.

#include "iree/hal/c++/hal.h"

#include <cstring>

namespace iree::hal {
namespace {

std::string bytes(int64_t count) { return std::to_string(count) + " bytes"; }

int64_t byte_length_of(const Shape &shape, ElementType element_type) {
  int64_t length = element_type.byte_width;
  for (int64_t size : shape) length *= size;
  return length;
}

}  // namespace

std::string text_of(const Shape &shape, ElementType element_type) {
  std::string text;
  for (int64_t size : shape) text += std::to_string(size) + "x";
  return text + element_type.name;
}

void Buffer::check_range(const char *what, int64_t offset, int64_t length) const {
  if (offset < 0 || length < 0 || length > byte_length_ || offset > byte_length_ - length) {
    throw HalError(Status::kOutOfRange, std::string(what) + " of " + bytes(length) + " from " + std::to_string(offset) +
                                            " on: the buffer has " + std::to_string(byte_length_));
  }
}

Buffer Buffer::subspan(int64_t offset, int64_t length) const {
  check_range("subspan", offset, length);
  Buffer part = *this;
  part.byte_offset_ += offset;
  part.byte_length_ = length;
  return part;
}

std::byte *Buffer::mapped(const char *what, int64_t offset, int64_t length) const {
  check_range(what, offset, length);
  if (length == 0) return nullptr;
  if (memory_->host == nullptr || !has(memory_->usage, BufferUsage::kMapping)) {
    throw HalError(Status::kPermissionDenied,
                   std::string(what) + " of a buffer that the host cannot map: allocate it with BufferUsage::kAll");
  }
  return memory_->host + byte_offset_ + offset;
}

void Buffer::read(void *target, int64_t length, int64_t offset) const {
  const std::byte *source = mapped("read", offset, length);
  if (length != 0) std::memcpy(target, source, static_cast<size_t>(length));
}

void Buffer::write(const void *source, int64_t length, int64_t offset) const {
  std::byte *target = mapped("write", offset, length);
  if (length == 0) return;
  if (!has(memory_->access, MemoryAccess::kWrite)) {
    throw HalError(Status::kPermissionDenied, "write to a buffer of constants");
  }
  std::memcpy(target, source, static_cast<size_t>(length));
}

bool Buffer::overlaps(const Buffer &other) const {
  return memory_ == other.memory_ && byte_length_ != 0 && other.byte_length_ != 0 &&
         byte_offset_ < other.byte_offset_ + other.byte_length_ && other.byte_offset_ < byte_offset_ + byte_length_;
}

Buffer Allocator::allocate(int64_t byte_length, BufferUsage usage, MemoryType type) {
  if (byte_length < 0) throw HalError(Status::kInvalidArgument, "cannot allocate " + bytes(byte_length));
  if (!has(type, MemoryType::kDeviceVisible)) {
    throw HalError(Status::kFailedPrecondition, "memory that the device cannot see: add MemoryType::kDeviceVisible");
  }
  if (has(usage, BufferUsage::kMapping) && !has(type, MemoryType::kHostVisible)) {
    throw HalError(Status::kFailedPrecondition,
                   "memory that the host cannot map: add MemoryType::kHostVisible or leave out BufferUsage::kMapping");
  }
  auto memory = allocate_memory(byte_length, usage, type);
  memory->byte_length = byte_length;
  memory->usage = usage;
  memory->type = type;
  return Buffer(std::move(memory));
}

Buffer Allocator::wrap(std::shared_ptr<const std::byte> data, int64_t byte_length) {
  auto memory = wrap_memory(std::move(data), byte_length);
  memory->byte_length = byte_length;
  memory->usage = BufferUsage::kConstant | BufferUsage::kAll;
  memory->access = MemoryAccess::kRead;
  return Buffer(std::move(memory));
}

BufferView BufferView::allocate(Allocator &allocator, const Shape &shape, ElementType element_type) {
  return {allocator.allocate(byte_length_of(shape, element_type)), shape, element_type};
}

int64_t BufferView::byte_length() const { return byte_length_of(shape, element_type); }

void BufferView::require(const char *name, const Shape &needed_shape, ElementType needed_type,
                         std::initializer_list<const BufferView *> apart_from) const {
  if (shape != needed_shape || !(element_type == needed_type)) {
    throw HalError(Status::kInvalidArgument, std::string(name) + " is " + text_of(shape, element_type) + ", needs " +
                                                 text_of(needed_shape, needed_type));
  }
  if (byte_length() > buffer.byte_length()) {
    throw HalError(Status::kInvalidArgument, std::string(name) + " takes " + bytes(byte_length()) +
                                                 ", its buffer has " + std::to_string(buffer.byte_length()));
  }
  for (const BufferView *other : apart_from) {
    if (buffer.overlaps(other->buffer)) {
      throw HalError(Status::kInvalidArgument,
                     std::string(name) + " shares memory with another argument: give it memory of its own");
    }
  }
}

std::shared_ptr<Executable> ExecutableCache::prepare_first(const std::vector<ExecutableSpec> &specs) {
  std::string reasons;
  for (const ExecutableSpec &spec : specs) {
    std::string reason = why_unsuitable(spec);
    if (reason.empty()) return prepare(spec);
    reasons += (reasons.empty() ? "" : "; ") + reason;
  }
  std::string name = specs.empty() ? "" : " \"" + specs[0].name + "\"";
  throw HalError(Status::kInvalidArgument, "executable" + name + " is not for this device: " + reasons);
}

int64_t BufferBinding::byte_length() const { return byte_length_of(shape, element_type); }

void CommandBuffer::begin() {
  if (recording_) throw HalError(Status::kFailedPrecondition, "begin of a command buffer that is recording: call end");
  begin_recording();
  recording_ = true;
  recorded_ = false;
}

void CommandBuffer::end() {
  check_recording("end");
  end_recording();
  recording_ = false;
  recorded_ = true;
}

void CommandBuffer::execution_barrier(ExecutionStage source_stages, ExecutionStage target_stages,
                                      const MemoryBarrier &barrier) {
  check_recording("execution_barrier");
  record_barrier(source_stages, target_stages, barrier);
}

void CommandBuffer::copy_buffer(const Buffer &source, const Buffer &target, int64_t source_offset,
                                int64_t target_offset, int64_t length) {
  check_recording("copy_buffer");
  check(source, BufferUsage::kTransfer, MemoryAccess::kRead);
  check(target, BufferUsage::kTransfer, MemoryAccess::kWrite);
  if (source.subspan(source_offset, length).overlaps(target.subspan(target_offset, length))) {
    throw HalError(Status::kInvalidArgument, "copy_buffer between bytes that overlap");
  }
  record_copy(source, target, source_offset, target_offset, length);
}

void CommandBuffer::dispatch(const DispatchRequest &request) {
  check_recording("dispatch");
  const Executable *executable = request.executable.get();
  if (executable == nullptr) throw HalError(Status::kInvalidArgument, "dispatch of no executable");
  if (request.entry_point >= executable->entry_point_count) {
    throw HalError(Status::kNotFound, "executable \"" + executable->name + "\" has " +
                                          std::to_string(executable->entry_point_count) + " entry points, not number " +
                                          std::to_string(request.entry_point));
  }
  for (int64_t count : request.workload) {
    if (count < 0) throw HalError(Status::kInvalidArgument, "dispatch with a workload of " + std::to_string(count));
  }
  for (const BufferBinding &binding : request.bindings) {
    check(binding.buffer, BufferUsage::kDispatch,
          has(binding.access, MemoryAccess::kWrite) ? MemoryAccess::kWrite : MemoryAccess::kRead);
    if (binding.byte_length() > binding.buffer.byte_length()) {
      throw HalError(Status::kOutOfRange, "a binding of \"" + executable->name + "\", " +
                                              text_of(binding.shape, binding.element_type) + ", takes " +
                                              bytes(binding.byte_length()) + " of a buffer of " +
                                              std::to_string(binding.buffer.byte_length()));
    }
  }
  record_dispatch(request);
}

void CommandBuffer::check_submittable() const {
  if (!recorded_) throw HalError(Status::kFailedPrecondition, "submit of a command buffer without begin and end");
}

void CommandBuffer::check_recording(const char *command) const {
  if (!recording_) {
    throw HalError(Status::kFailedPrecondition,
                   std::string(command) + " while the command buffer is not recording: call begin first");
  }
}

void CommandBuffer::check(const Buffer &buffer, BufferUsage usage, MemoryAccess access) const {
  if (buffer.shared_memory() == nullptr) throw HalError(Status::kInvalidArgument, "a command on no buffer");
  const Memory &memory = buffer.memory();
  if (memory.owner != owner_) {
    throw HalError(Status::kPermissionDenied, "a buffer of another device: allocate it with this one");
  }
  if (!has(memory.usage, usage) || !has(memory.access, access)) {
    throw HalError(Status::kPermissionDenied, "a buffer that was not made for what a command does to it");
  }
}

void Device::submit_and_wait(std::vector<std::shared_ptr<CommandBuffer>> command_buffers) {
  auto fence = create_fence();
  dispatch_queue().submit({{{}, std::move(command_buffers), {}}}, {fence, 1});
  fence->wait(1);
}

}  // namespace iree::hal
