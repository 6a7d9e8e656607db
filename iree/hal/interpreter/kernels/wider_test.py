"""Elements that NumPy does not compute with: i2 to ui4 against Python's integers, f8 against f64 rounded once."""

import itertools
import math
import operator
from collections.abc import Callable

import ml_dtypes
import numpy as np
import pytest

from iree.hal.interpreter.testing.evaluate import evaluate, type_of
from iree.schemas.element_types import ELEMENT_TYPES, ElementType, from_name

SMALL = [from_name(name) for name in ("i2", "ui2", "i4", "ui4")]
F8 = [t for t in ELEMENT_TYPES if t.kind == "float" and t.bit_width == 8]


def divided(a: int, b: int) -> int:
    return -1 if b == 0 else math.trunc(a / b)


def remainder(a: int, b: int) -> int:
    return a if b == 0 else a - b * divided(a, b)


BINARY: dict[str, Callable[[int, int], int]] = {
    "add_i": operator.add, "sub_i": operator.sub, "mul_i": operator.mul, "div_i_s": divided, "rem_i_s": remainder,
    "max_i_s": max, "min_i_s": min, "and": operator.and_, "or": operator.or_, "xor": operator.xor,
}  # fmt: skip


def pairs(element: ElementType) -> tuple[np.ndarray, np.ndarray]:
    every = np.arange(1 << element.bit_width).astype(np.uint8).view(element.dtype)
    a, b = zip(*itertools.product(every.tolist(), every.tolist()), strict=True)
    return np.array(a).astype(element.dtype), np.array(b).astype(element.dtype)


def wrapped(numbers: list[int], element: ElementType) -> list[int]:
    bits, is_signed = element.bit_width, element.name[0] == "i"
    low = [number & ((1 << bits) - 1) for number in numbers]
    return [number - (1 << bits) if is_signed and number >> bits - 1 else number for number in low]


def numbers(array: np.ndarray) -> list[int]:
    return [int(value) for value in array.reshape(-1)]


@pytest.mark.parametrize("element", SMALL, ids=str)
@pytest.mark.parametrize("name", BINARY)
def test_every_pair_of_small_integers(name: str, element: ElementType) -> None:
    a, b = pairs(element)
    instruction = name[:-1] + "u" if name.endswith("_s") and element.name[0] == "u" else name
    wanted = wrapped([BINARY[name](x, y) for x, y in zip(numbers(a), numbers(b), strict=True)], element)
    assert numbers(evaluate(instruction, [a, b], type_of(a))) == wanted


@pytest.mark.parametrize("element", SMALL, ids=str)
@pytest.mark.parametrize("name", ["sll", "srl", "sra"])
def test_every_shift_of_small_integers(name: str, element: ElementType) -> None:
    a, b = pairs(element)
    bits, mask = element.bit_width, (1 << element.bit_width) - 1
    wanted = []
    for value, amount in zip(numbers(a), numbers(b), strict=True):
        distance, low = min(amount & mask, bits), value & mask
        as_signed = low - (1 << bits) if low >> bits - 1 else low
        wanted.append({"sll": low << distance, "srl": low >> distance, "sra": as_signed >> distance}[name])
    assert numbers(evaluate(name, [a, b], type_of(a))) == wrapped(wanted, element)


@pytest.mark.parametrize("element", SMALL, ids=str)
def test_functions_of_small_integers(element: ElementType) -> None:
    x = np.arange(1 << element.bit_width).astype(np.uint8).view(element.dtype)
    bits, mask = element.bit_width, (1 << element.bit_width) - 1
    wanted = {
        "abs_i": [abs(n) for n in numbers(x)],
        "neg_i": [-n for n in numbers(x)],
        "not": [~n for n in numbers(x)],
        "popcnt": [(n & mask).bit_count() for n in numbers(x)],
        "clz": [bits - (n & mask).bit_length() for n in numbers(x)],
    }
    for name, results in wanted.items():
        assert numbers(evaluate(name, [x], type_of(x))) == wrapped(results, element), name


def test_small_integers_are_compared_chosen_reduced_and_multiplied() -> None:
    x, y = (np.array(values).astype(ml_dtypes.int4) for values in ([-8, 7, 3, 0], [7, 7, -1, 1]))
    assert evaluate("cmp_i_s", [x, y], "4xi1", 2).tolist() == [True, False, False, True]
    chosen = evaluate("select", [np.array([True, False, True, False]), x, y], type_of(x))
    assert numbers(chosen) == [-8, 7, 3, 1]
    zero = np.array(0).astype(ml_dtypes.int4)
    assert numbers(evaluate("reduce_sum_i", [np.array([7, 7, 3]).astype(ml_dtypes.int4), zero], "i4", (0,))) == [1]
    dims = ((), (), (0,), (0,))
    assert numbers(evaluate("dot_general_i", [x, y], "i32", *dims)) == [-8 * 7 + 49 - 3]
    assert numbers(evaluate("clamp_i_s", [zero, x, y], type_of(x))) == [0, 7, -1, 0]


def rounded(exact: np.ndarray, element: ElementType) -> np.ndarray:
    return exact.astype(np.float32).astype(element.dtype).astype(np.float64)


@pytest.mark.parametrize("element", F8, ids=str)
def test_f8_is_computed_in_f32_and_rounded_once(element: ElementType) -> None:
    every = np.arange(256, dtype=np.uint8).view(element.dtype)
    a, b = np.repeat(every, 256), np.tile(every, 256)
    wide = a.astype(np.float64), b.astype(np.float64)
    for name, oracle in {"add_f": np.add, "mul_f": np.multiply, "div_f": np.divide, "sub_f": np.subtract}.items():
        with np.errstate(all="ignore"):
            wanted = rounded(oracle(*wide), element)
        got = evaluate(name, [a, b], type_of(a))
        assert got.dtype == element.dtype
        np.testing.assert_array_equal(got.astype(np.float64), wanted, name)


@pytest.mark.parametrize("element", F8, ids=str)
def test_f8_functions_comparisons_and_sums(element: ElementType) -> None:
    x = np.arange(256, dtype=np.uint8).view(element.dtype)
    wide = x.astype(np.float64)
    with np.errstate(all="ignore"):
        for name, oracle in {"exp_f": np.exp, "sqrt_f": np.sqrt, "tanh_f": np.tanh, "floor_f": np.floor}.items():
            got = evaluate(name, [x], type_of(x)).astype(np.float64)
            np.testing.assert_array_equal(got, rounded(oracle(wide), element), name)
        got = evaluate("max_f", [x, x[::-1].copy()], type_of(x)).astype(np.float64)
        np.testing.assert_array_equal(got, np.maximum(wide, wide[::-1]))
    assert evaluate("cmp_f", [x, x[::-1].copy()], "256xi1", 2).tolist() == (wide < wide[::-1]).tolist()
    finite = np.array([0.25] * 7).astype(element.dtype)
    zero = np.array(0).astype(element.dtype)
    assert float(evaluate("reduce_sum_f", [finite, zero], f"{element}", (0,))) == 1.75
    dims = ((), (), (0,), (0,))
    assert float(evaluate("dot_general_f", [finite, finite], "f32", *dims)) == 7 / 16
    assert float(evaluate("dot_general_f", [finite, finite.astype(ml_dtypes.float8_e5m2)], "bf16", *dims)) == 7 / 16


def test_total_order_of_scalars() -> None:
    pair = [np.array(-0.0, np.float32), np.array(0.0, np.float32)]
    assert evaluate("cmp_total", pair, "i1", 2)


def test_total_order() -> None:
    order = [-math.nan, -math.inf, -2.0, -0.0, 0.0, 1.0, math.inf, math.nan]
    for dtype in (np.float16, ml_dtypes.bfloat16, np.float32, np.float64, ml_dtypes.float8_e5m2):
        x = np.array(order).astype(dtype)
        x[0] = -np.abs(x[-1]) if dtype is not np.float64 else np.copysign(math.nan, -1.0)
        a, b = np.repeat(x, 8), np.tile(x, 8)
        ranks = np.repeat(np.arange(8), 8), np.tile(np.arange(8), 8)
        for predicate, oracle in enumerate([np.equal, np.not_equal, np.less, np.less_equal, np.greater]):
            assert evaluate("cmp_total", [a, b], "64xi1", predicate).tolist() == oracle(*ranks).tolist()
