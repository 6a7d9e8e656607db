from iree.compiler.transforms.common.dce import Dce
from iree.testing.ir import check_pass


def test_what_nothing_uses_is_dropped_with_what_only_it_used() -> None:
    check_pass(
        Dce(),
        before="""
            func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
              %0 = arith.addf %x, %x : tensor<4xf32>
              %1 = mhlo.abs %0 : tensor<4xf32>
              %2 = mhlo.negate %0 : tensor<4xf32>
              %3 = mhlo.sine %2 : tensor<4xf32>
              return %1 : tensor<4xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
              %0 = arith.addf %x, %x : tensor<4xf32>
              %1 = mhlo.abs %0 : tensor<4xf32>
              return %1 : tensor<4xf32>
            }
        """,
    )


def test_a_reduce_goes_with_its_body() -> None:
    check_pass(
        Dce(),
        before="""
            func.func @f(%x: tensor<4xf32>, %i: tensor<f32>) -> tensor<4xf32> {
              %0 = mhlo.reduce(%x init: %i) applies mhlo.add across dimensions = [0]
                 : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
              return %x : tensor<4xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4xf32>, %i: tensor<f32>) -> tensor<4xf32> {
              return %x : tensor<4xf32>
            }
        """,
    )


def test_what_others_can_see_stays() -> None:
    text = """
        func.func private @unused(%x: memref<4xf32>, %y: tensor<4xf32>) {
          func.call @unused(%x, %y) : (memref<4xf32>, tensor<4xf32>) -> ()
          iree.store_output(%y : tensor<4xf32>, %x : memref<4xf32>)
          return
        }
    """
    check_pass(Dce(), before=text, after=text.replace("func.call", "call"))
