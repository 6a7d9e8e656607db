"""What `translate --to=hal-python` makes of a program, ready to run: text in, one object for each device.

with tempfile.TemporaryDirectory() as folder:
    made = generate(text, Path(folder))
    made.create("vulkan").simple_mul(a, b)
"""

import functools
import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.codegen.registry import create_generator
from iree.compiler.dialects.registry import make_context
from iree.compiler.importers.mlir_text import import_text
from iree.compiler.pipeline import Options
from iree.hal.device import Device
from iree.hal.registry import create_driver

GENERATED_IMPORTS = (  # what the text of a generated module imports, so that whoever runs one has it
    "iree.hal.barrier:MemoryBarrier",
    "iree.hal.buffer:Buffer",
    "iree.hal.buffer_usage:BufferUsage",
    "iree.hal.buffer_view:BufferView",
    "iree.hal.command_buffer:CommandBuffer",
    "iree.hal.constants:Constants",
    "iree.hal.dispatch_request:DispatchRequest",
    "iree.hal.executable:ExecutableSpec",
    "iree.hal.execution_stage:ExecutionStage",
    "iree.hal.fence:FenceValue",
    "iree.hal.indirect_command_buffer:IndirectCommandBuffer",
    "iree.hal.memory_access:MemoryAccess",
    "iree.hal.memory_type:MemoryType",
    "iree.hal.semaphore:SemaphoreValue",
    "iree.hal.status:InvalidArgument",
    "iree.hal.submission_batch:SubmissionBatch",
    "iree.schemas.element_types:ElementType",
    "iree.schemas.file_format:ExecutableFormat",
)


class Generated(NamedTuple):
    """A Python module, its source, and the module file beside it."""

    module: ModuleType
    source: str
    module_file: bytes

    @property
    def cls(self) -> Any:
        """The class of the module."""
        (found,) = [value for name, value in vars(self.module).items() if name.endswith("Module")]
        return found

    def create(self, device: str | Device, custom_calls: Mapping[str, Callable[..., Any]] | None = None) -> Any:
        """The object on a device, or on that of a driver."""
        place = device_of(device) if isinstance(device, str) else device
        return self.cls.create(place) if custom_calls is None else self.cls.create(place, custom_calls)


@functools.cache
def device_of(driver: str) -> Device:
    """One device of each driver."""
    return create_driver(driver).create_device()


def generate(text: str, folder: Path, **options: Any) -> Generated:
    """Compiles MLIR text into a folder, and loads what comes out."""
    return generate_module(import_text(text, "<string>", make_context()), folder, **options)


def generate_module(module: ModuleOp, folder: Path, **options: Any) -> Generated:
    """The same for a program that was imported."""
    output = folder / "generated.py"
    create_generator("hal-python").write(module, Options(**options), output, "<string>")
    spec = importlib.util.spec_from_file_location("generated", output)
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return Generated(loaded, output.read_text(encoding="utf-8"), output.with_suffix(".emod").read_bytes())
