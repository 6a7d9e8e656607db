"""Buffers share memory."""
# ruff: noqa: E501 (types are long)

from iree.compiler.transforms.ll_seq.plan_memory import PlanMemory
from iree.testing.ir import check_pass


def test_a_chain_takes_two_buffers_besides_the_result():
    check_pass(
        PlanMemory(),
        before="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn() {
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> memref<4xf32> {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          %1 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%0, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          %2 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%1, %2) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%2, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r : memref<4xf32>
        }
        """,
        after="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn() {
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> memref<4xf32> {
          %0 = "iree_ll_seq.alloc_stack"() : () -> memref<128xi8>
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          %1 = iree_ll_seq.static_slice %r[0] : memref<4xf32> -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          %2 = iree_ll_seq.static_slice %0[0] : memref<128xi8> -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%1, %2) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          %3 = iree_ll_seq.static_slice %0[64] : memref<128xi8> -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%2, %3) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%3, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r : memref<4xf32>
        }
        """,
    )


def test_without_a_barrier_nothing_is_shared():
    check_pass(
        PlanMemory(),
        before="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn() {
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> memref<4xf32> {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          %1 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%b, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%0, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r : memref<4xf32>
        }
        """,
        after="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn() {
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> memref<4xf32> {
          %0 = "iree_ll_seq.alloc_stack"() : () -> memref<64xi8>
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          %1 = iree_ll_seq.static_slice %0[0] : memref<64xi8> -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          %2 = iree_ll_seq.static_slice %r[0] : memref<4xf32> -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%b, %2) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%1, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r : memref<4xf32>
        }
        """,
    )


def test_a_result_serves_before_it_is_written():
    check_pass(
        PlanMemory(),
        before="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn() {
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> memref<4xf32> {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          %1 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%0, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%1, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r : memref<4xf32>
        }
        """,
        after="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn() {
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> memref<4xf32> {
          %0 = "iree_ll_seq.alloc_stack"() : () -> memref<64xi8>
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          %1 = iree_ll_seq.static_slice %r[0] : memref<4xf32> -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          %2 = iree_ll_seq.static_slice %0[0] : memref<64xi8> -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%1, %2) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%2, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r : memref<4xf32>
        }
        """,
    )


def test_what_the_host_reads_keeps_memory_of_its_own():
    check_pass(
        PlanMemory(),
        before="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn() {
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> memref<4xf32> {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          %1 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.custom_call @mine(%0) outs(%1) : (memref<4xf32>, memref<4xf32>) -> ()
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%1, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r : memref<4xf32>
        }
        """,
        after="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn() {
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> memref<4xf32> {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          %1 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.custom_call @mine(%0) outs(%1) : (memref<4xf32>, memref<4xf32>) -> ()
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%1, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r : memref<4xf32>
        }
        """,
    )


def test_sizes_that_only_a_call_knows():
    """Those of one length share an allocation, whatever the length is."""
    check_pass(
        PlanMemory(),
        before="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn() {
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<[d0]xf32>) -> memref<4xf32> {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          iree_ll_seq.barrier
          %1 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%0, %1) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          iree_ll_seq.barrier
          %2 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%1, %2) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          iree_ll_seq.barrier
          %3 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%2, %3) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          iree_ll_seq.barrier
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%3, %r) : (memref<[d0]xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r : memref<4xf32>
        }
        """,
        after="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn() {
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<[d0]xf32>) -> memref<4xf32> {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>
          %1 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %1) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          iree_ll_seq.barrier
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%1, %0) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          iree_ll_seq.barrier
          %2 = iree_ll_seq.static_slice %1[0] : memref<[d0]xf32> -> memref<[d0]xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%0, %2) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          iree_ll_seq.barrier
          %3 = iree_ll_seq.static_slice %0[0] : memref<[d0]xf32> -> memref<[d0]xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%2, %3) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          iree_ll_seq.barrier
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%3, %r) : (memref<[d0]xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r : memref<4xf32>
        }
        """,
    )
