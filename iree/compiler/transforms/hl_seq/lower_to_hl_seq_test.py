"""Functions over tensors become functions over buffers."""

import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.transforms.hl_seq.lower_to_hl_seq import LowerToHlSeq
from iree.testing.ir import check_pass, parse


def test_arguments_constants_and_results_become_buffers():
    check_pass(
        LowerToHlSeq(),
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
        func.func @f(%image: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<2xi32>)
        attributes {iree.module.export} {
          %w = arith.constant dense<[4, 1, 1]> : tensor<3xi32>
          %c = arith.constant dense<[7, 8]> : tensor<2xi32>
          %0 = iree.tensor_to_memref(%w : tensor<3xi32>) : memref<3xi32>
          %1 = iree.tensor_to_memref(%image : tensor<4xf32>) : memref<4xf32>
          %2 = "iree_hl_seq.alloc_heap"() : () -> memref<4xf32>
          iree_hl_seq.dispatch ex::fn[%0 : memref<3xi32>](%1, %2) : (memref<4xf32>, memref<4xf32>) -> ()
          %3 = iree.memref_to_tensor(%2 : memref<4xf32>) : tensor<4xf32>
          return %3, %image, %c : tensor<4xf32>, tensor<4xf32>, tensor<2xi32>
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
        func.func @f(%image: memref<4xf32>) -> (memref<4xf32>, memref<4xf32>, memref<2xi32>) attributes {iree.module.export} {
          %0 = iree.constant dense<[4, 1, 1]> : tensor<3xi32>
          %1 = iree.constant dense<[7, 8]> : tensor<2xi32>
          %2 = "iree_hl_seq.alloc_heap"() : () -> memref<4xf32>
          iree_hl_seq.dispatch ex::fn[%0 : memref<3xi32>](%image, %2) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_hl_seq.return %2, %image, %1 : memref<4xf32>, memref<4xf32>, memref<2xi32>
        }
        """,  # noqa: E501
    )


def test_a_tensor_op_between_dispatches_is_an_error():
    module = parse(
        """
func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> {
  %0 = arith.addf %a, %a : tensor<4xf32>
  return %0 : tensor<4xf32>
}
""",
        "model.mlir",
    )
    with pytest.raises(CompileError, match=r"model.mlir:3:8: arith.addf: is left between the dispatches"):
        LowerToHlSeq().run(module)
