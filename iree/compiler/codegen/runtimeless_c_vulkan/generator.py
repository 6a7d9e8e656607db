"""RuntimelessCVulkan: `translate --to=c-vulkan`, one C99 file that calls Vulkan and nothing else, and its header."""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.codegen.generator import Generator
from iree.compiler.codegen.headers import header_beside
from iree.compiler.codegen.runtimeless_c_vulkan.generate import generate
from iree.compiler.codegen.runtimeless_c_vulkan.program import ALIGNMENT
from iree.compiler.module.module_writer import write_whole
from iree.compiler.pipeline import SPIRV_EXECUTABLES, Options, run_pipeline


class RuntimelessCVulkan(Generator):
    """Writes model.c, and model.h, which says how to call it; model.weights too if weights are external."""

    suffix: ClassVar[str] = ".c"

    def __init__(self, external_weights: bool = False):
        """See generate."""
        self._external_weights = external_weights

    def write(self, module: ModuleOp, options: Options, output: Path, origin: str) -> dict[str, Any]:
        """See Generator. CompileError: also what C without a runtime cannot have."""
        header = header_beside(output)
        run_pipeline(module, compiled_for(options))
        sources = generate(module, output.stem, origin, self._external_weights)
        write_whole(header, lambda file: file.write(sources.header.encode()))
        write_whole(output, lambda file: file.write(sources.source.encode()))
        if self._external_weights:
            write_whole(output.with_suffix(".weights"), lambda file: file.write(sources.weights))
        return {"bytes": len(sources.source), "device_bytes": sources.bytes, "weights": len(sources.weights)}


def compiled_for(options: Options) -> Options:
    """The options, for what generate takes."""
    return replace(options, target_backends=("vulkan-spirv",), compile_to=SPIRV_EXECUTABLES, buffer_alignment=ALIGNMENT)
