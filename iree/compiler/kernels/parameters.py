"""What the scheduler has to know of a target. All costs and limits are here, none in the passes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class KernelParameters:
    """How kernels are laid over invocations.

    `workgroup_invocations`: how many make a workgroup of a launch that is large enough.
    `max_workgroup_count`: how many workgroups a launch may have in x, y and z.
    `lanes`: invocations that run in lockstep; workgroups are cut so that few lanes idle.
    `min_workgroups`: an invocation gets more than one element only while there are this many workgroups.
    `min_tiled_invocations`: the same for contractions, whose invocations do more.
    `tiled_workgroup_invocations`: how many invocations make a workgroup of a contraction.
    `max_elements`: how many elements of an elementwise result an invocation computes at most.
    `tile`: columns (x) and rows (y) of a contraction's result that an invocation computes at most, in registers.
    `unroll`: steps of a reduction loop in one round.
    `sum_block`: how many floats are summed in sequence; longer sums are made of such sums, for accuracy.
    `small_launch`: launches of fewer elements have workgroups of one invocation, and no guard.
    """

    workgroup_invocations: int = 64
    max_workgroup_count: tuple[int, int, int] = (65535, 65535, 65535)
    lanes: int = 8
    min_workgroups: int = 128
    min_tiled_invocations: int = 128
    tiled_workgroup_invocations: int = 32
    max_elements: int = 16
    tile: tuple[int, int] = (4, 8)
    unroll: int = 4
    sum_block: int = 256
    small_launch: int = 32
