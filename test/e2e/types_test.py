"""Elements of every type, from text to result, against JAX on the drivers that compile them.

Each program is a function of JAX with many results, as JAX writes it. IREE_ELEMENT_TYPES=1000 draws as many inputs.
"""

import functools
import os
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jax import lax

from iree.schemas.element_types import ELEMENT_TYPES, ElementType, from_name
from test.e2e.programs import function_text, loaded

Array = np.ndarray[Any, Any]
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")

WANTED = os.environ.get("IREE_ELEMENT_TYPES")
EXAMPLES = settings(
    max_examples=int(WANTED or 5),
    derandomize=WANTED is None,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)

NUMBERS = [t for t in ELEMENT_TYPES if t.name != "i1"]
SMALL = [t for t in ELEMENT_TYPES if t.kind == "integer" and t.bit_width < 8]
F8 = [t for t in ELEMENT_TYPES if t.kind == "float" and t.bit_width == 8]
FLOATS = [t for t in ELEMENT_TYPES if t.kind == "float" and t.bit_width > 8]
COMPLEX = [t for t in ELEMENT_TYPES if t.kind == "complex"]
SPECIAL = [0, -0.0, 1, -1, 0.5, np.inf, -np.inf, np.nan]


@pytest.fixture(autouse=True)
def wide_types():
    with jax.enable_x64(True):
        yield


def values(element: ElementType, count: int = 12, seed: int = 0) -> Array:
    """Numbers of a type: special ones, then any that are not large."""
    generator = np.random.default_rng([seed, element.number])
    match element.kind:
        case "bool":
            return generator.random(count) < 0.5
        case "integer":
            bits = generator.integers(0, 256, (count, element.byte_width), np.uint8)
            return bits.view(f"i{element.byte_width}").reshape(count).astype(element.dtype)
        case "float":
            return np.concatenate([SPECIAL, generator.normal(scale=3, size=count)])[-count:].astype(element.dtype)
    parts = generator.normal(size=(2, count))
    return (parts[0] + 1j * parts[1]).astype(element.dtype)


@functools.cache
def program(function: Callable[..., Any], *types: tuple[tuple[int, ...], np.dtype[Any]]) -> tuple[str, Any]:
    """The text that JAX has for a function of arrays of these shapes and types, and the function, compiled by JAX."""
    with jax.enable_x64(True):
        lowered = jax.jit(function).lower(*(jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in types))
        return lowered.as_text(), lowered.compile()


def check(function: Callable[..., Any], inputs: Sequence[Array], rtol: float = 0, atol: float = 0) -> None:
    """Runs it on every driver. Without tolerance results are equal, NaN to NaN."""
    text, compiled = program(function, *((x.shape, x.dtype) for x in inputs))
    expected = [np.asarray(result) for result in compiled(*inputs)]
    for driver, module in loaded(text).items():
        for index, (got, wanted) in enumerate(zip(module.main.invoke(list(inputs)), expected, strict=True)):
            note = f"result {index} on {driver}"
            assert (got.dtype, got.shape) == (wanted.dtype, wanted.shape), note
            compare(np.asarray(got), wanted, rtol, atol, f"{note} of {inputs}")


def compare(got: Array, wanted: Array, rtol: float, atol: float, note: str) -> None:
    if got.dtype.kind in "biu":
        np.testing.assert_array_equal(got, wanted, note)
        return
    wide = np.complex128 if got.dtype.kind == "c" else np.float64
    np.testing.assert_allclose(got.astype(wide), wanted.astype(wide), rtol=rtol, atol=atol, err_msg=note)


def moved(x: Any) -> Any:
    """Ops that only move elements, and constants."""
    flat = x.reshape(12)
    places = np.array([2, 0, 2], np.int32)
    filler = lax.full((), 1, x.dtype)
    return (
        x,
        x.T,
        x[1:, ::2],
        lax.rev(x, (0,)),
        lax.pad(x, filler, ((1, -1, 1), (0, 2, 0))),
        lax.concatenate([x, x[:1]], 0),
        lax.select(flat == flat, flat, flat[::-1]),
        lax.dynamic_slice(x, (np.int32(1), np.int32(9)), (2, 3)),
        lax.dynamic_update_slice(x, x[:1, :2], (np.int32(2), np.int32(1))),
        x[places],
        lax.broadcast_in_dim(x, (2, 3, 4), (1, 2)),
        jnp.array(values(from_dtype_of(x), 4)),
    )


def from_dtype_of(x: Any) -> ElementType:
    return next(t for t in ELEMENT_TYPES if t.dtype == x.dtype)


@pytest.mark.parametrize("element", ELEMENT_TYPES, ids=str)
def test_elements_of_every_type_are_moved(element: ElementType) -> None:
    check(moved, [values(element, 20)[-12:].reshape(3, 4)])


@functools.cache
def conversions(targets: tuple[str, ...]) -> Callable[[Any], Any]:
    return lambda x: tuple(lax.convert_element_type(x, from_name(target).dtype) for target in targets)


@pytest.mark.parametrize("source", ELEMENT_TYPES, ids=str)
def test_conversions(source: ElementType) -> None:
    """From each type to all others. JAX rounds twice on the way to a narrow float, which shows for few numbers."""
    targets = tuple(t.name for t in ELEMENT_TYPES if t not in SMALL)
    check(conversions(targets), [values(source, 20)])
    check(conversions(tuple(t.name for t in SMALL)), [values(source, 20)])


def arithmetic(a: Any, b: Any) -> Any:
    return (a + b, a - b, a * b, lax.max(a, b), lax.min(a, b), a == b, a != b, a < b, a >= b, lax.clamp(b, a, a))


def on_bits(a: Any, b: Any) -> Any:
    return (
        a & b, a | b, a ^ b, ~a, lax.div(a, b), lax.rem(a, b), lax.clz(a), lax.shift_left(a, b),
        lax.shift_right_logical(a, b), lax.shift_right_arithmetic(a, b),
    )  # fmt: skip


@pytest.mark.parametrize("element", SMALL, ids=str)
def test_integers_of_less_than_a_byte(element: ElementType) -> None:
    every = np.arange(1 << element.bit_width).astype(np.uint8).view(element.dtype)
    inputs = [np.repeat(every, len(every)), np.tile(every, len(every))]
    check(arithmetic, inputs)
    check(on_bits, inputs)


@pytest.mark.parametrize("element", F8, ids=str)
def test_f8_is_rounded_once(element: ElementType) -> None:
    a, b = values(element, 40), values(element, 40, 1)
    check(arithmetic, [a, b])


def sums(x: Any, y: Any) -> Any:
    """Reductions, products of matrices, windows."""
    zero, one = (lax.full((), number, x.dtype) for number in (0, 1))
    return (
        lax.reduce(x, zero, lax.add, (0,)),
        lax.reduce(x, one, lax.mul, (1,)),
        lax.dot(x, y.T),
        lax.dot_general(x, y, (((1,), (1,)), ((0,), (0,)))),
        lax.reduce_window(x, zero, lax.add, (2, 2), (1, 1), "SAME"),
        lax.conv_general_dilated(x[None, None], y[None, None, :2, :2], (1, 1), "VALID"),
    )


def extremes(x: Any) -> Any:
    low, high = (jnp.array(number, x.dtype) for number in limits(from_dtype_of(x)))
    return lax.reduce(x, low, lax.max, (0,)), lax.reduce(x, high, lax.min, (1,))


def limits(element: ElementType) -> tuple[Any, Any]:
    info = ml_dtypes.iinfo(element.dtype) if element.kind == "integer" else ml_dtypes.finfo(element.dtype)
    return info.min, info.max


TOLERANCES = {"f64": 1e-13, "f32": 2e-6, "f16": 2e-3, "bf16": 2e-2, "complex<f32>": 2e-6, "complex<f64>": 1e-13}


@pytest.mark.parametrize("element", [t for t in NUMBERS if t not in SMALL and t not in F8], ids=str)
def test_sums_and_products(element: ElementType) -> None:
    """Half floats add up in f32 here; JAX rounds at every step of some."""
    tolerance = TOLERANCES.get(element.name, 0)
    x, y = (values(element, 40, seed)[-12:].reshape(3, 4) for seed in (0, 1))
    check(sums, [x, y], rtol=tolerance, atol=8 * tolerance)
    if element.kind != "complex":
        check(extremes, [x])


@functools.cache
def mixed_dot(result: str) -> Callable[..., Any]:
    return lambda x, y: (lax.dot(x, y, preferred_element_type=from_name(result).dtype),)


@pytest.mark.parametrize(
    ("element", "result"),
    [("i8", "i32"), ("ui8", "i32"), ("i32", "i64"), ("f16", "f32"), ("bf16", "f32"), ("f32", "f64"),
     ("f8E4M3FN", "f32"), ("f8E5M2", "bf16"), ("i16", "i16")],
)  # fmt: skip
def test_products_in_another_type(element: str, result: str) -> None:
    x, y = (values(from_name(element), 40, seed)[-12:] for seed in (0, 1))
    tolerance = 1e-2 if result == "bf16" else 1e-6
    check(mixed_dot(result), [x.reshape(3, 4), y.reshape(4, 3)], rtol=tolerance, atol=tolerance)


def of_complex(a: Any, b: Any) -> Any:
    return (
        a + b, a - b, a * b, a / b, -a, lax.abs(a), lax.sign(a), lax.exp(a), lax.expm1(a), lax.log(a), lax.log1p(a),
        lax.sqrt(a), lax.rsqrt(a), lax.sin(a), lax.cos(a), lax.tan(a), lax.tanh(a), lax.logistic(a), lax.pow(a, b),
        a == b, a != b, lax.real(a), lax.imag(a), lax.conj(a), lax.complex(a.real, b.imag), lax.select(a == b, a, b),
    )  # fmt: skip


parts = st.floats(0.05, 4) | st.floats(-4, -0.05)


@pytest.mark.parametrize("element", COMPLEX, ids=str)
@EXAMPLES
@given(st.lists(st.tuples(parts, parts, parts, parts), min_size=6, max_size=6))
def test_complex_numbers(element: ElementType, drawn: list[tuple[float, ...]]) -> None:
    numbers = np.array(drawn)
    a, b = (numbers[:, 0] + 1j * numbers[:, 1]).astype(element.dtype), (numbers[:, 2] + 1j * numbers[:, 3])
    tolerance = 2e-5 if element.name == "complex<f32>" else 1e-12
    check(of_complex, [a, b.astype(element.dtype)], rtol=tolerance, atol=tolerance)


def bits_of(x: Any) -> Any:
    words = jnp.dtype(f"uint{8 * x.dtype.itemsize}")
    return (
        lax.bitcast_convert_type(x, words),
        lax.bitcast_convert_type(x, np.uint8),
        lax.bitcast_convert_type(lax.bitcast_convert_type(x, np.uint8), x.dtype),
        lax.reduce_precision(x, 4, 3),
        lax.reduce_precision(x, 8, 7),
    )


@pytest.mark.parametrize("element", FLOATS, ids=str)
@EXAMPLES
@given(st.data())
def test_bits_and_bits_of_precision(element: ElementType, data: st.DataObject) -> None:
    raw = data.draw(st.binary(min_size=8 * element.byte_width, max_size=8 * element.byte_width))
    x = np.concatenate([np.array(SPECIAL).astype(element.dtype), np.frombuffer(raw, element.dtype)])
    x = np.where(np.isnan(x), np.array(np.nan, element.dtype), x)  # a NaN's other bits are not kept by all of JAX
    check(bits_of, [x])


@pytest.mark.parametrize("element", FLOATS, ids=str)
def test_total_order(element: ElementType) -> None:
    x = np.array([-np.nan, -np.inf, -2.0, -0.0, 0.0, 1e-7, 1.0, np.inf, np.nan]).astype(element.dtype)
    bits = f"u{element.byte_width}"
    x[0] = (np.array(np.nan, element.dtype).view(bits) | np.array(1 << element.bit_width - 1, bits)).view(element.dtype)
    x[-1] = np.abs(x[0])
    a, b, ranks = np.repeat(x, 9), np.tile(x, 9), np.arange(9)
    attributes = "{{comparison_direction = #stablehlo<comparison_direction {}>, " + (
        "compare_type = #stablehlo<comparison_type TOTALORDER>}}"
    )
    for direction, oracle in {"LT": np.less, "GE": np.greater_equal, "EQ": np.equal}.items():
        text = function_text("f", "stablehlo.compare", [a, b], np.zeros(81, bool), attributes.format(direction))
        for module in loaded(text).values():
            np.testing.assert_array_equal(module.f(a, b), oracle(np.repeat(ranks, 9), np.tile(ranks, 9)))
