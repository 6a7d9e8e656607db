"""Programs whose sizes the caller chooses: one module for every batch, against JAX."""

from typing import Any

import jax
import numpy as np
import pytest

from test.e2e.dynamic_sizes_programs import PROGRAMS, expected, inputs, loaded

DRIVERS = ("interpreter",)
SIZES = ((1, 3), (3, 2), (0, 2), (40, 5))
NOT_OF_NOTHING = ("attention", "cnn", "mean", "mean_of_all", "reverse")  # JAX warns of NaN, or computes none itself


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_one_module_serves_every_size(name: str, driver: str) -> None:
    function = loaded(name, driver).main
    for sizes in SIZES:
        if 0 in sizes and name in NOT_OF_NOTHING:
            continue
        arguments = inputs(name, sizes)
        _check(function(*arguments), expected(name, arguments))


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_large_batch(driver: str) -> None:
    arguments = inputs("mlp", (1000, 1))
    _check(loaded("mlp", driver).main(*arguments), expected("mlp", arguments))


def _check(got: Any, wanted: list[np.ndarray[Any, Any]]) -> None:
    for one, other in zip(jax.tree.leaves(got), wanted, strict=True):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-5)
