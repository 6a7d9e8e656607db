import pytest
from xdsl.ir import Operation

from iree.compiler.dialects import check
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import ops_of
from iree.testing.ir import check_round_trip, parse, text_of

PROGRAM = """
func.func @f(%a: tensor<2xf32>, %b: tensor<2xf32>, %c: tensor<2xi1>) {{
  {}
  return
}}
"""
VALUE = "dense<[1.0, 2.0]> : tensor<2xf32>"
SHORT = "dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>"

# What may be written, and how it is printed.
FORMS = {
    "check.expect_true(%c) : tensor<2xi1>": None,
    "check.expect_false %c : tensor<2xi1>": "check.expect_false(%c) : tensor<2xi1>",
    "check.expect_all_true(%c) : tensor<2xi1>": None,
    "check.expect_eq(%a, %b) : tensor<2xf32>": None,
    "check.expect_eq %a, %b : tensor<2xf32>": "check.expect_eq(%a, %b) : tensor<2xf32>",
    f"check.expect_eq_const(%a, {VALUE}) : tensor<2xf32>": f"check.expect_eq_const(%a, {SHORT}) : tensor<2xf32>",
    f"check.expect_eq_const %a, {VALUE}": f"check.expect_eq_const(%a, {SHORT}) : tensor<2xf32>",
    "check.expect_almost_eq(%a, %b, atol 0.01, rtol 1.0e-6) : tensor<2xf32>": (
        "check.expect_almost_eq(%a, %b, atol 0.01, rtol 1.0e-06) : tensor<2xf32>"
    ),
    f"check.expect_almost_eq_const %a, {VALUE}": f"check.expect_almost_eq_const(%a, {SHORT}) : tensor<2xf32>",
    f"check.expect_almost_eq_const(%a, {VALUE}, atol 1) : tensor<2xf32>": (
        f"check.expect_almost_eq_const(%a, {SHORT}, atol 1.0) : tensor<2xf32>"
    ),
    "check.expect_close %a, %b, max_ulp_difference = 4 : tensor<2xf32>, tensor<2xf32>": (
        "check.expect_close(%a, %b, max_ulp_difference 4) : tensor<2xf32>"
    ),
    '"check.expect_close"(%a, %b) {max_ulp_difference = 4 : ui64} : (tensor<2xf32>, tensor<2xf32>) -> ()': (
        "check.expect_close(%a, %b, max_ulp_difference 4) : tensor<2xf32>"
    ),
    f"check.expect_close_const(%a, {VALUE}, min_ulp_difference 0) : tensor<2xf32>": (
        f"check.expect_close_const(%a, {SHORT}, min_ulp_difference 0) : tensor<2xf32>"
    ),
}


@pytest.mark.parametrize("text", FORMS)
def test_forms(text: str) -> None:
    module = parse(PROGRAM.format(text))
    printed = text_of(module)
    assert f"  {FORMS[text] or text}\n" in printed
    check_round_trip(printed)


def test_settings_are_numbers() -> None:
    text = "check.expect_almost_eq(%a, %b, atol 0.5) {rtol = 0.25 : f64} : tensor<2xf32>"
    (op,) = [op for op in ops_of(parse(PROGRAM.format(text)), Operation) if isinstance(op, check.ExpectAlmostEq)]
    assert op.given_settings == {"atol": 0.5, "rtol": 0.25}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("check.expect_eq(%a, %b, atol 1.0) : tensor<2xf32>", "expected one of no settings"),
        ("check.expect_almost_eq(%a, %b, max 1.0) : tensor<2xf32>", "expected one of atol, rtol, tolerance"),
        ("check.expect_eq(%a, %c) : tensor<2xf32>, tensor<2xi1>", r"check.expect_eq C1: the types are .*xf32.*xi1"),
        ("check.expect_eq_const %a, dense<1> : tensor<2xi32> : tensor<2xf32>", "C1: the types are"),
        ("check.expect_true(%a) : tensor<2xf32>", r"check.expect_true C2: tensor<2xf32> has no truth"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(CompileError, match=message):
        parse(PROGRAM.format(text))
