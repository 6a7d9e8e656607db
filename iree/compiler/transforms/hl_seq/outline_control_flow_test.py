"""Regions become functions that take what they use."""
# ruff: noqa: E501 (types are long)

from iree.compiler.transforms.hl_seq.outline_control_flow import OutlineControlFlow
from iree.testing.ir import check_pass


def test_a_loop() -> None:
    check_pass(
        OutlineControlFlow(),
        before="""
        func.func @f(%a: tensor<4xf32>, %p: tensor<i1>) -> tensor<4xf32> {
          %w = arith.constant dense<[4, 1, 1]> : tensor<3xi32>
          %0:2 = mhlo.while(%x = %a, %y = %a) : tensor<4xf32>, tensor<4xf32> attributes {trip_count = 3 : i64}
          cond {
            mhlo.return %p : tensor<i1>
          } do {
            %1 = iree.dispatch_region[%w : tensor<3xi32>](%b = %x : tensor<4xf32>, %c = %a : tensor<4xf32>) : tensor<4xf32> {
              %2 = arith.addf %b, %c : tensor<4xf32>
              iree.return %2 : tensor<4xf32>
            }
            mhlo.return %y, %1 : tensor<4xf32>, tensor<4xf32>
          }
          return %0#0 : tensor<4xf32>
        }
        """,
        after="""
        func.func @f(%a: tensor<4xf32>, %p: tensor<i1>) -> tensor<4xf32> {
          %w = arith.constant dense<[4, 1, 1]> : tensor<3xi32>
          %0 = iree.tensor_to_memref(%a : tensor<4xf32>) : memref<4xf32>
          %1 = iree.tensor_to_memref(%a : tensor<4xf32>) : memref<4xf32>
          %2 = iree.tensor_to_memref(%p : tensor<i1>) : memref<i1>
          %3 = iree.tensor_to_memref(%a : tensor<4xf32>) : memref<4xf32>
          %4:2 = iree_hl_seq.while @f_while_0_cond, @f_while_0_body(%0, %1) captures(%2, %3) trip_count = 3 : (memref<4xf32>, memref<4xf32>, memref<i1>, memref<4xf32>) -> (memref<4xf32>, memref<4xf32>)
          %5 = iree.memref_to_tensor(%4#0 : memref<4xf32>) : tensor<4xf32>
          %6 = iree.memref_to_tensor(%4#1 : memref<4xf32>) : tensor<4xf32>
          return %5 : tensor<4xf32>
        }
        func.func private @f_while_0_body(%x: tensor<4xf32>, %y: tensor<4xf32>, %p: tensor<i1>, %a: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
          %w = arith.constant dense<[4, 1, 1]> : tensor<3xi32>
          %0 = iree.dispatch_region[%w : tensor<3xi32>](%b = %x : tensor<4xf32>, %c = %a : tensor<4xf32>) : tensor<4xf32> {
            %1 = arith.addf %b, %c : tensor<4xf32>
            iree.return %1 : tensor<4xf32>
          }
          return %y, %0 : tensor<4xf32>, tensor<4xf32>
        }
        func.func private @f_while_0_cond(%x: tensor<4xf32>, %y: tensor<4xf32>, %p: tensor<i1>, %a: tensor<4xf32>) -> tensor<i1> {
          return %p : tensor<i1>
        }
        """,
    )


def test_an_if_in_a_case() -> None:
    check_pass(
        OutlineControlFlow(),
        before="""
        func.func @f_case_0_0() {
          return
        }
        func.func @f(%i: tensor<i32>, %p: tensor<i1>, %a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
          %0 = "mhlo.case"(%i) ({
            %1 = "mhlo.if"(%p) ({
              mhlo.return %a : tensor<4xf32>
            }, {
              mhlo.return %b : tensor<4xf32>
            }) : (tensor<i1>) -> tensor<4xf32>
            mhlo.return %1 : tensor<4xf32>
          }, {
            mhlo.return %b : tensor<4xf32>
          }) : (tensor<i32>) -> tensor<4xf32>
          return %0 : tensor<4xf32>
        }
        """,
        after="""
        func.func @f_case_0_0() {
          return
        }
        func.func @f(%i: tensor<i32>, %p: tensor<i1>, %a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
          %0 = iree.tensor_to_memref(%i : tensor<i32>) : memref<i32>
          %1 = iree.tensor_to_memref(%p : tensor<i1>) : memref<i1>
          %2 = iree.tensor_to_memref(%a : tensor<4xf32>) : memref<4xf32>
          %3 = iree.tensor_to_memref(%b : tensor<4xf32>) : memref<4xf32>
          %4 = iree_hl_seq.case %0[@f_case_0_0_, @f_case_0_1](%1, %2, %3) : (memref<i32>, memref<i1>, memref<4xf32>, memref<4xf32>) -> memref<4xf32>
          %5 = iree.memref_to_tensor(%4 : memref<4xf32>) : tensor<4xf32>
          return %5 : tensor<4xf32>
        }
        func.func private @f_case_0_1(%p: tensor<i1>, %a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
          return %b : tensor<4xf32>
        }
        func.func private @f_case_0_0_(%p: tensor<i1>, %a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
          %0 = iree.tensor_to_memref(%p : tensor<i1>) : memref<i1>
          %1 = iree.tensor_to_memref(%a : tensor<4xf32>) : memref<4xf32>
          %2 = iree.tensor_to_memref(%b : tensor<4xf32>) : memref<4xf32>
          %3 = iree_hl_seq.case %0[@f_if_1_0, @f_if_1_1](%1, %2) : (memref<i1>, memref<4xf32>, memref<4xf32>) -> memref<4xf32>
          %4 = iree.memref_to_tensor(%3 : memref<4xf32>) : tensor<4xf32>
          return %4 : tensor<4xf32>
        }
        func.func private @f_if_1_1(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
          return %a : tensor<4xf32>
        }
        func.func private @f_if_1_0(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
          return %b : tensor<4xf32>
        }
        """,
    )
