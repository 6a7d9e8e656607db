"""reduce_precision on the bits of floats, against JAX."""

import math

import jax
import numpy as np
import pytest

from iree.testing.kernel_stages import check_kernel, shaped

EDGES = [0.0, -0.0, 1, -1.5, math.inf, -math.inf, math.nan, 15.5, 16, 0.06, 1e-7, 240, 250, 65520, 1e30, 1.0625, 1.1875]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("exponent", "mantissa"), [(5, 10), (8, 7), (4, 3), (2, 0), (1, 1), (11, 52), (8, 23)])
def test_precision_is_reduced_as_in_jax(dtype: type, exponent: int, mantissa: int) -> None:
    drawn = np.frombuffer(np.random.default_rng(0).bytes(64 * np.dtype(dtype).itemsize), dtype)
    x = np.concatenate([np.array(EDGES, dtype), drawn])
    with jax.enable_x64(True):
        wanted = np.asarray(jax.lax.reduce_precision(x, exponent, mantissa))
    check_kernel(
        f"%2 = mhlo.reduce_precision %0, format = e{exponent}m{mantissa} : tensor<{shaped(x)}>", [x], {"%2": wanted}
    )
