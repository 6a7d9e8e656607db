"""A constant workload goes into the dispatch."""

from iree.compiler.transforms.ll_seq.make_static_dispatch import MakeStaticDispatch
from iree.testing.ir import check_pass


def test_constant_workloads_become_static_and_others_stay():
    check_pass(
        MakeStaticDispatch(),
        before="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn(%arg0: memref<4xf32>, %arg1: memref<4xf32>) attributes {iree.executable.export} {
                %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
                iree.store_output(%0 : tensor<4xf32>, %arg1 : memref<4xf32>)
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<4xf32>, %w: memref<3xi32>) -> memref<4xf32> {
          %0 = iree.constant dense<[4, 1, 1]> : tensor<3xi32>
          %1 = "iree_hl_seq.alloc_heap"() : () -> memref<4xf32>
          iree_hl_seq.dispatch ex::fn[%0 : memref<3xi32>](%a, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_hl_seq.dispatch ex::fn[%w : memref<3xi32>](%a, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_hl_seq.return %1 : memref<4xf32>
        }
        """,
        after="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn(%arg0: memref<4xf32>, %arg1: memref<4xf32>) attributes {iree.executable.export} {
                %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
                iree.store_output(%0 : tensor<4xf32>, %arg1 : memref<4xf32>)
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<4xf32>, %w: memref<3xi32>) -> memref<4xf32> {
          %0 = "iree_hl_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_hl_seq.dispatch ex::fn[%w : memref<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_hl_seq.return %0 : memref<4xf32>
        }
        """,  # noqa: E501
    )
