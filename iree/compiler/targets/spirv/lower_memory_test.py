import pytest

from iree.compiler.dialects.spirv import arithmetic, control_flow, memory
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.targets.spirv.convert_to_spirv import ConvertToSpirv
from iree.compiler.targets.spirv.write_module import module_words
from iree.testing.ir import check_pass
from iree.testing.spirv_kernels import check_words, convert, kernel_text


def test_indices_are_made_linear_row_major() -> None:
    check_pass(
        ConvertToSpirv(),
        before="""
            func.func @f(%a: memref<2x3x1x4xf32>) attributes {iree.executable.export} {
              %x = "gpu.global_id"() <{dimension = #gpu<dim x>}> : () -> index
              %y = "gpu.global_id"() <{dimension = #gpu<dim y>}> : () -> index
              %z = "gpu.global_id"() <{dimension = #gpu<dim z>}> : () -> index
              %c0 = arith.constant 0 : index
              %v = memref.load %a[%z, %y, %c0, %x] : memref<2x3x1x4xf32>
              iree.return
            }
        """,
        after="""
            spirv.module Logical GLSL450 requires #spirv.vce<v1.0, [Shader], [SPV_KHR_storage_buffer_storage_class]> {
              spirv.GlobalVariable @globalInvocationID built_in("GlobalInvocationId") : !spirv.ptr<vector<3xi32>, Input>
              spirv.GlobalVariable @f_arg_0 bind(0, 0) : !spirv.ptr<!spirv.struct<(!spirv.array<24 x f32, stride=4> [0])>, StorageBuffer>
              func.func @f() {
                %0 = spirv.mlir.addressof @globalInvocationID : !spirv.ptr<vector<3xi32>, Input>
                %1 = spirv.Load "Input" %0 : vector<3xi32>
                %2 = spirv.CompositeExtract %1[0 : i32] : vector<3xi32>
                %3 = spirv.CompositeExtract %1[1 : i32] : vector<3xi32>
                %4 = spirv.CompositeExtract %1[2 : i32] : vector<3xi32>
                %5 = spirv.Constant 0 : i32
                %6 = spirv.Constant 12 : i32
                %7 = spirv.IMul %4, %6 : i32
                %8 = spirv.Constant 4 : i32
                %9 = spirv.IMul %3, %8 : i32
                %10 = spirv.IAdd %7, %9 : i32
                %11 = spirv.IAdd %10, %2 : i32
                %12 = spirv.mlir.addressof @f_arg_0 : !spirv.ptr<!spirv.struct<(!spirv.array<24 x f32, stride=4> [0])>, StorageBuffer>
                %13 = spirv.Constant 0 : i32
                %14 = spirv.AccessChain %12[%13, %11] : !spirv.ptr<!spirv.struct<(!spirv.array<24 x f32, stride=4> [0])>, StorageBuffer>, i32, i32 -> !spirv.ptr<f32, StorageBuffer>
                %15 = spirv.Load "StorageBuffer" %14 : f32
                spirv.Return
              }
              spirv.EntryPoint "GLCompute" @f, @globalInvocationID
              spirv.ExecutionMode @f "LocalSize", 1, 1, 1
            }
        """,  # noqa: E501
    )


def test_equal_index_arithmetic_is_written_once_and_before_loops() -> None:
    type_ = "memref<8x8xf32>"
    module = convert(
        kernel_text(
            [f"%a: {type_}", f"%b: {type_}"],
            f"""
            %c0 = arith.constant 0 : index
            %c1 = arith.constant 1 : index
            %c8 = arith.constant 8 : index
            scf.for %k = %c0 to %c8 step %c1 {{
              %v = memref.load %a[%y, %k] : {type_}
              memref.store %v, %b[%y, %k] : {type_}
            }}
            """,
        )
    )
    (loop,) = ops_of(module, control_flow.Loop)
    (row,) = ops_of(module, arithmetic.IMul)
    assert row.parent is loop.parent
    assert len(ops_of(loop, arithmetic.IAdd)) == 2  # row + k once, and the loop's own step
    check_words(module_words(module))


@pytest.mark.parametrize("shape", ["", "1x", "1x1x1x1x1x1x"])
def test_the_only_element_of_a_buffer_is_element_0(shape: str) -> None:
    type_ = f"memref<{shape}i32>"
    indices = ", ".join("%x" for _ in range(shape.count("x")))
    module = convert(
        kernel_text(
            [f"%a: {type_}"], f"%v = memref.load %a[{indices}] : {type_} memref.store %v, %a[{indices}] : {type_}"
        )
    )
    for chain in ops_of(module, memory.AccessChain):
        assert [index.owner.value.value.data for index in chain.indices] == [0, 0]
    check_words(module_words(module))


def test_truth_values_are_read_and_written_as_bytes() -> None:
    type_ = "memref<4xi1>"
    module = convert(
        kernel_text([f"%a: {type_}"], f"%v = memref.load %a[%x] : {type_} memref.store %v, %a[%x] : {type_}")
    )
    text = str(module)
    for line in (
        'spirv.Load "StorageBuffer" %7 : i8',
        "spirv.UConvert %8 : i8 to i32",
        "spirv.INotEqual %9, %10 : i32",
        "spirv.Select %11, %15, %16 : i1, i32",
        "spirv.UConvert %17 : i32 to i8",
    ):
        assert line in text
    check_words(module_words(module))
