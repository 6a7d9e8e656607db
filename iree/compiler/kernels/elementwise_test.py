"""Elementwise ops as nests, fused and scheduled, against NumPy: every edge value with every other, drawn shapes."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from iree.testing.kernel_stages import check_kernel, shaped

Array = NDArray[Any]
EXAMPLES = settings(max_examples=25, deadline=None)
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

shapes = st.lists(st.integers(0, 5), max_size=6).filter(lambda s: np.prod(s) < 400).map(tuple)

EDGE_FLOATS = np.array(
    [0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3e38, -3e38, 1e-40, np.inf, -np.inf, np.nan], np.float32
)
EDGE_INTS = np.array([0, 1, -1, 2, -2, 7, -7, 31, 32, 33, -32, 2**31 - 1, -(2**31), 2**31 - 2, 12345], np.int32)


def numbers(shape: tuple[int, ...], seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def pairs(edges: Array) -> tuple[Array, Array]:
    """Every edge value with every other."""
    a, b = np.meshgrid(edges, edges)
    return a.reshape(-1).copy(), b.reshape(-1).copy()


FLOAT_BINARY = {
    "arith.addf": np.add,
    "arith.subf": np.subtract,
    "arith.mulf": np.multiply,
    "arith.divf": np.divide,
    "arith.maximumf": np.maximum,
    "arith.minimumf": np.minimum,
    "mhlo.add": np.add,
    "mhlo.subtract": np.subtract,
    "mhlo.multiply": np.multiply,
    "mhlo.divide": np.divide,
    "mhlo.maximum": np.maximum,
    "mhlo.minimum": np.minimum,
    "mhlo.remainder": np.fmod,
}


@pytest.mark.parametrize("name", FLOAT_BINARY)
def test_float_binary_at_edges(name: str) -> None:
    a, b = pairs(EDGE_FLOATS)
    check_kernel(f"%2 = {name} %0, %1 : tensor<{shaped(a)}>", [a, b], {"%2": FLOAT_BINARY[name](a, b)})


@given(shapes)
@EXAMPLES
def test_elementwise_shapes(shape: tuple[int, ...]) -> None:
    a, b = numbers(shape), numbers(shape, 1)
    body = f"%2 = arith.mulf %0, %1 : tensor<{shaped(a)}>\n %3 = arith.addf %2, %0 : tensor<{shaped(a)}>"
    check_kernel(body, [a, b], {"%3": a * b + a})


def divided(a: Array, b: Array) -> Array:
    quotient = np.trunc(a.astype(np.float64) / np.where(b == 0, 1, b)).astype(np.int64)
    return np.where(b == 0, -1, quotient).astype(np.int32)  # INT_MIN / -1 wraps


def remainder(a: Array, b: Array) -> Array:
    return np.where(b == 0, a, np.fmod(a.astype(np.int64), np.where(b == 0, 1, b))).astype(np.int32)


def power(a: Array, b: Array) -> Array:
    def one(x: int, y: int) -> int:
        if y < 0:
            return {1: 1, -1: 1 - 2 * (y % 2)}.get(x, 0)
        value = pow(x, y, 2**32)
        return value - 2**32 if value >= 2**31 else value

    return np.array([one(int(x), int(y)) for x, y in zip(a, b, strict=True)], np.int32)


def shifted(a: Array, b: Array, left: bool) -> Array:
    inside = (b >= 0) & (b < 32)
    amount = np.where(inside, b, 0)
    value = np.left_shift(a, amount) if left else (a.view(np.uint32) >> amount.astype(np.uint32)).view(np.int32)
    return np.where(inside, value, 0).astype(np.int32)


INTEGER_BINARY = {
    "arith.addi": np.add,
    "arith.subi": np.subtract,
    "arith.muli": np.multiply,
    "arith.maxsi": np.maximum,
    "arith.minsi": np.minimum,
    "arith.andi": np.bitwise_and,
    "arith.ori": np.bitwise_or,
    "arith.xori": np.bitwise_xor,
    "mhlo.add": np.add,
    "mhlo.subtract": np.subtract,
    "mhlo.multiply": np.multiply,
    "mhlo.maximum": np.maximum,
    "mhlo.minimum": np.minimum,
    "mhlo.and": np.bitwise_and,
    "mhlo.or": np.bitwise_or,
    "mhlo.xor": np.bitwise_xor,
    "mhlo.divide": divided,
    "mhlo.remainder": remainder,
    "mhlo.power": power,
    "mhlo.shift_left": lambda a, b: shifted(a, b, left=True),
    "mhlo.shift_right_logical": lambda a, b: shifted(a, b, left=False),
    "mhlo.shift_right_arithmetic": lambda a, b: a >> np.where((b < 0) | (b > 31), 31, b),
}


@pytest.mark.parametrize("name", INTEGER_BINARY)
def test_integer_binary_at_edges(name: str) -> None:
    a, b = pairs(EDGE_INTS)
    check_kernel(f"%2 = {name} %0, %1 : tensor<{shaped(a)}>", [a, b], {"%2": INTEGER_BINARY[name](a, b)})


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("divide", lambda a, b: np.where(b == 0, 2**32 - 1, a // np.where(b == 0, 1, b))),
        ("remainder", lambda a, b: np.where(b == 0, a, a % np.where(b == 0, 1, b))),
        ("maximum", np.maximum),
        ("minimum", np.minimum),
        ("shift_right_logical", lambda a, b: np.where(b < 32, a >> np.where(b < 32, b, 0), 0)),
    ],
)
def test_unsigned_binary_at_edges(name: str, function: Any) -> None:
    a, b = (array.view(np.uint32) for array in pairs(EDGE_INTS))
    expected = function(a, b).astype(np.uint32)
    check_kernel(f"%2 = mhlo.{name} %0, %1 : tensor<{shaped(a)}>", [a, b], {"%2": expected})


def rounded_away(a: Array) -> Array:
    return np.where(np.abs(a) < 2**23, np.copysign(np.floor(np.abs(a) + 0.5), a), a).astype(np.float32)


FLOAT_UNARY = {
    "math.absf": np.abs,
    "arith.negf": np.negative,
    "math.floor": np.floor,
    "math.ceil": np.ceil,
    "math.sqrt": np.sqrt,
    "mhlo.abs": np.abs,
    "mhlo.negate": np.negative,
    "mhlo.sign": np.sign,
    "mhlo.floor": np.floor,
    "mhlo.ceil": np.ceil,
    "mhlo.sqrt": np.sqrt,
    "mhlo.round_nearest_even": np.rint,
    "mhlo.round_nearest_afz": rounded_away,
}


@pytest.mark.parametrize("name", FLOAT_UNARY)
def test_float_unary_at_edges(name: str) -> None:
    a = EDGE_FLOATS
    expected = FLOAT_UNARY[name](a)
    check_kernel(f"%2 = {name} %0 : tensor<{shaped(a)}>", [a], {"%2": expected})


INTEGER_UNARY = {
    "mhlo.abs": np.abs,
    "mhlo.negate": np.negative,
    "mhlo.sign": np.sign,
    "mhlo.not": np.invert,
    "mhlo.popcnt": lambda a: np.array([bin(int(x) & 0xFFFFFFFF).count("1") for x in a], np.int32),
    "mhlo.count_leading_zeros": lambda a: np.array([32 - (int(x) & 0xFFFFFFFF).bit_length() for x in a], np.int32),
}


@pytest.mark.parametrize("name", INTEGER_UNARY)
def test_integer_unary_at_edges(name: str) -> None:
    expected = INTEGER_UNARY[name](EDGE_INTS)
    check_kernel(f"%2 = {name} %0 : tensor<{shaped(EDGE_INTS)}>", [EDGE_INTS], {"%2": expected})


BOOLEAN = {
    "and": np.logical_and,
    "or": np.logical_or,
    "xor": np.logical_xor,
    "maximum": np.maximum,
    "minimum": np.minimum,
}


@pytest.mark.parametrize("name", BOOLEAN)
def test_booleans(name: str) -> None:
    a, b = pairs(np.array([False, True]))
    check_kernel(f"%2 = mhlo.{name} %0, %1 : tensor<4xi1>", [a, b], {"%2": BOOLEAN[name](a, b)})


def test_not_of_booleans() -> None:
    a = np.array([False, True])
    check_kernel("%2 = mhlo.not %0 : tensor<2xi1>", [a], {"%2": ~a})


def test_is_finite() -> None:
    body = f"%2 = mhlo.is_finite %0 : (tensor<{shaped(EDGE_FLOATS)}>) -> tensor<{EDGE_FLOATS.size}xi1>"
    check_kernel(body, [EDGE_FLOATS], {"%2": np.isfinite(EDGE_FLOATS)})


DIRECTIONS: dict[str, Callable[..., Array]] = {
    "EQ": np.equal,
    "NE": np.not_equal,
    "LT": np.less,
    "LE": np.less_equal,
    "GT": np.greater,
    "GE": np.greater_equal,
}


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("edges", [EDGE_FLOATS, EDGE_INTS, EDGE_INTS.view(np.uint32), np.array([False, True])], ids=str)
def test_compare(direction: str, edges: Array) -> None:
    a, b = pairs(edges)
    body = f"%2 = mhlo.compare {direction}, %0, %1 : (tensor<{shaped(a)}>, tensor<{shaped(a)}>) -> tensor<{a.size}xi1>"
    check_kernel(body, [a, b], {"%2": DIRECTIONS[direction](a, b)})


def test_compare_total_order() -> None:
    ordered = np.array([-np.nan, -np.inf, -1, -1e-40, -0.0, 0.0, 1e-40, 1, np.inf, np.nan], np.float32)
    a, b = pairs(ordered)
    rank_a, rank_b = pairs(np.arange(ordered.size))
    type_ = f"tensor<{shaped(a)}>"
    body = f"%2 = mhlo.compare LT, %0, %1, TOTALORDER : ({type_}, {type_}) -> tensor<{a.size}xi1>"
    check_kernel(body, [a, b], {"%2": rank_a < rank_b})


@given(shapes, st.booleans())
@EXAMPLES
def test_select(shape: tuple[int, ...], is_scalar: bool) -> None:
    condition = numbers(() if is_scalar else shape, 2) > 0
    a, b = numbers(shape), numbers(shape, 1)
    body = f"%3 = mhlo.select %0, %1, %2 : tensor<{shaped(condition)}>, tensor<{shaped(a)}>"
    check_kernel(body, [condition, a, b], {"%3": np.where(condition, a, b)})


def test_clamp_at_edges() -> None:
    low, x, high = (grid.reshape(-1).copy() for grid in np.meshgrid(*[EDGE_FLOATS] * 3))
    type_ = f"tensor<{shaped(x)}>"
    body = f"%3 = mhlo.clamp %0, %1, %2 : ({type_}, {type_}, {type_}) -> {type_}"
    check_kernel(body, [low, x, high], {"%3": np.minimum(np.maximum(x, low), high)})


def test_clamp_with_scalar_bounds() -> None:
    low, x, high = np.array(-3, np.int32), EDGE_INTS, np.array(40, np.int32)
    type_ = f"tensor<{shaped(x)}>"
    body = f"%3 = mhlo.clamp %0, %1, %2 : (tensor<i32>, {type_}, tensor<i32>) -> {type_}"
    check_kernel(body, [low, x, high], {"%3": np.clip(x, low, high)})


def to_integer(a: Array, dtype: Any) -> Array:
    limits = np.iinfo(dtype)
    wide = np.trunc(np.nan_to_num(a.astype(np.float64), nan=0.0, posinf=1e30, neginf=-1e30))
    return np.array([min(max(int(x), limits.min), limits.max) for x in wide], dtype)


CONVERSIONS = [
    (EDGE_FLOATS, to_integer(EDGE_FLOATS, np.int32)),
    (EDGE_FLOATS, to_integer(EDGE_FLOATS, np.uint32)),
    (EDGE_FLOATS, to_integer(EDGE_FLOATS, np.int8)),
    (EDGE_FLOATS, EDGE_FLOATS != 0),
    (EDGE_FLOATS, EDGE_FLOATS),
    (EDGE_INTS, EDGE_INTS.astype(np.float32)),
    (EDGE_INTS, EDGE_INTS.astype(np.int8)),
    (EDGE_INTS, EDGE_INTS.astype(np.int64)),
    (EDGE_INTS, EDGE_INTS.view(np.uint32)),
    (EDGE_INTS, EDGE_INTS != 0),
    (EDGE_INTS.view(np.uint32), EDGE_INTS.view(np.uint32).astype(np.float32)),
    (EDGE_INTS.view(np.uint32), EDGE_INTS.view(np.uint32).astype(np.int64)),
    (np.array([False, True]), np.array([0, 1], np.float32)),
    (np.array([False, True]), np.array([0, 1], np.int32)),
    (
        np.array([2.0**31, 2.0**31 - 128, 4e9, 5e9, -(2.0**31)], np.float32),
        np.array([2**31 - 1, 2**31 - 128, 2**31 - 1, 2**31 - 1, -(2**31)], np.int32),
    ),
]


@pytest.mark.parametrize(("source", "target"), CONVERSIONS, ids=lambda array: str(array.dtype))
def test_convert(source: Array, target: Array) -> None:
    body = f"%2 = mhlo.convert %0 : (tensor<{shaped(source)}>) -> tensor<{shaped(target)}>"
    check_kernel(body, [source], {"%2": target})


@pytest.mark.parametrize("values", [[2.5], [1.5, -0.0, 3.0], [[1.0, 2.0], [3.0, np.inf]], 7.0, []], ids=str)
def test_constants(values: Any) -> None:
    array = np.array(values, np.float32)
    elements = ", ".join(str(row) for row in array.reshape(-1)) if array.ndim == 1 else str(array.tolist())
    text = f"[{elements}]" if array.ndim == 1 else elements
    body = f"%c = arith.constant dense<{text.replace('inf', '0x7F800000')}> : tensor<{shaped(array)}>\n"
    a = numbers(array.shape)
    check_kernel(body + f"%2 = arith.addf %0, %c : tensor<{shaped(a)}>", [a], {"%2": a + array})


def test_a_constant_can_be_a_result() -> None:
    body = "%c = arith.constant dense<7> : tensor<40xi32>"
    check_kernel(body, [], {"%c": np.full(40, 7, np.int32)})
