"""What ops compute that StableHLO's reference interpreter does not know, as NumPy and SciPy say it, in f64."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.linalg
import scipy.special

Array = np.ndarray[Any, Any]

EPSILON = float(np.float32(1e-3))  # of the batch normalizations, whose attribute is an f32


def _wide(arrays: Sequence[Array]) -> list[Array]:
    return [array.astype(np.complex128 if array.dtype.kind == "c" else np.float64) for array in arrays]


def batch_norm_inference(operands: Sequence[Array]) -> list[Array]:
    """Features are the last dimension."""
    x, scale, offset, mean, variance = _wide(operands)
    return [(x - mean) / np.sqrt(variance + EPSILON) * scale + offset]


def batch_norm_training(operands: Sequence[Array]) -> list[Array]:
    """Features are the last of two dimensions."""
    x, scale, offset = _wide(operands)
    mean, variance = x.mean(axis=0), x.var(axis=0)
    return [*batch_norm_inference([x, scale, offset, mean, variance]), mean, variance]


def batch_norm_grad(operands: Sequence[Array]) -> list[Array]:
    """Of the training, by the chain rule, with mean and variance as given."""
    x, scale, mean, variance, gradient = _wide(operands)
    deviation = np.sqrt(variance + EPSILON)
    centered = x - mean
    by_offset = gradient.sum(axis=0)
    by_scale = (gradient * centered).sum(axis=0) / deviation
    count = len(x)
    by_x = scale / deviation / count * (count * gradient - by_offset - centered * by_scale / deviation)
    return [by_x, by_scale, by_offset]


def bessel_i1e(operands: Sequence[Array]) -> list[Array]:
    """The exponentially scaled modified Bessel function of order 1."""
    return [scipy.special.i1e(_wide(operands)[0])]


def cholesky(operands: Sequence[Array]) -> list[Array]:
    """The lower factor of a @ a^H + 8, as `symmetric` makes it of a."""
    return [np.linalg.cholesky(_wide(operands)[0])]


def triangular_solve(operands: Sequence[Array]) -> list[Array]:
    """x of a x = b, a lower triangular."""
    a, b = _wide(operands)
    return [scipy.linalg.solve_triangular(a, b, lower=True)]


def fft(operands: Sequence[Array]) -> list[Array]:
    """Along the last dimension."""
    return [np.fft.fft(_wide(operands)[0])]


def rfft(operands: Sequence[Array]) -> list[Array]:
    """Along the last dimension."""
    return [np.fft.rfft(_wide(operands)[0])]


def irfft(operands: Sequence[Array]) -> list[Array]:
    """Along the last dimension, of an even length."""
    return [np.fft.irfft(_wide(operands)[0])]
