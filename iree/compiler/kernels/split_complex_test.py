"""Kernels of complex numbers against NumPy, and what they become."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import DTypeLike, NDArray

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.kernels.lower_to_linalg import LowerToLinalg
from iree.compiler.kernels.split_complex import SplitComplex
from iree.testing.ir import check_pass
from iree.testing.kernel_stages import check_kernel, kernel_text, parse_kernel, shaped

Array = NDArray[Any]
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

BINARY = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "power": np.power}
UNARY: dict[str, Callable[[Array], Array]] = {
    "exponential": np.exp,
    "exponential_minus_one": np.expm1,
    "log": np.log,
    "log_plus_one": np.log1p,
    "sqrt": np.sqrt,
    "rsqrt": lambda z: 1 / np.sqrt(z),
    "tanh": np.tanh,
    "tan": np.tan,
    "sine": np.sin,
    "cosine": np.cos,
    "negate": np.negative,
    "sign": lambda z: z / np.abs(z),
    "logistic": lambda z: 1 / (1 + np.exp(-z)),
    "cbrt": lambda z: z ** (1 / 3),
}
TOLERANCE = {np.complex64: 3e-6, np.complex128: 1e-14}
TYPES = tuple(TOLERANCE)


def numbers(dtype: DTypeLike, count: int = 200, seed: int = 0) -> Array:
    generator = np.random.default_rng(seed)
    size = 10.0 ** generator.uniform(-3, 1, count)
    return ((generator.normal(size=count) + 1j * generator.normal(size=count)) * size).astype(dtype)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", BINARY)
def test_binary(name: str, dtype: type) -> None:
    a, b = numbers(dtype), numbers(dtype, seed=1)
    exact = BINARY[name](a.astype(np.clongdouble), b.astype(np.clongdouble)).astype(dtype)
    tolerance = TOLERANCE[dtype] * (10 if name == "power" else 1)
    check_kernel(f"%2 = mhlo.{name} %0, %1 : tensor<{shaped(a)}>", [a, b], {"%2": exact}, rtol=tolerance)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", UNARY)
def test_unary(name: str, dtype: type) -> None:
    a = numbers(dtype)
    exact = UNARY[name](a.astype(np.clongdouble)).astype(dtype)
    check_kernel(f"%2 = mhlo.{name} %0 : tensor<{shaped(a)}>", [a], {"%2": exact}, rtol=TOLERANCE[dtype])


@pytest.mark.parametrize(
    ("name", "z", "expected"),
    [
        ("sqrt", [0, -4, complex(-4, -0.0), 4j, 1e38 + 1e38j, 1e-40], [0, 2j, -2j, 1.4142135 + 1.4142135j, None, None]),
        ("exponential", [1000, -1000, complex(-np.inf, 0)], [np.inf, 0, 0]),
        ("tanh", [100 + 1j, -100 + 1j, 0], [1, -1, 0]),
        ("log", [1, -1, 1j], [0, np.pi * 1j, np.pi / 2 * 1j]),
    ],
)
def test_edges(name: str, z: list[complex], expected: list[complex | None]) -> None:
    a = np.array(z, np.complex64)
    exact = np.sqrt(a.astype(np.complex128))
    results = np.array([e if w is None else w for w, e in zip(expected, exact, strict=True)]).astype(np.complex64)
    check_kernel(f"%2 = mhlo.{name} %0 : tensor<{shaped(a)}>", [a], {"%2": results}, rtol=1e-6, atol=1e-20)


def test_division_at_the_edges() -> None:
    """By zero, of and by infinities: as C has it."""
    a = np.array([1, -1 + 1j, complex(np.inf, 1), 1, 1e30 + 1e30j, 0], np.complex64)
    b = np.array([0, 0, 2, complex(np.inf, 0), 1e30 + 1e30j, 5j], np.complex64)
    nan = np.nan
    expected = np.array([complex(np.inf, nan), complex(-np.inf, np.inf), complex(np.inf, nan), 0, 1, 0], np.complex64)
    check_kernel(f"%2 = mhlo.divide %0, %1 : tensor<{shaped(a)}>", [a, b], {"%2": expected}, rtol=1e-6)


def test_comparison() -> None:
    a, b = np.meshgrid(np.array([0, 1, 1j, -0.0, complex(np.nan, 1)], np.complex64), np.array([0, 1j], np.complex64))
    a, b = a.reshape(-1).copy(), b.reshape(-1).copy()
    lines = [
        f"%{direction} = mhlo.compare {direction}, %0, %1 : (tensor<{shaped(a)}>, tensor<{shaped(a)}>) -> tensor<10xi1>"
        for direction in ("EQ", "NE")
    ]
    check_kernel("\n".join(lines), [a, b], {"%EQ": a == b, "%NE": a != b})


@given(st.sampled_from(TYPES), st.integers(1, 5), st.integers(1, 5), st.integers(0, 40))
@settings(max_examples=10, deadline=None)
def test_contraction_and_movement(dtype: type, rows: int, columns: int, depth: int) -> None:
    a, b = numbers(dtype, rows * depth).reshape(rows, depth), numbers(dtype, columns * depth, 1).reshape(columns, depth)
    c = numbers(dtype, 1).reshape(())
    body = f"""
      %t = mhlo.transpose %1, dims = [1, 0] : (tensor<{shaped(b)}>) -> tensor<{shaped(b.T)}>
      %d = "mhlo.dot"(%0, %t) : (tensor<{shaped(a)}>, tensor<{shaped(b.T)}>) -> tensor<{shaped(a @ b.T)}>
      %r = mhlo.pad %d, %2, low = [1, 0], high = [0, 2], interior = [1, 0]
        : (tensor<{shaped(a @ b.T)}>, tensor<{shaped(c)}>) -> tensor<{2 * rows}x{columns + 2}x{shaped(c)}>
    """
    expected = np.full((2 * rows, columns + 2), c)
    expected[1::2, :columns] = a @ b.T
    check_kernel(body, [a, b, c], {"%r": expected}, rtol=1e-4, atol=1e-4)


def test_sums() -> None:
    a, zero = numbers(np.complex64, 12).reshape(3, 4), np.zeros((), np.complex64)
    body = f"""
      %2 = mhlo.reduce(%0 init: %1) across dimensions = [1] : (tensor<{shaped(a)}>, tensor<{shaped(zero)}>)
        -> tensor<3x{shaped(zero)}>
      reducer(%x: tensor<{shaped(zero)}>, %y: tensor<{shaped(zero)}>) {{
        %3 = mhlo.add %x, %y : tensor<{shaped(zero)}>
        mhlo.return %3 : tensor<{shaped(zero)}>
      }}
    """
    check_kernel(body, [a, zero], {"%2": a.sum(1)}, rtol=1e-6)


def test_complex_numbers_have_no_order() -> None:
    a, result = numbers(np.complex64, 4), np.zeros(4, np.bool_)
    type_ = f"tensor<{shaped(a)}>"
    text = kernel_text(f"%1 = mhlo.compare LT, %0, %0 : ({type_}, {type_}) -> tensor<4xi1>", [a], {"%1": result})
    with pytest.raises(CompileError, match=r"kernel.mlir:3:6: mhlo.compare: complex numbers have no order"):
        LowerToLinalg().run(parse_kernel(text))


def test_an_op_that_complex_numbers_do_not_have_is_refused() -> None:
    a = numbers(np.complex64, 4)
    body = f"%1 = mhlo.clamp %0, %0, %0 : tensor<{shaped(a)}>"
    module = parse_kernel(kernel_text(body, [a], {"%1": a}))
    with pytest.raises(CompileError, match=r"kernel.mlir:3:6: mhlo.clamp: is not compiled for complex<f32>"):
        LowerToLinalg().run(module)


def test_whole_text() -> None:
    check_pass(
        SplitComplex(),
        before="""
            func.func @f(%a: memref<4xcomplex<f32>>, %b: memref<4xcomplex<f32>>) {
              %0 = arith.constant 2 : index
              %1 = memref.load %a[%0] : memref<4xcomplex<f32>>
              %2 = complex.re %1 : complex<f32>
              %3 = complex.im %1 : complex<f32>
              %4 = complex.create %3, %2 : complex<f32>
              memref.store %4, %b[%0] : memref<4xcomplex<f32>>
              iree.return
            }
        """,
        after="""
            func.func @f(%a: memref<4x2xf32>, %b: memref<4x2xf32>) {
              %0 = arith.constant 2 : index
              %1 = arith.constant 0 : index
              %2 = memref.load %a[%0, %1] : memref<4x2xf32>
              %3 = arith.constant 1 : index
              %4 = memref.load %a[%0, %3] : memref<4x2xf32>
              memref.store %4, %b[%0, %1] : memref<4x2xf32>
              memref.store %2, %b[%0, %3] : memref<4x2xf32>
              iree.return
            }
        """,
    )
