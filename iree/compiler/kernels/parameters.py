"""What the scheduler has to know of a target. All costs and limits are here, none in the passes.

The defaults keep within what every Vulkan device has, and are best, or close, on Mesa's software Vulkan.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class KernelParameters:
    """How kernels are laid over invocations.

    `workgroup_invocations`: how many make a workgroup of a launch that is large enough.
    `max_workgroup_size`: how many invocations a workgroup may have in x, y and z.
    `max_workgroup_count`: how many workgroups a launch may have in x, y and z.
    `lanes`: invocations that run in lockstep; workgroups are cut so that few lanes idle.
    `min_workgroups`: an invocation gets more than one element only while there are this many workgroups.
    `min_tiled_invocations`: the same for contractions, whose invocations do more.
    `tiled_workgroup_invocations`: how many invocations make a workgroup of a contraction.
    `max_elements`: how many elements of an elementwise result an invocation computes at most.
    `tile`: columns (x) and rows (y) of a contraction's result that an invocation computes at most, in registers.
    `unroll`: steps of a reduction loop in one round, at most.
    `max_unrolled`: iterations of a nest's body in one round, if that is more than one step.
    `sum_block`: how many floats are summed in sequence; longer sums are made of such sums, for accuracy.
    `max_rounds`: rounds that all loops of an invocation may take together. Mesa's software Vulkan leaves every loop
      after 65,535 of them, without a word.
    `small_launch`: launches of fewer elements have workgroups of one invocation, and no guard.
    """

    workgroup_invocations: int = 128
    max_workgroup_size: tuple[int, int, int] = (128, 128, 64)
    max_workgroup_count: tuple[int, int, int] = (65535, 65535, 65535)
    lanes: int = 8
    min_workgroups: int = 128
    min_tiled_invocations: int = 128
    tiled_workgroup_invocations: int = 32
    max_elements: int = 4
    tile: tuple[int, int] = (8, 8)
    unroll: int = 4
    max_unrolled: int = 128
    sum_block: int = 256
    max_rounds: int = 65_535
    small_launch: int = 32
