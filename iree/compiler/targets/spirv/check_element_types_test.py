import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.targets.spirv.check_element_types import CheckElementTypes
from iree.testing.ir import check_pass, parse

WANTED = (
    "is not compiled for vulkan-spirv, which has i1, i8, i16, i32, i64, ui8, ui16, ui32, ui64, f16, bf16, f32, f64, "
    "complex<f32> and complex<f64>; target interpreter-bytecode compiles it"
)


def refusal(text: str) -> list[str]:
    with pytest.raises(CompileError) as error:
        run_passes(parse(text), [CheckElementTypes()])
    return str(error.value).splitlines()


def test_what_is_compiled_passes() -> None:
    text = """
        func.func @f(%a: memref<4xf32>, %b: memref<4xi1>, %c: memref<4xi32>) {
          %0 = iree.load_input(%a : memref<4xf32>) : tensor<4xf32>
          iree.store_output(%0 : tensor<4xf32>, %a : memref<4xf32>)
          iree.return
        }
    """
    check_pass(CheckElementTypes(), before=text, after=text)


def test_each_op_is_named_once() -> None:
    lines = refusal("""func.func @f(%a: memref<4xf80>, %out: memref<4xf32>) {
      %0 = iree.load_input(%a : memref<4xf80>) : tensor<4xf80>
      %1 = arith.addf %0, %0 : tensor<4xf80>
      %2 = mhlo.convert %1 : (tensor<4xf80>) -> tensor<4xf32>
      iree.store_output(%2 : tensor<4xf32>, %out : memref<4xf32>)
      iree.return
    }""")
    assert lines[:3] == [
        "2 problems",
        f"test.mlir:3:12: arith.addf: tensor<4xf80> {WANTED}",
        f"test.mlir:4:12: mhlo.convert: tensor<4xf80> {WANTED}",
    ]


def test_a_copy_is_refused_too() -> None:
    lines = refusal("""func.func @f(%a: memref<4xi128>, %out: memref<4xi128>) {
      %0 = iree.load_input(%a : memref<4xi128>) : tensor<4xi128>
      iree.store_output(%0 : tensor<4xi128>, %out : memref<4xi128>)
      iree.return
    }""")
    assert lines[0] == f"test.mlir:2:12: iree.load_input: memref<4xi128> {WANTED}"
