"""What docs/runtimeless_c.md shows of C over Vulkan compiles, and computes what it says."""

import re
import subprocess
from pathlib import Path

import pytest

from iree.testing.c_programs import STRICT
from iree.testing.run_tool import run_tool
from iree.testing.vulkan_device import DEVICE_FILES

DOCUMENT = Path("docs/runtimeless_c.md").read_text()
README = Path("README.md").read_text()

MAIN = """\
#include "simple_mul.h"
#include "device.h"
#include <stdio.h>
#include <string.h>

static void make_buffer(VkDevice device, VkBuffer *buffer, VkDeviceMemory *memory, float **mapped) {
  const VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                   .size = 32,
                                   .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT};
  VkMemoryAllocateInfo allocation = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO};  /* lavapipe has one type */
  VkMemoryRequirements requirements;
  void *start;
  vkCreateBuffer(device, &info, NULL, buffer);
  vkGetBufferMemoryRequirements(device, *buffer, &requirements);
  allocation.allocationSize = requirements.size;
  vkAllocateMemory(device, &allocation, NULL, memory);
  vkBindBufferMemory(device, *buffer, *memory, 0);
  vkMapMemory(device, *memory, 0, VK_WHOLE_SIZE, 0, &start);
  *mapped = start;
}

int main(void) {
  static Opened opened;
  if (open_instance(&opened) || open_device(&opened, "")) return 2;
  VkPhysicalDevice physical = opened.physical;
  VkDevice device = opened.device;
  VkQueue queue = opened.queue;
  uint32_t queue_family = opened.family;
CALL
  printf("%d %g %g %g %g\\n", result, product[0], product[1], product[2], product[3]);

  const VkCommandPoolCreateInfo pool_info = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                             .queueFamilyIndex = queue_family};
  VkCommandBufferAllocateInfo info = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, .commandBufferCount = 1};
  const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
  VkCommandPool pool;
  VkCommandBuffer commands;
  const VkSubmitInfo submission = {
      .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO, .commandBufferCount = 1, .pCommandBuffers = &commands};
  VkBuffer factors, products;
  VkDeviceMemory memories[2];
  float *inputs, *outputs;
  make_buffer(device, &factors, &memories[0], &inputs);
  make_buffer(device, &products, &memories[1], &outputs);
  memcpy(inputs, a, sizeof a);
  memcpy(inputs + 4, b, sizeof b);
  vkCreateCommandPool(device, &pool_info, NULL, &pool);
  info.commandPool = pool;
  vkAllocateCommandBuffers(device, &info, &commands);
  vkBeginCommandBuffer(commands, &begin);
RECORD
  vkEndCommandBuffer(commands);
  vkQueueSubmit(queue, 1, &submission, VK_NULL_HANDLE);
  vkQueueWaitIdle(queue);
  printf("%g %g %g %g\\n", outputs[0], outputs[1], outputs[2], outputs[3]);

  vkDestroyCommandPool(device, pool, NULL);
  vkDestroyBuffer(device, factors, NULL);
  vkDestroyBuffer(device, products, NULL);
  vkFreeMemory(device, memories[0], NULL);
  vkFreeMemory(device, memories[1], NULL);
  simple_mul_destroy(&model);
  close_device(&opened);
  fputs(messages, stdout);
  return 0;
}
"""


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_the_c_over_vulkan_runs(compiler: str, tmp_path: Path) -> None:
    (simple_mul, *_) = re.findall(r"^```mlir\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    (tmp_path / "simple_mul.mlir").write_text(simple_mul)
    (arguments,) = re.findall(r"^\$ ./bazelw run //iree/tools:translate -- (.*c-vulkan.*)$", DOCUMENT, re.MULTILINE)
    words = [str(tmp_path / word) if word.startswith("simple_mul.") else word for word in arguments.split()]
    assert run_tool("translate", *words) == (0, "", "")
    call, record = re.findall(r"^```c\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    for file, text in (("main.c", MAIN.replace("CALL", call).replace("RECORD", record)), *DEVICE_FILES):
        (tmp_path / file).write_text(text)
    command = [compiler, *STRICT, "-o", "main", "main.c", "device.c", "simple_mul.c", "-lvulkan"]
    subprocess.run(command, cwd=tmp_path, check=True)
    done = subprocess.run([str(tmp_path / "main")], capture_output=True, text=True)
    assert done.stdout == "0 5 12 21 32\n25 72 147 256\n", done.stderr


def test_the_parts_of_the_file_are_those_of_the_table(tmp_path: Path) -> None:
    (simple_mul, *_) = re.findall(r"^```mlir\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    (tmp_path / "simple_mul.mlir").write_text(simple_mul)
    arguments = [str(tmp_path / "simple_mul.mlir"), "--to=c-vulkan", "-o", str(tmp_path)]
    assert run_tool("translate", *arguments) == (0, "", "")
    source = (tmp_path / "simple_mul.c").read_text()
    starts = re.findall(r"^(?:#define|static|void|VkResult) .*", source, re.MULTILINE)
    names = [re.findall(r"#define (\w+)|(\w+)[\[(]", start)[0] for start in starts]
    defined = [macro or name for macro, name in names if macro not in ("SETS", "BINDINGS")]
    table = DOCUMENT[DOCUMENT.index("| Part |") : DOCUMENT.index("Other programs have more")]
    listed = re.findall(r"`(\w+)`", "".join(row.split("|")[1] for row in table.splitlines() if "|" in row))
    assert defined == listed
