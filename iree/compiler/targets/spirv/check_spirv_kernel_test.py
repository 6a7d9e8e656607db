import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.targets.spirv.check_spirv_kernel import CheckSpirvKernel
from iree.testing.ir import check_pass, parse
from iree.testing.spirv_kernels import kernel_text

LOAD = "%v = memref.load %a[%x] : memref<4xf32>\n"
BUFFER = ["%a: memref<4xf32>"]


def refuse(text: str, message: str) -> None:
    with pytest.raises(CompileError, match=message) as caught:
        run_passes(parse(text), [CheckSpirvKernel()])
    assert "test.mlir:" in str(caught.value)


def test_a_kernel_stays_as_it_is() -> None:
    text = """
        func.func @f(%a: memref<4xf32>) attributes {iree.executable.export} {
          %0 = "gpu.global_id"() <{dimension = #gpu<dim x>}> : () -> index
          %1 = memref.load %a[%0] : memref<4xf32>
          %2 = arith.addf %1, %1 : f32
          memref.store %2, %a[%0] : memref<4xf32>
          iree.return
        }
    """
    check_pass(CheckSpirvKernel(), before=text, after=text)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (f"{LOAD}%e = math.exp %v : f32", r"test\.mlir:6:\d+: math\.exp: has no exact form in SPIR-V"),
        (f"{LOAD}%e = arith.extf %v : f32 to f80", r"arith\.extf: f80 is not compiled"),
        ("%m = memref.alloc() : memref<4xf32>", r"memref\.alloc: has no exact form"),
        (
            "%c = arith.constant 1.0 : f16",
            r"arith\.constant: f16 is not compiled by the SPIR-V target; it has f32, f64, i32, i64, i1, index",
        ),
        ("%c = arith.constant 1 : i16 %d = arith.addi %c, %c : i16", r"arith\.addi: i16 is not compiled"),
        ("%c = arith.constant 4294967296 : index", r"4294967296 does not fit the 32 bits of an index"),
        ("%c = arith.constant -2147483649 : index", r"-2147483649 does not fit the 32 bits of an index"),
        ("%c = arith.constant true %d = arith.shli %c, %c : i1", r"arith\.shli: has no i1 form on the SPIR-V target"),
        ("%c = arith.constant dense<1.0> : tensor<4xf32>", r"tensor<4xf32> is not compiled by the SPIR-V target"),
    ],
)
def test_an_op_without_an_exact_form_is_refused(body: str, message: str) -> None:
    refuse(kernel_text(BUFFER, body), message)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("%a: f32", r"argument 0 of @f is a f32; a SPIR-V kernel takes buffers only"),
        ("%a: memref<4xf16>", r"argument 0 of @f is a memref<4xf16>; the SPIR-V target has f32, f64, i64, i32, i16,"),
        ("%a: memref<?xf32>", r"argument 0 of @f is a memref<\?xf32>; the SPIR-V target needs static sizes"),
        ("%a: memref<65536x32768xi1>", r"argument 0 of @f has 2147483648 elements; .* up to 2147483647"),
    ],
)
def test_an_argument_that_is_no_small_static_buffer_is_refused(argument: str, message: str) -> None:
    refuse(kernel_text([argument], ""), message)


def test_the_largest_buffer_passes() -> None:
    run_passes(parse(kernel_text(["%a: memref<2147483647xf32>"], "")), [CheckSpirvKernel()])


def test_results_are_refused() -> None:
    refuse(
        "func.func @f() -> f32 { %c = arith.constant 1.0 : f32 iree.return %c : f32 }", "@f returns values; a SPIR-V"
    )


def test_several_blocks_are_refused() -> None:
    refuse("func.func @f() { iree.return ^other: iree.return }", "@f has 2 blocks; a SPIR-V kernel has one")


def test_a_declaration_is_refused() -> None:
    refuse("func.func private @f()", "@f has 0 blocks; a SPIR-V kernel has one")


def test_only_functions_are_kernels() -> None:
    refuse("%c = arith.constant 1.0 : f32", r"arith\.constant: only func\.func can be a SPIR-V kernel")


def test_everything_is_reported_at_once() -> None:
    body = f"{LOAD}%e = math.exp %v : f32 %t = math.tanh %v : f32 %c = arith.constant 1.0 : f16"
    refuse(
        kernel_text(["%a: memref<4xf32>", "%b: f32"], body), r"4 problems\n.*argument 1[^\n]*\n.*exp.*\n.*tanh.*\n.*f16"
    )
