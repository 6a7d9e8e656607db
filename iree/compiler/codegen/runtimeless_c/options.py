"""What the C of a program may look like."""

from dataclasses import dataclass, field

from iree.compiler.kernels.loop_parameters import LoopParameters


@dataclass(frozen=True)
class COptions:
    """`parameters`: how kernels' loops are cut.

    `external_arena`: whoever calls a function brings the memory that it works in; otherwise the C file has it.
    `external_weights`: whoever calls a function brings the constants, which are a file of their own; otherwise the C
    file has them.
    """

    external_arena: bool = False
    external_weights: bool = False
    parameters: LoopParameters = field(default_factory=LoopParameters)
