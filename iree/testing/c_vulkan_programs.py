"""Programs as C over Vulkan, compiled by the system's C compiler and called with arrays.

    CVulkanProgram(program).simple_mul(a, b)

Each has a Vulkan device of its own, with the features that its header names, under the validation layer.
"""

import ctypes
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.codegen.runtimeless_c.interface import Export
from iree.compiler.codegen.runtimeless_c_vulkan.generate import Sources, generate
from iree.compiler.codegen.runtimeless_c_vulkan.generator import compiled_for
from iree.compiler.pipeline import Options, run_pipeline
from iree.testing.c_programs import NAME, Around, Array, LoadedProgram, compiled, imported, run_sanitized_at
from iree.testing.vulkan_device import DEVICE_FILES, VulkanDevice

_GLUE = f'#include "{NAME}.h"\nunsigned model_bytes(void) {{ return sizeof({NAME}_model); }}\n'


def sources_of(program: str | ModuleOp, name: str = NAME, external_weights: bool = False) -> Sources:
    """The C of MLIR text, or of what an importer made, which is changed."""
    module = imported(program, name)
    run_pipeline(module, compiled_for(Options()))
    return generate(module, name, f"{name}.mlir", external_weights)


class CVulkanProgram(LoadedProgram):
    """A program in this process. `flags`: of the compiler, besides STRICT. AssertionError: the layer spoke."""

    def __init__(
        self,
        program: str | ModuleOp,
        external_weights: bool = False,
        compiler: str = "gcc",
        flags: Sequence[str] = ("-O1",),
    ) -> None:
        self.sources = sources_of(program, external_weights=external_weights)
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        write(self.sources, folder)
        (folder / "glue.c").write_text(_GLUE)
        library = compiled(folder, compiler, flags, f"{NAME}.c", "glue.c", "-lvulkan")
        super().__init__(library, self.sources.exports)
        self.device = VulkanDevice(self.sources.features)
        self._model = ctypes.create_string_buffer(self._library.model_bytes())
        opened = self.device.opened
        handles = map(ctypes.c_void_p, (opened.physical, opened.device, opened.queue))
        weights = [self.sources.weights] * external_weights
        self._check(self._library[f"{NAME}_create"](*handles, ctypes.c_uint32(opened.family), *weights, self._model))
        self.close = weakref.finalize(self, _close, self._library, self._model, self.device)

    def reset(self) -> None:
        """Gives all variables the values that they start with."""
        self._check(self._library[f"{NAME}_reset"](self._model))

    def _run(self, export: Export, arrays: Sequence[ctypes.c_void_p]) -> None:
        self._check(self._library[export.symbol](self._model, *arrays))

    def _check(self, result: int) -> None:
        assert result == 0, f"VkResult {result}"
        self.device.check()


def write(sources: Sources, folder: Path, name: str = NAME) -> None:
    """Writes the files."""
    (folder / f"{name}.h").write_text(sources.header)
    (folder / f"{name}.c").write_text(sources.source)
    (folder / f"{name}.weights").write_bytes(sources.weights)


def run_sanitized(sources: Sources, name: str, inputs: Sequence[Any]) -> list[Array]:
    """The results of a function in a process of its own, which ends at the first thing that C leaves undefined."""
    export = next(export for export in sources.exports if export.name == name)
    features = " ".join(sources.features)
    before = f"""\
  static Opened opened;
  static {NAME}_model model;
  if (open_instance(&opened) || open_device(&opened, "{features}")) return 3;
  if ({NAME}_create(opened.physical, opened.device, opened.queue, opened.family, &model)) return 4;"""
    after = f"""\
  {NAME}_destroy(&model);
  close_device(&opened);
  fputs(messages, stderr);
  if (*messages) return 5;"""
    around = Around('#include "device.h"', before, ["&model"], after, DEVICE_FILES, ["-lvulkan"], keep=True)
    with tempfile.TemporaryDirectory() as place:
        write(sources, Path(place))
        return run_sanitized_at(Path(place), export, inputs, around)


def _close(library: ctypes.CDLL, model: Any, device: VulkanDevice) -> None:
    library[f"{NAME}_destroy"](model)
    device.close()
