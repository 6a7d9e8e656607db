"""Fourier transforms of every kind, length and number of dimensions against NumPy's, which compute in f64."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iree.compiler
import iree.runtime
from test.e2e.programs import DRIVERS, tensor_type

ERROR = 6e-7  # of f32, relative to the largest result
KINDS = ("FFT", "IFFT", "RFFT", "IRFFT")
LENGTHS = (1, 2, 3, 8, 67, 96, 131, 1000, 1009)


def program(x, result, kind, lengths):
    return f"""func.func @f(%x: {tensor_type(x)}) -> {tensor_type(result)} {{
      %0 = stablehlo.fft %x, type = {kind}, length = {list(lengths)} : ({tensor_type(x)}) -> {tensor_type(result)}
      return %0 : {tensor_type(result)}
    }}"""


def case(kind, shape, count, dtype=np.float32):
    """Operand and exact result of a transform along the last `count` dimensions."""
    generator = np.random.default_rng(shape[-1])
    complex_type = np.complex64 if dtype is np.float32 else np.complex128
    axes, lengths = range(-count, 0), shape[-count:]
    x = generator.normal(size=shape)
    if kind != "RFFT":
        x = (x + 1j * generator.normal(size=shape)).astype(complex_type)
    if kind == "IRFFT":
        x = x[..., : shape[-1] // 2 + 1]
    x = x.astype(dtype if kind == "RFFT" else complex_type)
    wide = x.astype(np.float64 if kind == "RFFT" else np.complex128)
    match kind:
        case "FFT":
            return x, np.fft.fftn(wide, axes=axes).astype(complex_type)
        case "IFFT":
            return x, np.fft.ifftn(wide, axes=axes).astype(complex_type)
        case "RFFT":
            return x, np.fft.rfftn(wide, axes=axes).astype(complex_type)
        case _:
            return x, np.fft.irfftn(wide, s=lengths, axes=axes).astype(dtype)


def check(kind, shape, count, dtype=np.float32, error=ERROR):
    x, expected = case(kind, shape, count, dtype)
    module = iree.compiler.compile_str(program(x, expected, kind, shape[-count:]))
    for driver in DRIVERS:
        got = np.asarray(iree.runtime.load_vm_flatbuffer(module, driver=driver).f(x))
        assert (got.dtype, got.shape) == (expected.dtype, expected.shape)
        assert np.abs(got - expected).max(initial=0) <= error * np.abs(expected).max(initial=1e-30)


@pytest.mark.parametrize("length", LENGTHS)
def test_every_kind_of_length(length):
    for kind in KINDS if length in (1, 3, 8, 96) else ("FFT", "RFFT"):
        check(kind, (2, length), 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("shape", "count"), [((4, 6, 10), 2), ((3, 4, 6, 9), 3), ((6,), 1), ((2, 0, 4), 1)], ids=str)
def test_several_dimensions(kind, shape, count):
    check(kind, shape, count)


@pytest.mark.parametrize("kind", KINDS)
def test_f64(kind):
    check(kind, (3, 5, 131), 2, np.float64, 1e-14)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(kind=st.sampled_from(KINDS), shape=st.lists(st.integers(1, 30), min_size=1, max_size=3))
def test_drawn_shapes(kind, shape):
    check(kind, tuple(shape), len(shape))
