"""The values of an operand, by element type: the edges of its range, or numbers whose results can be compared."""

import enum
from typing import Any

import numpy as np

from iree.schemas import element_types

Array = np.ndarray[Any, Any]


class Draw(enum.Enum):
    """Which values an operand gets."""

    EDGES = "zeros, infinities, NaN, the ends of the range"
    OTHER_EDGES = "the same in another order"
    FINITE = "numbers on both sides of 0, none huge"
    NONZERO = "the same, none near 0"
    POSITIVE = "between 0.25 and 8; integers from 1"
    NEGATIVE = "the negatives of POSITIVE; unsigned integers: 0"
    UNIT = "between -0.9 and 0.9"
    ABOVE_ONE = "between 1.5 and 8"
    SMALL = "whole numbers from -2 to 2, whose sums are exact in any order"
    ZERO = "0"
    SIGNS = "-1, 0 and 1"
    SMALL_POSITIVE = "whole numbers from 1 to 3"
    DEFINITE = "a Hermitian positive definite matrix"
    TRIANGULAR = "a matrix with a diagonal of 3 or more"


def draw(kind: Draw, element_type: str, shape: tuple[int, ...], seed: int) -> Array:
    """An array of `shape`, the same for the same arguments."""
    of = element_types.from_name(element_type)
    if kind is Draw.ZERO:
        return np.zeros(shape, of.dtype)
    if kind in (Draw.DEFINITE, Draw.TRIANGULAR):
        return _matrix(kind, element_type, shape, seed)
    generator = np.random.default_rng(seed)
    if element_type == "i1":
        return generator.integers(0, 2, shape).astype(np.bool_)
    if element_type.startswith("complex"):
        part = "f32" if of.dtype == np.complex64 else "f64"
        kind = Draw.FINITE if kind in (Draw.EDGES, Draw.OTHER_EDGES) else kind
        real, imaginary = (draw(kind, part, shape, seed + 1000 * index) for index in range(2))
        return (real + 1j * imaginary).astype(of.dtype)
    if element_type.startswith(("i", "ui")):
        return _integers(kind, element_type, shape, generator).astype(of.dtype)
    return _floats(kind, of.dtype, shape, generator)


def _matrix(kind: Draw, element_type: str, shape: tuple[int, ...], seed: int) -> Array:
    """Whole numbers, so that each type holds them as they are."""
    half = draw(Draw.SMALL, element_type, shape, seed)
    diagonal = 5 * np.eye(shape[-1])
    matrix = np.tril(half) + diagonal if kind is Draw.TRIANGULAR else half @ half.conj().T + diagonal
    return matrix.astype(half.dtype)


def _integers(kind: Draw, name: str, shape: tuple[int, ...], generator: np.random.Generator) -> Array:
    unsigned, width = name.startswith("u"), int(name.lstrip("ui"))
    low, high = (0, 2**width - 1) if unsigned else (-(2 ** (width - 1)), 2 ** (width - 1) - 1)
    dtype = np.uint64 if unsigned else np.int64
    match kind:
        case Draw.EDGES | Draw.OTHER_EDGES:
            values = np.array([low, high, 0, 1, high - 1, low + 1, 5, 2], dtype)
            return _cycled(values[::-1] if kind is Draw.OTHER_EDGES else values, shape)
        case Draw.POSITIVE | Draw.NONZERO | Draw.ABOVE_ONE | Draw.SMALL_POSITIVE:
            return generator.integers(1, 4, shape)
        case Draw.NEGATIVE:
            return np.zeros(shape, dtype) if unsigned else -generator.integers(1, 4, shape)
    largest = 1 if kind is Draw.SIGNS else 2
    return generator.integers(0 if unsigned else -largest, largest + 1, shape)


def _floats(kind: Draw, dtype: Any, shape: tuple[int, ...], generator: np.random.Generator) -> Array:
    match kind:
        case Draw.EDGES | Draw.OTHER_EDGES:
            values = np.array([0.0, -0.0, 1.5, -2.5, np.inf, -np.inf, np.nan, 0.5, -7.0], np.float64)
            with np.errstate(all="ignore"):
                return _cycled(values[::-1] if kind is Draw.OTHER_EDGES else values, shape).astype(dtype)
        case Draw.FINITE:
            values = generator.normal(size=shape) * 2
        case Draw.NONZERO:
            values = generator.uniform(0.5, 3, shape) * generator.choice([-1.0, 1.0], shape)
        case Draw.POSITIVE:
            values = generator.uniform(0.25, 8, shape)
        case Draw.ABOVE_ONE:
            values = generator.uniform(1.5, 8, shape)
        case Draw.NEGATIVE:
            values = -generator.uniform(0.25, 8, shape)
        case Draw.UNIT:
            values = generator.uniform(-0.9, 0.9, shape)
        case Draw.SMALL_POSITIVE:
            values = generator.integers(1, 4, shape).astype(np.float64)
        case Draw.SIGNS:
            values = generator.integers(-1, 2, shape).astype(np.float64)
        case Draw.SMALL:
            values = generator.integers(-2, 3, shape).astype(np.float64)
    return np.asarray(values).astype(dtype)


def _cycled(values: Array, shape: tuple[int, ...]) -> Array:
    count = int(np.prod(shape, dtype=int))
    return np.resize(values, count).reshape(shape)
