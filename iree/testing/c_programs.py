"""Programs as C without a runtime, compiled by the system's C compiler and called with arrays.

    CProgram(program).simple_mul(a, b)

Compilation is as strict as C compilers can be asked to be: C99, all warnings, each an error.
"""

import ctypes
import subprocess
import tempfile
from collections.abc import Sequence
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
NAME = "program"


def sources_of(program: str | ModuleOp, options: COptions | None = None, name: str = NAME) -> Sources:
    """The C of MLIR text, or of what an importer made, which is changed."""
    module = import_text(program, f"{name}.mlir", make_context()) if isinstance(program, str) else program
    run_pipeline(module, Options(compile_to="ll-seq"))
    return generate(module, name, f"{name}.mlir", options or COptions())


class CProgram:
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
        self._library = ctypes.CDLL(str(self._compiled(Path(self._folder.name), compiler, flags)))
        self._exports = {export.name: export for export in self.sources.exports}

    def _compiled(self, folder: Path, compiler: str, flags: Sequence[str]) -> Path:
        write(self.sources, folder)
        target = folder / f"{NAME}.so"
        command = [compiler, *STRICT, *flags, "-shared", "-fPIC", "-o", str(target), f"{NAME}.c", "-lm"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, f"{done.stderr}\n{self.sources.source}"
        return target

    def __getattr__(self, name: str) -> Any:
        if name not in self._exports:
            raise AttributeError(name)
        return lambda *inputs: self._call(self._exports[name], inputs)

    __getitem__ = __getattr__

    def reset(self) -> None:
        """Gives all variables the values that they start with."""
        self._library[f"{NAME}_reset"](*map(_address, self._weights))

    def _call(self, export: Export, inputs: Sequence[Any]) -> Any:
        """The results of a function: an array, or a tuple of several."""
        assert len(inputs) == len(export.arguments)
        arrays = [held(value, type_) for value, type_ in zip(inputs, export.arguments, strict=True)]
        results = [filled(type_) for type_ in export.results]
        self._library[export.symbol](*map(_address, (*self._arena, *self._weights, *arrays, *results)))
        return results[0] if len(results) == 1 else tuple(results)


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


def run_sanitized(sources: Sources, name: str, inputs: Sequence[Any]) -> list[Array]:
    """The results of a function in a process of its own, which ends at the first thing that C leaves undefined."""
    export = next(export for export in sources.exports if export.name == name)
    arrays = [held(value, type_) for value, type_ in zip(inputs, export.arguments, strict=True)]
    results = [filled(type_) for type_ in export.results]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write(sources, folder)
        (folder / "main.c").write_text(_main_text(export, [array.nbytes for array in (*arrays, *results)]))
        flags = ("-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
        command = ["gcc", *STRICT, *flags, "-o", "main", "main.c", f"{NAME}.c", "-lm"]
        subprocess.run(command, cwd=folder, check=True)
        data = b"".join(array.tobytes() for array in arrays)
        done = subprocess.run([str(folder / "main")], input=data, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    found, start = [], 0
    for result in results:
        part = np.frombuffer(done.stdout[start : start + result.nbytes], result.dtype)
        found.append(part.reshape(result.shape))
        start += result.nbytes
    return found


def _main_text(export: Export, sizes: Sequence[int]) -> str:
    """A program that reads the arguments, calls the function and writes the results; each array of just its size."""
    count = len(export.arguments)
    lines = [f'#include "{NAME}.h"', "#include <stdio.h>", "#include <stdlib.h>", "int main(void) {"]
    for number, size in enumerate(sizes):
        lines.append(f"  void *a{number} = malloc({size});")
        if number < count:
            lines.append(f"  if (fread(a{number}, 1, {size}, stdin) != {size}) return 2;")
    lines.append(f"  {export.symbol}({', '.join(f'a{number}' for number in range(len(sizes)))});")
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
