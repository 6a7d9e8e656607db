"""HalCpp: `translate --to=hal-cpp`, a C++17 class over iree/hal/c++ and the kernels and constants that go with it."""

from pathlib import Path
from typing import Any, ClassVar

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.codegen.generator import Generator
from iree.compiler.codegen.hal.module_contents import ModuleContents
from iree.compiler.codegen.hal.program import Program
from iree.compiler.codegen.hal_cpp.cpu_kernels import cpu_kernels
from iree.compiler.codegen.hal_cpp.module_class import ModuleClass
from iree.compiler.codegen.hal_cpp.spelling import CppSpelling
from iree.compiler.codegen.hal_cpp.vulkan_kernels import VulkanKernel, vulkan_kernels
from iree.compiler.codegen.headers import header_beside
from iree.compiler.codegen.runtimeless_c.names import identifier
from iree.compiler.dialects import ll_seq
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.module.encode import encode_module
from iree.compiler.module.module_writer import to_bytes, write_whole
from iree.compiler.pipeline import LL_SEQ, Options, run_pipeline
from iree.compiler.targets.registry import create_targets
from iree.schemas.file_format import ExecutableFormat


class HalCpp(Generator):
    """Writes model.cc and model.h, model_cpu.c, model_vulkan.cc if Vulkan is a target, model.weights if it has any."""

    suffix: ClassVar[str] = ".cc"

    def write(self, module: ModuleOp, options: Options, output: Path, origin: str) -> dict[str, Any]:
        """See Generator. CompileError: also what C++ or kernels in C cannot have."""
        header_beside(output)
        said = module  # what the text says: commands where they stand, not yet in functions of their own

        def reached(milestone: str, program: ModuleOp) -> None:
            nonlocal said
            if milestone == LL_SEQ:
                said = program.clone()

        run_pipeline(module, options, reached)
        for op in ops_of(said, ll_seq.CustomCall):
            fail(op, f"calls @{op.target.data} of the host, which C++ does not do yet: use --to=hal-python or a module")
        data = to_bytes(encode_module(module, create_targets(options.target_backends)))
        files = _files(said, data, output.stem, origin)
        for suffix, content in files.items():
            path = output.with_name(f"{output.stem}{suffix}")
            write_whole(path, lambda file, content=content: file.write(content))  # type: ignore[misc]
        return {"bytes": len(files[".cc"]), "weights_bytes": len(files.get(".weights", b""))}


def _files(module: ModuleOp, data: bytes, stem: str, origin: str) -> dict[str, bytes]:
    """What is written, by the end of its name."""
    contents = ModuleContents(data)
    prefix = identifier(stem)
    kernels = cpu_kernels(module, prefix)
    spirv = {
        name: VulkanKernel(f"{prefix}_vulkan_{identifier(name)}", data[variant.part.start : variant.part.end])
        for name, entry in contents.executables.items()
        for variant in entry.variants
        if variant.fourcc == ExecutableFormat.SPIRV
    }
    name = stem if module.sym_name is None else module.sym_name.data
    made = ModuleClass(
        Program(module, contents, name, CppSpelling()),
        stem,
        origin,
        {
            executable: [kernels.functions[executable, point] for point in entry.entry_points]
            for executable, entry in contents.executables.items()
        },
        {executable: kernel.symbol for executable, kernel in spirv.items()},
    )
    files = {".h": made.header(), ".cc": made.source(), "_cpu.c": kernels.text}
    if spirv:
        files["_vulkan.cc"] = vulkan_kernels(list(spirv.values()), prefix)
    found = {suffix: text.encode() for suffix, text in files.items()}
    if made.has_constants:
        found[".weights"] = data[contents.constants.start : contents.constants.end]
    return found
