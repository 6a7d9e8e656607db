import pytest

from iree.hal.cts import spirv_executables
from iree.hal.status import DataLoss
from iree.hal.vulkan.spirv_module import read_spirv

_TEXT = """
               OpCapability Shader
               OpCapability Int8
               OpCapability StorageBuffer8BitAccess
               OpCapability ImageBuffer
               OpExtension "SPV_KHR_8bit_storage"
               OpMemoryModel Logical GLSL450
               OpEntryPoint GLCompute %one "the first"
               OpEntryPoint GLCompute %two "second"
               OpExecutionMode %one LocalSize 4 2 1
               OpExecutionMode %two LocalSize 1 1 8
       %void = OpTypeVoid
   %function = OpTypeFunction %void
        %one = OpFunction %void None %function
          %a = OpLabel
               OpReturn
               OpFunctionEnd
        %two = OpFunction %void None %function
          %b = OpLabel
               OpReturn
               OpFunctionEnd
"""


def test_declarations_are_read_as_spirv_as_wrote_them() -> None:
    module = read_spirv(spirv_executables.assemble(_TEXT))
    assert module.version == 0x00010300
    assert module.capabilities == {"Shader", "Int8", "StorageBuffer8BitAccess", "capability 47"}
    assert module.extensions == {"SPV_KHR_8bit_storage"}
    assert module.local_sizes == {"the first": (4, 2, 1), "second": (1, 1, 8)}
    assert module.bindings == set()


def test_bindings_are_read() -> None:
    module = read_spirv(spirv_executables.assemble(spirv_executables.elementwise("run")))
    assert module.bindings == {(0, 0), (0, 1), (0, 2)}


@pytest.mark.parametrize("end", [-1, -2])
def test_functions_that_are_cut(end: int) -> None:
    with pytest.raises(DataLoss, match="its last function does not end"):
        read_spirv(spirv_executables.assemble(_TEXT)[:end])


def test_functions_do_not_lie_in_each_other() -> None:
    words = list(spirv_executables.assemble(_TEXT))
    ends = [place for place, word in enumerate(words) if word == 0x00010038]
    del words[ends[0]]
    with pytest.raises(DataLoss, match="a function begins or ends in another one at word"):
        read_spirv(words)


def test_ids_have_a_bound() -> None:
    words = list(spirv_executables.assemble(_TEXT))
    words[3] = 0xFFFFFFFF
    with pytest.raises(DataLoss, match="ids up to 4294967295, of 4194304 that there can be"):
        read_spirv(words)


_SHARED = """
               OpCapability Shader
               OpCapability Float16
               OpMemoryModel Logical GLSL450
               OpEntryPoint GLCompute %main "main"
               OpExecutionMode %main LocalSize 1 1 1
       %uint = OpTypeInt 32 0
      %float = OpTypeFloat 32
    %float16 = OpTypeFloat 16
       %bool = OpTypeBool
    %uint_10 = OpConstant %uint 10
    %uint_3  = OpConstant %uint 3
     %vector = OpTypeVector %float 4
        %row = OpTypeArray %vector %uint_10
       %rows = OpTypeArray %row %uint_3
     %struct = OpTypeStruct %float16 %bool %rows
    %pointer = OpTypePointer Workgroup %struct
    %private = OpTypePointer Private %struct
          %a = OpVariable %pointer Workgroup
          %b = OpVariable %pointer Workgroup
          %c = OpVariable %private Private
       %void = OpTypeVoid
   %function = OpTypeFunction %void
       %main = OpFunction %void None %function
      %label = OpLabel
               OpReturn
               OpFunctionEnd
"""


def test_shared_memory_is_added_up() -> None:
    assert read_spirv(spirv_executables.assemble(_SHARED)).shared_memory == 2 * (2 + 4 + 3 * 10 * 16)
