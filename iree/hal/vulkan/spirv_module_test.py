from iree.hal.cts import spirv_executables
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
