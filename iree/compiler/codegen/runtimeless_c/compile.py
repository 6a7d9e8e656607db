"""From a program to its C files in one call.

compile_to_c(module, Options(), COptions(), output_file="model.c")      writes model.c and model.h
"""

import os
from dataclasses import replace
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.codegen.runtimeless_c.generate import Sources, generate
from iree.compiler.codegen.runtimeless_c.options import COptions
from iree.compiler.module.module_writer import write_whole
from iree.compiler.pipeline import LL_SEQ, Options, run_pipeline


def compile_to_c(
    module: ModuleOp,
    options: Options,
    c_options: COptions,
    *,
    output_file: str | os.PathLike[str],
    origin: str = "",
) -> Sources:
    """Compiles IR, in place, and writes the C file and, beside it, the header of the same name.

    `origin`: what the files say they were made from. CompileError: the program, or C without a runtime, cannot have it.
    """
    path = Path(output_file)
    run_pipeline(module, replace(options, compile_to=LL_SEQ))
    sources = generate(module, path.stem, origin or path.stem, c_options)
    for suffix, text in ((".h", sources.header), (".c", sources.source)):
        write_whole(path.with_suffix(suffix), lambda file, text=text: file.write(text.encode()))  # type: ignore[misc]
    return sources
