"""The executables of a program for Vulkan: one C++ file with the words of SPIR-V and what a device needs to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from iree.compiler.codegen.hal_cpp.source import layout, text_literal
from iree.compiler.codegen.hal_cpp.types import braces
from iree.schemas import spirv_executable_def_generated

_fb: Any = spirv_executable_def_generated  # generated code has no types
_HAL = "iree::hal::"


@dataclass(frozen=True)
class VulkanKernel:
    """An executable: the object that holds it, and its SpirvExecutableDef."""

    symbol: str
    contents: bytes


def vulkan_kernels(kernels: Sequence[VulkanKernel], name: str) -> str:
    """The text of the file."""
    lines = [
        f"// The kernels of {name} for Vulkan, made by iree-translate --to=hal-cpp.",
        "",
        '#include "iree/hal/c++/hal.h"',
    ]
    for number, kernel in enumerate(kernels):
        lines += ["", *_executable(number, kernel)]
    return "\n".join(lines) + "\n"


def _executable(number: int, kernel: VulkanKernel) -> list[str]:
    table = _fb.SpirvExecutableDefT.InitFromObj(_fb.SpirvExecutableDef.GetRootAs(kernel.contents))
    entries = [_entry(entry) for entry in table.entryPoints]
    capabilities = [text_literal(text.decode()) for text in table.capabilities]
    counts = str(len(entries)), str(len(table.code)), str(len(capabilities))
    words = [f"0x{int(word):08x}" for word in table.code]
    return [
        *layout("", f"static const {_HAL}SpirvEntryPoint entry_points_{number}[] = {{", entries, "};"),
        *layout("", f"static const char *const capabilities_{number}[] = {{", capabilities, "};"),
        *layout("", f"static const uint32_t code_{number}[] = {{", words, "};"),
        f"extern const {_HAL}SpirvExecutable {kernel.symbol};",
        *layout(
            "",
            f"const {_HAL}SpirvExecutable {kernel.symbol} = {{",
            [
                *(f"entry_points_{number}", counts[0]),
                *(f"code_{number}", counts[1]),
                *(f"capabilities_{number}", counts[2]),
            ],
            "};",
        ),
    ]


def _entry(entry: Any) -> str:
    size, tile = (braces([int(n) for n in triple]) for triple in (entry.workgroupSize, entry.workgroupTile))
    return braces([text_literal(entry.name.decode()), entry.bindingCount, size, tile, entry.sharedMemoryBytes])
