"""SPIR-V executables for tests, assembled from text by spirv-as and checked by spirv-val (Debian: spirv-tools)."""

import functools
import subprocess
from collections.abc import Sequence

import flatbuffers
import numpy as np

from iree.schemas import spirv_executable_def_generated as generated

# target[i] = a[i] <op> b[i] for every f32 that target has; launches reach past the end, so each invocation looks.
_ELEMENTWISE = """
               OpCapability Shader
               OpMemoryModel Logical GLSL450
               OpEntryPoint GLCompute %main "{name}" %id
               OpExecutionMode %main LocalSize {local_size} 1 1
               OpDecorate %id BuiltIn GlobalInvocationId
               OpDecorate %floats ArrayStride 4
               OpMemberDecorate %block 0 Offset 0
               OpDecorate %block Block
               OpDecorate %a DescriptorSet 0
               OpDecorate %a Binding 0
               OpDecorate %b DescriptorSet 0
               OpDecorate %b Binding 1
               OpDecorate %target DescriptorSet 0
               OpDecorate %target Binding 2
       %void = OpTypeVoid
   %function = OpTypeFunction %void
       %bool = OpTypeBool
       %uint = OpTypeInt 32 0
      %float = OpTypeFloat 32
      %uint3 = OpTypeVector %uint 3
     %floats = OpTypeRuntimeArray %float
      %block = OpTypeStruct %floats
%pointer_block = OpTypePointer StorageBuffer %block
%pointer_float = OpTypePointer StorageBuffer %float
%pointer_uint3 = OpTypePointer Input %uint3
       %zero = OpConstant %uint 0
         %id = OpVariable %pointer_uint3 Input
          %a = OpVariable %pointer_block StorageBuffer
          %b = OpVariable %pointer_block StorageBuffer
     %target = OpVariable %pointer_block StorageBuffer
       %main = OpFunction %void None %function
      %entry = OpLabel
        %xyz = OpLoad %uint3 %id
          %i = OpCompositeExtract %uint %xyz 0
     %length = OpArrayLength %uint %target 0
     %inside = OpULessThan %bool %i %length
               OpSelectionMerge %done None
               OpBranchConditional %inside %work %done
       %work = OpLabel
   %a_place  = OpAccessChain %pointer_float %a %zero %i
   %b_place  = OpAccessChain %pointer_float %b %zero %i
%target_place = OpAccessChain %pointer_float %target %zero %i
    %a_value = OpLoad %float %a_place
    %b_value = OpLoad %float %b_place
     %result = {operation} %float %a_value %b_value
               OpStore %target_place %result
               OpBranch %done
       %done = OpLabel
               OpReturn
               OpFunctionEnd
"""


def elementwise(name: str, operation: str = "OpFMul", local_size: int = 1) -> str:
    """The text of a kernel of two f32 inputs and one output: operation is OpFMul, OpFAdd, ..."""
    return _ELEMENTWISE.format(name=name, operation=operation, local_size=local_size)


@functools.cache
def assemble(text: str, environment: str = "vulkan1.1") -> tuple[int, ...]:
    """The module's words."""
    encoding = "spv1.3" if environment == "vulkan1.1" else "spv1.6"
    command = ["spirv-as", "--target-env", encoding, "-o", "-", "-"]
    binary = subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout
    subprocess.run(["spirv-val", "--target-env", environment, "-"], input=binary, check=True)
    return tuple(np.frombuffer(binary, np.uint32).tolist())


def executable(
    words: Sequence[int],
    names: Sequence[str],
    binding_count: int = 3,
    workgroup_size: tuple[int, int, int] = (1, 1, 1),
    workgroup_tile: tuple[int, int, int] | None = None,
    capabilities: Sequence[str] = ("Shader",),
    extensions: Sequence[str] = (),
    subgroup_size: int = 0,
    shared_memory_bytes: int = 0,
) -> bytes:
    """A SpirvExecutableDef whose entry points all look the same."""
    table = generated.SpirvExecutableDefT()
    table.entryPoints = []
    for name in names:
        entry = generated.SpirvEntryPointDefT()
        entry.name = name
        entry.bindingCount = binding_count
        entry.workgroupSize = list(workgroup_size)
        entry.workgroupTile = list(workgroup_tile or workgroup_size)
        entry.sharedMemoryBytes = shared_memory_bytes
        table.entryPoints.append(entry)
    table.code = list(words)
    table.version = words[1]
    table.capabilities = list(capabilities)
    table.extensions = list(extensions)
    table.subgroupSize = subgroup_size
    builder = flatbuffers.Builder()
    builder.Finish(table.Pack(builder), b"SPVE")
    return bytes(builder.Output())


def simple_mul(name: str = "simple_mul_rgn_dispatch_0", local_size: int = 1) -> bytes:
    """c = a * b over f32."""
    words = assemble(elementwise(name, "OpFMul", local_size))
    return executable(words, [name], workgroup_size=(local_size, 1, 1))
