"""Programs as C: what the files say, that compilers take them without a word, and what is refused."""

import re
import subprocess
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iree.compiler.codegen.runtimeless_c.generate import Sources
from iree.compiler.codegen.runtimeless_c.options import COptions
from iree.compiler.ir.diagnostics import CompileError
from iree.testing.c_programs import STRICT, CProgram, run_sanitized, sources_of, write

SIMPLE_MUL = """
func.func @simple_mul(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.multiply %a, %b : tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""
LAYER = """
func.func @layer(%x: tensor<7x20xf32>) -> (tensor<7x35xf32>, tensor<7xf32>) {
  %w = stablehlo.constant dense<0.5> : tensor<20x35xf32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %0 = stablehlo.dot %x, %w : (tensor<7x20xf32>, tensor<20x35xf32>) -> tensor<7x35xf32>
  %1 = stablehlo.tanh %0 : tensor<7x35xf32>
  %2 = stablehlo.reduce(%1 init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<7x35xf32>, tensor<f32>) -> tensor<7xf32>
  return %1, %2 : tensor<7x35xf32>, tensor<7xf32>
}
"""  # noqa: E501
COUNTER = """
ml_program.global public mutable @count(dense<[3, 0]> : tensor<2xi32>) : tensor<2xi32>
func.func @increase(%by: tensor<2xi32>) -> (tensor<2xi32>, tensor<2xi32>) {
  %before = ml_program.global_load @count : tensor<2xi32>
  %after = mhlo.add %before, %by : tensor<2xi32>
  ml_program.global_store @count = %after : tensor<2xi32>
  return %before, %after : tensor<2xi32>, tensor<2xi32>
}
"""
POWERS = """
func.func @until(%x: tensor<3xf32>, %limit: tensor<f32>) -> (tensor<3xf32>, tensor<i32>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %start = stablehlo.constant dense<0.0> : tensor<f32>
  %0:2 = stablehlo.while(%a = %x, %n = %zero) : tensor<3xf32>, tensor<i32>
    cond {
      %sum = stablehlo.reduce(%a init: %start) applies stablehlo.add across dimensions = [0] : (tensor<3xf32>, tensor<f32>) -> tensor<f32>
      %less = stablehlo.compare LT, %sum, %limit : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %less : tensor<i1>
    } do {
      %b = stablehlo.add %a, %a : tensor<3xf32>
      %m = stablehlo.add %n, %one : tensor<i32>
      stablehlo.return %b, %m : tensor<3xf32>, tensor<i32>
    }
  return %0#0, %0#1 : tensor<3xf32>, tensor<i32>
}
"""  # noqa: E501


def numbers(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.fixture(scope="module")
def simple_mul() -> Sources:
    return sources_of(SIMPLE_MUL, name="simple_mul")


def test_simple_mul_is_short(simple_mul: Sources) -> None:
    assert (
        simple_mul.source
        == """\
/* simple_mul.c: simple_mul.mlir in C99, made by iree-translate --to=c; see simple_mul.h */
#include "simple_mul.h"

/* arith.mulf at simple_mul.mlir:3:8 */
static void simple_mul_rgn_dispatch_0(const float *restrict a, const float *restrict b, float *restrict out) {
  for (int32_t x = 0; x < 4; ++x) {
    out[x] = a[x] * b[x];
  }
}

void simple_mul(const float *a, const float *b, float *result0) {
  simple_mul_rgn_dispatch_0(a, b, result0);
}
"""
    )


def test_the_header_says_how_to_call_it(simple_mul: Sources) -> None:
    assert (
        simple_mul.header
        == """\
/* simple_mul.h: simple_mul.mlir in C99, made by iree-translate --to=c.

   Arrays are row-major, aligned to 8 bytes, and must not overlap.
   Calls share memory: make one at a time. */

#ifndef SIMPLE_MUL_H
#define SIMPLE_MUL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of memory that calls work in: part of simple_mul.c. */
#define SIMPLE_MUL_ARENA_BYTES 0

/* a: f32[4]
   b: f32[4]
   result0: f32[4] */
void simple_mul(const float *a, const float *b, float *result0);

#ifdef __cplusplus
}
#endif

#endif /* SIMPLE_MUL_H */
"""
    )


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("flags", ["-O0", "-O3"])
def test_compilers_have_nothing_to_say(compiler: str, flags: str) -> None:
    product = CProgram(SIMPLE_MUL, compiler=compiler, flags=[flags]).simple_mul([1, 2, 3, 4], [5, 6, 7, 8])
    assert product.tolist() == [5, 12, 21, 32]
    x = numbers(7, 20)
    hidden, sums = CProgram(LAYER, compiler=compiler, flags=[flags]).layer(x)
    expected = np.tanh(x.astype(np.float64) @ np.full((20, 35), 0.5))
    np.testing.assert_allclose(hidden, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(sums, expected.sum(1), rtol=1e-5, atol=1e-5)


def test_nothing_is_left_to_chance() -> None:
    (product,) = run_sanitized(sources_of(SIMPLE_MUL), "simple_mul", [[1, 2, 3, 4], [5, 6, 7, 8]])
    assert product.tolist() == [5, 12, 21, 32]
    x = numbers(7, 20)
    hidden, _ = run_sanitized(sources_of(LAYER), "layer", [x])
    np.testing.assert_allclose(hidden, np.tanh(x @ np.full((20, 35), 0.5)), rtol=1e-5, atol=1e-6)
    a, n = run_sanitized(sources_of(POWERS), "until", [np.float32([1, 2, 3]), np.float32(50)])
    assert (a.tolist(), int(n)) == ([16, 32, 48], 4)


def test_variables() -> None:
    program = CProgram(COUNTER)
    for _ in range(2):
        before, after = program.increase(np.int32([1, 2]))
        assert (before.tolist(), after.tolist()) == ([3, 0], [4, 2])
        before, after = program.increase(np.int32([1, 1]))
        assert (before.tolist(), after.tolist()) == ([4, 2], [5, 3])
        program.reset()


def test_loops_that_may_not_run_at_all() -> None:
    program = CProgram(POWERS)
    for limit, turns in ((0, 0), (7, 1), (1000, 8)):
        a, n = program.until(np.float32([1, 2, 3]), np.float32(limit))
        assert (a.tolist(), n) == ([2**turns, 2 * 2**turns, 3 * 2**turns], turns)


def test_results_that_are_arguments_and_the_same_twice() -> None:
    text = """
    func.func @f(%a: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<0xf32>) {
      %0 = stablehlo.negate %a : tensor<2xf32>
      %1 = stablehlo.constant dense<> : tensor<0xf32>
      return %a, %0, %0, %1 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<0xf32>
    }
    """
    same, negated, again, nothing = CProgram(text).f(np.float32([1, 2]))
    assert (same.tolist(), negated.tolist(), again.tolist(), nothing.tolist()) == ([1, 2], [-1, -2], [-1, -2], [])


def test_memory_that_the_caller_brings() -> None:
    program = CProgram(POWERS, COptions(external_arena=True))
    assert "static unsigned char" not in program.sources.source
    a, n = program.until(np.float32([1, 2, 3]), np.float32(50))
    assert (a.tolist(), int(n)) == ([16, 32, 48], 4)


def test_weights_in_a_file_of_their_own() -> None:
    text = """
    ml_program.global public mutable @sum(dense<[3.0, 0.0]> : tensor<2xf32>) : tensor<2xf32>
    func.func @add(%a: tensor<2xf32>, %n: tensor<i32>) -> (tensor<2xf32>, tensor<2xf32>) {
      %w = stablehlo.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
      %one = stablehlo.constant dense<1> : tensor<i32>
      %0:2 = stablehlo.while(%x = %a, %m = %n) : tensor<2xf32>, tensor<i32>
        cond {
          %zero = stablehlo.constant dense<0> : tensor<i32>
          %less = stablehlo.compare GT, %m, %zero : (tensor<i32>, tensor<i32>) -> tensor<i1>
          stablehlo.return %less : tensor<i1>
        } do {
          %y = stablehlo.dot %x, %w : (tensor<2xf32>, tensor<2x2xf32>) -> tensor<2xf32>
          %k = stablehlo.subtract %m, %one : tensor<i32>
          stablehlo.return %y, %k : tensor<2xf32>, tensor<i32>
        }
      %before = ml_program.global_load @sum : tensor<2xf32>
      %after = stablehlo.add %before, %0#0 : tensor<2xf32>
      ml_program.global_store @sum = %after : tensor<2xf32>
      %given = stablehlo.constant dense<[5.0, 6.0]> : tensor<2xf32>
      return %after, %given : tensor<2xf32>, tensor<2xf32>
    }
    """
    w, x = np.float32([[1, 2], [3, 4]]), np.float32([1, -1])
    for external_arena in (False, True):
        program = CProgram(text, COptions(external_arena=external_arena, external_weights=True))
        for _ in range(2):
            total = np.float32([3, 0])
            for _ in range(2):
                total += x @ w @ w
                after, given = program.add(x, np.int32(2))
                assert (after.tolist(), given.tolist()) == (total.tolist(), [5, 6])
            program.reset()
    weights = program.sources.weights
    assert f"#define PROGRAM_WEIGHTS_BYTES {len(weights)}\n" in program.sources.header
    assert f"#define PROGRAM_WEIGHTS_CRC32 UINT32_C(0x{zlib.crc32(weights):08x})\n" in program.sources.header
    layout = re.findall(r"from byte (\d+) \w+: (\S+)", program.sources.header)
    held = {kind: np.frombuffer(weights, np.float32, 4, int(start)).tolist() for start, kind in layout}
    assert sorted(held["f32[2][2],"]) == [1, 2, 3, 4]
    assert "static const" not in program.sources.source


def half_program(w: np.ndarray[Any, Any], shown: float) -> str:
    """x @ w through a loop, x @ w and w itself: the last keeps its numbers."""
    rows = ", ".join(f"[{', '.join(map(repr, row))}]" for row in w.tolist())
    return f"""
    func.func @f(%x: tensor<3x20xf32>) -> (tensor<3x20xf32>, tensor<2xf32>) {{
      %w = stablehlo.constant dense<[{rows}]> : tensor<20x20xf32>
      %n = stablehlo.constant dense<2> : tensor<i32>
      %given = stablehlo.constant dense<[{shown!r}, 1e-3]> : tensor<2xf32>
      %0:2 = stablehlo.while(%y = %x, %m = %n) : tensor<3x20xf32>, tensor<i32>
        cond {{
          %zero = stablehlo.constant dense<0> : tensor<i32>
          %less = stablehlo.compare GT, %m, %zero : (tensor<i32>, tensor<i32>) -> tensor<i1>
          stablehlo.return %less : tensor<i1>
        }} do {{
          %one = stablehlo.constant dense<1> : tensor<i32>
          %z = stablehlo.dot %y, %w : (tensor<3x20xf32>, tensor<20x20xf32>) -> tensor<3x20xf32>
          %k = stablehlo.subtract %m, %one : tensor<i32>
          stablehlo.return %z, %k : tensor<3x20xf32>, tensor<i32>
        }}
      %1 = stablehlo.dot %0#0, %w : (tensor<3x20xf32>, tensor<20x20xf32>) -> tensor<3x20xf32>
      return %1, %given : tensor<3x20xf32>, tensor<2xf32>
    }}
    """


@pytest.mark.parametrize("external_weights", [False, True])
def test_weights_that_are_halves(external_weights: bool) -> None:
    w, x = numbers(20, 20) / 4, numbers(3, 20, seed=1)
    w[0, :3] = 1e-6, -1e-9, 65504
    w[1, :2] = 0.0, -0.0
    rounded = w.astype(np.float16).astype(np.float32)
    program = CProgram(half_program(w, 1e9), COptions(half_weights=True, external_weights=external_weights))
    found, given = program.f(x)
    expected, _ = CProgram(half_program(rounded, 1e9)).f(x)
    assert found.tobytes() == expected.tobytes()
    assert given.tolist() == np.float32([1e9, 1e-3]).tolist()
    np.testing.assert_allclose(found, x.astype(np.float64) @ rounded @ rounded @ rounded, rtol=1e-4, atol=1e-3)
    assert "Weights are kept as IEEE halves" in program.sources.header
    if external_weights:
        assert w.astype(np.float16).tobytes() in program.sources.weights
    else:
        assert "static const uint16_t" in program.sources.source


def test_no_weights_are_an_empty_file() -> None:
    program = CProgram(SIMPLE_MUL, COptions(external_weights=True))
    assert "#define PROGRAM_WEIGHTS_BYTES 0\n" in program.sources.header
    assert program.simple_mul(np.float32([1, 2, 3, 4]), np.float32([2, 2, 2, 2])).tolist() == [2, 4, 6, 8]


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_c_without_a_library(compiler: str, tmp_path: Path) -> None:
    program = CProgram(LAYER, COptions(restrict_math=True), compiler=compiler)
    x = numbers(7, 20)
    hidden, sums = program.layer(x)
    expected = np.tanh(x.astype(np.float64) @ np.full((20, 35), 0.5))
    np.testing.assert_allclose(hidden, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(sums, expected.sum(1), rtol=1e-5, atol=1e-5)
    write(program.sources, tmp_path)
    command = [compiler, *STRICT, "-O2", "-ffreestanding", "-c", "program.c"]
    subprocess.run(command, cwd=tmp_path, check=True)
    missing = subprocess.run(["nm", "-u", "program.o"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert set(missing.stdout.split()) - {"U"} <= {"memcpy", "memset"}
    assert "#include <math.h>" not in program.sources.source


def test_numbers_that_math_h_has_names_for() -> None:
    text = """
    func.func @f(%a: tensor<3xf32>) -> tensor<3xf32> {
      %0 = stablehlo.constant dense<[0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<3xf32>
      %1 = stablehlo.constant dense<0x7F800000> : tensor<3xf32>
      %2 = stablehlo.compare LT, %a, %1 : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>
      %3 = stablehlo.select %2, %0, %a : tensor<3xi1>, tensor<3xf32>
      return %3 : tensor<3xf32>
    }
    """
    for options in (COptions(), COptions(restrict_math=True)):
        found = CProgram(text, options).f(np.float32([1, 2, 3]))
        np.testing.assert_equal(found, [np.inf, -np.inf, np.nan])


def test_sizes_that_only_a_call_knows_are_refused() -> None:
    text = """
    func.func @f(%a: tensor<?xf32>) -> tensor<?xf32> {
      %0 = stablehlo.negate %a : tensor<?xf32>
      return %0 : tensor<?xf32>
    }
    """
    with pytest.raises(CompileError, match=r"program.mlir:2:5: .* has a size that only a call knows; C needs all"):
        sources_of(text)


def test_functions_of_the_host_are_refused() -> None:
    text = """
    func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> {
      %0 = stablehlo.custom_call @mine(%a) {api_version = 2 : i32} : (tensor<4xf32>) -> tensor<4xf32>
      return %0 : tensor<4xf32>
    }
    """
    with pytest.raises(CompileError, match=r"program.mlir:3:12: .*calls @mine of the host, and C without a runtime"):
        sources_of(text)


def test_more_than_int32_counts_is_refused() -> None:
    text = """
    func.func @f(%a: tensor<65536x65536xi8>) -> tensor<65536x65536xi8> {
      %0 = stablehlo.negate %a : tensor<65536x65536xi8>
      return %0 : tensor<65536x65536xi8>
    }
    """
    with pytest.raises(CompileError, match="has more elements than int32_t counts"):
        sources_of(text)


def test_files_are_called_as_the_user_says(tmp_path: Path) -> None:
    sources = sources_of(SIMPLE_MUL, name="my-model.v2")
    assert "void my_model_v2_simple_mul(" in sources.header
    write(sources, tmp_path, "my-model.v2")
    subprocess.run(["gcc", *STRICT, "-c", "my-model.v2.c"], cwd=tmp_path, check=True)
