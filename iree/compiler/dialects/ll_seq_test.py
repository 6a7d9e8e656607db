"""iree_ll_seq: round trips, and each rule broken once."""
# ruff: noqa: E501 (types are long)

import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.testing.ir import check_round_trip, parse

EXECUTABLE = """
iree.multi_arch_executable @ex[0]() {
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
func.func @f(%a: memref<4xf32>) -> (memref<4xf32>, memref<2xf32>) {
  %0 = iree_ll_seq.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
  iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %1) : (memref<4xf32>, memref<4xf32>) -> ()
  iree_ll_seq.dynamic_dispatch ex::fn[[2*d0], 1, 1] knows [[d0]](%a, %1) : (memref<4xf32>, memref<4xf32>) -> ()
  iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>] writes 2 (%1, %0) : (memref<4xf32>, memref<2xf32>) -> ()
  iree_ll_seq.dynamic_dispatch ex::fn[[2*d0], 1, 1] knows [[d0]] writes 0 (%a) : (memref<4xf32>) -> ()
  %2 = "iree_ll_seq.alloc_stack"() : () -> memref<128xi8>
  %3 = iree_ll_seq.static_slice %2[112] : memref<128xi8> -> memref<4xf32>
  iree_ll_seq.barrier
  iree_ll_seq.return %1, %0 : memref<4xf32>, memref<2xf32>
}
"""
    )


CONTROL_FLOW = """
func.func @f(%a: memref<4xf32>, %i: memref<i32>) -> memref<4xf32> {
  %0:2 = iree_ll_seq.while @cond, @body(%i, %a) captures(%a) : (memref<i32>, memref<4xf32>, memref<4xf32>) -> (memref<i32>, memref<4xf32>)
  %1 = iree_ll_seq.while @cond, @body(%i) captures() trip_count = 3 : (memref<i32>) -> memref<i32>
  iree_ll_seq.execute @cond(%a, %i) : (memref<4xf32>, memref<i32>) -> ()
  %2 = iree_ll_seq.case %1[@cond, @body](%a) : (memref<i32>, memref<4xf32>) -> memref<4xf32>
  iree_ll_seq.return %2 : memref<4xf32>
}
func.func private @cond() {
  iree_ll_seq.return
}
func.func private @body() {
  iree_ll_seq.return
}
"""


def test_round_trip_of_control_flow():
    check_round_trip(CONTROL_FLOW)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("-> (memref<i32>, memref<4xf32>)", "-> (memref<i32>, memref<4xf32>, memref<4xf32>)", "the results of a while have"),
        ("%2 = iree_ll_seq.case", "%3 = \"iree_ll_seq.while\"(%a) <{condition = @cond, body = @body, operandSegmentSizes = array<i32: 1, 0>}> : (memref<4xf32>) -> memref<i32>\n%2 = iree_ll_seq.case", "while C1: memref<4xf32> is carried, the results are memref<i32>"),
        ("[@cond, @body]", "[]", "case C1: there is none"),
        ("%2 = iree_ll_seq.case %1[@cond, @body](%a) : (memref<i32>,", "%2 = iree_ll_seq.case %a[@cond](%a) : (memref<4xf32>,", "case C2: the selector is memref<4xf32>"),
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
            '%0 = "iree_ll_seq.alloc_heap"() : () -> memref<?xf32>',
            "iree_ll_seq.alloc_heap C1: memref<?xf32> has a dynamic size",
        ),
        (
            '%0 = "iree_ll_seq.constant"() <{value = dense<1> : tensor<2xi32>}> : () -> memref<3xi32>',
            "iree_ll_seq.constant C1: the result is memref<3xi32>, the value memref<2xi32>",
        ),
        (
            "iree_ll_seq.static_dispatch ex::fn[dense<[4, 1]> : tensor<2xi32>]() : () -> ()",
            "iree_ll_seq.static_dispatch C1: the workload is (4, 1)",
        ),
        (
            "iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, -1]> : tensor<3xi32>]() : () -> ()",
            "iree_ll_seq.static_dispatch C1: the workload is (4, 1, -1)",
        ),
        (
            "iree_ll_seq.dynamic_dispatch ex::fn[[d0], 1] knows []() : () -> ()",
            "iree_ll_seq.dynamic_dispatch C1: the workload is [[d0], 1]",
        ),
        (
            "iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>] writes 2 () : () -> ()",
            "iree_ll_seq.static_dispatch C2: writes 2 of 0 bindings",
        ),
        (
            "iree_ll_seq.dynamic_dispatch ex::fn[[d0], 1, 1] knows []() : () -> ()",
            "iree_ll_seq.dynamic_dispatch C2: writes 1 of 0 bindings",
        ),
        (
            '%0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>\n'
            "%1 = iree_ll_seq.static_slice %0[4] : memref<4xf32> -> memref<4xf32>",
            "iree_ll_seq.static_slice C1: bytes 4 to 20 of 16",
        ),
        (
            '%0 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>\n'
            "%1 = iree_ll_seq.static_slice %0[0] : memref<[d0]xf32> -> memref<[2*d0]xf32>",
            "iree_ll_seq.static_slice C1: bytes 0 to [8*d0] of [4*d0]",
        ),
        ("%0 = iree_ll_seq.constant 7 : i32", "expected dense<...> : tensor<...>"),
    ],
)
def test_broken_rules(text, error):
    with pytest.raises(CompileError) as raised:
        parse(f"{EXECUTABLE}func.func @f() {{\n{text}\niree_ll_seq.return\n}}")
    assert error in str(raised.value)


def test_round_trip_of_custom_calls():
    check_round_trip("""
        func.func @f(%a: memref<4xf32>, %b: memref<f32>) {
          iree_ll_seq.custom_call @my.function(%a, %b) outs(%a) config("a\\22b") : (memref<4xf32>, memref<f32>, memref<4xf32>) -> ()
          iree_ll_seq.custom_call @other() outs() : () -> ()
          iree_ll_seq.return
        }
    """)
