"""Text forms: what frontends print is read as MLIR itself reads it, and what we print is read back."""

import pathlib
import re

import pytest

from iree.compiler.dialects import mhlo
from iree.compiler.dialects.mhlo.reference_parser import judge
from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.parser import parse_module
from iree.compiler.ir.printer import print_module
from iree.testing.ir import check_round_trip, parse, text_of

_DATA = pathlib.Path(__file__).parent / "testdata"
_NAMES = ("tensorflow_mhlo", "tensorflow_stablehlo", "jax_stablehlo")


def _sections(name: str) -> list[str]:
    return re.split(r"^// -----.*$", (_DATA / f"{name}.mlir").read_text(), flags=re.MULTILINE)[1:]


def _as_stablehlo(text: str) -> str:
    """Our printed form is StableHLO's under another name; attributes that are called mhlo. by all keep that name."""
    return re.sub(r"\bmhlo\.(?!\w+ =)", "stablehlo.", text)


def _without_precision(generic: str) -> str:
    return re.sub(r"(, )?precision_config = \[[^\]]*\]|<\{precision_config = \[[^\]]*\]\}> ", "", generic)


@pytest.mark.parametrize("name", _NAMES)
def test_frontends_text_means_to_us_what_it_means_to_mlir(name: str) -> None:
    texts = _sections(name)
    printed = [_as_stablehlo(print_module(check_round_trip(text))) for text in texts]
    for text, theirs, ours in zip(texts, judge(texts), judge(printed), strict=True):
        assert theirs[1] is None, text
        assert ours[1] is None, f"{text}\n{ours[1]}"
        assert ours[0] == _without_precision(str(theirs[0])), text


def test_elementwise_operands_may_stand_in_parentheses() -> None:
    module = parse("""
        func @simple_mul(%arg0: tensor<4xf32>, %arg1: tensor<4xf32>) -> tensor<4xf32> {
          %0 = mhlo.multiply(%arg0, %arg1) : tensor<4xf32>
          %1 = mhlo.abs(%0) : tensor<4xf32>
          %2 = mhlo.add %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
          return %2 : tensor<4xf32>
        }
    """)
    assert text_of(module) == (
        "func.func @simple_mul(%arg0: tensor<4xf32>, %arg1: tensor<4xf32>) -> tensor<4xf32> {\n"
        "  %0 = mhlo.multiply %arg0, %arg1 : tensor<4xf32>\n"
        "  %1 = mhlo.abs %0 : tensor<4xf32>\n"
        "  %2 = mhlo.add %0, %1 : tensor<4xf32>\n"
        "  return %2 : tensor<4xf32>\n"
        "}\n"
    )


def test_chlo_ops_are_read_in_both_forms() -> None:
    text = """
        func.func @f(%a: tensor<4xf32>, %b: tensor<3x4xf32>) -> tensor<3x4xf32> {
          %0 = chlo.broadcast_add %a, %b {broadcast_dimensions = array<i64: 1>}
             : (tensor<4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
          %1 = "chlo.broadcast_compare"(%a, %b) <{comparison_direction = #chlo<comparison_direction LT>}>
             : (tensor<4xf32>, tensor<3x4xf32>) -> tensor<3x4xi1>
          %2 = chlo.broadcast_select %1, %a, %0
             : (tensor<3x4xi1>, tensor<4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
          %3 = chlo.square %2 : tensor<3x4xf32> -> tensor<3x4xf32>
          %4 = chlo.tan %3 : tensor<3x4xf32> -> tensor<3x4xf32>
          %5 = chlo.constant dense<1.0> : tensor<3x4xf32>
          return %4 : tensor<3x4xf32>
        }
    """
    printed = print_module(check_round_trip(text))
    assert "chlo" not in printed.replace("mhlo", "")
    names = re.findall(r"mhlo\.\w+(?= [%d])", printed)
    assert names == [
        f"mhlo.{op}" for op in ["broadcast_add", "broadcast_compare", "broadcast_select", "square", "tan", "constant"]
    ]
    assert [reason for _, reason in judge([text])] == [None]


def test_parts_and_bits_are_read_in_both_forms() -> None:
    text = """
        func.func @f(%a: tensor<4xf32>, %z: tensor<4xcomplex<f32>>) -> tensor<4xf32> {
          %0 = stablehlo.complex %a, %a : tensor<4xcomplex<f32>>
          %1 = stablehlo.complex %a, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xcomplex<f32>>
          %2 = "stablehlo.complex"(%a, %a) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xcomplex<f32>>
          %3 = stablehlo.real %0 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
          %4 = "stablehlo.imag"(%1) : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
          %5 = chlo.conj %2 : tensor<4xcomplex<f32>> -> tensor<4xcomplex<f32>>
          %6 = stablehlo.abs %5 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
          %7 = stablehlo.bitcast_convert %a : (tensor<4xf32>) -> tensor<4x2xi16>
          %8 = "stablehlo.bitcast_convert"(%7) : (tensor<4x2xi16>) -> tensor<4xf32>
          %9 = stablehlo.reduce_precision %8, format = e5m10 : tensor<4xf32>
          %10 = "stablehlo.reduce_precision"(%9) <{exponent_bits = 8 : i32, mantissa_bits = 7 : i32}>
              : (tensor<4xf32>) -> tensor<4xf32>
          %11 = stablehlo.compare LT, %8, %9, TOTALORDER : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
          return %10 : tensor<4xf32>
        }
    """
    printed = print_module(check_round_trip(text))
    assert printed.count("mhlo.complex %a, %a : tensor<4xcomplex<f32>>") == 3
    assert "mhlo.reduce_precision %9, format = e8m7 : tensor<4xf32>" in printed
    assert "mhlo.abs %5 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>" in printed
    assert [reason for _, reason in judge([text])] == [None]


def test_the_lists_of_a_convolution_may_be_missing_or_written_as_tensors() -> None:
    types = "(tensor<2x9x3xf32>, tensor<2x3x4xf32>) -> tensor<2x8x4xf32>"
    common = "dimension_numbers = #mhlo.conv<[b, 0, f]x[0, i, o]->[b, 0, f]>, batch_group_count = 1 : i64, "
    texts = [
        f"""func.func @f(%a: tensor<2x9x3xf32>, %b: tensor<2x3x4xf32>) -> tensor<2x8x4xf32> {{
          %0 = "mhlo.convolution"(%a, %b) {{{common}{lists}feature_group_count = 1 : i64}} : {types}
          return %0 : tensor<2x8x4xf32>
        }}"""
        for lists in ("", "window_reversal = dense<false> : tensor<1xi1>, ")
    ]
    short, long = [text_of(check_round_trip(text)) for text in texts]
    assert "[b, 0, f]x[0, i, o]->[b, 0, f], window = {} {batch" in short
    assert "window = {reverse = [false]} {batch" in long
    assert [reason for _, reason in judge(texts)] == [None, None]


def test_integer_lists_are_held_in_one_form() -> None:
    forms = ("dense<[1, 0]> : tensor<2xi64>", "array<i64: 1, 0>")
    texts = [
        f"""func.func @f(%a: tensor<4x5xf32>) -> tensor<5x4xf32> {{
          %0 = "mhlo.transpose"(%a) {{permutation = {form}}} : (tensor<4x5xf32>) -> tensor<5x4xf32>
          return %0 : tensor<5x4xf32>
        }}"""
        for form in forms
    ]
    dense, array = [text_of(check_round_trip(text)) for text in texts]
    assert dense == array
    assert "mhlo.transpose %a, dims = [1, 0] :" in dense


def test_a_reduction_of_several_operands_keeps_its_body() -> None:
    check_round_trip("""
        func.func @f(%a: tensor<4x5xf32>, %b: tensor<4x5xi32>, %c: tensor<f32>, %d: tensor<i32>) -> tensor<4xf32> {
          %0:2 = mhlo.reduce(%a init: %c), (%b init: %d) across dimensions = [1]
               : (tensor<4x5xf32>, tensor<4x5xi32>, tensor<f32>, tensor<i32>) -> (tensor<4xf32>, tensor<4xi32>)
           reducer(%x: tensor<f32> loc("a.py":1:2), %y: tensor<f32>) (%i: tensor<i32>, %j: tensor<i32>) {
            %1 = mhlo.add %x, %y : tensor<f32>
            %2 = mhlo.maximum %i, %j : tensor<i32>
            mhlo.return %1, %2 : tensor<f32>, tensor<i32>
          }
          return %0#0 : tensor<4xf32>
        }
    """)


_F = "tensor<4x4xf32>"
_CONV = "mhlo.convolution(%a, %b) dim_numbers = [b, f]x[i, o]->[b, f], window = {"


@pytest.mark.parametrize(
    ("op", "message"),
    [
        ("mhlo.fourier %a, %b : tensor<4x4xf32>", "2:6: unknown operation 'mhlo.fourier'"),
        ('"stablehlo.sorted"(%a) : (tensor<4x4xf32>) -> tensor<4x4xf32>', "2:6: unknown operation 'stablehlo.sorted'"),
        ("mhlo.constant 4 : i32", "expected dense<..> : tensor<..> for the value of a constant"),
        (f"mhlo.reduce(%a init: %a) applies mhlo.abs across dimensions = [1] : ({_F}, {_F}) -> {_F}", "no binary op"),
        (
            f"mhlo.reduce(%a init: %a) across dimensions = [1] : ({_F}, {_F}) -> {_F} reducer(%x: tensor<f32>) {{ }}",
            "a reducer takes two arguments for each operand",
        ),
        (f"mhlo.dot_general %a, %b, algorithm = <x> : ({_F}, {_F}) -> {_F}", "'algorithm' is not supported here"),
        (
            '"mhlo.dot_general"(%a, %b) <{dot_dimension_numbers = #mhlo.dot<lhs = [0]>}>' + f": ({_F}, {_F}) -> {_F}",
            "found 'lhs'",
        ),
        (f"mhlo.convolution(%a, %b) dim_numbers = [b, q]x[i, o]->[b, f], window = {{}} : ({_F}, {_F}) -> {_F}", "b, q"),
        (f"{_CONV}stride = [1], stride = [1]}} : ({_F}, {_F}) -> {_F}", "found 'stride'"),
        (f"{_CONV}pad = [[1]]}} : ({_F}, {_F}) -> {_F}", "padding is a pair for each dimension"),
        (f"mhlo.reduce_precision %a, format = m5 : {_F}", "a format is written e5m10"),
        ("mhlo.complex %a, %b : f32", "a complex number's type is a tensor"),
        (f"mhlo.compare LESS, %a, %b : ({_F}, {_F}) -> {_F}", "EQ"),
    ],
)
def test_text_that_cannot_be_read_is_refused_where_it_is(op: str, message: str) -> None:
    text = f"func.func @f(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>) {{\n%0 = {op}\nreturn }}"
    with pytest.raises(CompileError) as error:
        parse_module(text, "model.mlir", make_context())
    assert message in str(error.value)
    assert str(error.value).startswith("model.mlir:2:")


def test_the_reference_parser_says_when_it_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(RuntimeError, match="the reference parser ended with 1"):
        judge(["module {}"])


CUSTOM_CALLS = """
func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.custom_call @one(%a) {api_version = 2 : i32, backend_config = "abc", operand_layouts = [dense<0> : tensor<1xindex>]} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = stablehlo.custom_call @two.x(%a) {backend_config = "", mhlo.backend_config = {b = [1 : i32, true], a = 2.5 : f32, s = "hi", d = {e = array<i64: 1, 2>}, f = array<i1: true>, u}} : (tensor<4xf32>) -> tensor<4xf32>
  %2:2 = "stablehlo.custom_call"(%a, %0) <{call_target_name = "three", has_side_effect = true, called_computations = []}> : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<f32>)
  "stablehlo.custom_call"() {call_target_name = "four", backend_config = {s = @f, t = f32}} : () -> ()
  return %1 : tensor<4xf32>
}
"""  # noqa: E501


def test_custom_calls_keep_their_configuration_as_text() -> None:
    module = check_round_trip(CUSTOM_CALLS)
    calls = [op for op in module.walk() if isinstance(op, mhlo.CustomCall)]
    assert [(call.call_target_name.data, call.config) for call in calls] == [
        ("one", "abc"),
        ("two.x", '{"a": 2.5, "b": [1, true], "d": {"e": [1, 2]}, "f": [true], "s": "hi", "u": true}'),
        ("three", ""),
        ("four", '{"s": "f", "t": "f32"}'),
    ]
    assert not any(call.attributes for call in calls)
