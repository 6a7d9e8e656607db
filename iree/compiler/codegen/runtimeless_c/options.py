"""What the C of a program may look like."""

from dataclasses import dataclass, field

from iree.compiler.kernels.loop_parameters import LoopParameters


@dataclass(frozen=True)
class COptions:
    """`parameters`: how kernels' loops are cut."""

    parameters: LoopParameters = field(default_factory=LoopParameters)
