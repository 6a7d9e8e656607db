"""bitcast_convert between all widths, against the bytes of NumPy's arrays."""

import itertools
from typing import Any

import numpy as np
import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.testing.kernel_stages import check_kernel, shaped

TYPES = (np.int8, np.uint16, np.int32, np.float32, np.int64, np.float64)


def cast(source: Any, result: Any) -> str:
    return f"%2 = mhlo.bitcast_convert %0 : (tensor<{shaped(source)}>) -> tensor<{shaped(result)}>"


@pytest.mark.parametrize(("source", "target"), list(itertools.product(TYPES, TYPES)))
def test_bits_stay(source: type, target: type) -> None:
    check_bits((2, 3), source, target)


@pytest.mark.parametrize("shape", [(), (1,), (2, 0), (2, 1, 3, 1)], ids=str)
def test_every_rank(shape: tuple[int, ...]) -> None:
    check_bits(shape, np.float32, np.int8)
    check_bits(shape, np.uint16, np.int32)


def check_bits(shape: tuple[int, ...], source: type, target: type) -> None:
    wide, narrow = np.dtype(source).itemsize, np.dtype(target).itemsize
    taken = (*shape, narrow // wide) if narrow > wide else shape
    given = (*shape, wide // narrow) if wide > narrow else shape
    x = np.random.default_rng(wide).integers(1, 100, (*taken, wide), np.uint8).view(source).reshape(taken)
    expected = x.reshape(-1).view(target).reshape(given)
    check_kernel(cast(x, expected), [x], {"%2": expected})


def test_complex_numbers_stay_what_they_are() -> None:
    z = np.array([1 + 2j], np.complex64)
    check_kernel(cast(z, z), [z], {"%2": z})
    parts = z[[0, 0]].reshape(1, 2)
    with pytest.raises(CompileError, match="is not compiled; interpreter-bytecode runs it"):
        check_kernel(cast(z.astype(np.complex128), parts), [z.astype(np.complex128)], {"%2": parts})
