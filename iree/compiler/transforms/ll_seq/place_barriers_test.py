"""Barriers where bytes are touched on both sides."""
# ruff: noqa: E501 (types are long)

from iree.compiler.transforms.ll_seq.place_barriers import PlaceBarriers
from iree.testing.ir import check_pass


def test_only_what_depends_waits():
    """The last dispatch reads what the first wrote: the second one need not."""
    check_pass(
        PlaceBarriers(),
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
          iree_ll_seq.barrier
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          %1 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%b, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%0, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
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
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%b, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.barrier
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%0, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r : memref<4xf32>
        }
        """,
    )


def test_memory_that_is_used_again_is_a_dependence():
    check_pass(
        PlaceBarriers(),
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
          %s = "iree_ll_seq.alloc_stack"() : () -> memref<128xi8>
          %0 = iree_ll_seq.static_slice %s[0] : memref<128xi8> -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          %1 = iree_ll_seq.static_slice %s[64] : memref<128xi8> -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%b, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          %2 = iree_ll_seq.static_slice %s[0] : memref<128xi8> -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%b, %2) : (memref<4xf32>, memref<4xf32>) -> ()
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.barrier
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
          %s = "iree_ll_seq.alloc_stack"() : () -> memref<128xi8>
          %0 = iree_ll_seq.static_slice %s[0] : memref<128xi8> -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          %1 = iree_ll_seq.static_slice %s[64] : memref<128xi8> -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%b, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          %2 = iree_ll_seq.static_slice %s[0] : memref<128xi8> -> memref<4xf32>
          iree_ll_seq.barrier
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%b, %2) : (memref<4xf32>, memref<4xf32>) -> ()
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.barrier
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%2, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r : memref<4xf32>
        }
        """,
    )


def test_a_barrier_stands_as_late_as_it_can():
    check_pass(
        PlaceBarriers(),
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
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%b, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          %2 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%0, %2) : (memref<4xf32>, memref<4xf32>) -> ()
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
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %0) : (memref<4xf32>, memref<4xf32>) -> ()
          %1 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%b, %1) : (memref<4xf32>, memref<4xf32>) -> ()
          %2 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.barrier
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%0, %2) : (memref<4xf32>, memref<4xf32>) -> ()
          %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%1, %r) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %r : memref<4xf32>
        }
        """,
    )


def test_the_host_waits_anyway():
    check_pass(
        PlaceBarriers(),
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
          iree_ll_seq.custom_call @mine(%0) outs(%1) : (memref<4xf32>, memref<4xf32>) -> ()
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
