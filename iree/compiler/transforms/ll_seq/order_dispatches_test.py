"""Dispatches in few groups, within the memory that the program needs anyway."""
# ruff: noqa: E501 (types are long)

from iree.compiler.transforms.ll_seq.order_dispatches import OrderDispatches
from iree.testing.ir import check_pass


def test_what_is_independent_stands_together():
    check_pass(
        OrderDispatches(),
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
        func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> (memref<4xf32>, memref<4xf32>) {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          %1 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%0, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          %2 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%b, %2) : (memref<4xf32>, memref<4xf32>) -> ()
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%2, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %1, %r : memref<4xf32>, memref<4xf32>
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
        func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> (memref<4xf32>, memref<4xf32>) {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          %1 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%b, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          %2 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%0, %2) : (memref<4xf32>, memref<4xf32>) -> ()
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%1, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %2, %r : memref<4xf32>, memref<4xf32>
        }
        """,
    )


def test_no_more_memory_is_taken_than_one_by_one():
    """Large buffers of which one is alive at a time are not made at once."""
    check_pass(
        OrderDispatches(),
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
        func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> (memref<4xf32>, memref<4xf32>) {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<40000xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<40000xf32>) -> ()
          %r0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%0, %r0) : (memref<40000xf32>, memref<4xf32>) -> ()
          %1 = "iree_ll_seq.alloc_heap"() : () -> memref<40000xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %1) : (memref<4xf32>, memref<40000xf32>) -> ()
          %r1 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%1, %r1) : (memref<40000xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r0, %r1 : memref<4xf32>, memref<4xf32>
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
        func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> (memref<4xf32>, memref<4xf32>) {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<40000xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<40000xf32>) -> ()
          iree_ll_seq.barrier
          %r0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%0, %r0) : (memref<40000xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          %1 = "iree_ll_seq.alloc_heap"() : () -> memref<40000xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %1) : (memref<4xf32>, memref<40000xf32>) -> ()
          iree_ll_seq.barrier
          %r1 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%1, %r1) : (memref<40000xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r0, %r1 : memref<4xf32>, memref<4xf32>
        }
        """,
    )


def test_the_host_is_waited_for_in_its_place():
    check_pass(
        OrderDispatches(),
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
          %2 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%b, %2) : (memref<4xf32>, memref<4xf32>) -> ()
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
          %2 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%b, %2) : (memref<4xf32>, memref<4xf32>) -> ()
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%1, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r : memref<4xf32>
        }
        """,
    )


def test_what_is_stored_stands_last():
    check_pass(
        OrderDispatches(),
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
        iree.global @v = dense<0.0> : tensor<4xf32>
        func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> memref<4xf32> {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.global_store @v = %0 : memref<4xf32>
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%b, %r) : (memref<4xf32>, memref<4xf32>) -> ()
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
        iree.global @v = dense<0.000000e+00> : tensor<4xf32>
        func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> memref<4xf32> {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%b, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.global_store @v = %0 : memref<4xf32>
          iree_ll_seq.return %r : memref<4xf32>
        }
        """,
    )


def test_what_is_stored_and_read_again_stays():
    check_pass(
        OrderDispatches(),
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
        iree.global @v = dense<0.0> : tensor<4xf32>
        func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> memref<4xf32> {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.global_store @v = %0 : memref<4xf32>
          %1 = iree_ll_seq.global_load @v : memref<4xf32>
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
        iree.global @v = dense<0.000000e+00> : tensor<4xf32>
        func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> memref<4xf32> {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.global_store @v = %0 : memref<4xf32>
          %1 = iree_ll_seq.global_load @v : memref<4xf32>
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%1, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r : memref<4xf32>
        }
        """,
    )
