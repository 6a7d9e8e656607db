// What holds for Vulkan. kernel.h: the words of simple_mul, which works on two elements in a workgroup.

#include "iree/hal/c++/vulkan.h"

#include "iree/hal/c++/testdata/device_facts.h"
#include "kernel.h"

using namespace iree::hal;

static const SpirvEntryPoint kEntry{"simple_mul", 3, {2, 1, 1}, {2, 1, 1}, 0};
static const char *const kCapabilities[] = {"Shader", "Kernel"};
static const SpirvExecutable kMul{&kEntry, 1, kCode, kCodeLength, kCapabilities, 1};

static void unsuitable(Device &device, const std::string &why, const SpirvEntryPoint &entry, size_t capabilities,
                       size_t code_length) {
  SpirvExecutable spirv{&entry, 1, kCode, code_length, kCapabilities, capabilities};
  FAILS(kInvalidArgument, why, device.create_executable_cache()->prepare_first({{"simple_mul", {}, &spirv}}));
}

static void limits() {
  auto device = create_vulkan_device("llvmpipe");
  unsuitable(*device, "it lacks Kernel", kEntry, 2, kCodeLength);
  unsuitable(*device, "its code is no SPIR-V", kEntry, 1, 4);
  unsuitable(*device, "simple_mul has a number of bindings of 4000000000", {"simple_mul", 4000000000, {2, 1, 1}, {}, 0},
             1, kCodeLength);
  unsuitable(*device, "simple_mul has workgroups that in y have a size of 5000",
             {"simple_mul", 3, {1, 5000, 1}, {}, 0}, 1, kCodeLength);
  unsuitable(*device, "simple_mul has workgroups whose invocations are 10000", {"simple_mul", 3, {100, 100, 1}, {}, 0},
             1, kCodeLength);
  unsuitable(*device, "simple_mul has workgroups that share a number of bytes of 9999999",
             {"simple_mul", 3, {2, 1, 1}, {}, 9999999}, 1, kCodeLength);
  std::vector<uint32_t> newer(kCode, kCode + kCodeLength);
  newer[1] = 0x00020000;
  SpirvExecutable spirv{&kEntry, 1, newer.data(), newer.size(), kCapabilities, 1};
  FAILS(kInvalidArgument, ", not 2.0", device->create_executable_cache()->prepare_first({{"simple_mul", {}, &spirv}}));
  FAILS(kNotFound, "no Vulkan device is called \"Voodoo\": there are llvmpipe", create_vulkan_device("Voodoo"));
}

static void launches() {
  auto device = create_vulkan_device();
  auto executable = device->create_executable_cache()->prepare_first({{"simple_mul", {}, &kMul}});
  Buffer buffer = device->allocator().allocate(32);
  auto commands = device->create_command_buffer();
  commands->begin();
  BufferBinding binding{buffer, {4}, kF32};
  FAILS(kInvalidArgument, "simple_mul takes 3 bindings, not 1",
        commands->dispatch({executable, 0, {4, 1, 1}, {binding}}));
  FAILS(kResourceExhausted, "workgroups, the device launches 65535 x 65535 x 65535 at most",
        commands->dispatch({executable, 0, {4, 65536, 1}, {binding, binding, binding}}));
  FAILS(kInvalidArgument, "was not prepared by this device",
        commands->dispatch({create_vulkan_device()->create_executable_cache()->prepare_first({{"mul", {}, &kMul}}), 0,
                            {4, 1, 1}, {binding, binding, binding}}));
}

int main() {
  DeviceFacts(create_vulkan_device(), create_vulkan_device(), {"simple_mul", {}, &kMul}).check_all();
  limits();
  launches();
}
