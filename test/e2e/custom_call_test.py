"""Functions of the host in the middle of programs, on every driver."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import iree.compiler
import iree.compiler.jax
import iree.runtime
from iree.compiler.ir.diagnostics import CompileError
from test.e2e.programs import DRIVERS, validated


def smooth(x, by=2.0):
    """JAX knows nothing of what this calls but the shape of its result."""
    result = jax.ShapeDtypeStruct(x.shape, x.dtype)
    return jax.ffi.ffi_call("host_scale", result)(jnp.tanh(x), by=by) + 1


def host_scale(x, config):
    assert config == '{"by": 2.0}'
    return x * np.float32(2)


@pytest.mark.parametrize("driver", DRIVERS)
def test_between_dispatches(driver):
    x = np.linspace(-2, 2, 7, dtype=np.float32)
    module = validated(iree.compiler.jax.compile(smooth, x))
    loaded = iree.runtime.load_vm_flatbuffer(module, driver=driver, custom_calls={"host_scale": host_scale})
    for _ in range(3):
        np.testing.assert_allclose(loaded.smooth(x), np.tanh(x) * 2 + 1, rtol=1e-6)


LOOP = """
func.func @count(%n: tensor<i32>, %c: tensor<3xf32>) -> (tensor<i32>, tensor<3xf32>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %0:2 = stablehlo.while(%i = %zero, %x = %c) : tensor<i32>, tensor<3xf32>
   cond {
    %1 = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  } do {
    %1:2 = stablehlo.custom_call @step(%i, %x) : (tensor<i32>, tensor<3xf32>) -> (tensor<i32>, tensor<3xf32>)
    %2 = stablehlo.add %1#0, %one : tensor<i32>
    stablehlo.return %2, %1#1 : tensor<i32>, tensor<3xf32>
  }
  %k = stablehlo.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  stablehlo.custom_call @done(%k, %0#1, %n) : (tensor<3xf32>, tensor<3xf32>, tensor<i32>) -> ()
  return %0#0, %0#1 : tensor<i32>, tensor<3xf32>
}
"""


@pytest.mark.parametrize("driver", DRIVERS)
def test_in_loops_and_with_arguments_and_constants(driver):
    seen = []
    calls = {
        "step": lambda i, x: (i, x * 2 + np.float32(i)),
        "done": lambda *values: seen.append([v.tolist() for v in values]),
    }
    loaded = iree.runtime.load_vm_flatbuffer(iree.compiler.compile_str(LOOP), driver=driver, custom_calls=calls)
    for count in (0, 1, 5):
        x = expected = np.float32([1, 0, -1])
        for index in range(count):
            expected = expected * 2 + np.float32(index)
        number, got = loaded.count(np.int32(count), x)
        assert number == count
        np.testing.assert_array_equal(got, expected)
        assert seen.pop() == [[1, 2, 3], expected.tolist(), count]


def test_inputs_cannot_be_written():
    def write(x, config):
        x[0] = 1

    module = iree.compiler.jax.compile(smooth, np.zeros(3, np.float32))
    loaded = iree.runtime.load_vm_flatbuffer(module, custom_calls={"host_scale": write})
    with pytest.raises(ValueError, match="read-only"):
        loaded.smooth(np.zeros(3, np.float32))


def test_callbacks_into_the_tracing_process_are_refused():
    def call_back(x):
        return jax.pure_callback(np.sin, jax.ShapeDtypeStruct(x.shape, x.dtype), x)

    with pytest.raises(CompileError, match=r"custom_call_test.py:\d+:\d+: .*jax.pure_callback") as raised:
        iree.compiler.jax.compile(call_back, np.zeros(3, np.float32))
    assert "custom_calls=" in str(raised.value)
