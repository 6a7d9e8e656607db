"""Floats: every pair of special numbers. On Mesa's CPU driver division and square root are exact, too."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from test.spirv_kernels.kernel_runner import Array, assert_same_bits, compute

F = np.float32
SPECIAL = np.array(
    [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e-40, -1e-40, 3.4e38, 1.5, 2.5, -0.5, 0.5, -2.5, 1 / 3], F
)
LEFT, RIGHT = np.repeat(SPECIAL, len(SPECIAL)), np.tile(SPECIAL, len(SPECIAL))

Function = Callable[..., Any]


def maximum(a: Array, b: Array) -> Array:
    """np.maximum with 0.0 above -0.0."""
    return np.where((a == 0) & (b == 0), np.where(np.signbit(a) & np.signbit(b), F(-0.0), F(0.0)), np.maximum(a, b))


def minimum(a: Array, b: Array) -> Array:
    """np.minimum with -0.0 below 0.0."""
    return -maximum(-a, -b)


def number(function: Function) -> Function:
    """The function, with the other operand where one is NaN."""
    return lambda a, b: np.where(np.isnan(a), b, np.where(np.isnan(b), a, function(a, b)))


@pytest.mark.parametrize(
    ("op", "reference"),
    [
        ("arith.addf", np.add),
        ("arith.subf", np.subtract),
        ("arith.mulf", np.multiply),
        ("arith.divf", np.divide),
        ("arith.maximumf", maximum),
        ("arith.minimumf", minimum),
        ("arith.maxnumf", number(maximum)),
        ("arith.minnumf", number(minimum)),
        ("math.copysign", np.copysign),
    ],
)
def test_binary(op: str, reference: Function) -> None:
    with np.errstate(all="ignore"):
        expected = reference(LEFT, RIGHT)
    assert_same_bits(compute(f"{op} %0, %1 : f32", [LEFT, RIGHT], F), expected)


@pytest.mark.parametrize(
    ("op", "reference"),
    [
        ("arith.negf", np.negative),
        ("math.absf", np.abs),
        ("math.ceil", np.ceil),
        ("math.floor", np.floor),
        ("math.roundeven", np.rint),
        ("math.trunc", np.trunc),
        ("math.sqrt", np.sqrt),
        ("math.rsqrt", lambda x: F(1) / np.sqrt(x)),
    ],
)
def test_unary(op: str, reference: Function) -> None:
    with np.errstate(all="ignore"):
        expected = reference(SPECIAL)
    assert_same_bits(compute(f"{op} %0 : f32", [SPECIAL], F), expected)


ORDERED = {
    "oeq": np.equal,
    "ogt": np.greater,
    "oge": np.greater_equal,
    "olt": np.less,
    "ole": np.less_equal,
    "one": lambda a, b: (a < b) | (a > b),
    "ord": lambda a, b: ~(np.isnan(a) | np.isnan(b)),
    "false": lambda a, b: np.zeros_like(a, bool),
}
OPPOSITES = {
    "oeq": "une",
    "ogt": "ule",
    "oge": "ult",
    "olt": "uge",
    "ole": "ugt",
    "one": "ueq",
    "ord": "uno",
    "false": "true",
}


@pytest.mark.parametrize("ordered", ORDERED)
def test_compare(ordered: str) -> None:
    expected = ORDERED[ordered](LEFT, RIGHT)
    assert np.array_equal(compute(f"arith.cmpf {ordered}, %0, %1 : f32", [LEFT, RIGHT], bool), expected)
    opposite = compute(f"arith.cmpf {OPPOSITES[ordered]}, %0, %1 : f32", [LEFT, RIGHT], bool)
    assert np.array_equal(opposite, ~expected)


@pytest.mark.parametrize(("true", "false"), [("%0", "%1"), ("%1", "%0")])
@pytest.mark.parametrize("predicate", ["olt", "ogt", "ule", "uge"])
def test_a_compare_and_a_select_are_no_minimum(predicate: str, true: str, false: str) -> None:
    """Drivers like to make them one, which is wrong for NaN and -0.0."""
    ordered = next((key for key, opposite in OPPOSITES.items() if opposite == predicate), predicate)
    condition = ORDERED[ordered](LEFT, RIGHT) ^ (ordered != predicate)
    operands = {"%0": LEFT, "%1": RIGHT}
    got = compute(
        f"arith.select %c, {true}, {false} : f32", [LEFT, RIGHT], F, f"%c = arith.cmpf {predicate}, %0, %1 : f32"
    )
    assert_same_bits(got, np.where(condition, operands[true], operands[false]))


@pytest.mark.parametrize("zero", [0.0, -0.0])
@pytest.mark.parametrize(
    ("expression", "reference"),
    [
        ("arith.addf %0, %zero : f32", lambda x, zero: x + zero),
        ("arith.subf %0, %zero : f32", lambda x, zero: x - zero),
        ("arith.subf %zero, %0 : f32", lambda x, zero: zero - x),
        ("arith.mulf %0, %zero : f32", lambda x, zero: x * zero),
        ("arith.divf %0, %zero : f32", lambda x, zero: x / zero),
        ("arith.divf %zero, %0 : f32", lambda x, zero: zero / x),
        ("math.fma %0, %zero, %zero : f32", lambda x, zero: x * zero + zero),
    ],
)
def test_a_constant_zero_is_no_neutral_element(expression: str, reference: Function, zero: float) -> None:
    with np.errstate(all="ignore"):
        expected = reference(SPECIAL, F(zero))
    assert_same_bits(compute(expression, [SPECIAL], F, f"%zero = arith.constant {zero} : f32"), expected)


@pytest.mark.parametrize(
    "numbers", [(a * x, b * y) for a in (1, -1) for b in (1, -1) for x, y in ((1.0, 0.0), (0.0, 1.0))]
)
def test_a_chosen_zero_keeps_its_sign(numbers: tuple[float, float]) -> None:
    true, false = numbers
    setup = f"%true = arith.constant {true} : f32\n%false = arith.constant {false} : f32"
    condition = np.array([True, False])
    got = compute("arith.select %0, %true, %false : f32", [condition], F, setup)
    assert_same_bits(got, np.array([true, false], F))


@pytest.mark.parametrize(
    ("setup", "expression", "reference"),
    [
        ("%s = arith.addf %0, %1 : f32", "arith.subf %s, %1 : f32", lambda a, b: (a + b) - b),
        ("%s = arith.mulf %0, %1 : f32", "arith.addf %s, %0 : f32", lambda a, b: a * b + a),
        ("%s = arith.subf %0, %1 : f32", "arith.negf %s : f32", lambda a, b: -(a - b)),
        ("%s = arith.mulf %0, %0 : f32", "math.sqrt %s : f32", lambda a, b: np.sqrt(a * a)),
        ("%s = arith.divf %0, %1 : f32", "arith.mulf %s, %1 : f32", lambda a, b: a / b * b),
        ("%s = math.floor %0 : f32", "arith.subf %0, %s : f32", lambda a, b: a - np.floor(a)),
    ],
)
def test_what_is_written_is_computed(setup: str, expression: str, reference: Function) -> None:
    """Nothing is fused or reordered."""
    random = np.random.default_rng(0)
    a, b = (np.concatenate([one, random.standard_normal(512).astype(F)]) for one in (LEFT, RIGHT))
    with np.errstate(all="ignore"):
        expected = reference(a, b)
    assert_same_bits(compute(expression, [a, b], F, setup), expected)
