import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.transforms.input.check_input import CheckInput
from iree.schemas.element_types import ELEMENT_TYPES, ElementType
from iree.testing.ir import check_pass, parse


def _refusal(text: str) -> str:
    check = CheckInput()
    check.reads = check.leaves = (*CheckInput.reads, "cf")  # type: ignore[misc]
    with pytest.raises(CompileError) as error:
        run_passes(parse(text, "model.mlir"), [check])
    return str(error.value)


def test_supported_types_pass() -> None:
    text = """
        func.func @f(%x: tensor<4x0xf32>, %n: tensor<i32>, %p: tensor<4xi1>) -> tensor<i32> {
          return %n : tensor<i32>
        }
    """
    check_pass(CheckInput(), before=text, after=text)


@pytest.mark.parametrize("element", ELEMENT_TYPES, ids=str)
def test_all_element_types_pass(element: ElementType) -> None:
    run_passes(parse(f"func.func @f(%x: tensor<4x{element}>) {{ return }}"), [CheckInput()])


def test_everything_that_is_unsupported_is_in_one_report() -> None:
    message = _refusal("""func.func @f(%x: tensor<?x4xf32>,
                     %image: tensor<4xi128>, %y: tensor<f32>, %z: tensor<4xf32>) {
      %0 = mhlo.abs %x : tensor<?x4xf32>
      %1 = mhlo.iota dim = 0 : tensor<4xi7>
      %4 = arith.constant 1 : i32
      return
    }""")
    *others, last = map(str, ELEMENT_TYPES)
    elements = f"is not supported: elements are {', '.join(others)} or {last}"
    size = "tensor<?x4xf32> has a size that is not known when it is compiled; give it one"
    assert message.splitlines() == [
        "5 problems",
        f"model.mlir:1:14: argument %x of @f: {size}",
        f"model.mlir:2:22: argument %image of @f: tensor<4xi128> {elements}",
        f"model.mlir:3:12: mhlo.abs: {size}",
        f"model.mlir:4:12: mhlo.iota: tensor<4xi7> {elements}",
        "model.mlir:5:12: arith.constant: i32 is not supported: values are tensors",
        "  in pass check-input",
    ]


def test_an_argument_without_a_name_has_a_number() -> None:
    assert "argument number 1 of @f: tensor<i3> is not" in _refusal(
        "func.func @f(%arg0: tensor<f32>, %arg1: tensor<i3>) { return }"
    )


def test_elements_of_nothing_are_refused() -> None:
    message = _refusal("""func.func @f(%x: tensor<0x5xf32>, %i: tensor<3x1xi32>, %j: tensor<3xi32>) {
      %0 = "mhlo.gather"(%x, %i) <{dimension_numbers = #mhlo.gather<offset_dims = [1], collapsed_slice_dims = [0],
        start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 0, 5>}>
        : (tensor<0x5xf32>, tensor<3x1xi32>) -> tensor<3x5xf32>
      %1 = "mhlo.torch_index_select"(%x, %j) <{dim = 0 : i64, batch_dims = 0 : i64}>
        : (tensor<0x5xf32>, tensor<3xi32>) -> tensor<3x5xf32>
      return
    }""")
    text = "tensor<0x5xf32> has no element that tensor<3x5xf32> could be gathered from"
    assert message.splitlines()[1:3] == [
        f"model.mlir:2:12: mhlo.gather: {text}",
        f"model.mlir:5:12: mhlo.torch_index_select: {text}",
    ]


def test_control_flow_is_refused() -> None:
    message = _refusal("func.func @f() {\n  cf.br ^bb1\n^bb1:\n  return\n}")
    assert message.startswith("model.mlir:1:1: func.func: @f jumps between blocks, which is not supported")


def test_a_convolution_of_booleans_is_refused() -> None:
    message = _refusal("""func.func @f(%p: tensor<4x4xi1>) {
      %0 = mhlo.convolution(%p, %p) dim_numbers = [b, f]x[i, o]->[b, f], window = {}
        {batch_group_count = 1 : i64, feature_group_count = 1 : i64}
        : (tensor<4x4xi1>, tensor<4x4xi1>) -> tensor<4x4xi1>
      return
    }""")
    assert message.startswith("model.mlir:2:12: mhlo.convolution: i1 is not supported; convert to f32 or i32")


def test_calls_back_into_the_process_that_traced_the_program_are_refused() -> None:
    call = "mhlo.custom_call @xla_ffi_python_cpu_callback(%a) : (tensor<f32>) -> tensor<f32>"
    message = _refusal(f"func.func @f(%a: tensor<f32>) {{\n  %0 = {call}\n  return\n}}")
    assert message.startswith("model.mlir:2:8: mhlo.custom_call: @xla_ffi_python_cpu_callback calls back into")
    assert "jax.ffi.ffi_call" in message
