"""What a program of each element type needs of a Vulkan device, and that a device which lacks it is told so."""

import dataclasses
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import iree.compiler
import iree.runtime
from iree.hal.status import FailedPrecondition
from iree.hal.vulkan.device import VulkanDevice
from iree.hal.vulkan.driver import VulkanDriver
from iree.hal.vulkan.spirv_module import read_spirv
from test.e2e.programs import spirv_binaries, tensor_type

NEEDS = [
    (np.float32, set()),
    (np.int32, set()),
    (np.bool_, {"StorageBuffer8BitAccess"}),
    (np.int8, {"StorageBuffer8BitAccess"}),
    (ml_dtypes.uint4, {"StorageBuffer8BitAccess"}),
    (ml_dtypes.float8_e5m2, {"StorageBuffer8BitAccess"}),
    (np.uint16, {"StorageBuffer16BitAccess"}),
    (np.float16, {"StorageBuffer16BitAccess"}),
    (ml_dtypes.bfloat16, {"StorageBuffer16BitAccess"}),
    (np.int64, {"Int64"}),
    (np.float64, {"Float64"}),
    (np.complex64, set()),
    (np.complex128, {"Float64"}),
]


def compiled(dtype: Any) -> bytes:
    type_ = tensor_type(np.zeros(4, dtype))
    text = f"func.func @f(%a: {type_}) -> {type_} {{ %0 = stablehlo.add %a, %a : {type_} return %0 : {type_} }}"
    return iree.compiler.compile_str(text, target_backends=["vulkan-spirv"])


@pytest.mark.parametrize(("dtype", "needs"), NEEDS)
def test_what_a_program_needs(dtype: Any, needs: set[str]) -> None:
    (words,) = spirv_binaries(compiled(dtype))
    assert read_spirv(np.frombuffer(words, np.uint32).tolist()).capabilities == {"Shader", *needs}


@pytest.mark.parametrize(("dtype", "needs"), [case for case in NEEDS if case[1]])
def test_a_device_that_lacks_it_is_told_so(dtype: Any, needs: set[str]) -> None:
    driver = VulkanDriver()
    device = driver.create_device()
    assert isinstance(device, VulkanDevice)
    module = iree.runtime.VmModule.from_flatbuffer(compiled(dtype))
    iree.runtime.load_vm_module(module, iree.runtime.Config(device=device))
    properties = device.logical.properties
    device.logical.properties = dataclasses.replace(properties, capabilities=properties.capabilities - needs)
    with pytest.raises(FailedPrecondition, match=f"it lacks {', '.join(needs)}"):
        iree.runtime.load_vm_module(module, iree.runtime.Config(device=device))
