// What holds for every device, given a kernel that multiplies two 4xf32 into a third: "simple_mul", entry point 0.

#ifndef IREE_HAL_CXX_TESTDATA_DEVICE_FACTS_H_
#define IREE_HAL_CXX_TESTDATA_DEVICE_FACTS_H_

#include <cmath>
#include <thread>

#include "iree/hal/c++/module.h"
#include "iree/hal/c++/testdata/check.h"

namespace iree::hal {

inline const Shape kFour{4};

class DeviceFacts {
 public:
  DeviceFacts(std::shared_ptr<Device> device, std::shared_ptr<Device> other, const ExecutableSpec &spec)
      : device_(std::move(device)), other_(std::move(other)), spec_(spec) {}

  void check_all() {
    buffers();
    executables();
    recording();
    dispatches();
    copies();
    queues();
    failures();
    threads();
    indirect();
    calls();
  }

 private:
  BufferView view(const std::vector<float> &values) {
    auto made = BufferView::allocate(device_->allocator(), kFour, kF32);
    made.write(values.data());
    return made;
  }
  static std::vector<float> read(const BufferView &view) {
    std::vector<float> values(4);
    view.read(values.data());
    return values;
  }
  std::shared_ptr<Executable> executable() { return device_->create_executable_cache()->prepare_first({spec_}); }
  // Commands that multiply a and b into out.
  std::shared_ptr<CommandBuffer> mul(const BufferView &a, const BufferView &b, const BufferView &out) {
    auto commands = device_->create_command_buffer();
    commands->begin();
    commands->dispatch(request(a, b, out));
    commands->execution_barrier(kWork, ExecutionStage::kHost, kToHost);
    commands->end();
    return commands;
  }
  DispatchRequest request(const BufferView &a, const BufferView &b, const BufferView &out) {
    return {executable(), 0, {4, 1, 1}, {{a.buffer, {4}, kF32, kRead}, {b.buffer, {4}, kF32, kRead},
                                         {out.buffer, {4}, kF32}}};
  }

  void buffers() {
    Allocator &allocator = device_->allocator();
    Buffer buffer = allocator.allocate(8);
    char bytes[8];
    buffer.read(bytes, 8);
    for (char byte : bytes) CHECK(byte == 0);
    buffer.write("abcd", 4, 2);
    buffer.subspan(3, 2).read(bytes, 2);
    CHECK(bytes[0] == 'b' && bytes[1] == 'c');
    CHECK(buffer.subspan(0, 4).overlaps(buffer.subspan(3, 2)) && !buffer.subspan(0, 4).overlaps(buffer.subspan(4, 4)));
    allocator.allocate(0).read(nullptr, 0);
    FAILS(kOutOfRange, "subspan of 8 bytes from 1 on: the buffer has 8", buffer.subspan(1, 8));
    FAILS(kOutOfRange, "read of 9 bytes from 0 on: the buffer has 8", buffer.read(bytes, 9));
    FAILS(kOutOfRange, "write of 1 bytes from -1 on", buffer.write(bytes, 1, -1));
    FAILS(kInvalidArgument, "cannot allocate -1 bytes", allocator.allocate(-1));
    FAILS(kFailedPrecondition, "memory that the device cannot see",
          allocator.allocate(4, BufferUsage::kAll, MemoryType::kHostLocal));
    FAILS(kFailedPrecondition, "memory that the host cannot map",
          allocator.allocate(4, BufferUsage::kAll, MemoryType::kDeviceLocal));
    FAILS(kResourceExhausted, "", allocator.allocate(int64_t{1} << 60));
    Buffer hidden = allocator.allocate(4, kTransient, MemoryType::kDeviceLocal);
    FAILS(kPermissionDenied, "read of a buffer that the host cannot map", hidden.read(bytes, 4));
    auto data = std::shared_ptr<std::byte>(new std::byte[8], std::default_delete<std::byte[]>());
    data.get()[5] = std::byte{7};
    Buffer constant = allocator.wrap(data, 8);
    constant.read(bytes, 1, 5);
    CHECK(bytes[0] == 7);
    FAILS(kPermissionDenied, "write to a buffer of constants", constant.write(bytes, 1));
    BufferView a = view({1, 2, 3, 4}), b = view({1, 2, 3, 4});
    a.require("a", {4}, kF32, {&b});
    CHECK(text_of({2, 3}, kF16) == "2x3xf16" && text_of({}, kI1) == "i1");
    FAILS(kInvalidArgument, "a is 4xf32, needs 5xf32", a.require("a", {5}, kF32));
    FAILS(kInvalidArgument, "a is 4xf32, needs 4xi32", a.require("a", {4}, kI32));
    FAILS(kInvalidArgument, "a shares memory with another argument", a.require("a", {4}, kF32, {&b, &a}));
    BufferView small{buffer, {4}, kF32};
    FAILS(kInvalidArgument, "x takes 16 bytes, its buffer has 8", small.require("x", {4}, kF32));
  }

  void executables() {
    auto cache = device_->create_executable_cache();
    CHECK(cache->prepare_first({{"nothing", {}, nullptr}, spec_})->name == spec_.name);
    FAILS(kInvalidArgument, "executable is not for this device", cache->prepare_first({}));
    FAILS(kInvalidArgument, "executable \"nothing\" is not for this device: it has no kernels for",
          cache->prepare_first({{"nothing", {}, nullptr}}));
  }

  void recording() {
    BufferView a = view({1, 2, 3, 4}), out = view({0, 0, 0, 0});
    auto commands = device_->create_command_buffer();
    FAILS(kFailedPrecondition, "end while the command buffer is not recording", commands->end());
    FAILS(kFailedPrecondition, "dispatch while the command buffer is not recording",
          commands->dispatch(request(a, a, out)));
    FAILS(kFailedPrecondition, "execution_barrier while", commands->execution_barrier(kWork, kWork, kBetweenCommands));
    FAILS(kFailedPrecondition, "copy_buffer while", commands->copy_buffer(a.buffer, out.buffer, 0, 0, 4));
    FAILS(kFailedPrecondition, "submit of a command buffer without begin and end",
          device_->submit_and_wait({commands}));
    commands->begin();
    FAILS(kFailedPrecondition, "begin of a command buffer that is recording", commands->begin());
    FAILS(kFailedPrecondition, "submit of a command buffer without", device_->submit_and_wait({commands}));
    DispatchRequest wrong = request(a, a, out);
    wrong.executable = nullptr;
    FAILS(kInvalidArgument, "dispatch of no executable", commands->dispatch(wrong));
    wrong = request(a, a, out);
    wrong.entry_point = 1;
    FAILS(kNotFound, "executable \"simple_mul\" has 1 entry points, not number 1", commands->dispatch(wrong));
    wrong = request(a, a, out);
    wrong.workload = {4, -1, 1};
    FAILS(kInvalidArgument, "dispatch with a workload of -1", commands->dispatch(wrong));
    wrong = request(a, a, out);
    wrong.bindings[2].shape = {5};
    FAILS(kOutOfRange, "a binding of \"simple_mul\", 5xf32, takes 20 bytes of a buffer of 16",
          commands->dispatch(wrong));
    wrong = request(a, a, out);
    wrong.executable = std::make_shared<Executable>("simple_mul", 1);
    FAILS(kInvalidArgument, "was not prepared by this device", commands->dispatch(wrong));
    wrong = request(a, a, out);
    wrong.bindings[1].buffer = {};
    FAILS(kInvalidArgument, "a command on no buffer", commands->dispatch(wrong));
    wrong.bindings[1].buffer = other_->allocator().allocate(16);
    FAILS(kPermissionDenied, "a buffer of another device", commands->dispatch(wrong));
    wrong.bindings[1].buffer = device_->allocator().allocate(16, BufferUsage::kTransfer | BufferUsage::kMapping);
    FAILS(kPermissionDenied, "a buffer that was not made for what a command does", commands->dispatch(wrong));
    auto data = std::shared_ptr<std::byte>(new std::byte[16]{}, std::default_delete<std::byte[]>());
    Buffer constant = device_->allocator().wrap(data, 16);
    FAILS(kPermissionDenied, "a buffer that was not made for", commands->copy_buffer(a.buffer, constant, 0, 0, 4));
    FAILS(kInvalidArgument, "copy_buffer between bytes that overlap",
          commands->copy_buffer(a.buffer, a.buffer, 0, 3, 4));
    FAILS(kOutOfRange, "subspan of 4 bytes from 13 on", commands->copy_buffer(a.buffer, out.buffer, 13, 0, 4));
    FAILS(kInvalidArgument, "bytes into its memory", misaligned(*commands, a, out));
    commands->end();
    FAILS(kInvalidArgument, "submit of another device's command buffer", other_->submit_and_wait({commands}));
  }
  void misaligned(CommandBuffer &commands, const BufferView &a, const BufferView &out) {
    DispatchRequest wrong = request(a, a, out);
    wrong.bindings[0].buffer = device_->allocator().allocate(20).subspan(2, 16);
    try {
      commands.dispatch(wrong);
    } catch (const HalError &error) {  // each device says it in its own words
      std::string text = error.what();
      bool is_right = text.find("lies at no multiple of 4 bytes") != std::string::npos;
      throw is_right ? HalError(error.status(), "2 bytes into its memory") : error;
    }
  }

  void dispatches() {
    BufferView a = view({1, 2, 3, 4}), b = view({5, 6, 7, NAN}), out = view({9, 9, 9, 9}), last = view({0, 0, 0, 0});
    auto commands = mul(a, b, out);
    device_->submit_and_wait({commands});
    std::vector<float> found = read(out);
    CHECK(found[0] == 5 && found[1] == 12 && found[2] == 21 && std::isnan(found[3]));
    a.write(std::vector<float>{2, 2, 2, 2}.data());
    device_->submit_and_wait({commands, mul(out, out, last), commands});
    CHECK(read(out)[0] == 10 && read(last)[0] == 100);
    auto nothing = device_->create_command_buffer();
    nothing->begin();
    DispatchRequest none = request(a, a, out);
    none.workload = {4, 0, 1};
    nothing->dispatch(none);
    nothing->end();
    device_->submit_and_wait({nothing});
    CHECK(read(out)[0] == 10);
    nothing->begin();
    for (int i = 0; i < 600; ++i) {  // more than one pool of descriptors
      nothing->dispatch(request(out, a, out.buffer.memory().byte_length == 16 ? last : out));
    }
    nothing->end();
    device_->submit_and_wait({nothing, {nothing}});
    CHECK(read(last)[1] == read(out)[1] * 2);
  }

  void copies() {
    Buffer hidden = device_->allocator().allocate(16, kTransient, MemoryType::kDeviceLocal);
    BufferView a = view({1, 2, 3, 4}), out = view({0, 0, 0, 0});
    auto commands = device_->create_command_buffer();
    commands->begin();
    commands->copy_buffer(a.buffer, hidden, 0, 0, 16);
    commands->execution_barrier(kWork, kWork, kBetweenCommands);
    commands->copy_buffer(hidden, out.buffer, 4, 8, 8);
    commands->copy_buffer(hidden, out.buffer, 4, 8, 0);
    commands->end();
    device_->submit_and_wait({commands});
    CHECK((read(out) == std::vector<float>{0, 0, 2, 3}));
  }

  void queues() {
    BufferView a = view({1, 2, 3, 4}), out = view({0, 0, 0, 0});
    CommandQueue &queue = device_->dispatch_queue();
    auto ready = device_->create_semaphore(), done = device_->create_semaphore(3);
    auto fence = device_->create_fence();
    CHECK(done->query() == 3);
    FAILS(kInvalidArgument, "signal of 3 does not increase: the value is 3", done->signal(3));
    queue.submit({{{{ready, 1}}, {mul(a, a, out)}, {{done, 4}}}}, {fence, 1});
    FAILS(kDeadlineExceeded, "value 1 was not reached in 0.01", fence->wait(1, 0.01));
    CHECK(read(out)[1] == 0);
    ready->signal(1);
    done->wait(4);
    fence->wait(1);
    queue.wait_idle();
    CHECK(read(out)[1] == 4 && fence->query() == 1);
    FAILS(kInvalidArgument, "submit with fence value 1, which does not increase", queue.submit({}, {fence, 1}));
    class Foreign : public Semaphore {
      uint64_t query() override { return 0; }
      void signal(uint64_t) override {}
      void fail(const HalError &) override {}
      void wait(uint64_t, double) override {}
    };
    FAILS(kInvalidArgument, "submit with a semaphore of another device",
          queue.submit({{{{std::make_shared<Foreign>(), 1}}, {}, {}}}));
    FAILS(kInvalidArgument, "submit with a semaphore of another device",
          queue.submit({{{}, {}, {{std::make_shared<Foreign>(), 1}}}}));
  }

  // On a device of its own each: a queue that has failed stays so.
  void failures() {
    CommandQueue &queue = other_->dispatch_queue();
    auto bad = other_->create_semaphore(), after = other_->create_semaphore();
    auto fence = other_->create_fence(), later = other_->create_fence();
    queue.submit({{{{bad, 1}}, {}, {{after, 1}}}}, {fence, 1});
    bad->fail(HalError(Status::kInternal, "the source has gone"));
    bad->fail(HalError(Status::kInternal, "a second failure"));
    FAILS(kInternal, "the source has gone", fence->wait(1));
    FAILS(kInternal, "the source has gone", after->query());
    FAILS(kInternal, "the source has gone", bad->signal(5));
    FAILS(kInternal, "the source has gone", queue.wait_idle());
    queue.submit({{}}, {later, 1});
    FAILS(kInternal, "the source has gone", later->wait(1));
    FAILS(kInternal, "the source has gone", other_->submit_and_wait({}));
  }

  void threads() {
    BufferView a = view({1, 2, 3, 4}), b = view({2, 2, 2, 2});
    auto semaphore = device_->create_semaphore();
    auto fence = device_->create_fence();
    CommandQueue &queue = device_->dispatch_queue();
    std::vector<BufferView> outs;
    for (int i = 0; i < 4; ++i) outs.push_back(view({0, 0, 0, 0}));
    std::vector<std::shared_ptr<CommandBuffer>> commands;
    for (const BufferView &out : outs) commands.push_back(mul(a, b, out));
    std::thread signaller([&] { semaphore->signal(1); });
    std::vector<std::thread> submitters;
    for (size_t i = 0; i < 4; ++i) {
      submitters.emplace_back([&, i] {
        auto done = device_->create_fence();
        for (uint64_t turn = 1; turn <= 20; ++turn) {
          queue.submit({{{{semaphore, 1}}, {commands[i]}, {}}}, {done, turn});
          if (turn % 5 == 0) done->wait(turn);
        }
      });
    }
    signaller.join();
    for (std::thread &submitter : submitters) submitter.join();
    queue.wait_idle();
    for (const BufferView &out : outs) CHECK((read(out) == std::vector<float>{2, 4, 6, 8}));
  }

  void indirect() {
    int count = 0;
    IndirectCommandBuffer commands(*device_, [&](CommandBuffer &recorded, const std::vector<Buffer> &table) {
      ++count;
      recorded.copy_buffer(table[0], table[1], 0, 0, 4);
    });
    std::vector<Buffer> buffers;
    for (int i = 0; i < 10; ++i) buffers.push_back(device_->allocator().allocate(8));
    auto first = commands.bind({buffers[0], buffers[1]});
    CHECK(commands.bind({buffers[0], buffers[1]}) == first && count == 1);
    CHECK(commands.bind({buffers[0], buffers[1].subspan(4, 4)}) != first && count == 2);
    for (size_t i = 2; i < 9; ++i) commands.bind({buffers[0], buffers[i]});
    CHECK(count == 9);
    commands.bind({buffers[0], buffers[1].subspan(4, 4)});
    CHECK(count == 9);
    CHECK(commands.bind({buffers[0], buffers[1]}) != first && count == 10);  // only 8 are kept
    FAILS(kOutOfRange, "subspan of 4 bytes", commands.bind({buffers[0], buffers[1].subspan(0, 2)}));
  }

  void calls() {
    BufferView a = view({1, 2, 3, 4}), out = view({0, 0, 0, 0});
    Buffer number = device_->allocator().allocate(4), byte = number.subspan(0, 1);
    Call call(*device_, {});
    int32_t value = -70000;
    number.write(&value, 4);
    CHECK(call.reads(number) == -70000 && call.reads(byte) == static_cast<int8_t>(-70000 & 0xFF));
    for (int i = 0; i < 130; ++i) call.add(mul(a, a, out));
    auto done = device_->create_semaphore();
    call.end({{done, 1}}, {});
    done->wait(1);
    CHECK(read(out)[3] == 16);
  }

  std::shared_ptr<Device> device_, other_;
  const ExecutableSpec spec_;
};

}  // namespace iree::hal

#endif  // IREE_HAL_CXX_TESTDATA_DEVICE_FACTS_H_
