"""Types and numbers of C: what a compiler reads is the number that was meant, to the last bit."""

import ctypes
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from xdsl.dialects.builtin import (
    ComplexType,
    IndexType,
    IntegerType,
    Signedness,
    bf16,
    f16,
    f32,
    f64,
    f80,
    f128,
    i1,
    i32,
    i64,
)
from xdsl.ir import Attribute

from iree.compiler.codegen.runtimeless_c.types import elements, literal, memory_type, scalar_type


@pytest.mark.parametrize(
    ("type_", "memory", "scalar"),
    [
        (f32, "float", "float"),
        (f64, "double", "double"),
        (f16, "uint16_t", "uint16_t"),
        (i1, "uint8_t", "_Bool"),
        (IntegerType(4), "int8_t", "int8_t"),
        (IntegerType(16, Signedness.UNSIGNED), "uint16_t", "uint16_t"),
        (i64, "int64_t", "int64_t"),
        (IntegerType(128), None, None),
        (f80, None, None),
        (f128, None, None),
        (ComplexType(f32), "float", "float"),
    ],
)
def test_types(type_: Attribute, memory: str | None, scalar: str | None) -> None:
    assert (memory_type(type_), scalar_type(type_)) == (memory, scalar)


def test_positions_are_int32() -> None:
    assert scalar_type(IndexType()) == "int32_t"


@pytest.mark.parametrize(
    ("value", "type_", "text"),
    [
        (0.1, f32, "0.1f"),
        (-0.0, f32, "-0.0f"),
        (1e30, f32, "1e30f"),
        (float("inf"), f32, "INFINITY"),
        (float("-inf"), f64, "-(double)INFINITY"),
        (float("nan"), f32, "NAN"),
        (-1, i1, "1"),
        (-(2**31), i32, "INT32_MIN"),
        (-(2**63), i64, "INT64_MIN"),
        (2**40, i64, "INT64_C(1099511627776)"),
        (-7, i32, "-7"),
    ],
)
def test_literals(value: float, type_: Attribute, text: str) -> None:
    assert literal(value, type_).text == text


@pytest.mark.parametrize(
    ("array", "type_", "c"),
    [
        (np.random.default_rng(0).integers(0, 2**32, 500, np.uint32).view(np.float32), f32, "float"),
        (np.random.default_rng(1).integers(0, 2**64, 500, np.uint64).view(np.float64), f64, "double"),
        (np.array([-(2**63), 2**63 - 1, 0, -1]), i64, "int64_t"),
        (np.array([0, 2**64 - 1], np.uint64), IntegerType(64, Signedness.UNSIGNED), "uint64_t"),
        (np.array([0, 2**32 - 1], np.uint32), IntegerType(32, Signedness.UNSIGNED), "uint32_t"),
        (np.array([True, False]), i1, "uint8_t"),
        (np.array([1 + 2j, -0.0 - 1j], np.complex64), ComplexType(f32), "float"),
        (np.array([1.5, -2], np.float16), f16, "uint16_t"),
        (np.arange(8, dtype=np.uint16).view("V2").astype("V2").view(np.float16), bf16, "uint16_t"),
    ],
)
def test_a_compiler_reads_the_same_bits(array: np.ndarray[Any, Any], type_: Attribute, c: str, tmp_path: Path) -> None:
    array = np.where(np.isnan(array), array.dtype.type(0), array) if array.dtype.kind == "f" else array
    numbers = elements(array, type_)
    source = tmp_path / "a.c"
    source.write_text(
        f"#include <stdint.h>\n#include <math.h>\nconst {c} a[{len(numbers)}] = {{{', '.join(numbers)}}};\n"
    )
    command = ["gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-shared", "-o", "a.so", "a.c"]
    subprocess.run(command, cwd=tmp_path, check=True)
    held = (ctypes.c_uint8 * array.nbytes).in_dll(ctypes.CDLL(str(tmp_path / "a.so")), "a")
    assert bytes(held) == array.tobytes()
