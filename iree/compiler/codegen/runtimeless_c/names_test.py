"""Names: what C accepts, each once; and programs that call their own what C has already."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from iree.compiler.codegen.runtimeless_c.names import Names, identifier
from iree.compiler.codegen.runtimeless_c.options import COptions
from iree.testing.c_programs import STRICT, CProgram, sources_of, write

VARIABLE = """
ml_program.global private mutable @NAME(dense<[1.0, 2.0, 3.0]> : tensor<3xf32>) : tensor<3xf32>
func.func @add(%NAME: tensor<3xf32>) -> tensor<3xf32> {
  %0 = ml_program.global_load @NAME : tensor<3xf32>
  %1 = stablehlo.add %0, %NAME : tensor<3xf32>
  ml_program.global_store @NAME = %NAME : tensor<3xf32>
  return %1 : tensor<3xf32>
}
"""
LOOP = """
func.func @NAME(%x: tensor<2xf32>, %NAME: tensor<f32>) -> tensor<2xf32> {
  %w = stablehlo.constant dense<[[0.5, 0.25], [0.125, 1.0]]> : tensor<2x2xf32>
  %0 = stablehlo.while(%a = %x) : tensor<2xf32>
    cond {
      %zero = stablehlo.constant dense<0.0> : tensor<f32>
      %sum = stablehlo.reduce(%a init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<2xf32>, tensor<f32>) -> tensor<f32>
      %less = stablehlo.compare LT, %sum, %NAME : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %less : tensor<i1>
    } do {
      %NAME_b = stablehlo.dot %a, %w : (tensor<2xf32>, tensor<2x2xf32>) -> tensor<2xf32>
      %1 = stablehlo.exponential %NAME_b : tensor<2xf32>
      stablehlo.return %1 : tensor<2xf32>
    }
  return %0 : tensor<2xf32>
}
"""  # noqa: E501
NAMED = """
func.func @f(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %NAME = stablehlo.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %0 = stablehlo.maximum %x, %NAME : tensor<4xf32>
  %1 = stablehlo.exponential %0 : tensor<4xf32>
  return %1, %NAME : tensor<4xf32>, tensor<4xf32>
}
"""
NAMES = ["memcpy", "expf", "max_f32", "bits_of_f32", "arena", "goes_on", "INT8_MAX", "int32_t", "abort", "new", "y0"]


def test_names_are_given_once() -> None:
    names = Names({"a"})
    assert [names.new(wanted) for wanted in ("a", "a", "b", "b", "c0", "c0")] == ["a1", "a2", "b", "b1", "c0", "c0_1"]


def test_words_of_c_are_taken() -> None:
    names = Names()
    assert [names.new(wanted) for wanted in ("int", "restrict", "memcpy", "x")] == ["int1", "restrict1", "memcpy1", "x"]


def test_a_scope_in_another_hides_nothing_of_it() -> None:
    file = Names({"arena"})
    first, second = file.inner(), file.inner({"own"})
    assert [first.new("x"), first.new("arena"), second.new("x"), second.new("own")] == ["x", "arena1", "x", "own1"]
    assert [file.new("x"), file.new("y"), first.new("y"), first.inner().new("x")] == ["x1", "y", "y1", "x2"]


def test_identifiers() -> None:
    assert [identifier(text) for text in ("a.b", "_x", "0", "größe", "")] == ["a_b", "x", "v0", "gr_e", "v"]
    assert [identifier(text) for text in ("vkCmdCopy", "VK_TRUE", "vk", "Vk3")] == [
        "vvkCmdCopy",
        "vVK_TRUE",
        "vk",
        "Vk3",
    ]


@pytest.mark.parametrize("name", [*NAMES, "v"])
def test_a_variable_and_an_argument_of_one_name(name: str) -> None:
    program, held = CProgram(VARIABLE.replace("NAME", name)), np.float32([1, 2, 3])
    for x in (np.float32([5, 6, 7]), np.float32([1, 1, 1])):
        assert program.add(x).tolist() == (held + x).tolist()
        held = x


@pytest.mark.parametrize("name", NAMES)
def test_a_function_and_its_values(name: str) -> None:
    expected = np.float32([0.5, 1])
    while expected.sum() < 5:
        expected = np.exp(expected @ np.float32([[0.5, 0.25], [0.125, 1.0]]))
    found = CProgram(LOOP.replace("NAME", name))[name](np.float32([0.5, 1]), np.float32(5))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_a_constant(name: str) -> None:
    computed, given = CProgram(NAMED.replace("NAME", name)).f(np.float32([0, 3, 1, 5]))
    np.testing.assert_allclose(computed, np.exp(np.float32([1, 3, 3, 5])), rtol=1e-6)
    assert given.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("name", ["abort", "expf", "index", "memcpy", "my-loop", "2d"])
@pytest.mark.parametrize("command", [["gcc", *STRICT], ["clang", *STRICT], ["gcc", "-Wall", "-Werror"]])
def test_a_file_called_like_its_function(tmp_path: Path, name: str, command: list[str]) -> None:
    options = COptions(external_weights=True)
    write(sources_of(LOOP.replace("@NAME", f'@"{name}"').replace("NAME", "x2"), options, name), tmp_path, name)
    subprocess.run([*command, "-c", f"{name}.c"], cwd=tmp_path, check=True)


def test_a_header_that_c_plus_plus_reads(tmp_path: Path) -> None:
    write(sources_of(LOOP.replace("NAME", "class")), tmp_path)
    command = ["g++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only", "-x", "c++"]
    subprocess.run([*command, "program.h"], cwd=tmp_path, check=True)
