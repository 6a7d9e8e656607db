"""What the C of a program may look like."""

from dataclasses import dataclass, field

from iree.compiler.kernels.loop_parameters import LoopParameters


@dataclass(frozen=True)
class COptions:
    """`parameters`: how kernels' loops are cut.

    `external_arena`: whoever calls a function brings the memory that it works in; otherwise the C file has it.
    `external_weights`: whoever calls a function brings the constants, which are a file of their own; otherwise the C
    file has them.
    `half_weights`: constants of f32 that kernels read are kept as f16.
    `restrict_math`: the C file has the functions of math.h that it uses itself.
    """

    external_arena: bool = False
    external_weights: bool = False
    half_weights: bool = False
    restrict_math: bool = False
    parameters: LoopParameters = field(default_factory=LoopParameters)
