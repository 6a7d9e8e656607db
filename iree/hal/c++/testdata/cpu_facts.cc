// What holds for the CPU, and of a file of constants.

#include "iree/hal/c++/cpu.h"

#include <fstream>

#include "iree/hal/c++/testdata/device_facts.h"

using namespace iree::hal;

static void simple_mul(void *const *bindings, const int64_t *) {
  for (int i = 0; i < 4; ++i) {
    static_cast<float *>(bindings[2])[i] =
        static_cast<const float *>(bindings[0])[i] * static_cast<const float *>(bindings[1])[i];
  }
}

static void exhausted(void *const *, const int64_t *) { throw std::bad_alloc(); }

// A buffer that is too large is refused; where a kernel finds no memory, the fence fails.
static void runs_out() {
  auto device = create_cpu_device();
  FAILS(kResourceExhausted, "no memory for a buffer of 1152921504606846976 bytes",
        device->allocator().allocate(int64_t{1} << 60));
  auto executable = device->create_executable_cache()->prepare_first({{"exhausted", {exhausted}, nullptr}});
  auto commands = device->create_command_buffer();
  commands->begin();
  commands->dispatch({executable, 0, {1, 1, 1}, {}});
  commands->end();
  FAILS(kResourceExhausted, "out of memory", device->submit_and_wait({commands}));
}

// A call that takes long runs on a thread of its own; a device that goes fails what still waits.
static void ends() {
  auto device = create_cpu_device();
  Buffer a = device->allocator().allocate(16 << 20), b = device->allocator().allocate(16 << 20);
  a.write("x", 1, (16 << 20) - 1);
  auto commands = device->create_command_buffer();
  commands->begin();
  commands->copy_buffer(a, b, 0, 0, 16 << 20);
  commands->end();
  device->submit_and_wait({commands});
  char last = 0;
  b.read(&last, 1, (16 << 20) - 1);
  CHECK(last == 'x');
  auto never = device->create_semaphore();
  auto fence = device->create_fence();
  device->dispatch_queue().submit({{{{never, 1}}, {commands}, {}}}, {fence, 1});
  device.reset();
  FAILS(kFailedPrecondition, "the device is gone, and a submission still waits for a semaphore", fence->wait(1));
}

static void constants(const std::string &path) {
  std::ofstream(path, std::ios::binary) << "123456789";
  ConstantFile file(path, 9, 0xCBF43926);  // the check value of this CRC
  CHECK(file.at(8)[0] == std::byte{'9'});
  auto device = create_cpu_device();
  char found[9];
  file.wrap(device->allocator()).read(found, 9);
  CHECK(std::string(found, 9) == "123456789");
  FAILS(kInvalidArgument, "was not written with this module", ConstantFile(path, 9, 0xCBF43927));
  FAILS(kInvalidArgument, "was not written with this module", ConstantFile(path, 8, 0xCBF43926));
  FAILS(kNotFound, "cannot read " + path + ".none", ConstantFile(path + ".none", 9, 0));
}

int main(int, char **arguments) {
  DeviceFacts(create_cpu_device(), create_cpu_device(), {"simple_mul", {simple_mul}, nullptr}).check_all();
  runs_out();
  ends();
  constants(arguments[1]);
}
