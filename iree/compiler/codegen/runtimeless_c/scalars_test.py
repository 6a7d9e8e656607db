"""Scalar ops as C: the expression says all that the op does, and what C99 has nothing for is refused."""

import pytest
from xdsl.dialects.func import FuncOp

from iree.compiler.codegen.runtimeless_c.kernel import write_function
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import ops_of
from iree.testing.ir import parse


def returned(op: str, type_: str, result: str | None = None) -> str:
    """What C returns for an op of %a and %b."""
    module = parse(f"""
    func.func @f(%a: {type_}, %b: {type_}) -> {result or type_} {{
      %0 = {op}
      func.return %0 : {result or type_}
    }}
    """)
    (function,) = ops_of(module, FuncOp)
    *_, line, _ = write_function(function).splitlines()
    return line.strip().removeprefix("return ").removesuffix(";")


@pytest.mark.parametrize(
    ("op", "type_", "expected"),
    [
        ("arith.addf %a, %b : f32", "f32", "a + b"),
        ("arith.addi %a, %b : i8", "i8", "(int8_t)(a + b)"),
        ("arith.addi %a, %b : i32", "i32", "add_i32(a, b)"),  # overflow of int32_t is undefined in C
        ("arith.addi %a, %b : index", "index", "a + b"),
        ("arith.addi %a, %b : i1", "i1", "a != b"),
        ("arith.muli %a, %b : i1", "i1", "a & b"),
        ("arith.divui %a, %b : i16", "i16", "(int16_t)((uint16_t)a / (uint16_t)b)"),
        ("arith.divsi %a, %b : i64", "i64", "a / b"),
        ("arith.shrui %a, %b : i32", "i32", "(int32_t)((uint32_t)a >> b)"),
        ("arith.shrsi %a, %b : i32", "i32", "a >> b"),
        ("arith.maxsi %a, %b : i1", "i1", "a & b"),  # true is -1
        ("arith.maxui %a, %b : i1", "i1", "a | b"),
        ("arith.maxui %a, %b : i8", "i8", "(int8_t)max_u8((uint8_t)a, (uint8_t)b)"),
        ("arith.maximumf %a, %b : f64", "f64", "max_f64(a, b)"),
        ("math.sqrt %a : f32", "f32", "sqrtf(a)"),
        ("math.sqrt %a : f64", "f64", "sqrt(a)"),
        ("math.rsqrt %a : f32", "f32", "1.0f / sqrtf(a)"),
        ("math.roundeven %a : f64", "f64", "rint(a)"),
    ],
)
def test_arithmetic(op: str, type_: str, expected: str) -> None:
    assert returned(op, type_) == expected


@pytest.mark.parametrize(
    ("op", "type_", "expected"),
    [
        ("arith.cmpf olt, %a, %b : f32", "f32", "a < b"),
        ("arith.cmpf ult, %a, %b : f32", "f32", "!(a >= b)"),  # true for a NaN
        ("arith.cmpf uno, %a, %a : f32", "f32", "a != a"),
        ("arith.cmpf one, %a, %b : f32", "f32", "(a < b) | (a > b)"),
        ("arith.cmpi slt, %a, %b : i32", "i32", "a < b"),
        ("arith.cmpi ult, %a, %b : i32", "i32", "(uint32_t)a < (uint32_t)b"),
        ("arith.cmpi slt, %a, %b : i1", "i1", "b < a"),  # true is -1
    ],
)
def test_comparisons(op: str, type_: str, expected: str) -> None:
    assert returned(op, type_, "i1") == expected


@pytest.mark.parametrize(
    ("op", "source", "result", "expected"),
    [
        ("arith.extsi %a : i8 to i32", "i8", "i32", "(int32_t)a"),
        ("arith.extui %a : i8 to i32", "i8", "i32", "(int32_t)(uint8_t)a"),
        ("arith.extsi %a : i1 to i32", "i1", "i32", "a ? -1 : 0"),
        ("arith.extui %a : i1 to i32", "i1", "i32", "a ? 1 : 0"),
        ("arith.trunci %a : i32 to i1", "i32", "i1", "(a & 1) != 0"),
        ("arith.bitcast %a : f32 to i32", "f32", "i32", "bits_of_f32(a)"),
        ("arith.bitcast %a : i64 to f64", "i64", "f64", "f64_of_bits(a)"),
        ("arith.fptoui %a : f32 to i32", "f32", "i32", "(int32_t)(uint32_t)a"),
    ],
)
def test_conversions(op: str, source: str, result: str, expected: str) -> None:
    assert returned(op, source, result) == expected


def test_what_c_has_nothing_for_is_refused() -> None:
    with pytest.raises(CompileError, match=r"test.mlir:3:\d+: .*math.erf.* has no form in C for f32; the targets"):
        returned("math.erf %a : f32", "f32")
    with pytest.raises(CompileError, match="has no form in C for f32, f80"):
        returned("arith.extf %a : f32 to f80", "f32", "f80")
