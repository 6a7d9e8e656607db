"""RuntimelessC: `translate --to=c`, one C99 file that needs no runtime, and its header."""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.codegen.generator import Generator
from iree.compiler.codegen.headers import header_beside
from iree.compiler.codegen.runtimeless_c.generate import generate
from iree.compiler.codegen.runtimeless_c.options import COptions
from iree.compiler.module.module_writer import write_whole
from iree.compiler.pipeline import LL_SEQ, Options, run_pipeline


class RuntimelessC(Generator):
    """Writes model.c, and model.h, which says how to call it; model.weights too if weights are external."""

    suffix: ClassVar[str] = ".c"

    def __init__(
        self,
        external_arena: bool = False,
        external_weights: bool = False,
        half_weights: bool = False,
        restrict_math: bool = False,
    ):
        """See COptions."""
        self._options = COptions(external_arena, external_weights, half_weights, restrict_math)

    def write(self, module: ModuleOp, options: Options, output: Path, origin: str) -> dict[str, Any]:
        """See Generator. CompileError: also what C without a runtime cannot have."""
        header = header_beside(output)
        run_pipeline(module, replace(options, compile_to=LL_SEQ))
        sources = generate(module, output.stem, origin, self._options)
        write_whole(header, lambda file: file.write(sources.header.encode()))
        write_whole(output, lambda file: file.write(sources.source.encode()))
        if self._options.external_weights:
            write_whole(output.with_suffix(".weights"), lambda file: file.write(sources.weights))
        return {"bytes": len(sources.source), "arena": sources.arena, "weights": len(sources.weights)}
