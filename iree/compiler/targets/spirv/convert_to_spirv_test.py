import pytest

from iree.compiler.dialects.spirv import structure
from iree.compiler.ir.compare import difference
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.targets.spirv.check_spirv_kernel import CheckSpirvKernel
from iree.compiler.targets.spirv.convert_to_spirv import ConvertToSpirv
from iree.compiler.targets.spirv.write_module import module_words
from iree.testing.ir import check_pass, parse
from iree.testing.spirv_kernels import check_words, convert, kernel_text

SIMPLE_MUL = """
    func.func @simple_mul_rgn_dispatch_0(%arg0: memref<4xf32>, %arg1: memref<4xf32>, %arg2: memref<4xf32>) attributes {
      iree.executable.export,
      iree.executable.workload = dense<[4, 1, 1]> : tensor<3xi32>,
      iree.ordinal = 0 : i32,
      iree.executable.workgroup_size = dense<[1, 1, 1]> : tensor<3xi32>,
      iree.executable.workgroup_tile = dense<[1, 1, 1]> : tensor<3xi32>
    } {
      %0 = "gpu.global_id"() <{dimension = #gpu<dim x>}> : () -> index
      %1 = memref.load %arg0[%0] : memref<4xf32>
      %2 = memref.load %arg1[%0] : memref<4xf32>
      %3 = arith.mulf %1, %2 : f32
      memref.store %3, %arg2[%0] : memref<4xf32>
      iree.return
    }
"""

# The listing of the walkthrough, "Executable Lowering to SPIR-V".
WALKTHROUGH = """
module {
spv.module "Logical" "GLSL450" {
spv.globalVariable @globalInvocationID built_in("GlobalInvocationId") : !spv.ptr<vector<3xi32>, Input>
spv.globalVariable @simple_mul_rgn_dispatch_0_arg_0 bind(0, 0) : !spv.ptr<!spv.struct<!spv.array<4 x f32 [4]> [0]>, StorageBuffer>
spv.globalVariable @simple_mul_rgn_dispatch_0_arg_1 bind(0, 1) : !spv.ptr<!spv.struct<!spv.array<4 x f32 [4]> [0]>, StorageBuffer>
spv.globalVariable @simple_mul_rgn_dispatch_0_arg_2 bind(0, 2) : !spv.ptr<!spv.struct<!spv.array<4 x f32 [4]> [0]>, StorageBuffer>
func @simple_mul_rgn_dispatch_0() {
%0 = spv._address_of @globalInvocationID : !spv.ptr<vector<3xi32>, Input>
%1 = spv.Load "Input" %0 : vector<3xi32>
%2 = spv.CompositeExtract %1[0 : i32] : vector<3xi32>
%3 = spv.CompositeExtract %1[1 : i32] : vector<3xi32>
%4 = spv.CompositeExtract %1[2 : i32] : vector<3xi32>
%5 = spv._address_of @simple_mul_rgn_dispatch_0_arg_0 : !spv.ptr<!spv.struct<!spv.array<4 x f32 [4]> [0]>, StorageBuffer>
%6 = spv.constant 0 : i32
%7 = spv.AccessChain %5[%6, %2] : !spv.ptr<!spv.struct<!spv.array<4 x f32 [4]> [0]>, StorageBuffer>
%8 = spv.Load "StorageBuffer" %7 : f32
%9 = spv._address_of @simple_mul_rgn_dispatch_0_arg_1 : !spv.ptr<!spv.struct<!spv.array<4 x f32 [4]> [0]>, StorageBuffer>
%10 = spv.constant 0 : i32
%11 = spv.AccessChain %9[%10, %2] : !spv.ptr<!spv.struct<!spv.array<4 x f32 [4]> [0]>, StorageBuffer>
%12 = spv.Load "StorageBuffer" %11 : f32
%13 = spv.FMul %8, %12 : f32
%14 = spv._address_of @simple_mul_rgn_dispatch_0_arg_2 : !spv.ptr<!spv.struct<!spv.array<4 x f32 [4]> [0]>, StorageBuffer>
%15 = spv.constant 0 : i32
%16 = spv.AccessChain %14[%15, %2] : !spv.ptr<!spv.struct<!spv.array<4 x f32 [4]> [0]>, StorageBuffer>
spv.Store "StorageBuffer" %16, %13 : f32
spv.Return
}
spv.EntryPoint "GLCompute" @simple_mul_rgn_dispatch_0, @globalInvocationID
spv.ExecutionMode @simple_mul_rgn_dispatch_0 "LocalSize", 1, 1, 1
} attributes {capabilities = ["Shader"], extensions = ["SPV_KHR_storage_buffer_storage_class"]}
}
"""  # noqa: E501


def test_simple_mul_is_the_walkthroughs_listing() -> None:
    module = parse(SIMPLE_MUL)
    run_passes(module, [CheckSpirvKernel(), ConvertToSpirv()])
    assert difference(module, parse(WALKTHROUGH)) is None


def test_a_kernel_without_work_is_still_a_module() -> None:
    check_pass(
        ConvertToSpirv(),
        before=kernel_text(["%a: memref<0x3xf32>"], "", attributes="iree.ordinal = 0 : i32"),
        after="""
            spirv.module Logical GLSL450 requires #spirv.vce<v1.0, [Shader], [SPV_KHR_storage_buffer_storage_class]> {
              spirv.GlobalVariable @globalInvocationID built_in("GlobalInvocationId") : !spirv.ptr<vector<3xi32>, Input>
              spirv.GlobalVariable @f_arg_0 bind(0, 0) : !spirv.ptr<!spirv.struct<(!spirv.array<1 x f32, stride=4> [0])>, StorageBuffer>
              func.func @f() {
                %0 = spirv.mlir.addressof @globalInvocationID : !spirv.ptr<vector<3xi32>, Input>
                %1 = spirv.Load "Input" %0 : vector<3xi32>
                %2 = spirv.CompositeExtract %1[0 : i32] : vector<3xi32>
                %3 = spirv.CompositeExtract %1[1 : i32] : vector<3xi32>
                %4 = spirv.CompositeExtract %1[2 : i32] : vector<3xi32>
                spirv.Return
              }
              spirv.EntryPoint "GLCompute" @f, @globalInvocationID
              spirv.ExecutionMode @f "LocalSize", 1, 1, 1
            }
        """,  # noqa: E501
    )


def test_entry_points_come_in_the_order_of_their_ordinals() -> None:
    module = convert(
        kernel_text(["%a: memref<4xf32>"], "", name="second", attributes="iree.ordinal = 1 : i32")
        + kernel_text(["%a: memref<4xf32>"], "", name="first", attributes="iree.ordinal = 0 : i32")
    )
    names = [entry.function.root_reference.data for entry in ops_of(module, structure.EntryPoint)]
    assert names == ["first", "second"]
    check_words(module_words(module))


def test_workgroups_of_more_invocations() -> None:
    size = "iree.executable.workgroup_size = dense<[32, 2, 1]> : tensor<3xi32>"
    tile = "iree.executable.workgroup_tile = dense<[128, 2, 1]> : tensor<3xi32>"
    text = str(convert(kernel_text([], "", attributes=f"{size}, {tile}")))
    assert 'spirv.ExecutionMode @f "LocalSize", 32, 2, 1' in text
    assert tile in text
    assert "workgroup" not in str(convert(kernel_text([], "", attributes=f"{size}, {tile.replace('128', '32')}")))


def test_truth_values_in_memory_take_bytes() -> None:
    module = convert(kernel_text(["%a: memref<4xi1>"], ""))
    requirements = str(module.requirements)
    assert "[Shader, StorageBuffer8BitAccess]" in requirements
    assert "[SPV_KHR_storage_buffer_storage_class, SPV_KHR_8bit_storage]" in requirements
    assert "array<4 x i8, stride=1>" in str(module)


@pytest.mark.parametrize(
    ("element", "capability", "extension"),
    [
        ("i8", "StorageBuffer8BitAccess", "SPV_KHR_8bit_storage"),
        ("i16", "StorageBuffer16BitAccess", "SPV_KHR_16bit_storage"),
        ("i64", "Int64", None),
        ("f64", "Float64", None),
    ],
)
def test_what_the_widths_of_elements_take(element: str, capability: str, extension: str | None) -> None:
    requirements = convert(kernel_text([f"%a: memref<4x{element}>"], "")).requirements
    assert [name.data for name in requirements.capabilities] == ["Shader", capability]
    assert [name.data for name in requirements.extensions][1:] == ([] if extension is None else [extension])


def test_what_a_scalar_alone_takes() -> None:
    body = "%v = memref.load %a[%x] : memref<4xi32> %w = arith.extsi %v : i32 to i64"
    assert "[Shader, Int64]" in str(convert(kernel_text(["%a: memref<4xi32>"], body)).requirements)


def test_ops_keep_their_locations() -> None:
    module = convert(kernel_text(["%a: memref<4xf32>"], "%v = memref.load %a[%x] : memref<4xf32>"))
    lines = {op.name: str(op.location) for op in module.walk()}
    assert ":5:" in lines["spirv.AccessChain"]
    assert ":1:" in lines["spirv.GlobalVariable"]
