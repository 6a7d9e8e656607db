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
        types = [tensor_type(np.empty(COUNT, dtype)) for dtype in operands]
        arguments = ", ".join(f"%{name}: {type_}" for name, type_ in zip("abc", types, strict=False))
        results = [tensor_type(np.empty(COUNT, dtype)) for _, _, dtype in ops]
        signature = {name: type_ for name, type_ in zip("abc", types, strict=False)}
        lines = [
            f"  %{n} = {op.replace('&', names)} : ({', '.join(signature[name[-1]] for name in names.split(', '))}) -> {result}"
            for n, ((op, names, _), result) in enumerate(zip(ops, results, strict=True))
        ]
        returned = ", ".join(f"%{n}" for n in range(len(ops)))
        self.text = (
            f"func.func @f({arguments}) -> ({', '.join(results)}) {{\n"
            + "\n".join(lines)
            + f"\n  return {returned} : {', '.join(results)}\n}}\n"
        )
        self.names = [f"{op.replace('&', names)} -> {result}" for (op, names, _), result in zip(ops, results, strict=True)]


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
    return array.astype(np.float64) if array.dtype.kind in "fV" else array


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
    near = [0.0, 1.0, 0.5, 1.5, 2.5, 3.0, 1e-3, float(info.max), float(info.tiny), float(info.smallest_subnormal), np.inf]
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
# TensorFlow's and NumPy's own narrow floats flush or keep subnormal results; so may a device.
TINY = {np.float32: 2e-38, np.float64: 3e-308}


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
    program = Program(
        [dtype, dtype],
        [(f"stablehlo.{name} &", "%a, %b", dtype) for name in COMPLEX_OPS]
        + [(f"stablehlo.{name} &", "%a", dtype) for name in COMPLEX_UNARY]
        + [(f"stablehlo.compare {direction}, &", "%a, %b", BOOL) for direction in ("EQ", "NE")],
    )
    parts = st.sampled_from([0.0, 1.0, -1.0, 0.5, 2.0]) | st.floats(-3, 3, width=32)
    numbers = st.lists(st.builds(complex, parts, parts).filter(lambda z: abs(z) > 1e-3), min_size=COUNT, max_size=COUNT)

    @EXAMPLES
    @given(numbers, numbers)
    def run(first: list[complex], second: list[complex]) -> None:
        a, b = np.array(first, dtype), np.array(second, dtype)
        x, y = a.astype(np.clongdouble), b.astype(np.clongdouble)
        exact = [*(op(x, y) for op in COMPLEX_OPS.values()), *(op(x) for op in COMPLEX_UNARY.values())]
        expected = [*(result.astype(dtype) for result in exact), a == b, a != b]
        limits = [tolerance * max(1.0, float(np.abs(result).max())) for result in exact]
        check(program, [a, b], expected, [*limits, 0, 0])

    compiled(program.text)  # what is refused is nothing to draw cases for
    run()
