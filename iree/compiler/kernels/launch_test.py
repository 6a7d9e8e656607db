"""Launches: every element of a workload has an invocation, and no limit is passed."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from iree.compiler.kernels.launch import Launch, plan_launch, plan_tiled_launch
from iree.compiler.kernels.parameters import KernelParameters

workloads = st.tuples(*[st.integers(1, 2000) | st.sampled_from([1, 65536, 10**6, 2**27])] * 3)


def check(launch: Launch, parameters: KernelParameters) -> None:
    for dim in range(3):
        assert 1 <= launch.groups[dim] <= parameters.max_workgroup_count[dim]
        assert launch.span[dim] * launch.elements[dim] >= launch.workload[dim]
        assert launch.tile[dim] == launch.size[dim] * launch.elements[dim]
        assert launch.size[dim] <= parameters.max_workgroup_size[dim]


@given(workloads, st.sampled_from([1, 8, 64, 256]), st.sampled_from([3, 65535]))
@settings(max_examples=200, deadline=None)
def test_every_element_is_covered_within_the_limits(workload: tuple[int, int, int], size: int, limit: int) -> None:
    parameters = KernelParameters(
        workgroup_invocations=size, tiled_workgroup_invocations=size, max_workgroup_count=(limit, limit, limit)
    )
    plain = plan_launch(workload, parameters)
    tiled = plan_tiled_launch(workload, (4, 8, 1), parameters)
    for launch in (plain, tiled):
        if math.prod(workload) >= parameters.small_launch:
            check(launch, parameters)
            assert math.prod(launch.size) <= size


def test_few_elements_have_an_invocation_and_a_workgroup_each() -> None:
    launch = plan_launch((4, 1, 1), KernelParameters())
    assert (launch.size, launch.tile, launch.groups) == ((1, 1, 1), (1, 1, 1), (4, 1, 1))


def test_sizes_that_leave_no_lane_idle_are_preferred() -> None:
    parameters = KernelParameters(workgroup_invocations=64)
    assert plan_launch((1000, 3, 1), parameters).size == (40, 1, 1)
    assert plan_launch((10, 1797, 1), parameters).size == (10, 6, 1)


def test_large_results_give_an_invocation_several_elements() -> None:
    launch = plan_launch((2**24, 1, 1), KernelParameters())
    assert launch.elements == (4, 1, 1)
    assert launch.span[0] * launch.elements[0] == 2**24


def test_a_tile_is_halved_until_there_are_enough_invocations() -> None:
    assert plan_tiled_launch((512, 512, 1), (4, 8, 1), KernelParameters()).elements == (4, 8, 1)
    assert plan_tiled_launch((40, 32, 1), (4, 8, 1), KernelParameters()).elements == (2, 4, 1)
