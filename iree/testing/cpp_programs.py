"""Programs as C++ classes over the HAL, compiled by the system's compilers and called with arrays.

    CppProgram(program, "cpu").simple_mul(a, b)
    CppProgram(program, recorded=True).take_log()       what it asked of the HAL, as recording_device.py says it

Compilation is as strict as C++ compilers can be asked to be: C++17, all warnings, each an error.
"""

import ctypes
import functools
import subprocess
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp

from iree.compiler.codegen.hal.types import memref
from iree.compiler.codegen.hal_cpp.spelling import CppSpelling
from iree.compiler.codegen.hal_cpp.types import array_type
from iree.compiler.codegen.registry import create_generator
from iree.compiler.codegen.runtimeless_c.interface import Export
from iree.compiler.dialects.iree import MODULE_EXPORT
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.pipeline import Options
from iree.testing import c_programs

STRICT = ("-std=c++17", "-Wall", "-Wextra", "-Werror", "-pedantic")
HAL_FOLDER = Path(__file__).resolve().parents[1] / "hal" / "c++"
RECORDING_DEVICE = Path(__file__).with_name("recording_device.cc")
NAME = "program"
_C_COMPILERS = {"g++": "gcc", "clang++": "clang"}
_ERROR_BYTES = 4096

_HARNESS = """\
#include <cstdio>

#include "iree/hal/c++/{driver}.h"
#include "{name}.h"

template <typename Function>
static bool attempt(char *error, Function function) {{
  try {{
    function();
    return true;
  }} catch (const std::exception &found) {{
    std::snprintf(error, {error_bytes}, "%s", found.what());
    return false;
  }}
}}

extern "C" {cls} *create(char *error) {{
  {cls} *made = nullptr;
  attempt(error, [&] {{ made = new {cls}({device}{file}); }});
  return made;
}}

extern "C" void destroy({cls} *module) {{ delete module; }}
"""
_CALL = """
extern "C" bool call_{method}({cls} *module, void **arrays, char *error) {{
  (void)arrays;
  return attempt(error, [&] {{ module->{method}({arguments}); }});
}}
"""

_RECORDING = """
#include "iree/testing/recording_device.h"

static iree::testing::RecordingDevice *recording;

static std::shared_ptr<iree::hal::Device> record(std::shared_ptr<iree::hal::Device> device) {
  auto made = std::make_shared<iree::testing::RecordingDevice>(std::move(device));
  recording = made.get();
  return made;
}

extern "C" const char *take_log() {
  static std::string log;
  log = recording->take_log();
  return log.c_str();
}
"""


class CppError(Exception):
    """What a C++ program has thrown."""


class CppProgram(c_programs.LoadedProgram):
    """A program in this process, on a device of its own. `driver`: "cpu" or "vulkan"; `flags`: besides STRICT.

    `recorded`: the device keeps a log.
    """

    def __init__(
        self,
        program: str | ModuleOp,
        driver: str = "cpu",
        compiler: str = "g++",
        flags: Sequence[str] = ("-O1",),
        recorded: bool = False,
    ) -> None:
        module = c_programs.imported(program)
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        create_generator("hal-cpp").write(module, Options(), folder / f"{NAME}.cc", f"{NAME}.mlir")
        exports = [_export(op) for op in ops_of(module, FuncOp) if MODULE_EXPORT in op.attributes]
        self.header = (folder / f"{NAME}.h").read_text()
        self.source = (folder / f"{NAME}.cc").read_text()
        (folder / "harness.cc").write_text(self._harness(exports, driver, folder, recorded))
        super().__init__(_linked(folder, compiler, tuple(flags), recorded), exports)
        self._library.create.restype = ctypes.c_void_p
        self._error = ctypes.create_string_buffer(_ERROR_BYTES)
        self._module = ctypes.c_void_p(self._library.create(self._error))
        if not self._module:
            raise CppError(self._error.value.decode())
        self.close = weakref.finalize(self, self._library.destroy, self._module)

    def take_log(self) -> list[str]:
        """The calls of the HAL since the last time, of a program that is recorded."""
        self._library.take_log.restype = ctypes.c_char_p
        text: bytes = self._library.take_log()
        return text.decode().splitlines()

    def _harness(self, exports: Sequence[Export], driver: str, folder: Path, recorded: bool) -> str:
        weights = folder / f"{NAME}.weights"
        file = f', "{weights}"' if weights.exists() else ""
        (line,) = [line for line in self.header.splitlines() if line.startswith("class ")]
        device = f"iree::hal::create_{driver}_device()"
        known = {"driver": driver, "name": NAME, "cls": line.split()[1], "file": file, "error_bytes": _ERROR_BYTES}
        known["device"] = f"record({device})" if recorded else device
        parts = [_RECORDING * recorded, _HARNESS.format(**known)]
        for export in exports:
            types = map(array_type, (*export.arguments, *export.results))
            arguments = ", ".join(f"static_cast<{name} *>(arrays[{number}])" for number, name in enumerate(types))
            parts.append(_CALL.format(method=export.symbol, arguments=arguments, **known))
        return "".join(parts)

    def _run(self, export: Export, arrays: Sequence[ctypes.c_void_p]) -> None:
        """CppError: what the method throws."""
        call = self._library[f"call_{export.symbol}"]
        call.restype = ctypes.c_bool
        if not call(self._module, (ctypes.c_void_p * max(1, len(arrays)))(*arrays), self._error):
            raise CppError(self._error.value.decode())


def _export(function: FuncOp) -> Export:
    """A function of a compiled program as a method of the class."""
    types = function.function_type
    symbol = CppSpelling().identifier(function.sym_name.data)
    return Export(function.sym_name.data, symbol, [*map(memref, types.inputs)], [*map(memref, types.outputs)])


def _linked(folder: Path, compiler: str, flags: tuple[str, ...], recorded: bool) -> Path:
    """The library of a program whose sources lie in a folder."""
    shared = ("-fPIC", f"-I{HAL_FOLDER.parents[2]}", *flags)
    kernels = folder / "kernels.o"
    _run([_C_COMPILERS[compiler], *c_programs.STRICT, *shared, "-c", "-o", kernels, folder / f"{NAME}_cpu.c"])
    target = folder / f"{NAME}.so"
    sources = [folder / "harness.cc", *folder.glob(f"{NAME}*.cc"), *[RECORDING_DEVICE] * recorded]
    hal = hal_objects(compiler, flags)
    libraries = ["-lm", "-lpthread", *(["-lvulkan"] if (HAL_FOLDER / "vulkan.cc").exists() else [])]
    _run([compiler, *STRICT, *shared, "-shared", "-o", target, *sources, kernels, *hal, *libraries])
    return target


@functools.cache
def _object_folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory()


@functools.cache
def hal_objects(compiler: str, flags: tuple[str, ...]) -> tuple[Path, ...]:
    """The C++ HAL with all its devices, compiled once."""
    folder = Path(_object_folder().name)
    found = []
    for number, source in enumerate(sorted(HAL_FOLDER.glob("*.cc"))):
        target = folder / f"{compiler}{len(list(folder.iterdir()))}_{number}.o"
        _run([compiler, *STRICT, "-fPIC", f"-I{HAL_FOLDER.parents[2]}", *flags, "-c", "-o", target, source])
        found.append(target)
    return tuple(found)


def _run(command: Sequence[str | Path]) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
