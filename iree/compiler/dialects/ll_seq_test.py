"""iree_ll_seq: round trips, and each rule broken once."""

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
  iree_ll_seq.dynamic_dispatch ex::fn[[2*d0], 1, 1](%a, %1) : (memref<4xf32>, memref<4xf32>) -> ()
  iree_ll_seq.return %1, %0 : memref<4xf32>, memref<2xf32>
}
"""
    )


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
            "iree_ll_seq.dynamic_dispatch ex::fn[[d0], 1]() : () -> ()",
            "iree_ll_seq.dynamic_dispatch C1: the workload is [[d0], 1]",
        ),
        ("%0 = iree_ll_seq.constant 7 : i32", "expected dense<...> : tensor<...>"),
    ],
)
def test_broken_rules(text, error):
    with pytest.raises(CompileError) as raised:
        parse(f"{EXECUTABLE}func.func @f() {{\n{text}\niree_ll_seq.return\n}}")
    assert error in str(raised.value)
