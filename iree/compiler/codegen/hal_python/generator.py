"""HalPython: `translate --to=hal-python`, a Python module over iree.hal and the module file that goes with it."""

from pathlib import Path
from typing import Any, ClassVar

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.codegen.generator import Generator
from iree.compiler.codegen.hal.module_contents import ModuleContents
from iree.compiler.codegen.hal.program import Program
from iree.compiler.codegen.hal_python.module_class import write_module
from iree.compiler.codegen.hal_python.spelling import PythonSpelling
from iree.compiler.module.encode import encode_module
from iree.compiler.module.module_writer import to_bytes, write_whole
from iree.compiler.pipeline import LL_SEQ, Options, run_pipeline
from iree.compiler.targets.registry import create_targets


class HalPython(Generator):
    """Writes model.py, which reads model.emod, the file that the VM runs."""

    suffix: ClassVar[str] = ".py"

    def write(self, module: ModuleOp, options: Options, output: Path, origin: str) -> dict[str, Any]:
        """See Generator. CompileError: as for a module."""
        said = module  # what the text says: commands where they stand, not yet in functions of their own

        def reached(milestone: str, program: ModuleOp) -> None:
            nonlocal said
            if milestone == LL_SEQ:
                said = program.clone()

        run_pipeline(module, options, reached)
        data = to_bytes(encode_module(module, create_targets(options.target_backends)))
        name = output.stem if module.sym_name is None else module.sym_name.data
        text = write_module(Program(said, ModuleContents(data), name, PythonSpelling()), origin).encode()
        write_whole(output.with_suffix(".emod"), lambda file: file.write(data))
        write_whole(output, lambda file: file.write(text))
        return {"bytes": len(text), "module_bytes": len(data)}
