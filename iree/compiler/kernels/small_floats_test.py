"""Every number of each small float type, and every rounding to it, against ml_dtypes and NumPy."""

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import NDArray
from xdsl.dialects.builtin import (
    BFloat16Type,
    Float8E3M4Type,
    Float8E4M3B11FNUZType,
    Float8E4M3FNType,
    Float8E4M3FNUZType,
    Float8E4M3Type,
    Float8E5M2FNUZType,
    Float8E5M2Type,
    Float16Type,
    f32,
    i32,
)
from xdsl.ir import Attribute, Block, SSAValue

from iree.compiler.kernels.emitter import Emitter
from iree.compiler.kernels.scalar import Scalar
from iree.compiler.kernels.small_floats import SMALL_FLOATS
from iree.testing.scalar_evaluator import evaluate_scalar

Array = NDArray[np.generic]
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

DTYPES: dict[type[Attribute], type] = {
    Float16Type: np.float16,
    BFloat16Type: ml_dtypes.bfloat16,
    Float8E3M4Type: ml_dtypes.float8_e3m4,
    Float8E4M3Type: ml_dtypes.float8_e4m3,
    Float8E4M3FNType: ml_dtypes.float8_e4m3fn,
    Float8E5M2Type: ml_dtypes.float8_e5m2,
    Float8E4M3FNUZType: ml_dtypes.float8_e4m3fnuz,
    Float8E4M3B11FNUZType: ml_dtypes.float8_e4m3b11fnuz,
    Float8E5M2FNUZType: ml_dtypes.float8_e5m2fnuz,
}


def evaluate(build, type_: Attribute, values: Array) -> Array:
    """What the code that `build` makes of one number gives for many."""
    block = Block(arg_types=[type_])
    result = build(Scalar(Emitter(block), block.args[0]))
    known: dict[SSAValue, Array] = {block.args[0]: values}
    for op in block.ops:
        operands = [known[operand] for operand in op.operands]
        known[op.results[0]] = evaluate_scalar(op, operands, np.ones(values.shape, np.bool_))
    return np.broadcast_to(known[result.value], values.shape)


def equal(found: Array, expected: Array) -> None:
    same = (found == expected) & (np.signbit(found) == np.signbit(expected))
    assert (same | (np.isnan(found) & np.isnan(expected))).all()


def test_every_format_is_tested() -> None:
    assert DTYPES.keys() == SMALL_FLOATS.keys()


@pytest.mark.parametrize("type_", DTYPES)
def test_every_number(type_: type[Attribute]) -> None:
    dtype, format_ = np.dtype(DTYPES[type_]), SMALL_FLOATS[type_]
    held = np.arange(2 ** (8 * dtype.itemsize)).astype(f"i{dtype.itemsize}")
    found = evaluate(format_.decode, i32, held.astype(np.int32))
    expected = held.view(dtype).astype(np.float32)
    equal(found, expected)
    again = evaluate(format_.encode, f32, found)
    is_number = ~np.isnan(expected)
    np.testing.assert_array_equal(again[is_number], held[is_number])
    assert np.isnan(again[~is_number].astype(held.dtype).view(dtype).astype(np.float32)).all()


@pytest.mark.parametrize("type_", DTYPES)
def test_every_rounding(type_: type[Attribute]) -> None:
    """Numbers from all of f32; all that lie in the middle of two, and beside it."""
    dtype, format_ = np.dtype(DTYPES[type_]), SMALL_FLOATS[type_]
    all_ = np.arange(2 ** (8 * dtype.itemsize)).astype(f"u{dtype.itemsize}").view(dtype).astype(np.float32)
    finite = np.unique(all_[np.isfinite(all_)])
    middle = (finite[:-1] + finite[1:]) / 2
    beside = [np.nextafter(middle, np.float32(way)) for way in (-np.inf, np.inf)]
    large = np.array(
        [finite[-1] * 1.02, finite[-1] * 1.04, finite[-1] * 1.1, 1e30, np.inf, -np.inf, np.nan], np.float32
    )
    values = np.concatenate([np.arange(7, 2**32, 99_991, np.uint32).view(np.float32), middle, *beside, large, -large])
    equal(evaluate(format_.rounded, f32, values), values.astype(dtype).astype(np.float32))
