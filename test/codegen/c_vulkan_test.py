"""Programs as C over Vulkan: to the last bit what the VM computes on Vulkan, call after call."""

import os
from collections.abc import Sequence
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import iree.compiler
import iree.runtime
from iree.testing.c_vulkan_programs import CVulkanProgram, run_sanitized, sources_of
from test.e2e import random_control_flow
from test.e2e.programs import tensor_type
from test.e2e.random_programs import Program, programs

Array = np.ndarray[Any, Any]

SMALL = (ml_dtypes.bfloat16, ml_dtypes.float8_e5m2, ml_dtypes.int4)
DTYPES = (np.bool_, np.int8, np.uint16, np.int64, np.float16, np.float64, np.complex64, *SMALL)
SEEDS = int(os.environ.get("IREE_RANDOM_CONTROL_FLOW", "8"))
WANTED = os.environ.get("IREE_RANDOM_PROGRAMS")

TWO_LAYERS = """
func.func @two_layers(%x: tensor<3x20xf32>) -> (tensor<3x5xf32>, tensor<3x9xf32>) {
  %w = stablehlo.constant dense<0.125> : tensor<20x9xf32>
  %v = stablehlo.constant dense<VALUES> : tensor<9x5xf32>
  %0 = stablehlo.dot %x, %w : (tensor<3x20xf32>, tensor<20x9xf32>) -> tensor<3x9xf32>
  %1 = stablehlo.tanh %0 : tensor<3x9xf32>
  %2 = stablehlo.dot %1, %v : (tensor<3x9xf32>, tensor<9x5xf32>) -> tensor<3x5xf32>
  return %2, %1 : tensor<3x5xf32>, tensor<3x9xf32>
}
"""
SHARED_RESULTS = """
func.func @f(%a: tensor<2xf32>, %b: tensor<3xi8>) -> (
    tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<0xf32>, tensor<3xi8>, tensor<4xf32>) {
  %0 = stablehlo.negate %a : tensor<2xf32>
  %1 = stablehlo.constant dense<> : tensor<0xf32>
  %2 = stablehlo.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  return %a, %0, %0, %1, %b, %2
      : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<0xf32>, tensor<3xi8>, tensor<4xf32>
}
"""
STATE = """
ml_program.global public mutable @v(dense<[1, 2]> : tensor<2xi32>) : tensor<2xi32>
ml_program.global public mutable @w(dense<0> : tensor<2xi32>) : tensor<2xi32>
func.func @swap() -> tensor<2xi32> {
  %v = ml_program.global_load @v : tensor<2xi32>
  %w = ml_program.global_load @w : tensor<2xi32>
  ml_program.global_store @v = %w : tensor<2xi32>
  ml_program.global_store @w = %v : tensor<2xi32>
  return %v : tensor<2xi32>
}
func.func @add(%a: tensor<2xi32>) {
  %v = ml_program.global_load @v : tensor<2xi32>
  %0 = stablehlo.add %v, %a : tensor<2xi32>
  ml_program.global_store @v = %0 : tensor<2xi32>
  return
}
"""
LOOP = """
func.func @until(%x: tensor<3xf32>, %limit: tensor<f32>) -> (tensor<3xf32>, tensor<i32>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %start = stablehlo.constant dense<0.0> : tensor<f32>
  %0:2 = stablehlo.while(%a = %x, %n = %zero) : tensor<3xf32>, tensor<i32>
    cond {
      %sum = stablehlo.reduce(%a init: %start) applies stablehlo.add across dimensions = [0]
          : (tensor<3xf32>, tensor<f32>) -> tensor<f32>
      %less = stablehlo.compare LT, %sum, %limit : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %less : tensor<i1>
    } do {
      %b = stablehlo.add %a, %a : tensor<3xf32>
      %m = stablehlo.add %n, %one : tensor<i32>
      stablehlo.return %b, %m : tensor<3xf32>, tensor<i32>
    }
  return %0#0, %0#1 : tensor<3xf32>, tensor<i32>
}
"""
COUNTED = """
func.func @iterate(%x: tensor<3xf32>, %y: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %limit = stablehlo.constant dense<TURNS> : tensor<i32>
  %0:3 = stablehlo.while(%i = %zero, %a = %x, %b = %y) : tensor<i32>, tensor<3xf32>, tensor<3xf32>
    cond {
      %less = stablehlo.compare LT, %i, %limit : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %less : tensor<i1>
    } do {
      %c = stablehlo.cosine %a : tensor<3xf32>
      %j = stablehlo.add %i, %one : tensor<i32>
      stablehlo.return %j, %b, %c : tensor<i32>, tensor<3xf32>, tensor<3xf32>
    }
  return %0#1, %0#2 : tensor<3xf32>, tensor<3xf32>
}
"""
BRANCHES = """
func.func @choose(%n: tensor<i32>, %a: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %0:2 = "stablehlo.case"(%n) ({
    stablehlo.return %a, %a : tensor<3xf32>, tensor<3xf32>
  }, {
    %1 = stablehlo.negate %a : tensor<3xf32>
    stablehlo.return %1, %a : tensor<3xf32>, tensor<3xf32>
  }, {
    %1 = stablehlo.add %a, %a : tensor<3xf32>
    stablehlo.return %1, %1 : tensor<3xf32>, tensor<3xf32>
  }) : (tensor<i32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %0#0, %0#1 : tensor<3xf32>, tensor<3xf32>
}
"""
STATE_IN_BRANCHES = """
ml_program.global public mutable @v(dense<1> : tensor<i32>) : tensor<i32>
func.func @double_if(%yes: tensor<i1>) {
  %v = ml_program.global_load @v : tensor<i32>
  "stablehlo.if"(%yes) ({
    %w = stablehlo.add %v, %v : tensor<i32>
    ml_program.global_store @v = %w : tensor<i32>
    stablehlo.return
  }, {
    stablehlo.return
  }) : (tensor<i1>) -> ()
  return
}
func.func @read() -> tensor<i32> {
  %v = ml_program.global_load @v : tensor<i32>
  return %v : tensor<i32>
}
"""


def numbers(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def listed(results: Any) -> list[Array]:
    return [] if results is None else list(results) if isinstance(results, tuple | list) else [results]


class Both:
    """A program as C and in the VM, which must agree."""

    def __init__(self, text: str) -> None:
        self.c = CVulkanProgram(text)
        self.text = text
        self._module = iree.compiler.compile_str(text, target_backends=["vulkan-spirv"])
        self.vm = iree.runtime.load_vm_flatbuffer(self._module, driver="vulkan")

    def reset(self) -> None:
        """Both as at first."""
        self.c.reset()
        self.vm = iree.runtime.load_vm_flatbuffer(self._module, driver="vulkan")

    def call(self, name: str, *inputs: Any) -> list[Array]:
        """The results of a function."""
        found, expected = listed(self.c[name](*inputs)), listed(self.vm[name](*inputs))
        for number, (one, other) in enumerate(zip(found, expected, strict=True)):
            assert (one.dtype, one.shape) == (other.dtype, other.shape)
            assert one.tobytes() == np.asarray(other).tobytes(), f"result {number}: {one}, not {other}\n{self.text}"
        return found


def run(text: str, name: str, *inputs: Any) -> list[Array]:
    """The results of one call."""
    both = Both(text)
    found = both.call(name, *inputs)
    both.c.close()
    return found


def test_layers() -> None:
    text = TWO_LAYERS.replace("VALUES", str(numbers(9, 5).tolist()))
    output, hidden = run(text, "two_layers", numbers(3, 20, seed=1))
    np.testing.assert_allclose(output, hidden @ numbers(9, 5), rtol=1e-5, atol=1e-6)


def test_weights_that_are_a_file() -> None:
    text, x = TWO_LAYERS.replace("VALUES", str(numbers(9, 5).tolist())), numbers(3, 20)
    program = CVulkanProgram(text, external_weights=True)
    assert "static const float" not in program.sources.source
    assert f"PROGRAM_WEIGHTS_BYTES {len(program.sources.weights)}" in program.sources.header
    assert [array.tobytes() for array in program.two_layers(x)] == [
        array.tobytes() for array in run(text, "two_layers", x)
    ]
    program.close()


def test_results_that_are_arguments_constants_and_the_same_twice() -> None:
    a, b = np.float32([1, -2]), np.int8([1, -2, 3])
    same, negated, again, nothing, bytes_, constant = run(SHARED_RESULTS, "f", a, b)
    assert (same.tolist(), negated.tolist(), again.tolist(), nothing.tolist()) == ([1, -2], [-1, 2], [-1, 2], [])
    assert (bytes_.tolist(), constant.tolist()) == ([1, -2, 3], [1, 2, 3, 4])


def test_nothing_is_left_to_chance() -> None:
    text, x = TWO_LAYERS.replace("VALUES", str(numbers(9, 5).tolist())), numbers(3, 20)
    found = run_sanitized(sources_of(text), "two_layers", [x])
    assert [array.tobytes() for array in found] == [array.tobytes() for array in run(text, "two_layers", x)]
    a, n = run_sanitized(sources_of(LOOP), "until", [np.float32([1, 2, 3]), np.float32(50)])
    assert (a.tolist(), int(n)) == ([16, 32, 48], 4)


def test_nothing_at_all() -> None:
    text = "func.func @f(%a: tensor<0x3xf32>) -> tensor<0x3xf32> { return %a : tensor<0x3xf32> }"
    (nothing,) = run(text, "f", np.zeros([0, 3], np.float32))
    assert nothing.shape == (0, 3)


def test_variables() -> None:
    both = Both(STATE)
    for _ in range(2):
        assert both.call("swap")[0].tolist() == [1, 2]
        both.call("add", np.int32([5, 6]))
        assert both.call("swap")[0].tolist() == [5, 6]
        assert both.call("swap")[0].tolist() == [1, 2]
        both.reset()
    both.c.close()


@pytest.mark.parametrize(("limit", "turns"), [(0, 0), (7, 1), (1000, 8)])
def test_a_loop(limit: int, turns: int) -> None:
    a, n = run(LOOP, "until", np.float32([1, 2, 3]), np.float32(limit))
    assert (a.tolist(), int(n)) == ([2**turns, 2 * 2**turns, 3 * 2**turns], turns)


@pytest.mark.parametrize("turns", [0, 1, 7, 1000, 2500])
def test_a_loop_of_which_the_turns_are_known(turns: int) -> None:
    run(COUNTED.replace("TURNS", str(turns)), "iterate", numbers(3), numbers(3, seed=1))


@pytest.mark.parametrize("n", [-1, 0, 1, 2, 3])
def test_branches(n: int) -> None:
    run(BRANCHES, "choose", np.int32(n), numbers(3))


def test_a_call_that_gives_nothing_is_done_when_it_returns() -> None:
    both = Both(STATE_IN_BRANCHES)
    value = 1
    for yes in (True, False, True, True):
        both.call("double_if", np.bool_(yes))
        value *= 1 + yes
        assert both.call("read")[0] == value
    both.c.close()


@pytest.mark.parametrize("dtype", DTYPES)
def test_element_types(dtype: Any) -> None:
    type_ = tensor_type(np.zeros(5, dtype))
    text = f"func.func @f(%a: {type_}) -> {type_} {{ %0 = stablehlo.add %a, %a : {type_} return %0 : {type_} }}"
    run(text, "f", np.arange(5).astype(dtype))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_control_flow_and_state(seed: int) -> None:
    program = random_control_flow.Program(seed)
    both = Both(program.text)
    random, state = np.random.default_rng(seed), program.initial_state()
    for _ in range(3):
        arguments = [random.integers(-20, 20, 2, np.int32) for _ in random_control_flow.ARGUMENTS]
        expected = program.run(arguments, state)
        np.testing.assert_array_equal(both.call("f", *arguments), expected, err_msg=program.text)
    both.c.close()


@settings(
    max_examples=int(WANTED or 10),
    derandomize=WANTED is None,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
@given(programs())
def test_what_a_random_program_computes(program: Program) -> None:
    inputs: Sequence[Array] = program.inputs
    run(program.text, "f", *inputs)
