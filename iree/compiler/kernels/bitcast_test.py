"""Bits as elements of every width, against NumPy's views."""

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import DTypeLike

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.kernels.lower_to_linalg import LowerToLinalg
from iree.testing.kernel_stages import check_kernel, kernel_text, parse_kernel, shaped

BF16 = ml_dtypes.bfloat16
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (np.float32, np.int32),
        (np.float32, np.uint8),
        (np.uint8, np.float32),
        (np.float64, np.float16),
        (BF16, np.int64),
        (np.int64, BF16),
        (np.float16, np.int16),
        (np.uint32, np.int32),
        (np.int8, np.uint64),
        (np.complex64, np.complex64),
    ],
)
def test_every_width(source: DTypeLike, target: DTypeLike) -> None:
    wide, narrow = (np.dtype(dtype).itemsize for dtype in (source, target))
    count = max(wide, narrow) // min(wide, narrow)
    shape = (3, 5) if wide >= narrow else (3, 5, count)
    values = np.random.default_rng(0).integers(0, 256, (*shape, wide), np.uint8).reshape(*shape[:-1], -1).view(source)
    expected = values.view(target)
    expected = expected.reshape(3, 5, count) if wide > narrow else expected.reshape(3, 5)
    body = f"%r = mhlo.bitcast_convert %0 : (tensor<{shaped(values)}>) -> tensor<{shaped(expected)}>"
    check_kernel(body, [values], {"%r": expected})


def test_complex_numbers_of_two_widths_are_refused() -> None:
    values = np.zeros(3, np.complex128)
    result = np.zeros((3, 2), np.complex64)
    body = f"%r = mhlo.bitcast_convert %0 : (tensor<{shaped(values)}>) -> tensor<{shaped(result)}>"
    module = parse_kernel(kernel_text(body, [values], {"%r": result}))
    with pytest.raises(CompileError, match=r"mhlo.bitcast_convert: from complex<f64> to complex<f32> is not compiled"):
        LowerToLinalg().run(module)
