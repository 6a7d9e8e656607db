import pytest

from iree.compiler.dialects.spirv import structure
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.targets.spirv.write_module import module_words, version_word
from iree.testing.ir import parse
from iree.testing.spirv_kernels import check_words, convert, disassemble, kernel_text

COPY = kernel_text(
    ["%a: memref<4xf32>", "%b: memref<4xf32>"],
    "%v = memref.load %a[%x] : memref<4xf32> memref.store %v, %b[%x] : memref<4xf32>",
    name="copy",
)

MODULE = """
    spirv.module Logical GLSL450 requires #spirv.vce<v1.0, [Shader], [SPV_KHR_storage_buffer_storage_class]> {
      spirv.GlobalVariable @id built_in("GlobalInvocationId") : !spirv.ptr<vector<3xi32>, Input>
      func.func @f() {
        spirv.Return
      }
      spirv.EntryPoint "GLCompute" @f, @id
      spirv.ExecutionMode @f "LocalSize", 1, 1, 1
    }
"""


def module_of(text: str) -> structure.Module:
    return ops_of(parse(text), structure.Module)[0]


def test_a_kernel_in_words() -> None:
    words = module_words(convert(COPY))
    check_words(words)
    expected = """\
               OpCapability Shader
               OpExtension "SPV_KHR_storage_buffer_storage_class"
               OpMemoryModel Logical GLSL450
               OpEntryPoint GLCompute %copy "copy" %globalInvocationID
               OpExecutionMode %copy LocalSize 1 1 1
               OpName %globalInvocationID "globalInvocationID"
               OpName %copy_arg_0 "copy_arg_0"
               OpName %copy_arg_1 "copy_arg_1"
               OpName %copy "copy"
               OpDecorate %globalInvocationID BuiltIn GlobalInvocationId
               OpDecorate %_arr_float_uint_4 ArrayStride 4
               OpDecorate %_struct_8 Block
               OpMemberDecorate %_struct_8 0 Offset 0
               OpDecorate %copy_arg_0 DescriptorSet 0
               OpDecorate %copy_arg_0 Binding 0
               OpDecorate %copy_arg_0 NonWritable
               OpDecorate %copy_arg_1 DescriptorSet 0
               OpDecorate %copy_arg_1 Binding 1
       %uint = OpTypeInt 32 0
     %v3uint = OpTypeVector %uint 3
%_ptr_Input_v3uint = OpTypePointer Input %v3uint
%globalInvocationID = OpVariable %_ptr_Input_v3uint Input
     %uint_4 = OpConstant %uint 4
      %float = OpTypeFloat 32
%_arr_float_uint_4 = OpTypeArray %float %uint_4
  %_struct_8 = OpTypeStruct %_arr_float_uint_4
%_ptr_StorageBuffer__struct_8 = OpTypePointer StorageBuffer %_struct_8
 %copy_arg_0 = OpVariable %_ptr_StorageBuffer__struct_8 StorageBuffer
 %copy_arg_1 = OpVariable %_ptr_StorageBuffer__struct_8 StorageBuffer
       %void = OpTypeVoid
         %14 = OpTypeFunction %void
     %uint_0 = OpConstant %uint 0
%_ptr_StorageBuffer_float = OpTypePointer StorageBuffer %float
       %copy = OpFunction %void None %14
         %15 = OpLabel
         %16 = OpLoad %v3uint %globalInvocationID
         %17 = OpCompositeExtract %uint %16 0
         %18 = OpCompositeExtract %uint %16 1
         %19 = OpCompositeExtract %uint %16 2
         %21 = OpAccessChain %_ptr_StorageBuffer_float %copy_arg_0 %uint_0 %17
         %23 = OpLoad %float %21
         %24 = OpAccessChain %_ptr_StorageBuffer_float %copy_arg_1 %uint_0 %17
               OpStore %24 %23
               OpReturn
               OpFunctionEnd
"""
    assert disassemble(words) == expected


def test_a_buffer_that_is_read_and_written_is_writable() -> None:
    text = COPY.replace("%b[%x]", "%a[%x]").replace(", %b: memref<4xf32>", "")
    assert "NonWritable" not in disassemble(module_words(convert(text)))


def test_buffers_that_may_be_one_are_aliased() -> None:
    text = COPY.replace("iree.executable.export", "iree.executable.export, iree.executable.overwrites = array<i64: 0>")
    assert text != COPY
    words = module_words(convert(text))
    check_words(words)
    decorated = disassemble(words)
    assert decorated.count("Aliased") == 2
    assert "NonWritable" not in decorated


def test_several_kernels_share_types() -> None:
    words = module_words(convert(COPY + COPY.replace("@copy", "@again").replace("ordinal = 0", "ordinal = 1")))
    check_words(words)
    text = disassemble(words)
    assert text.count("OpTypeStruct") == text.count("OpTypeFunction") == 1
    assert text.count("OpEntryPoint") == text.count("OpFunctionEnd") == 2


@pytest.mark.parametrize(("version", "word"), [("v1.0", 0x00010000), ("v1.3", 0x00010300), ("v1.6", 0x00010600)])
def test_the_version(version: str, word: int) -> None:
    module = module_of(MODULE.replace("v1.0", version))
    assert version_word(module) == word
    assert module_words(module)[1] == word


def test_variables_of_an_invocation_stand_first() -> None:
    body = """
        %c = spirv.Constant 1 : i32
        %v = spirv.Variable : !spirv.ptr<i32, Function>
        spirv.Store "Function" %v, %c : i32
        %w = spirv.Load "Function" %v : i32
        %n = spirv.Not %w : i32
        %u = spirv.Variable : !spirv.ptr<f32, Function>
        spirv.Return"""
    check_words(module_words(module_of(MODULE.replace("        spirv.Return", body))))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[Shader]", "[Shader, Kernel]", "unknown capability Kernel; known: Shader, Float64, Int64"),
        ("Logical", "Physical64", "unknown addressing model Physical64; known: Logical"),
        ("GLSL450", "OpenCL", "unknown memory model OpenCL; known: GLSL450"),
        ("GlobalInvocationId", "Position", "unknown built-in value Position; known: GlobalInvocationId"),
        ("GLCompute", "Fragment", "unknown execution model Fragment; known: GLCompute"),
        ("LocalSize", "OriginUpperLeft", "unknown execution mode OriginUpperLeft; known: LocalSize"),
        ("        spirv.Return", "%c = arith.constant 1.0 : f32 spirv.Return", r"arith\.constant: has no SPIR-V words"),
        (
            "func.func @f",
            "%c = arith.constant 1.0 : f32 func.func @f",
            r"arith\.constant: has no place in a spirv\.module",
        ),
    ],
)
def test_what_has_no_words_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(CompileError, match=message):
        module_words(module_of(MODULE.replace(old, new)))


def test_an_entry_point_is_a_function() -> None:
    module = module_of(MODULE)
    ops_of(module, structure.EntryPoint)[0].detach()
    module.body.block.add_op(structure.EntryPoint("g", ["id"]))
    with pytest.raises(CompileError, match="there is no function @g; there are f"):
        module_words(module)
