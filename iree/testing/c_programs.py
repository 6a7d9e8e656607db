"""Programs as C without a runtime, compiled by the system's C compiler and called with arrays.

    CProgram(program).simple_mul(a, b)

Compilation is as strict as C compilers can be asked to be: C99, all warnings, each an error.
"""

import ctypes
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xdsl.dialects.builtin import MemRefType, ModuleOp

from iree.compiler.codegen.runtimeless_c.generate import Sources, generate
from iree.compiler.codegen.runtimeless_c.interface import Export
from iree.compiler.codegen.runtimeless_c.options import COptions
from iree.compiler.dialects.registry import make_context
from iree.compiler.importers.mlir_text import import_text
from iree.compiler.ir.constants import dtype_of
from iree.compiler.pipeline import Options, run_pipeline

Array = NDArray[Any]

STRICT = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic")
SANITIZED = ("-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
NAME = "program"


def imported(program: str | ModuleOp, name: str = NAME) -> ModuleOp:
    """The module of MLIR text, or what an importer made."""
    return import_text(program, f"{name}.mlir", make_context()) if isinstance(program, str) else program


def sources_of(program: str | ModuleOp, options: COptions | None = None, name: str = NAME) -> Sources:
    """The C of MLIR text, or of what an importer made, which is changed."""
    module = imported(program, name)
    run_pipeline(module, Options(compile_to="ll-seq"))
    return generate(module, name, f"{name}.mlir", options or COptions())


class LoadedProgram:
    """A program in a library of this process: a method for each function that it exports."""

    def __init__(self, library: Path, exports: Sequence[Export]) -> None:
        self._library = ctypes.CDLL(str(library))
        self._exports = {export.name: export for export in exports}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._exports:
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Any:
        return lambda *inputs: self._call(self._exports[name], inputs)

    def _call(self, export: Export, inputs: Sequence[Any]) -> Any:
        """The results of a function: an array, or a tuple of several."""
        arrays = [held(value, type_) for value, type_ in zip(inputs, export.arguments, strict=True)]
        results = [filled(type_) for type_ in export.results]
        self._run(export, [ctypes.c_void_p(array.ctypes.data) for array in (*arrays, *results)])
        return results[0] if len(results) == 1 else tuple(results)

    def _run(self, export: Export, arrays: Sequence[ctypes.c_void_p]) -> None:
        """Calls a function on its arguments and results."""
        raise NotImplementedError


def compiled(folder: Path, compiler: str, flags: Sequence[str], *inputs: str) -> Path:
    """The library of C files in a folder, and of libraries."""
    target = folder / f"{NAME}.so"
    command = [compiler, *STRICT, *flags, "-shared", "-fPIC", "-o", str(target), *inputs]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stderr}\n{(folder / f'{NAME}.c').read_text()}"
    return target


class CProgram(LoadedProgram):
    """A program in this process. `flags`: of the compiler, besides STRICT."""

    def __init__(
        self,
        program: str | ModuleOp,
        options: COptions | None = None,
        compiler: str = "gcc",
        flags: Sequence[str] = ("-O1",),
    ) -> None:
        self.sources = sources_of(program, options)
        options = options or COptions()
        self._arena = [_aligned(bytes(self.sources.arena))] if options.external_arena else []
        self._weights = [_aligned(self.sources.weights)] if options.external_weights else []
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        write(self.sources, folder)
        super().__init__(compiled(folder, compiler, flags, f"{NAME}.c", "-lm"), self.sources.exports)

    def reset(self) -> None:
        """Gives all variables the values that they start with."""
        self._library[f"{NAME}_reset"](*map(_address, self._weights))

    def _run(self, export: Export, arrays: Sequence[ctypes.c_void_p]) -> None:
        self._library[export.symbol](*map(_address, (*self._arena, *self._weights)), *arrays)


def _aligned(data: bytes) -> Array:
    """The bytes in memory of their own, which starts at a multiple of 64."""
    memory = np.zeros(len(data) + 64, np.uint8)
    start = -memory.ctypes.data % 64
    memory[start : start + len(data)] = np.frombuffer(data, np.uint8)
    return memory[start:]


def _address(array: Array) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


def write(sources: Sources, folder: Path, name: str = NAME) -> None:
    """Writes the files."""
    (folder / f"{name}.h").write_text(sources.header)
    (folder / f"{name}.c").write_text(sources.source)
    (folder / f"{name}.weights").write_bytes(sources.weights)


@dataclass(frozen=True)
class Around:
    """What stands around a call in a C program: what `main` does before and after it, and gives it first.

    `files`: C that is compiled with it, by name; `libraries`: flags of the linker, which may `keep` memory to the end.
    """

    head: str = ""
    before: str = ""
    arguments: Sequence[str] = ()
    after: str = ""
    files: Sequence[tuple[str, str]] = ()
    libraries: Sequence[str] = ("-lm",)
    keep: bool = False


def run_sanitized(sources: Sources, name: str, inputs: Sequence[Any]) -> list[Array]:
    """The results of a function in a process of its own, which ends at the first thing that C leaves undefined.

    gcc and clang, which see different things, compile one each; both have to give the same bytes.
    """
    export = next(export for export in sources.exports if export.name == name)
    with tempfile.TemporaryDirectory() as place:
        write(sources, Path(place))
        return run_sanitized_at(Path(place), export, inputs, Around())


def run_sanitized_at(folder: Path, export: Export, inputs: Sequence[Any], around: Around) -> list[Array]:
    """The same, of the program whose files lie in a folder."""
    arrays = [held(value, type_) for value, type_ in zip(inputs, export.arguments, strict=True)]
    results = [filled(type_) for type_ in export.results]
    main = _main_text(export, [array.nbytes for array in (*arrays, *results)], around)
    for file, text in (("main.c", main), *around.files):
        (folder / file).write_text(text)
    data = b"".join(array.tobytes() for array in arrays)
    by_gcc, by_clang = (_sanitized_by(compiler, folder, data, around) for compiler in ("gcc", "clang"))
    assert by_gcc == by_clang, "gcc and clang make different results of it"
    found, start = [], 0
    for result in results:
        part = np.frombuffer(by_gcc[start : start + result.nbytes], result.dtype)
        found.append(part.reshape(result.shape))
        start += result.nbytes
    return found


def _sanitized_by(compiler: str, folder: Path, data: bytes, around: Around) -> bytes:
    """What the program writes when it reads `data`."""
    files = ["main.c", f"{NAME}.c", *(file for file, _ in around.files if file.endswith(".c"))]
    command = [compiler, *STRICT, *SANITIZED, "-o", compiler, *files, *around.libraries]
    subprocess.run(command, cwd=folder, check=True)
    environment = {**os.environ, "ASAN_OPTIONS": f"detect_leaks={int(not around.keep)}"}
    done = subprocess.run([str(folder / compiler)], input=data, capture_output=True, env=environment)
    assert done.returncode == 0, f"compiled by {compiler}: {done.stderr.decode()}"
    return done.stdout


def _main_text(export: Export, sizes: Sequence[int], around: Around) -> str:
    """A program that reads the arguments, calls the function and writes the results; each array of just its size."""
    count = len(export.arguments)
    lines = [f'#include "{NAME}.h"', "#include <stdio.h>", "#include <stdlib.h>", around.head, "int main(void) {"]
    for number, size in enumerate(sizes):
        lines.append(f"  void *a{number} = malloc({size});")
    lines.append(around.before)
    for number, size in enumerate(sizes[:count]):
        lines.append(f"  if (fread(a{number}, 1, {size}, stdin) != {size}) return 2;")
    arguments = [*around.arguments, *(f"a{number}" for number in range(len(sizes)))]
    lines += [f"  {export.symbol}({', '.join(arguments)});", around.after]
    for number, size in enumerate(sizes):
        if number >= count:
            lines.append(f"  fwrite(a{number}, 1, {size}, stdout);")
        lines.append(f"  free(a{number});")
    return "\n".join([*lines, "  return 0;", "}", ""])


def held(value: Any, type_: MemRefType) -> Array:
    """An argument as the array that a function takes."""
    array = np.asarray(value, dtype_of(type_.element_type), order="C")
    assert array.shape == tuple(type_.get_shape()), (array.shape, type_)
    return array


def filled(type_: MemRefType) -> Array:
    """A result before the call: garbage."""
    dtype = dtype_of(type_.element_type)
    shape = tuple(type_.get_shape())
    raw = np.full(max(1, int(np.prod(shape)) * dtype.itemsize), 0xA5, np.uint8)
    return raw[: int(np.prod(shape)) * dtype.itemsize].view(dtype).reshape(shape)
