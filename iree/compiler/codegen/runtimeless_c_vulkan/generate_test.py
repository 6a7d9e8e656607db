"""Programs as C over Vulkan: what the files say, that compilers take them without a word, and what is refused."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from xdsl.dialects.builtin import IntegerAttr, i64

from iree.compiler.codegen.runtimeless_c_vulkan.generate import generate
from iree.compiler.codegen.runtimeless_c_vulkan.generator import compiled_for
from iree.compiler.dialects import ll_seq
from iree.compiler.dialects.registry import make_context
from iree.compiler.importers.mlir_text import import_text
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.pipeline import LL_SEQ, Options, run_pipeline
from iree.testing.c_programs import STRICT
from iree.testing.c_vulkan_programs import CVulkanProgram, sources_of, write

SIMPLE_MUL = """
func.func @simple_mul(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.multiply %a, %b : tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""
LAYER = """
func.func @layer(%x: tensor<7x20xf32>) -> (tensor<7x35xf32>, tensor<7xf32>) {
  %w = stablehlo.constant dense<WEIGHTS> : tensor<20x35xf32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %0 = stablehlo.dot %x, %w : (tensor<7x20xf32>, tensor<20x35xf32>) -> tensor<7x35xf32>
  %1 = stablehlo.tanh %0 : tensor<7x35xf32>
  %2 = stablehlo.reduce(%1 init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<7x35xf32>, tensor<f32>) -> tensor<7xf32>
  return %1, %2 : tensor<7x35xf32>, tensor<7xf32>
}
"""  # noqa: E501
LOOP_IN_LOOP = """
func.func @often(%a: tensor<3xf32>, %most: tensor<f32>) -> tensor<3xf32> {
  %none = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %five = stablehlo.constant dense<5> : tensor<i32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %0:2 = stablehlo.while(%i = %none, %x = %a) : tensor<i32>, tensor<3xf32>
    cond {
      %less = stablehlo.compare LT, %i, %five : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %less : tensor<i1>
    } do {
      %1 = stablehlo.while(%y = %x) : tensor<3xf32>
        cond {
          %sum = stablehlo.reduce(%y init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<3xf32>, tensor<f32>) -> tensor<f32>
          %less = stablehlo.compare LT, %sum, %most : (tensor<f32>, tensor<f32>) -> tensor<i1>
          stablehlo.return %less : tensor<i1>
        } do {
          %2 = stablehlo.add %y, %y : tensor<3xf32>
          stablehlo.return %2 : tensor<3xf32>
        }
      %j = stablehlo.add %i, %one : tensor<i32>
      stablehlo.return %j, %1 : tensor<i32>, tensor<3xf32>
    }
  return %0#1 : tensor<3xf32>
}
"""  # noqa: E501


def numbers(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def test_simple_mul_is_short() -> None:
    source = sources_of(SIMPLE_MUL, "simple_mul").source
    own = [line for line in source.splitlines() if not line.startswith("  0x")]
    assert len(own) < 230
    assert (
        """
void simple_mul_record(const simple_mul_model *model, VkCommandBuffer commands, VkBuffer a, VkDeviceSize a_offset,
    VkBuffer b, VkDeviceSize b_offset, VkBuffer result0, VkDeviceSize result0_offset) {
  barrier(commands);
  copy(commands, a, a_offset, model->buffer, 0, 16);
  copy(commands, b, b_offset, model->buffer, 256, 16);
  barrier(commands);
  /* arith.mulf at simple_mul.mlir:3:8 */
  dispatch(model, commands, 0, 0, 4, 1, 1);
  barrier(commands);
  copy(commands, model->buffer, 512, result0, result0_offset, 16);
  barrier(commands);
}
"""
        in source
    )


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("flags", ["-O0", "-O3"])
def test_compilers_have_nothing_to_say(compiler: str, flags: str) -> None:
    program = CVulkanProgram(SIMPLE_MUL, compiler=compiler, flags=[flags])
    assert program.simple_mul(np.float32([1, 2, 3, 4]), np.float32([5, 6, 7, 8])).tolist() == [5, 12, 21, 32]
    program.close()


def test_constants_and_what_lies_between_dispatches() -> None:
    x, weights = numbers(7, 20), numbers(20, 35, seed=1)
    program = CVulkanProgram(LAYER.replace("WEIGHTS", str(weights.tolist())))
    hidden, sums = program.layer(x)
    expected = np.tanh(x.astype(np.float64) @ weights)
    np.testing.assert_allclose(hidden, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(sums, expected.sum(1), rtol=1e-5, atol=1e-5)
    program.close()


def test_weights_of_which_there_are_none() -> None:
    program = CVulkanProgram(SIMPLE_MUL, external_weights=True)
    assert program.simple_mul(np.float32([1, 2, 3, 4]), np.float32([5, 6, 7, 8])).tolist() == [5, 12, 21, 32]
    program.close()


def test_what_dispatches_bind_starts_where_every_device_can() -> None:
    source = sources_of(LAYER.replace("WEIGHTS", "0.5")).source
    assert "minStorageBufferOffsetAlignment" not in source
    assert "VK_ERROR_FEATURE_NOT_PRESENT;" not in source  # nothing at all is asked for


@pytest.mark.parametrize("turns", [0, 5])
def test_a_loop_that_is_counted_around_one_that_is_not(turns: int) -> None:
    module = import_text(LOOP_IN_LOOP, "program.mlir", make_context())
    run_pipeline(module, replace(compiled_for(Options()), compile_to=LL_SEQ))
    (loop,) = (op for op in ops_of(module, ll_seq.While) if op.trip_count is not None)
    loop.trip_count = IntegerAttr(turns, i64)
    run_pipeline(module, replace(compiled_for(Options()), compile_from=LL_SEQ))
    source = generate(module, "program", "program.mlir").source
    call = source[source.index("VkResult program_often(") :]
    assert ("turn < 5;" in call, "while (" in call) == (turns > 0, turns > 0)


@pytest.mark.parametrize(
    ("type_", "needs"),
    [
        ("f32", "Vulkan 1.1."),
        ("i64", "Vulkan 1.1; switched on: shaderInt64."),
        ("f64", "Vulkan 1.1; switched on: shaderFloat64."),
        ("f16", "Vulkan 1.1; switched on: storageBuffer16BitAccess."),
        ("i8", "Vulkan 1.1, VK_KHR_8bit_storage or Vulkan 1.2; switched on: storageBuffer8BitAccess."),
    ],
)
def test_the_header_says_what_the_device_needs(type_: str, needs: str) -> None:
    header = sources_of(SIMPLE_MUL.replace("f32", type_)).header
    assert f"   The device needs {needs}\n" in header


@pytest.mark.parametrize("name", ["abort", "index", "model", "run", "vkCmdDispatch", "VkBuffer", "my-mul"])
def test_a_file_called_like_its_function(tmp_path: Path, name: str) -> None:
    write(
        sources_of(SIMPLE_MUL.replace("@simple_mul", f'@"{name}"').replace("%a", f"%{name.replace('-', '_')}"), name),
        tmp_path,
        name,
    )
    subprocess.run(["gcc", *STRICT, "-c", f"{name}.c"], cwd=tmp_path, check=True)


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
