"""Runs one kernel given as text on the Vulkan driver, under the validation layer.

(_, result) = run_kernel(["%a: memref<4xf32>", "%b: memref<4xf32>"], "...", [a, b])
"""

import functools
import math
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.parser import parse_module
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.targets.spirv.check_spirv_kernel import CheckSpirvKernel
from iree.compiler.targets.spirv.convert_to_spirv import ConvertToSpirv
from iree.compiler.targets.spirv.serialize import serialize_executable
from iree.hal.dispatch_request import BufferBinding, DispatchRequest
from iree.hal.executable import ExecutableSpec
from iree.hal.vulkan.device import VulkanDevice
from iree.hal.vulkan.driver import VulkanDriver
from iree.schemas.element_types import from_dtype
from iree.schemas.file_format import ExecutableFormat
from iree.testing.spirv_kernels import kernel_text

Array = npt.NDArray[Any]


def run_kernel(arguments: Sequence[str], body: str, arrays: Sequence[Array], workload: int = 0) -> list[Array]:
    """What the arrays hold after a launch over `workload` elements, as many as the first array has unless given.

    AssertionError: the validation layer has something to say.
    """
    module = parse_module(kernel_text(arguments, body), "kernel.mlir", make_context())
    run_passes(module, [CheckSpirvKernel(), ConvertToSpirv()])
    contents = memoryview(serialize_executable(module))
    device = _device()
    executable = device.create_executable_cache().prepare_executable(
        ExecutableSpec(ExecutableFormat.SPIRV, contents, "kernel")
    )
    bindings = []
    for array in arrays:
        buffer = device.allocator.allocate(max(4, array.nbytes))
        buffer.write(np.ascontiguousarray(array).tobytes())
        bindings.append(BufferBinding(buffer, array.shape, from_dtype(array.dtype)))
    commands = device.create_command_buffer()
    commands.begin()
    commands.dispatch(DispatchRequest(executable, 0, (workload or math.prod(arrays[0].shape), 1, 1), bindings))
    commands.end()
    device.submit_and_wait(commands)
    assert device.validation_messages == []
    read = [binding.buffer.read(0, array.nbytes) for binding, array in zip(bindings, arrays, strict=True)]
    return [np.frombuffer(data, array.dtype).reshape(array.shape) for data, array in zip(read, arrays, strict=True)]


def compute(expression: str, inputs: Sequence[Array], result: np.dtype[Any] | type, setup: str = "") -> Array:
    """`expression` of the elements %0, %1, ... of the inputs, element by element.

    compute("arith.addf %0, %1 : f32", [a, b], np.float32)
    """
    arrays = [*inputs, np.zeros(inputs[0].shape, result)]
    types = [f"memref<{array.size}x{from_dtype(array.dtype)}>" for array in arrays]
    loads = "\n".join(f"%{n} = memref.load %arg{n}[%x] : {type_}" for n, type_ in enumerate(types[:-1]))
    store = f"memref.store %r, %arg{len(inputs)}[%x] : {types[-1]}"
    arguments = [f"%arg{n}: {type_}" for n, type_ in enumerate(types)]
    return run_kernel(arguments, f"{loads}\n{setup}\n%r = {expression}\n{store}", arrays)[-1]


def assert_same_bits(got: Array, expected: Array) -> None:
    """Equal bit by bit, but any NaN is as good as another."""
    same = got.view(np.uint8).reshape(len(got), -1) == expected.view(np.uint8).reshape(len(expected), -1)
    differs = np.flatnonzero(~same.all(axis=1) & ~(np.isnan(got) & np.isnan(expected)))
    assert differs.size == 0, f"elements {differs[:8]}: {got[differs[:8]]}, not {expected[differs[:8]]}"


@functools.cache
def _device() -> VulkanDevice:
    return cast(VulkanDevice, VulkanDriver(validation=True).create_device())
