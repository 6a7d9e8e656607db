from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.ir.printer import print_module
from iree.compiler.transforms.common.cse import Cse
from iree.testing.ir import check_pass, parse


def test_equal_operations_become_one_and_so_do_those_that_use_them() -> None:
    check_pass(
        Cse(),
        before="""
            func.func @f(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
              %0 = mhlo.abs %x : tensor<4xf32>
              %1 = mhlo.abs %x : tensor<4xf32>
              %2 = arith.addf %0, %x : tensor<4xf32>
              %3 = arith.addf %1, %x : tensor<4xf32>
              return %2, %3 : tensor<4xf32>, tensor<4xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
              %0 = mhlo.abs %x : tensor<4xf32>
              %1 = arith.addf %0, %x : tensor<4xf32>
              return %1, %1 : tensor<4xf32>, tensor<4xf32>
            }
        """,
    )


def test_operations_that_differ_in_anything_stay() -> None:
    text = """
        func.func @f(%x: tensor<4x4xf32>, %y: tensor<4x4xf32>) -> tensor<4x4xf32> {
          %0 = mhlo.transpose %x, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>
          %1 = mhlo.transpose %x, dims = [0, 1] : (tensor<4x4xf32>) -> tensor<4x4xf32>
          %2 = mhlo.transpose %y, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>
          %3 = mhlo.convert %y : (tensor<4x4xf32>) -> tensor<4x4xi32>
          %4 = mhlo.convert %y : (tensor<4x4xf32>) -> tensor<4x4xi1>
          %5 = mhlo.abs %x {iree.note = 1 : i32} : tensor<4x4xf32>
          %6 = mhlo.abs %x : tensor<4x4xf32>
          return %0 : tensor<4x4xf32>
        }
    """
    check_pass(Cse(), before=text, after=text)


def test_a_reduce_is_shared_when_its_body_is_equal() -> None:
    check_pass(
        Cse(),
        before="""
            func.func @f(%x: tensor<4xf32>, %i: tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>) {
              %0 = mhlo.reduce(%x init: %i) applies mhlo.add across dimensions = [0]
                 : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
              %1 = mhlo.reduce(%x init: %i) applies mhlo.maximum across dimensions = [0]
                 : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
              %2 = mhlo.reduce(%x init: %i) applies mhlo.add across dimensions = [0]
                 : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
              return %0, %1, %2 : tensor<f32>, tensor<f32>, tensor<f32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4xf32>, %i: tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>) {
              %0 = mhlo.reduce(%x init: %i) applies mhlo.add across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
              %1 = mhlo.reduce(%x init: %i) applies mhlo.maximum across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
              return %0, %1, %0 : tensor<f32>, tensor<f32>, tensor<f32>
            }
        """,  # noqa: E501
    )


def test_a_region_stays_as_self_contained_as_it_was() -> None:
    text = """
        func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
          %0 = arith.constant dense<1> : tensor<3xi32>
          %1 = arith.constant dense<2.000000e+00> : tensor<4xf32>
          %2 = iree.dispatch_region[%0 : tensor<3xi32>](%arg1 = %x : tensor<4xf32>) : tensor<4xf32> {
            %3 = arith.constant dense<2.000000e+00> : tensor<4xf32>
            %4 = arith.mulf %arg1, %3 : tensor<4xf32>
            iree.return %4 : tensor<4xf32>
          }
          return %2 : tensor<4xf32>
        }
    """
    check_pass(Cse(), before=text, after=text)


def test_the_location_of_the_first_stays() -> None:
    module = parse("""
        func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
          %0 = mhlo.abs %x : tensor<4xf32> loc("a.py":1:2)
          %1 = mhlo.abs %x : tensor<4xf32> loc("a.py":3:4)
          %2 = mhlo.add %0, %1 : tensor<4xf32>
          return %2 : tensor<4xf32>
        }
    """)
    run_passes(module, [Cse()])
    text = print_module(module, locations=True)
    assert 'mhlo.abs %x : tensor<4xf32> loc("a.py":1:2)' in text
    assert "3:4" not in text
