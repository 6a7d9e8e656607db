"""Which ops end up in one dispatch."""

import pytest
from xdsl.dialects.arith import ConstantOp

from iree.compiler.dialects.iree import DispatchRegion
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.location import location_of
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.dispatch_regions.identify_dispatch_regions import IdentifyDispatchRegions
from iree.testing.ir import check_pass, parse


def regions_of(text: str) -> list[list[str]]:
    """The names of the ops in each region, in order, without the return."""
    module = parse(text)
    IdentifyDispatchRegions().run(module)
    return [[op.name for op in region.body.block.ops][:-1] for region in ops_of(module, DispatchRegion)]


def test_the_walkthroughs_program():
    check_pass(
        IdentifyDispatchRegions(),
        before="""
        func.func @simple_mul(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> attributes {iree.module.export} {
          %0 = arith.mulf %a, %b : tensor<4xf32>
          return %0 : tensor<4xf32>
        }
        """,
        after="""
        func.func @simple_mul(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> attributes {iree.module.export} {
          %0 = arith.constant dense<[4, 1, 1]> : tensor<3xi32>
          %1 = iree.dispatch_region[%0 : tensor<3xi32>](%a_0 = %a : tensor<4xf32>, %b_0 = %b : tensor<4xf32>) : tensor<4xf32> {
            %2 = arith.mulf %a_0, %b_0 : tensor<4xf32>
            iree.return %2 : tensor<4xf32>
          }
          return %1 : tensor<4xf32>
        }
        """,  # noqa: E501
    )


def test_a_chain_of_elementwise_ops_is_one_region():
    assert regions_of("""
        func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> {
          %0 = arith.addf %a, %a : tensor<4xf32>
          %1 = arith.subf %0, %a : tensor<4xf32>
          %2 = arith.mulf %1, %0 : tensor<4xf32>
          return %2 : tensor<4xf32>
        }
    """) == [["arith.addf", "arith.subf", "arith.mulf"]]


def test_a_value_with_a_user_outside_keeps_a_region_of_its_own():
    assert regions_of("""
        func.func @f(%a: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
          %0 = arith.addf %a, %a : tensor<4xf32>
          %1 = arith.mulf %0, %0 : tensor<4xf32>
          return %0, %1 : tensor<4xf32>, tensor<4xf32>
        }
    """) == [["arith.addf"], ["arith.mulf"]]


def test_a_contraction_takes_its_elementwise_users_but_no_elementwise_producer():
    assert regions_of("""
        func.func @f(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>) -> tensor<4x4xf32> {
          %0 = arith.addf %a, %a : tensor<4x4xf32>
          %1 = mhlo.dot_general %0, %b, contracting_dims = [1] x [0]
            : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
          %2 = arith.mulf %1, %a : tensor<4x4xf32>
          return %2 : tensor<4x4xf32>
        }
    """) == [["arith.addf"], ["mhlo.dot_general", "arith.mulf"]]


def test_a_contraction_takes_what_only_moves_its_operands():
    assert regions_of("""
        func.func @f(%a: tensor<3x4xf32>, %b: tensor<3x5xf32>) -> tensor<4x5xf32> {
          %0 = mhlo.transpose %a, dims = [1, 0] : (tensor<3x4xf32>) -> tensor<4x3xf32>
          %1 = mhlo.dot_general %0, %b, contracting_dims = [1] x [0]
            : (tensor<4x3xf32>, tensor<3x5xf32>) -> tensor<4x5xf32>
          return %1 : tensor<4x5xf32>
        }
    """) == [["mhlo.transpose", "mhlo.dot_general"]]


def test_a_reduction_takes_its_elementwise_producers():
    assert regions_of("""
        func.func @f(%a: tensor<3x4xf32>) -> tensor<3xf32> {
          %zero = arith.constant dense<0.0> : tensor<f32>
          %0 = arith.mulf %a, %a : tensor<3x4xf32>
          %1 = mhlo.reduce(%0 init: %zero) applies mhlo.add across dimensions = [1]
            : (tensor<3x4xf32>, tensor<f32>) -> tensor<3xf32>
          return %1 : tensor<3xf32>
        }
    """) == [["arith.mulf", "mhlo.reduce"]]


def test_a_reduction_is_not_computed_again_for_each_element_it_is_broadcast_to():
    assert regions_of("""
        func.func @f(%a: tensor<3x4xf32>) -> tensor<3x4xf32> {
          %zero = arith.constant dense<0.0> : tensor<f32>
          %0 = mhlo.reduce(%a init: %zero) applies mhlo.add across dimensions = [1]
            : (tensor<3x4xf32>, tensor<f32>) -> tensor<3xf32>
          %1 = math.exp %0 : tensor<3xf32>
          %2 = mhlo.broadcast_in_dim %1, dims = [0] : (tensor<3xf32>) -> tensor<3x4xf32>
          %3 = arith.divf %a, %2 : tensor<3x4xf32>
          return %3 : tensor<3x4xf32>
        }
    """) == [["mhlo.reduce"], ["math.exp", "mhlo.broadcast_in_dim", "arith.divf"]]


def test_two_contractions_are_two_dispatches():
    assert regions_of("""
        func.func @f(%a: tensor<4x4xf32>) -> tensor<4x4xf32> {
          %0 = mhlo.dot_general %a, %a, contracting_dims = [1] x [0]
            : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
          %1 = mhlo.dot_general %0, %a, contracting_dims = [1] x [0]
            : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
          %2 = arith.addf %0, %1 : tensor<4x4xf32>
          return %2 : tensor<4x4xf32>
        }
    """) == [["mhlo.dot_general"], ["mhlo.dot_general", "arith.addf"]]


def test_what_a_contraction_reads_is_computed_before_it_though_a_reshape_lies_between():
    assert regions_of("""
        func.func @f(%a: tensor<16xf32>, %b: tensor<4x4xf32>) -> tensor<4x4xf32> {
          %0 = math.exp %a : tensor<16xf32>
          %1 = mhlo.reshape %0 : (tensor<16xf32>) -> tensor<4x4xf32>
          %2 = mhlo.dot_general %1, %b, contracting_dims = [1] x [0]
            : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
          return %2 : tensor<4x4xf32>
        }
    """) == [["math.exp"], ["mhlo.reshape", "mhlo.dot_general"]]


PADDED = """
    func.func @f(%a: tensor<3x4xf32>, %b: tensor<4x5xf32>, %c: tensor<f32>) -> tensor<5x5x1xf32> {
      %0 = mhlo.dot_general %a, %b, contracting_dims = [1] x [0]
        : (tensor<3x4xf32>, tensor<4x5xf32>) -> tensor<3x5xf32>
      %1 = math.exp %0 : tensor<3x5xf32>
      %2 = mhlo.pad %1, %c, low = [1, 0], high = [1, 0], interior = [0, 0]
        : (tensor<3x5xf32>, tensor<f32>) -> tensor<5x5xf32>
      %3 = mhlo.transpose %2, dims = [1, 0] : (tensor<5x5xf32>) -> tensor<5x5xf32>
      %4 = mhlo.reshape %3 : (tensor<5x5xf32>) -> tensor<5x5x1xf32>
      return %4 : tensor<5x5x1xf32>
    }
"""


def test_results_of_a_contraction_are_written_where_they_belong_and_the_workload_is_the_contractions():
    assert regions_of(PADDED) == [["mhlo.dot_general", "math.exp", "mhlo.pad", "mhlo.transpose", "mhlo.reshape"]]
    module = parse(PADDED)
    IdentifyDispatchRegions().run(module)
    (region,) = ops_of(module, DispatchRegion)
    assert isinstance(region.workload.owner, ConstantOp)
    assert array_of(region.workload.owner.value).tolist() == [5, 3, 1]


def test_what_is_read_from_a_contraction_at_two_places_is_written_down():
    assert regions_of("""
        func.func @f(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>) -> tensor<4x4xf32> {
          %0 = mhlo.dot_general %a, %b, contracting_dims = [1] x [0]
            : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
          %1 = mhlo.transpose %0, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>
          %2 = arith.addf %0, %1 : tensor<4x4xf32>
          return %2 : tensor<4x4xf32>
        }
    """) == [["mhlo.dot_general"], ["mhlo.transpose", "arith.addf"]]


def test_a_contraction_is_not_computed_for_the_value_that_fills_a_padding():
    assert regions_of("""
        func.func @f(%a: tensor<4xf32>) -> tensor<6xf32> {
          %0 = mhlo.dot_general %a, %a, contracting_dims = [0] x [0] : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>
          %1 = mhlo.pad %a, %0, low = [1], high = [1], interior = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<6xf32>
          return %1 : tensor<6xf32>
        }
    """) == [["mhlo.dot_general"], ["mhlo.pad"]]


def test_constants_and_arguments_are_no_dispatches():
    assert (
        regions_of("""
        func.func @f(%a: tensor<4xf32>) -> (tensor<4xf32>, tensor<2xf32>) {
          %0 = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
          return %a, %0 : tensor<4xf32>, tensor<2xf32>
        }
    """)
        == []
    )


def test_regions_keep_the_location_of_their_root():
    module = parse(
        """
func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> {
  %0 = arith.addf %a, %a : tensor<4xf32>
  return %0 : tensor<4xf32>
}
""",
        "model.mlir",
    )
    IdentifyDispatchRegions().run(module)
    (region,) = ops_of(module, DispatchRegion)
    assert location_of(region) == "model.mlir:3:8"


@pytest.mark.parametrize(("rounds", "is_one"), [(3, True), (8, False)])
def test_what_is_needed_at_very_many_places_stays_outside(rounds: int, is_one: bool) -> None:
    """Each round needs the one before at two places."""
    lines, value = [], "%x"
    for number in range(rounds):
        lines += [
            f"%s{number} = mhlo.slice {value} [0:7] : (tensor<8xf32>) -> tensor<7xf32>",
            f"%t{number} = mhlo.slice {value} [1:8] : (tensor<8xf32>) -> tensor<7xf32>",
            f"%u{number} = arith.addf %s{number}, %t{number} : tensor<7xf32>",
            f"%v{number} = mhlo.pad %u{number}, %c, low = [1], high = [0], interior = [0]"
            " : (tensor<7xf32>, tensor<f32>) -> tensor<8xf32>",
        ]
        value = f"%v{number}"
    body = "\n".join([*lines, f"func.return {value} : tensor<8xf32>"])
    regions = regions_of(f"func.func @f(%x: tensor<8xf32>, %c: tensor<f32>) -> tensor<8xf32> {{\n{body}\n}}")
    assert (len(regions) == 1) == is_one
