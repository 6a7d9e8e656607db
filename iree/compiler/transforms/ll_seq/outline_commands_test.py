"""Stretches of dispatches become functions of commands."""
# ruff: noqa: E501 (types are long)

from iree.compiler.transforms.ll_seq.outline_commands import OutlineCommands
from iree.testing.ir import check_pass


def test_a_stretch_is_one_instruction():
    check_pass(
        OutlineCommands(),
        before="""
        iree.multi_arch_executable @ex() {
          iree.executable(IreeBytecode) {
            module {
              func.func @fn() {
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<4xf32>) -> (memref<4xf32>, memref<4xf32>) {
          %stack = "iree_ll_seq.alloc_stack"() : () -> memref<64xi8>
          %c = iree_ll_seq.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
          %d = iree_ll_seq.constant dense<[4.0, 3.0, 2.0, 1.0]> : tensor<4xf32>
          %0 = iree_ll_seq.static_slice %stack[0] : memref<64xi8> -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %c, %0) : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()
          %out = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.barrier
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%0, %d, %out) : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return %out, %d : memref<4xf32>, memref<4xf32>
        }
        """,
        after="""
        iree.multi_arch_executable @ex() {
          iree.executable(IreeBytecode) {
            module {
              func.func @fn() {
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<4xf32>) -> (memref<4xf32>, memref<4xf32>) {
          %stack = "iree_ll_seq.alloc_stack"() : () -> memref<64xi8>
          %d = iree_ll_seq.constant dense<[4.000000e+00, 3.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<4xf32>
          %out = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
          iree_ll_seq.execute @f_commands_0(%a, %stack, %out) : (memref<4xf32>, memref<64xi8>, memref<4xf32>) -> ()
          iree_ll_seq.return %out, %d : memref<4xf32>, memref<4xf32>
        }
        func.func private @f_commands_0(%a: memref<4xf32>, %stack: memref<64xi8> {iree.donated}, %out: memref<4xf32> {iree.donated}) attributes {iree.ordinal = 1 : i32} {
          %c = iree_ll_seq.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]> : tensor<4xf32>
          %0 = iree_ll_seq.static_slice %stack[0] : memref<64xi8> -> memref<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %c, %0) : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.barrier
          %d = iree_ll_seq.constant dense<[4.000000e+00, 3.000000e+00, 2.000000e+00, 1.000000e+00]> : tensor<4xf32>
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%0, %d, %out) : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()
          iree_ll_seq.return
        }
        """,
    )


def test_a_dispatch_by_itself_stays_and_the_host_is_between():
    check_pass(
        OutlineCommands(),
        before="""
        iree.multi_arch_executable @ex() {
          iree.executable(IreeBytecode) {
            module {
              func.func @fn() {
                iree.return
              }
            }
          }
        }
        func.func @f_commands_0(%a: memref<[d0]xf32>) -> memref<[d0]xf32> {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>
          iree_ll_seq.dynamic_dispatch ex::fn[[d0], 1, 1] knows [[d0]](%a, %0) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          iree_ll_seq.return %0 : memref<[d0]xf32>
        }
        func.func @f(%a: memref<[d0]xf32>, %b: memref<[d0]xf32>) -> memref<[d0]xf32> {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>
          iree_ll_seq.dynamic_dispatch ex::fn[[d0], 1, 1] knows [[d0]](%a, %0) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          %1 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>
          iree_ll_seq.custom_call @mine(%0) outs(%1) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          %2 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>
          iree_ll_seq.dynamic_dispatch ex::fn[[d0], 1, 1] knows [[d0]](%b, %2) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          %3 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>
          iree_ll_seq.dynamic_dispatch ex::fn[[d0], 1, 1] knows [[d0]](%1, %3) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          iree_ll_seq.return %3 : memref<[d0]xf32>
        }
        """,
        after="""
        iree.multi_arch_executable @ex() {
          iree.executable(IreeBytecode) {
            module {
              func.func @fn() {
                iree.return
              }
            }
          }
        }
        func.func @f_commands_0(%a: memref<[d0]xf32>) -> memref<[d0]xf32> {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>
          iree_ll_seq.dynamic_dispatch ex::fn[[d0], 1, 1] knows [[d0]](%a, %0) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          iree_ll_seq.return %0 : memref<[d0]xf32>
        }
        func.func @f(%a: memref<[d0]xf32>, %b: memref<[d0]xf32>) -> memref<[d0]xf32> {
          %0 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>
          iree_ll_seq.dynamic_dispatch ex::fn[[d0], 1, 1] knows [[d0]](%a, %0) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          %1 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>
          iree_ll_seq.custom_call @mine(%0) outs(%1) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          %2 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>
          %3 = "iree_ll_seq.alloc_heap"() : () -> memref<[d0]xf32>
          iree_ll_seq.execute @f_commands_0_(%b, %2, %1, %3) : (memref<[d0]xf32>, memref<[d0]xf32>, memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          iree_ll_seq.return %3 : memref<[d0]xf32>
        }
        func.func private @f_commands_0_(%b: memref<[d0]xf32>, %arg1: memref<[d0]xf32> {iree.donated}, %arg2: memref<[d0]xf32>, %arg3: memref<[d0]xf32> {iree.donated}) attributes {iree.ordinal = 2 : i32} {
          iree_ll_seq.dynamic_dispatch ex::fn[[d0], 1, 1] knows [[d0]](%b, %arg1) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          iree_ll_seq.dynamic_dispatch ex::fn[[d0], 1, 1] knows [[d0]](%arg2, %arg3) : (memref<[d0]xf32>, memref<[d0]xf32>) -> ()
          iree_ll_seq.return
        }
        """,
    )
