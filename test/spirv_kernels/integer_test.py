"""Integers and truth values, with the extreme numbers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from test.spirv_kernels.kernel_runner import Array, compute

LOWEST, HIGHEST = -(2**31), 2**31 - 1
SPECIAL = np.array([0, 1, -1, 2, -2, 7, -7, 31, 100, -100, HIGHEST, LOWEST], np.int32)
LEFT, RIGHT = np.repeat(SPECIAL, len(SPECIAL)), np.tile(SPECIAL, len(SPECIAL))
ALL = np.ones(len(LEFT), bool)
DIVISIBLE = (RIGHT != 0) & ~((LEFT == LOWEST) & (RIGHT == -1))
SHIFT = (RIGHT >= 0) & (RIGHT < 32)
TRUTHS = np.array([False, False, True, True]), np.array([False, True, False, True])

Function = Callable[..., Any]


def unsigned(function: Function) -> Function:
    """The function on the same bits as unsigned numbers."""
    return lambda a, b: function(a.view(np.uint32), b.view(np.uint32))


@pytest.mark.parametrize(
    ("op", "reference", "defined"),
    [
        ("addi", np.add, ALL),
        ("subi", np.subtract, ALL),
        ("muli", np.multiply, ALL),
        ("divsi", lambda a, b: np.trunc(a / b.astype(np.float64)), DIVISIBLE),
        ("remsi", np.fmod, DIVISIBLE),
        ("floordivsi", np.floor_divide, DIVISIBLE),
        ("divui", unsigned(np.floor_divide), RIGHT != 0),
        ("remui", unsigned(np.remainder), RIGHT != 0),
        ("minsi", np.minimum, ALL),
        ("maxsi", np.maximum, ALL),
        ("minui", unsigned(np.minimum), ALL),
        ("maxui", unsigned(np.maximum), ALL),
        ("andi", np.bitwise_and, ALL),
        ("ori", np.bitwise_or, ALL),
        ("xori", np.bitwise_xor, ALL),
        ("shli", np.left_shift, SHIFT),
        ("shrsi", np.right_shift, SHIFT),
        ("shrui", unsigned(np.right_shift), SHIFT),
    ],
)
def test_binary(op: str, reference: Function, defined: Array) -> None:
    a, b = LEFT[defined], RIGHT[defined]
    with np.errstate(all="ignore"):
        expected = reference(a, b).astype(np.int64).astype(np.int32)
    assert np.array_equal(compute(f"arith.{op} %0, %1 : i32", [a, b], np.int32), expected)


@pytest.mark.parametrize(
    ("op", "reference"),
    [
        ("math.absi", np.abs),
        ("math.ctpop", lambda x: [int(n).bit_count() for n in x.view(np.uint32)]),
        ("math.ctlz", lambda x: [32 - int(n).bit_length() for n in x.view(np.uint32)]),
        ("math.cttz", lambda x: [32 if n == 0 else (int(n) & -int(n)).bit_length() - 1 for n in x.view(np.uint32)]),
    ],
)
def test_unary(op: str, reference: Function) -> None:
    assert np.array_equal(compute(f"{op} %0 : i32", [SPECIAL], np.int32), reference(SPECIAL))


SIGNED = {
    "eq": np.equal,
    "ne": np.not_equal,
    "slt": np.less,
    "sle": np.less_equal,
    "sgt": np.greater,
    "sge": np.greater_equal,
}
PREDICATES = SIGNED | {name.replace("s", "u"): unsigned(SIGNED[name]) for name in ("slt", "sle", "sgt", "sge")}


@pytest.mark.parametrize("predicate", PREDICATES)
def test_compare(predicate: str) -> None:
    got = compute(f"arith.cmpi {predicate}, %0, %1 : i32", [LEFT, RIGHT], bool)
    assert np.array_equal(got, PREDICATES[predicate](LEFT, RIGHT))


@pytest.mark.parametrize("predicate", PREDICATES)
def test_compare_truth_values(predicate: str) -> None:
    """True is -1 where signs count, which is the highest where they do not."""
    a, b = (-truth.astype(np.int32) for truth in TRUTHS)
    got = compute(f"arith.cmpi {predicate}, %0, %1 : i1", TRUTHS, bool)
    assert np.array_equal(got, PREDICATES[predicate](a, b))


@pytest.mark.parametrize(
    ("op", "reference"),
    [
        ("addi", np.logical_xor),
        ("subi", np.logical_xor),
        ("muli", np.logical_and),
        ("andi", np.logical_and),
        ("ori", np.logical_or),
        ("xori", np.logical_xor),
        ("minui", np.logical_and),
        ("maxui", np.logical_or),
        ("minsi", np.logical_or),
        ("maxsi", np.logical_and),
    ],
)
def test_truth_values(op: str, reference: Function) -> None:
    assert np.array_equal(compute(f"arith.{op} %0, %1 : i1", TRUTHS, bool), reference(*TRUTHS))


@pytest.mark.parametrize(
    ("expression", "given", "expected"),
    [
        ("arith.fptosi %0 : f32 to i32", np.float32([1.9, -1.9, 0, -0.0]), np.int32([1, -1, 0, 0])),
        ("arith.sitofp %0 : i32 to f32", SPECIAL, SPECIAL.astype(np.float32)),
        ("arith.uitofp %0 : i32 to f32", SPECIAL, SPECIAL.view(np.uint32).astype(np.float32)),
        ("arith.sitofp %0 : i1 to f32", TRUTHS[0], np.float32([0, 0, -1, -1])),
        ("arith.uitofp %0 : i1 to f32", TRUTHS[0], np.float32([0, 0, 1, 1])),
        ("arith.extsi %0 : i1 to i32", TRUTHS[0], np.int32([0, 0, -1, -1])),
        ("arith.extui %0 : i1 to i32", TRUTHS[0], np.int32([0, 0, 1, 1])),
        ("arith.trunci %0 : i32 to i1", SPECIAL, SPECIAL % 2 != 0),
        ("arith.bitcast %0 : i32 to f32", SPECIAL, SPECIAL.view(np.float32)),
        ("arith.bitcast %0 : f32 to i32", np.float32([1, -0.0]), np.float32([1, -0.0]).view(np.int32)),
    ],
)
def test_cast(expression: str, given: Array, expected: Array) -> None:
    got = compute(expression, [given], expected.dtype)
    assert np.array_equal(got.view(np.uint8), expected.view(np.uint8))


def test_any_byte_but_zero_is_true() -> None:
    given = np.array([0, 1, 2, 128, 255], np.uint8).view(bool)
    assert compute("arith.extui %0 : i1 to i32", [given], np.int32).tolist() == [0, 1, 1, 1, 1]


def test_true_is_stored_as_one() -> None:
    given = np.array([0, 255], np.uint8).view(bool)
    assert compute("arith.bitcast %0 : i1 to i1", [given], bool).view(np.uint8).tolist() == [0, 1]
