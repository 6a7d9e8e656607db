"""Every element type on every driver against NumPy: edge values and any others, drawn.

IREE_ELEMENT_TYPES=1000 draws as many, new ones each time.
"""

import functools
import os
from collections.abc import Callable, Sequence
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import iree.compiler
import iree.runtime
from test.e2e.programs import DRIVERS, tensor_type, validated

Array = np.ndarray[Any, Any]
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

WANTED = os.environ.get("IREE_ELEMENT_TYPES")
EXAMPLES = settings(
    max_examples=int(WANTED or 4),
    derandomize=WANTED is None,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
COUNT = 24
BF16 = ml_dtypes.bfloat16
INTEGERS = (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64)
FLOATS = (np.float16, BF16, np.float32, np.float64)
NUMBERS = (*INTEGERS, *FLOATS)


class Program:
    """A function of some arrays that returns many results, one op each: (op and operands, its type)."""

    def __init__(self, operands: Sequence[np.dtype[Any]], ops: Sequence[tuple[str, str, np.dtype[Any]]]) -> None:
        types = dict(zip("abc", [tensor_type(np.empty(COUNT, dtype)) for dtype in operands], strict=False))
        results = [tensor_type(np.empty(COUNT, dtype)) for _, _, dtype in ops]
        self.names = [f"{op.replace('&', names)} -> {to}" for (op, names, _), to in zip(ops, results, strict=True)]
        lines = []
        for number, ((op, names, _), result) in enumerate(zip(ops, results, strict=True)):
            given = ", ".join(types[name[-1]] for name in names.split(", "))
            lines.append(f"  %{number} = {op.replace('&', names)} : ({given}) -> {result}")
        arguments = ", ".join(f"%{name}: {type_}" for name, type_ in types.items())
        returned = ", ".join(f"%{number}" for number in range(len(ops)))
        listed = ", ".join(results)
        body = "\n".join(lines)
        self.text = f"func.func @f({arguments}) -> ({listed}) {{\n{body}\n  return {returned} : {listed}\n}}\n"


@functools.cache
def compiled(text: str) -> bytes:
    return validated(iree.compiler.compile_str(text))


@functools.cache
def loaded(text: str, driver: str) -> Any:
    return iree.runtime.load_vm_flatbuffer(compiled(text), driver=driver).f


def check(program: Program, inputs: Sequence[Array], expected: Sequence[Array], tolerances: Sequence[float]) -> None:
    for driver in DRIVERS:
        found = loaded(program.text, driver).invoke(list(inputs))
        for name, got, wanted, tolerance in zip(program.names, found, expected, tolerances, strict=True):
            assert got.dtype == wanted.dtype, name
            note = f"{name} on {driver}: {inputs}"
            if tolerance:
                np.testing.assert_allclose(_wide(got), _wide(wanted), rtol=tolerance, atol=tolerance, err_msg=note)
            else:
                np.testing.assert_array_equal(_wide(got), _wide(wanted), err_msg=note)


def _wide(array: Array) -> Array:
    """Narrow floats as f64: NumPy's tests for NaN do not know them."""
    is_integer = array.dtype in [np.dtype(dtype) for dtype in NARROW]
    return array.astype(np.int32 if is_integer else np.float64) if array.dtype.kind in "fV" else array


def drawn_from(dtype: Any, edges: Sequence[Any]) -> st.SearchStrategy[Array]:
    """Arrays of edge values, and of any bits."""
    width = np.dtype(dtype).itemsize
    bits = st.integers(0, 2 ** (8 * width) - 1).map(lambda n: np.array(n, f"u{width}").view(dtype)[()])
    return st.lists(st.sampled_from(edges) | bits, min_size=COUNT, max_size=COUNT).map(lambda v: np.array(v, dtype))


def integers(dtype: Any) -> st.SearchStrategy[Array]:
    info = np.iinfo(dtype)
    near = [0, 1, 2, 3, 7, info.bits - 1, info.bits, info.max, info.max - 1, info.max // 2 + 1, info.min, info.min + 1]
    return drawn_from(dtype, [*near, -1, -2] if info.min else near)


def floats(dtype: Any) -> st.SearchStrategy[Array]:
    info = ml_dtypes.finfo(dtype)
    near = [0.0, 1.0, 0.5, 1.5, 2.5, 3.0, 1e-3, np.inf]
    near += [float(info.max), float(info.tiny), float(info.smallest_subnormal)]
    return drawn_from(dtype, [*near, *(-number for number in near), np.nan])


def _wrapped(numbers: Sequence[int], dtype: Any) -> Array:
    bits = np.iinfo(dtype).bits
    return np.array([number % 2**bits for number in numbers], f"u{bits // 8}").view(dtype)


def _divided(x: int, y: int) -> int:
    return -1 if y == 0 else abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)


def _remainder(x: int, y: int) -> int:
    return x if y == 0 else abs(x) % abs(y) * (-1 if x < 0 else 1)


def _power(x: int, y: int) -> int:
    return {1: 1, -1: 1 - 2 * (y % 2)}.get(x, 0) if y < 0 else pow(x, y, 2**64)


# On Python's integers: the value, as signed or not as the type is; the width of the type.
INTEGER_OPS: dict[str, Callable[[int, int, int], int]] = {
    "add": lambda x, y, w: x + y,
    "subtract": lambda x, y, w: x - y,
    "multiply": lambda x, y, w: x * y,
    "divide": lambda x, y, w: _divided(x, y),
    "remainder": lambda x, y, w: _remainder(x, y),
    "maximum": lambda x, y, w: max(x, y),
    "minimum": lambda x, y, w: min(x, y),
    "power": lambda x, y, w: _power(x, y),
    "and": lambda x, y, w: x & y,
    "or": lambda x, y, w: x | y,
    "xor": lambda x, y, w: x ^ y,
    "shift_left": lambda x, y, w: x << y if 0 <= y < w else 0,
    "shift_right_logical": lambda x, y, w: x % 2**w >> y if 0 <= y < w else 0,
    "shift_right_arithmetic": lambda x, y, w: _signed(x, w) >> (y if 0 <= y < w else w - 1),
}
INTEGER_UNARY: dict[str, Callable[[int, int], int]] = {
    "not": lambda x, w: ~x,
    "negate": lambda x, w: -x,
    "sign": lambda x, w: (x > 0) - (x < 0),
    "popcnt": lambda x, w: (x % 2**w).bit_count(),
    "count_leading_zeros": lambda x, w: w - (x % 2**w).bit_length(),
}
DIRECTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "LT": np.less,
    "LE": np.less_equal,
    "GT": np.greater,
    "GE": np.greater_equal,
    "EQ": np.equal,
    "NE": np.not_equal,
}
BOOL = np.dtype(np.bool_)


def _signed(x: int, width: int) -> int:
    return (x + 2 ** (width - 1)) % 2**width - 2 ** (width - 1)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers(dtype: Any) -> None:
    is_signed, width = np.iinfo(dtype).min < 0, np.iinfo(dtype).bits
    unary = {name: op for name, op in INTEGER_UNARY.items() if is_signed or name not in ("negate", "sign")}
    program = Program(
        [dtype, dtype],
        [(f"stablehlo.{name} &", "%a, %b", dtype) for name in INTEGER_OPS]
        + [(f"stablehlo.{name} &", "%a", dtype) for name in unary]
        + [(f"stablehlo.compare {direction}, &", "%a, %b", BOOL) for direction in DIRECTIONS],
    )

    @EXAMPLES
    @given(integers(dtype), integers(dtype))
    def run(a: Array, b: Array) -> None:
        pairs = list(zip(a.tolist(), b.tolist(), strict=True))
        expected = [_wrapped([op(x, y, width) for x, y in pairs], dtype) for op in INTEGER_OPS.values()]
        expected += [_wrapped([op(x, width) for x, _ in pairs], dtype) for op in unary.values()]
        expected += [compare(a, b) for compare in DIRECTIONS.values()]
        check(program, [a, b], expected, [0] * len(expected))

    compiled(program.text)  # what is refused is nothing to draw cases for
    run()


FLOAT_OPS = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "remainder": np.fmod,
}
FLOAT_UNARY: dict[str, Callable[[Array], Array]] = {
    "abs": np.abs,
    "negate": np.negative,
    "floor": np.floor,
    "ceil": np.ceil,
    "round_nearest_even": np.rint,
    "sqrt": np.sqrt,
}
FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "exponential": np.exp,
    "exponential_minus_one": np.expm1,
    "log": np.log,
    "log_plus_one": np.log1p,
    "tanh": np.tanh,
    "logistic": lambda x: 1 / (1 + np.exp(-x)),
    "sine": np.sin,
    "cosine": np.cos,
    "cbrt": np.cbrt,
}
EPSILON = {np.float16: 1e-3, BF16: 8e-3, np.float32: 1e-6, np.float64: 2e-15}


@pytest.mark.parametrize("dtype", FLOATS)
def test_floats(dtype: Any) -> None:
    program = Program(
        [dtype, dtype],
        [(f"stablehlo.{name} &", "%a, %b", dtype) for name in FLOAT_OPS]
        + [(f"stablehlo.{name} &", "%a", dtype) for name in FLOAT_UNARY]
        + [("stablehlo.is_finite &", "%a", BOOL)]
        + [(f"stablehlo.compare {direction}, &", "%a, %b", BOOL) for direction in DIRECTIONS],
    )

    @EXAMPLES
    @given(floats(dtype), floats(dtype))
    def run(a: Array, b: Array) -> None:
        expected = [op(a, b).astype(dtype) for op in FLOAT_OPS.values()]
        expected += [op(a).astype(dtype) for op in FLOAT_UNARY.values()]
        expected += [np.isfinite(a), *(compare(a, b) for compare in DIRECTIONS.values())]
        check(program, [a, b], expected, [0] * len(expected))

    compiled(program.text)  # what is refused is nothing to draw cases for
    run()


@pytest.mark.parametrize("dtype", FLOATS)
def test_functions_of_floats(dtype: Any) -> None:
    program = Program(
        [dtype, dtype],
        [(f"stablehlo.{name} &", "%a", dtype) for name in FUNCTIONS]
        + [("stablehlo.power &", "%a, %b", dtype), ("stablehlo.atan2 &", "%a, %b", dtype)],
    )

    @EXAMPLES
    @given(floats(dtype), floats(dtype))
    def run(a: Array, b: Array) -> None:
        wide = np.longdouble if dtype == np.float64 else np.float64
        x, y = a.astype(wide), b.astype(wide)
        exact = [*(op(x) for op in FUNCTIONS.values()), np.power(x, y), np.arctan2(x, y)]
        expected = [result.astype(np.float64).astype(dtype) for result in exact]
        check(program, [a, b], expected, [EPSILON[dtype]] * len(expected))

    compiled(program.text)  # what is refused is nothing to draw cases for
    run()


@pytest.mark.parametrize("source", NUMBERS)
def test_conversions(source: Any) -> None:
    """Numbers that the target has room for; the others are the affair of each pair of types."""
    targets = [target for target in (*NUMBERS, np.bool_) if np.dtype(target) != np.dtype(source)]
    program = Program([source], [("stablehlo.convert &", "%a", np.dtype(target)) for target in targets])
    values = np.array([0, 1, 2, 3, 5, 17, 100, 127, 64, 33, 12, 0, 0, 1, 1, 9, 10, 11, 99, 126, 7, 8, 96, 48], source)
    fractions = values / np.asarray(4, source) if source in FLOATS else values
    check(program, [fractions], [_converted(fractions, target) for target in targets], [0] * len(targets))


def _converted(values: Array, target: Any) -> Array:
    wide = values.astype(np.float64)
    return (np.trunc(wide) if target in INTEGERS else wide).astype(target)


NARROW = (ml_dtypes.int2, ml_dtypes.uint2, ml_dtypes.int4, ml_dtypes.uint4)
SMALL = (
    *(ml_dtypes.float8_e5m2, ml_dtypes.float8_e4m3fn, ml_dtypes.float8_e4m3, ml_dtypes.float8_e3m4),
    *(ml_dtypes.float8_e5m2fnuz, ml_dtypes.float8_e4m3fnuz, ml_dtypes.float8_e4m3b11fnuz),
)


@pytest.mark.parametrize("dtype", NARROW)
def test_integers_of_less_than_a_byte(dtype: Any) -> None:
    """Values with others; of 2 bits every one with every other."""
    info = ml_dtypes.iinfo(dtype)
    a, b = np.meshgrid(*[np.arange(int(info.min), int(info.max) + 1)] * 2)
    x, y = (np.resize(side[::-1], COUNT) for side in (a, b))
    names = {
        "add": np.add,
        "subtract": np.subtract,
        "multiply": np.multiply,
        "maximum": np.maximum,
        "or": np.bitwise_or,
    }
    program = Program(
        [dtype, dtype],
        [(f"stablehlo.{name} &", "%a, %b", np.dtype(dtype)) for name in names]
        + [("stablehlo.compare LT, &", "%a, %b", BOOL), ("stablehlo.convert &", "%a", np.dtype(np.int32))],
    )
    expected = [(op(x, y) & (2**info.bits - 1)).astype(np.uint8).view(dtype) for op in names.values()]
    expected += [x < y, x.astype(np.int32)]
    check(program, [x.astype(dtype), y.astype(dtype)], expected, [0] * len(expected))


@pytest.mark.parametrize("dtype", SMALL)
def test_floats_of_a_byte(dtype: Any) -> None:
    values = np.arange(0, 256, 11, dtype=np.uint8)[:COUNT].view(dtype)
    program = Program(
        [dtype, dtype],
        [("stablehlo.add &", "%a, %b", np.dtype(dtype)), ("stablehlo.multiply &", "%a, %b", np.dtype(dtype))]
        + [("stablehlo.convert &", "%a", np.dtype(target)) for target in (np.float32, np.float16, BF16)],
    )
    a, b = values, values[::-1].copy()
    wide = a.astype(np.float32), b.astype(np.float32)
    expected = [(wide[0] + wide[1]).astype(dtype), (wide[0] * wide[1]).astype(dtype)]
    expected += [wide[0].astype(target) for target in (np.float32, np.float16, BF16)]
    check(program, [a, b], expected, [0] * len(expected))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("exponent", "mantissa"), [(5, 10), (8, 7), (4, 3), (11, 52), (1, 0)])
def test_reduced_precision(dtype: Any, exponent: int, mantissa: int) -> None:
    op = f"stablehlo.reduce_precision &, format = e{exponent}m{mantissa}"
    program = Program([dtype], [(op, "%a", np.dtype(dtype))])

    @EXAMPLES
    @given(floats(dtype))
    def run(a: Array) -> None:
        on_interpreter = loaded(program.text, "interpreter").invoke([a])
        check(program, [a], on_interpreter, [0])

    compiled(program.text)
    run()


@pytest.mark.parametrize("dtype", FLOATS)
def test_total_order(dtype: Any) -> None:
    program = Program(
        [dtype, dtype], [(f"stablehlo.compare {name}, &, TOTALORDER", "%a, %b", BOOL) for name in DIRECTIONS]
    )

    @EXAMPLES
    @given(floats(dtype), floats(dtype))
    def run(a: Array, b: Array) -> None:
        keys = [_order(side) for side in (a, b)]
        check(program, [a, b], [compare(*keys) for compare in DIRECTIONS.values()], [0] * len(DIRECTIONS))

    compiled(program.text)
    run()


def _order(x: Array) -> Array:
    bits = x.view(f"i{x.dtype.itemsize}")
    return np.where(bits < 0, bits ^ np.iinfo(bits.dtype).max, bits)


COMPLEX_OPS = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "power": np.power}
COMPLEX_UNARY: dict[str, Callable[[Array], Array]] = {
    "negate": np.negative,
    "exponential": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "sine": np.sin,
    "cosine": np.cos,
}


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.complex64, 1e-5), (np.complex128, 1e-13)])
def test_complex_numbers(dtype: Any, tolerance: float) -> None:
    part = np.empty(0, dtype).real.dtype
    program = Program(
        [dtype, dtype],
        [(f"stablehlo.{name} &", "%a, %b", dtype) for name in COMPLEX_OPS]
        + [(f"stablehlo.{name} &", "%a", dtype) for name in COMPLEX_UNARY]
        + [(f"stablehlo.compare {direction}, &", "%a, %b", BOOL) for direction in ("EQ", "NE")]
        + [(f"stablehlo.{name} &", "%a", part) for name in ("real", "imag", "abs")],
    )
    parts = st.sampled_from([0.0, 1.0, -1.0, 0.5, 2.0]) | st.floats(-3, 3, width=32)
    numbers = st.lists(st.builds(complex, parts, parts).filter(lambda z: abs(z) > 1e-3), min_size=COUNT, max_size=COUNT)

    @EXAMPLES
    @given(numbers, numbers)
    def run(first: list[complex], second: list[complex]) -> None:
        a, b = np.array(first, dtype), np.array(second, dtype)
        x, y = a.astype(np.clongdouble), b.astype(np.clongdouble)
        exact = [*(op(x, y) for op in COMPLEX_OPS.values()), *(op(x) for op in COMPLEX_UNARY.values())]
        expected = [*(result.astype(dtype) for result in exact), a == b, a != b, a.real, a.imag]
        expected.append(np.abs(x).astype(part))
        limits = [tolerance * max(1.0, float(np.abs(result).max())) for result in exact]
        check(program, [a, b], expected, [*limits, 0, 0, 0, 0, tolerance])

    compiled(program.text)  # what is refused is nothing to draw cases for
    run()
