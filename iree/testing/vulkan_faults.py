"""Vulkan that fails when it is told to: C that stands between a program and Vulkan, and counts.

    wrappers(source)     C to compile with the program: the n-th call that can fail does, and leaves garbage
    renamed(source)      flags that have the program call that

In C, `calls` says how many calls that can fail there were, `live` how many of Vulkan's objects there are, `fails_at`
which call fails, `lacks` whether the device has no features, and `version` its version of Vulkan, if
that is to be another.
"""

import re
from collections.abc import Sequence
from pathlib import Path

HEADER = Path("/usr/include/vulkan/vulkan_core.h")
_DECLARATION = r"VKAPI_ATTR (\w+) VKAPI_CALL {name}\((.*?)\);"
_MAKES = re.compile(r"vk(Create\w+|AllocateMemory)")
_UNMAKES = re.compile(r"vk(Destroy\w+|FreeMemory)")

_HEAD = """\
#include <string.h>
#include <vulkan/vulkan.h>

int calls, live, fails_at = -1, lacks, version;
"""


def called(source: str) -> list[str]:
    """The functions of Vulkan that C calls."""
    return sorted(set(re.findall(r"\b(vk[A-Z]\w+)\(", source)))


def renamed(source: str) -> list[str]:
    """Flags of the compiler."""
    return [f"-D{name}=faulty_{name}" for name in called(source)]


def wrappers(source: str) -> str:
    """The C."""
    header = HEADER.read_text()
    return "\n".join([_HEAD, *(_wrapper(name, header) for name in called(source))])


def _wrapper(name: str, header: str) -> str:
    found = re.search(_DECLARATION.format(name=name), header, re.DOTALL)
    assert found is not None, f"{HEADER} has no {name}"
    result, parameters = found[1], [" ".join(each.split()) for each in found[2].split(",")]
    names = [re.findall(r"\w+", each)[-1] for each in parameters]
    lines = [f"{result} faulty_{name}({', '.join(parameters)}) {{"]
    real = f"{name}({', '.join(names)})"
    body = _failing(name, names, real) if result == "VkResult" else _void(name, names, real)
    return "\n".join([*lines, *body, "}", ""])


def _failing(name: str, names: Sequence[str], real: str) -> list[str]:
    makes = bool(_MAKES.fullmatch(name))
    garbage = f" memset({names[-1]}, 0xA5, sizeof *{names[-1]});" if makes else ""
    return [
        "  VkResult result;",
        f"  if (calls++ == fails_at) {{{garbage} return VK_ERROR_OUT_OF_HOST_MEMORY; }}",
        f"  result = {real};",
        *["  if (result == VK_SUCCESS) ++live;"] * makes,
        "  return result;",
    ]


def _void(name: str, names: Sequence[str], real: str) -> list[str]:
    lines = [f"  {real};"]
    if _UNMAKES.fullmatch(name):
        lines.insert(0, f"  if ({names[1]} != VK_NULL_HANDLE) --live;")
    if name == "vkGetPhysicalDeviceFeatures2":
        lines.append(f"  if (lacks) memset(&{names[1]}->features, 0, sizeof {names[1]}->features);")
        lines.append("  for (VkBaseOutStructure *each = pFeatures->pNext; lacks && each; each = each->pNext)")
        lines.append("    memset(each + 1, 0, sizeof(VkBool32));")
    if name == "vkGetPhysicalDeviceProperties":
        lines.append(f"  if (version) {names[1]}->apiVersion = (uint32_t)version;")
    return lines
