"""Programs whose sizes the caller chooses: one module for every batch, against JAX."""

import functools
from typing import Any

import jax
import numpy as np
import pytest

import iree.compiler
import iree.runtime
from iree.hal.status import ResourceExhausted
from iree.runtime.vm.arguments import ArgumentError
from test.e2e.dynamic_sizes_programs import PROGRAMS, asserting, expected, inputs, loaded

DRIVERS = ("interpreter", "vulkan")
SIZES = ((1, 3), (3, 2), (0, 2), (40, 5))
NOT_OF_NOTHING = ("attention", "cnn", "mean", "mean_of_all", "reverse")  # JAX warns of NaN, or computes none itself

REFUSED_OF_NOTHING = (("concatenate", "vulkan"), ("pad", "vulkan"))


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_one_module_serves_every_size(name: str, driver: str) -> None:
    function = loaded(name, driver).main
    for sizes in SIZES:
        if 0 in sizes and name in NOT_OF_NOTHING:
            continue
        arguments = inputs(name, sizes)
        if 0 in sizes and (name, driver) in REFUSED_OF_NOTHING:
            with pytest.raises(ResourceExhausted, match="may not be of nothing on this target"):
                function(*arguments)
        else:
            _check(function(*arguments), expected(name, arguments))


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_large_batch(driver: str) -> None:
    arguments = inputs("mlp", (1000, 1))
    _check(loaded("mlp", driver).main(*arguments), expected("mlp", arguments))


def _check(got: Any, wanted: list[np.ndarray[Any, Any]]) -> None:
    for one, other in zip(jax.tree.leaves(got), wanted, strict=True):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-5)


def test_what_jax_asserts_of_sizes_is_said_to_the_caller() -> None:
    data = iree.compiler.compile_str(asserting("maximum"), target_backends=["interpreter-bytecode"])
    function = iree.runtime.load_vm_flatbuffer(data).main
    np.testing.assert_array_equal(function(np.ones((2, 4), np.float32)), [1, 1])
    with pytest.raises(ArgumentError, match="Expected value >= 1 for dimension variable 'b'.*0 of .* is 0"):
        function(np.ones((0, 4), np.float32))


LONG_SUM = """
func.func @sum(%x: tensor<?xf32>) -> tensor<f32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %0 = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [0]
    : (tensor<?xf32>, tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}
func.func @join(%x: tensor<?xf32>, %y: tensor<2xf32>) -> tensor<?xf32> {
  %0 = stablehlo.concatenate %x, %y, dim = 0 : (tensor<?xf32>, tensor<2xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}
"""


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 1000, 40_000])
def test_sums_of_any_length_are_accurate(size: int, driver: str) -> None:
    x = np.random.default_rng(5).random(size, np.float32)
    got = _module(driver).sum(x)
    np.testing.assert_allclose(got, x.astype(np.float64).sum(), rtol=2e-6)


def test_more_rounds_of_a_loop_than_a_device_may_take_are_refused_when_they_are_met() -> None:
    with pytest.raises(
        ResourceExhausted, match="one result would take more than 65535 rounds of loops; here d0 is 70000"
    ):
        _module("vulkan").sum(np.ones(70_000, np.float32))
    assert _module("interpreter").sum(np.ones(70_000, np.float32)) == 70_000


def test_what_a_kernel_cannot_do_with_nothing_is_refused_when_it_is_met() -> None:
    two = np.float32([1, 2])
    np.testing.assert_array_equal(_module("interpreter").join(two[:0], two), two)
    np.testing.assert_array_equal(_module("vulkan").join(two[:1], two), [1, 1, 2])
    with pytest.raises(ResourceExhausted, match="concatenate of tensor<.*> may not be of nothing on this target"):
        _module("vulkan").join(two[:0], two)


@functools.cache
def _module(driver: str) -> Any:
    return iree.runtime.load_vm_flatbuffer(iree.compiler.compile_str(LONG_SUM), driver=driver)
