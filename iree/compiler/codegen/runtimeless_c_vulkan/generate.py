"""A program whose executables are compiled to SPIR-V as one C file over Vulkan and its header.

    generate(module, "mlp", "mlp.mlir")     Sources(header, source)

CompileError: what C without a runtime cannot do, with its place in the user's program and what to do about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.codegen.runtimeless_c.interface import Export
from iree.compiler.codegen.runtimeless_c.names import identifier
from iree.compiler.codegen.runtimeless_c_vulkan.header import header_text
from iree.compiler.codegen.runtimeless_c_vulkan.model import Model
from iree.compiler.codegen.runtimeless_c_vulkan.source import source_text


@dataclass(frozen=True)
class Sources:
    """The texts of NAME.h and NAME.c, and what they export.

    `records`: for each export the function that records it, if there is one; `features`: of Vulkan, that the device
    has to have switched on; `bytes`: of memory that it takes there.
    """

    header: str
    source: str
    exports: Sequence[Export]
    records: Sequence[str | None]
    features: Sequence[str]
    bytes: int


def generate(module: ModuleOp, name: str, origin: str) -> Sources:
    """The C of a program. `name`: what files and functions are called; `origin`: what it was made from."""
    model = Model(module, identifier(name))
    origin = origin.replace("*/", "* /")
    return Sources(
        header_text(model, origin),
        source_text(model, origin),
        model.interface.listed(),
        [entry.record for entry in model.entries],
        model.requirements.features,
        model.buffer_bytes + model.stage_bytes,
    )
