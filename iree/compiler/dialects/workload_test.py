"""The workload rule on the shapes its page names."""

import pytest

from iree.compiler.dialects.workload import workload_of


@pytest.mark.parametrize(
    ("shape", "workload"),
    [
        ((), (1, 1, 1)),
        ((4,), (4, 1, 1)),
        ((1,), (1, 1, 1)),
        ((2, 3), (3, 2, 1)),
        ((4, 1), (4, 1, 1)),
        ((4, 1, 1), (4, 1, 1)),
        ((2, 3, 4), (4, 3, 2)),
        ((2, 3, 4, 5), (5, 4, 6)),
        ((7, 2, 3, 4, 5), (5, 4, 42)),
        ((0, 3), (3, 0, 1)),
        ((2, 1, 1, 1), (2, 1, 1)),
    ],
)
def test_workload_of(shape, workload):
    assert workload_of(shape) == workload
