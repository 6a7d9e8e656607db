"""From a program's text to the bytes of a module, in one call."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.dialects.registry import make_context
from iree.compiler.importers import mlir_text
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.printer import print_module
from iree.compiler.ir.sizes import SizeError
from iree.compiler.module import module_writer
from iree.compiler.module.encode import encode_module
from iree.compiler.pipeline import MILESTONES, MODULE, Options, run_pipeline
from iree.compiler.targets.registry import create_targets


def compile_str(
    source: str,
    *,
    target_backends: Sequence[str] | None = None,
    output_file: str | os.PathLike[str] | None = None,
    filename: str = "<string>",
    dump_ir_to: str | os.PathLike[str] | None = None,
    **options: Any,
) -> bytes:
    """Compiles MLIR text (StableHLO, MHLO or any milestone's IR) to a module.

    `target_backends`: names such as "interpreter-bytecode" and "vulkan-spirv", or one; all of them unless given.
    `output_file`: where the result is written as well, whole or not at all.
    `filename`: what errors call the text.
    `dump_ir_to`: a directory that gets one file for each milestone.
    `options`: the other fields of pipeline.Options, such as compile_to="ll-seq", which gives that IR's text as UTF-8.

    CompileError: the text or the program in it cannot be compiled; the message says where and why.
    """
    if target_backends is not None:
        options["target_backends"] = target_backends
    settings = Options(**options)
    module = mlir_text.import_text(source, filename, make_context())
    return compile_module(module, settings, output_file=output_file, dump_ir_to=dump_ir_to)


def compile_file(path: str | os.PathLike[str], **options: Any) -> bytes:
    """compile_str of a file's text. OSError: it cannot be read."""
    return compile_str(Path(path).read_text(encoding="utf-8"), filename=os.fspath(path), **options)


def compile_module(
    module: ModuleOp,
    options: Options,
    *,
    output_file: str | os.PathLike[str] | None = None,
    dump_ir_to: str | os.PathLike[str] | None = None,
    reached: Callable[[str, ModuleOp], None] = lambda *_: None,
) -> bytes:
    """Compiles IR that stands at the milestone `options.compile_from`, in place. See compile_str.

    `reached` is told every milestone and the module as it stands there.
    """
    dump = None if dump_ir_to is None else _Dump(Path(dump_ir_to))

    def at(milestone: str, module: ModuleOp) -> None:
        if dump is not None:
            dump.write(milestone, module)
        reached(milestone, module)

    run_pipeline(module, options, at)
    if options.compile_to != MODULE:
        text = print_module(module).encode()
        if output_file is not None:
            module_writer.write_whole(output_file, lambda file: file.write(text))
        return text
    try:
        encoded = encode_module(module, create_targets(options.target_backends))
    except SizeError as error:
        raise CompileError(f"a size that only a call knows {error}; give the arguments known sizes") from error
    if output_file is not None:
        module_writer.save(encoded, output_file)
    return module_writer.to_bytes(encoded)


def compile_imported(module: ModuleOp, options: dict[str, Any]) -> bytes:
    """Compiles what an importer gives, with the options that compile_str has besides its text."""
    files = {name: options.pop(name) for name in ("output_file", "dump_ir_to") if name in options}
    return compile_module(module, Options(**options), **files)


class _Dump:
    """Writes one numbered file for each milestone."""

    def __init__(self, directory: Path):
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def write(self, milestone: str, module: ModuleOp) -> None:
        path = self.directory / f"{MILESTONES.index(milestone)}-{milestone}.mlir"
        path.write_text(print_module(module), encoding="utf-8")
