"""iree_hl_seq: round trips, and each rule broken once."""
# ruff: noqa: E501 (types are long)

import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.testing.ir import check_round_trip, parse

EXECUTABLE = """
iree.multi_arch_executable @ex() {
  iree.executable(Unspecified) {
    module {
      func.func @fn() {
        iree.return
      }
    }
  }
}
"""


def test_round_trip():
    check_round_trip(
        EXECUTABLE
        + """
func.func @f(%a: memref<4xf32>, %w: memref<3xi32>) -> memref<4xf32> {
  %0 = "iree_hl_seq.alloc_heap"() : () -> memref<4xf32>
  iree_hl_seq.dispatch ex::fn[%w : memref<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
  iree_hl_seq.return %0 : memref<4xf32>
}
func.func @g() {
  iree_hl_seq.return
}
"""
    )


CONTROL_FLOW = """
func.func @f(%a: memref<4xf32>, %i: memref<i32>) -> memref<4xf32> {
  %0:2 = iree_hl_seq.while @cond, @body(%i, %a) captures(%a) : (memref<i32>, memref<4xf32>, memref<4xf32>) -> (memref<i32>, memref<4xf32>)
  %1 = iree_hl_seq.while @cond, @body(%i) captures() trip_count = 3 : (memref<i32>) -> memref<i32>
  %2 = iree_hl_seq.case %1[@cond, @body](%a) : (memref<i32>, memref<4xf32>) -> memref<4xf32>
  iree_hl_seq.return %2 : memref<4xf32>
}
func.func private @cond() {
  iree_hl_seq.return
}
func.func private @body() {
  iree_hl_seq.return
}
"""


def test_round_trip_of_control_flow():
    check_round_trip(CONTROL_FLOW)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("-> (memref<i32>, memref<4xf32>)", "-> (memref<i32>, memref<4xf32>, memref<4xf32>)", "the results of a while have"),
        ("%2 = iree_hl_seq.case", "%3 = \"iree_hl_seq.while\"(%a) <{condition = @cond, body = @body, operandSegmentSizes = array<i32: 1, 0>}> : (memref<4xf32>) -> memref<i32>\n%2 = iree_hl_seq.case", "while C1: memref<4xf32> is carried, the results are memref<i32>"),
        ("[@cond, @body]", "[]", "case C1: there is none"),
        ("%2 = iree_hl_seq.case %1[@cond, @body](%a) : (memref<i32>,", "%2 = iree_hl_seq.case %a[@cond](%a) : (memref<4xf32>,", "case C2: the selector is memref<4xf32>"),
        ("@cond, @body(%i) captures()", "@cond, @bodi(%i) captures()", "there is no @bodi (did you mean 'body'?)"),
    ],
)  # fmt: skip
def test_broken_rules_of_control_flow(old, new, error):
    assert old in CONTROL_FLOW
    with pytest.raises(CompileError) as raised:
        parse(CONTROL_FLOW.replace(old, new))
    assert error in str(raised.value)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            '%0 = "iree_hl_seq.alloc_heap"() : () -> memref<?xf32>',
            "test.mlir:12:6: iree_hl_seq.alloc_heap C1: memref<?xf32> has a dynamic size",
        ),
        (
            "%0 = iree_hl_seq.sizes [[d0], 1] : memref<3xi32>",
            "test.mlir:12:6: iree_hl_seq.sizes C1: 2 sizes for memref<3xi32>",
        ),
        (
            "iree_hl_seq.dispatch ex::fn[%a : memref<4xf32>]() : () -> ()",
            "test.mlir:12:1: iree_hl_seq.dispatch C1: the workload is memref<4xf32>",
        ),
    ],
)
def test_broken_rules(text, error):
    with pytest.raises(CompileError) as raised:
        parse(f"{EXECUTABLE}func.func @f(%a: memref<4xf32>) {{\n{text}\niree_hl_seq.return\n}}")
    assert error in str(raised.value)


def test_an_unknown_executable_is_named():
    with pytest.raises(CompileError, match="there is no @nope"):
        parse(
            f"{EXECUTABLE}func.func @f(%w: memref<3xi32>) {{\n"
            "iree_hl_seq.dispatch nope::fn[%w : memref<3xi32>]() : () -> ()\niree_hl_seq.return\n}"
        )


def test_round_trip_of_custom_calls():
    check_round_trip("""
        func.func @f(%a: memref<4xf32>, %b: memref<f32>) {
          iree_hl_seq.custom_call @my.function(%a, %b) outs(%a) config("a\\22b") : (memref<4xf32>, memref<f32>, memref<4xf32>) -> ()
          iree_hl_seq.custom_call @other() outs() : () -> ()
          iree_hl_seq.return
        }
    """)
