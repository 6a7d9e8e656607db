"""Every iree_hl_seq op has its twin."""

import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.transforms.ll_seq.lower_to_ll_seq import LowerToLlSeq
from iree.testing.ir import check_pass, parse


def test_twins():
    check_pass(
        LowerToLlSeq(),
        before="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn(%arg0: memref<4xf32>, %arg1: memref<4xf32>) attributes {iree.executable.export} {
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<4xf32>) -> (memref<4xf32>, memref<2xi32>) {
          %0 = iree.constant dense<[7, 8]> : tensor<2xi32>
          %1 = "iree_hl_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %1)
            : (memref<4xf32>, memref<4xf32>) -> ()
          iree_hl_seq.return %1, %0 : memref<4xf32>, memref<2xi32>
        }
        """,
        after="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn(%arg0: memref<4xf32>, %arg1: memref<4xf32>) attributes {iree.executable.export} {
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<4xf32>) -> (memref<4xf32>, memref<2xi32>) {
          %0 = iree_ll_seq.constant dense<[7, 8]> : tensor<2xi32>
          %1 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %1, %0 : memref<4xf32>, memref<2xi32>
        }
        """,  # noqa: E501
    )


def test_a_workload_known_at_run_time_is_an_error():
    module = parse(
        """
iree.multi_arch_executable @ex() {
  iree.executable(Unspecified) {
    module {
      func.func @fn(%arg0: memref<4xf32>) attributes {iree.executable.export} {
        iree.return
      }
    }
  }
}
func.func @f(%a: memref<4xf32>, %w: memref<3xi32>) {
  iree_hl_seq.dispatch ex::fn[%w : memref<3xi32>](%a) : (memref<4xf32>) -> ()
  iree_hl_seq.return
}
""",
        "model.mlir",
    )
    with pytest.raises(
        CompileError,
        match=r"model.mlir:12:3: iree_hl_seq.dispatch: has a workload that is data; it can only follow",
    ):
        LowerToLlSeq().run(module)
