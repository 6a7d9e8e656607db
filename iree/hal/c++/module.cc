#include "iree/hal/c++/module.h"

#include <fstream>

namespace iree::hal {
namespace {

constexpr size_t kMostKept = 8;          // tables of buffers that commands are kept for
constexpr size_t kMostCommands = 128;    // that a call holds back, so that a long loop is on its way

bool same(const std::vector<Buffer> &a, const std::vector<Buffer> &b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].shared_memory() != b[i].shared_memory() || a[i].byte_offset() != b[i].byte_offset() ||
        a[i].byte_length() != b[i].byte_length()) {
      return false;
    }
  }
  return a.size() == b.size();
}

// As of zlib and PNG.
uint32_t crc32_of(const std::byte *data, size_t length) {
  uint32_t table[256];
  for (uint32_t i = 0; i < 256; ++i) {
    table[i] = i;
    for (int bit = 0; bit < 8; ++bit) table[i] = table[i] & 1 ? table[i] >> 1 ^ 0xEDB88320u : table[i] >> 1;
  }
  uint32_t crc = ~0u;
  for (size_t i = 0; i < length; ++i) crc = table[(crc ^ static_cast<uint32_t>(data[i])) & 0xFF] ^ crc >> 8;
  return ~crc;
}

}  // namespace

std::shared_ptr<CommandBuffer> IndirectCommandBuffer::bind(const std::vector<Buffer> &table) {
  for (auto found = recorded_.begin(); found != recorded_.end(); ++found) {
    if (same(found->table, table)) {
      recorded_.splice(recorded_.begin(), recorded_, found);
      return found->commands;
    }
  }
  auto commands = device_->create_command_buffer();
  commands->begin();
  record_(*commands, table);
  commands->end();
  recorded_.push_front({table, commands});
  if (recorded_.size() > kMostKept) recorded_.pop_back();
  return commands;
}

void Call::add(std::shared_ptr<CommandBuffer> commands) {
  commands_.push_back(std::move(commands));
  if (commands_.size() == kMostCommands) wait();
}

void Call::wait() {
  submit({}, {fence_, ++value_});
  fence_->wait(value_);
}

int64_t Call::reads(const Buffer &buffer) {
  wait();
  unsigned char bytes[8] = {};
  int64_t length = buffer.byte_length();
  buffer.read(bytes, length);
  uint64_t number = bytes[length - 1] & 0x80 ? ~uint64_t{0} : 0;
  for (int64_t i = length; i-- > 0;) number = number << 8 | bytes[i];
  return static_cast<int64_t>(number);
}

void Call::end(const SemaphoreValues &signal_semaphores, const FenceValue &signal_fence) {
  submit(signal_semaphores, signal_fence);
}

void Call::submit(const SemaphoreValues &signal_semaphores, const FenceValue &fence) {
  queue_.submit({{std::move(wait_semaphores_), std::move(commands_), signal_semaphores}}, fence);
  wait_semaphores_.clear();
  commands_.clear();
}

ConstantFile::ConstantFile(const std::string &path, int64_t byte_length, uint32_t crc32) : byte_length_(byte_length) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw HalError(Status::kNotFound, "cannot read " + path + ", which was written with the module");
  auto length = static_cast<std::streamoff>(file.tellg());
  std::shared_ptr<std::byte> data(new std::byte[static_cast<size_t>(byte_length)], std::default_delete<std::byte[]>());
  file.seekg(0);
  bool is_read = length == byte_length && file.read(reinterpret_cast<char *>(data.get()), byte_length);
  if (!is_read || crc32_of(data.get(), static_cast<size_t>(byte_length)) != crc32) {
    throw HalError(Status::kInvalidArgument, path + " was not written with this module: translate again");
  }
  data_ = std::move(data);
}

}  // namespace iree::hal
