"""Discrete Fourier transforms of pairs of real tensors, along the last dimension.

    a short length          a product with the matrix of roots of unity
    a product n1 n2         transforms of length n1, a rotation of each number, transforms of length n2
    a long prime            as a convolution, which transforms of a length that is a power of two compute (Bluestein)

Roots are computed in f64 from whole exponents and rounded once.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from iree.compiler.dialects import mhlo
from iree.compiler.transforms.common.expression import Expression, concatenate

SHORT = 64  # the longest transform that is a product with a matrix, where its length has factors
LONGEST_PRIME = 128  # the longest one where it has not


class Pair(NamedTuple):
    """Complex numbers; without imaginary parts where all are 0."""

    real: Expression
    imaginary: Expression | None

    def map(self, function: Any) -> "Pair":
        """The same done with both parts."""
        return Pair(function(self.real), None if self.imaginary is None else function(self.imaginary))


def transform(x: Pair, *, inverse: bool) -> Pair:
    """The transform along the last dimension; the inverse one divides by the length."""
    length = x.real.shape[-1]
    result = _transform(x, -1 if inverse else 1)
    return result.map(lambda part: part * (1.0 / length)) if inverse else result


def _transform(x: Pair, sign: int) -> Pair:
    length = x.real.shape[-1]
    if length <= 1:
        return x
    factor = _largest_factor(length)
    if length <= SHORT or (factor == length and length <= LONGEST_PRIME):
        return _by_matrix(x, sign)
    return _by_convolution(x, sign) if factor > LONGEST_PRIME else _by_factors(x, factor, sign)


def _largest_factor(length: int) -> int:
    """The largest factor up to SHORT, or else the smallest prime one."""
    factors = [each for each in range(2, SHORT + 1) if length % each == 0]
    if factors:
        return factors[-1]
    return next((each for each in range(SHORT + 1, math.isqrt(length) + 1) if length % each == 0), length)


def _by_matrix(x: Pair, sign: int) -> Pair:
    """One product: of (real, imaginary) side by side with the four blocks of cosines and sines."""
    length = x.real.shape[-1]
    roots = _roots(np.outer(np.arange(length), np.arange(length)), length, sign)
    upper = np.concatenate([roots.real, roots.imag], 1)
    lower = np.concatenate([-roots.imag, roots.real], 1)
    matrix = upper if x.imaginary is None else np.concatenate([upper, lower], 0)
    left = x.real if x.imaginary is None else concatenate([x.real, x.imaginary], len(x.real.shape) - 1)
    last = len(left.shape) - 1
    product = left.dot(x.real.emitter.constant(matrix, x.real.element), mhlo.DotNumbers((), (), (last,), (0,)))
    return Pair(product.slice(last, 0, length), product.slice(last, length, 2 * length))


def _by_factors(x: Pair, first: int, sign: int) -> Pair:
    """With j = j1 n2 + j2 and k = k1 + n1 k2: over j1, then rotated by w^(j2 k1), then over j2."""
    *batch, length = x.real.shape
    second = length // first
    rank = len(batch)
    swap = [*range(rank), rank + 1, rank]
    columns = x.map(lambda part: part.reshape((*batch, first, second)).transpose(swap))
    inner = _transform(columns, sign).map(lambda part: part.transpose(swap))
    rotated = _times(inner, _roots(np.outer(np.arange(first), np.arange(second)), length, sign))
    outer = _transform(rotated, sign)
    return outer.map(lambda part: part.transpose(swap).reshape((*batch, length)))


def _by_convolution(x: Pair, sign: int) -> Pair:
    """j k = (j^2 + k^2 - (k - j)^2) / 2: a convolution with w^(-m^2 / 2) of what w^(j^2 / 2) has rotated."""
    *batch, length = x.real.shape
    places = np.arange(length)
    chirp = _roots(places * places, 2 * length, sign)
    size = 2 ** (2 * length - 1).bit_length()
    kernel = np.zeros(size, np.complex128)
    kernel[:length] = chirp.conj()
    kernel[size - length + 1 :] = chirp[:0:-1].conj()
    low, high = [0] * (len(batch) + 1), [*[0] * len(batch), size - length]
    spread = _times(x, chirp).map(lambda part: part.pad(low, high))
    multiplied = _times(_transform(spread, 1), np.fft.fft(kernel) / size)
    convolved = _transform(multiplied, -1).map(lambda part: part.slice(len(batch), 0, length))
    return _times(convolved, chirp)


def _roots(exponents: NDArray[np.int64], length: int, sign: int) -> NDArray[np.complex128]:
    """w^exponent for w = e^(-2 pi i sign / length); the zeros of quarter turns are exact."""
    angles = (exponents % length) * (-2.0 * math.pi * sign / length)
    real, imaginary = (np.where(abs(part) < 1e-15, 0.0, part) for part in (np.cos(angles), np.sin(angles)))
    roots: NDArray[np.complex128] = real + 1j * imaginary
    return roots


def _times(x: Pair, factors: NDArray[np.complex128]) -> Pair:
    """Rotates each number by a constant that depends on its place in the last dimensions."""
    real, imaginary = (_spread(part, x.real) for part in (factors.real, factors.imag))
    if x.imaginary is None:
        return Pair(x.real * real, x.real * imaginary)
    return Pair(x.real * real - x.imaginary * imaginary, x.real * imaginary + x.imaginary * real)


def _spread(factors: NDArray[np.float64], like: Expression) -> Expression:
    shape: Sequence[int] = like.shape
    constant = like.emitter.constant(factors, like.element)
    return constant.broadcast(shape, range(len(shape) - factors.ndim, len(shape)))
