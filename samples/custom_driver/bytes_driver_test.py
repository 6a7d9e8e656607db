"""The driver runs a compiled module, and is as short as docs/add_a_driver.md says."""

import inspect

import numpy as np
import pytest

import iree.compiler
import iree.runtime
from iree.hal.status import FailedPrecondition, NotFound
from samples.custom_driver import bytes_driver
from samples.custom_driver.bytes_driver import BytesDriver

SIMPLE_MUL = """
func.func @simple_mul(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.multiply %a, %b : tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""


def load(*target_backends: str) -> iree.runtime.BoundModule:
    """simple_mul, compiled for these targets, on a device of the driver."""
    data = iree.compiler.compile_str(SIMPLE_MUL, target_backends=target_backends)
    config = iree.runtime.Config(device=BytesDriver().create_device())
    return iree.runtime.load_vm_module(iree.runtime.VmModule.from_flatbuffer(data), config)


def test_it_runs_a_module() -> None:
    a, b = np.array([[1, 2, 3, 4], [5, 6, 7, 1e38]], np.float32)
    result = load("interpreter-bytecode").simple_mul(a, b)
    np.testing.assert_array_equal(result, np.array([5, 12, 21, np.inf], np.float32))


def test_a_module_for_other_devices_is_refused() -> None:
    with pytest.raises(FailedPrecondition, match='cannot run on driver "bytes"'):
        load("vulkan-spirv")


def test_it_need_not_be_registered() -> None:
    with pytest.raises(NotFound, match='no driver "bytes"'):
        iree.runtime.Config("bytes")


def test_it_is_short() -> None:
    assert len(inspect.getsource(bytes_driver).splitlines()) < 150
