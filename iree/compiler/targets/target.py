"""What a target is to the rest of the compiler."""

from collections.abc import Sequence
from typing import Protocol

from xdsl.ir import Operation

from iree.compiler.ir.pass_manager import Pass
from iree.compiler.targets.description import TargetDescription
from iree.schemas.file_format import ExecutableFormat


class Target(Protocol):
    """Compiles executables: passes take the template's module to the target's own dialect, serialize to bytes."""

    name: str  # as users say it: "vulkan-spirv"
    executable_format: str  # the word in iree.executable(...): "SPIRV"
    fourcc: ExecutableFormat  # what the module file calls the format
    dialect: str  # what the executable is written in when the passes are done: "spirv"
    description: TargetDescription  # what its devices cost and allow

    @property
    def passes(self) -> Sequence[Pass]:
        """From the template (tensor ops between load_input and store_output) to the target's dialect, in order."""

    def serialize(self, inner: Operation) -> bytes:
        """The executable as the file of its format. `inner` is what the passes left."""

    def entry_points(self, inner: Operation) -> list[str]:
        """The names of the executable's entry points; a name's position is its ordinal."""
