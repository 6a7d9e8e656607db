"""A program whose executables are compiled to SPIR-V as one C file over Vulkan and its header.

    generate(module, "mlp", "mlp.mlir")     Sources(header, source)

CompileError: what C without a runtime cannot do, with its place in the user's program and what to do about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.codegen.runtimeless_c.interface import Export
from iree.compiler.codegen.runtimeless_c_vulkan.header import header_text
from iree.compiler.codegen.runtimeless_c_vulkan.model import Model
from iree.compiler.codegen.runtimeless_c_vulkan.source import source_text


@dataclass(frozen=True)
class Sources:
    """The texts of NAME.h and NAME.c, the bytes of NAME.weights if there are such, and what they export.

    `records`: for each export the function that records it, if there is one; `features`: of Vulkan, that the device
    has to have switched on; `bytes`: of memory that it takes there.
    """

    header: str
    source: str
    weights: bytes
    exports: Sequence[Export]
    records: Sequence[str | None]
    features: Sequence[str]
    bytes: int


def generate(module: ModuleOp, name: str, origin: str, external_weights: bool = False) -> Sources:
    """The C of a program. `name`: what files are called, and functions if C can; `origin`: what it was made from.

    `external_weights`: whoever makes a model brings the constants, which are a file of their own; else the C has them.
    """
    model = Model(module, name, external_weights)
    origin = origin.replace("*/", "* /")
    return Sources(
        header_text(model, origin),
        source_text(model, origin),
        model.program.constants.weights(),
        model.interface.listed(),
        [entry.record for entry in model.entries],
        model.requirements.features,
        model.buffer_bytes + model.stage_bytes,
    )
