"""Which ops end up in one dispatch."""

from dataclasses import replace

import pytest
from xdsl.dialects.arith import ConstantOp

from iree.compiler.dialects.iree import DispatchRegion
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.location import location_of
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.targets.description import TargetDescription
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


def softmax(rows: int, columns: int) -> str:
    wide, narrow = f"tensor<{rows}x{columns}xf32>", f"tensor<{rows}xf32>"
    return f"""
        func.func @f(%a: {wide}) -> {wide} {{
          %zero = arith.constant dense<0.0> : tensor<f32>
          %low = arith.constant dense<0xFF800000> : tensor<f32>
          %0 = mhlo.reduce(%a init: %low) applies mhlo.maximum across dimensions = [1]
            : ({wide}, tensor<f32>) -> {narrow}
          %1 = mhlo.broadcast_in_dim %0, dims = [0] : ({narrow}) -> {wide}
          %2 = arith.subf %a, %1 : {wide}
          %3 = math.exp %2 : {wide}
          %4 = mhlo.reduce(%3 init: %zero) applies mhlo.add across dimensions = [1]
            : ({wide}, tensor<f32>) -> {narrow}
          %5 = mhlo.broadcast_in_dim %4, dims = [0] : ({narrow}) -> {wide}
          %6 = arith.divf %3, %5 : {wide}
          return %6 : {wide}
        }}
    """


KERNELS = TargetDescription(
    "kernels", launch=20, bytes_per_us=8_000, steps_per_us=5_000, products_per_us=2_000, load_steps=4, lanes=16
)


@pytest.mark.parametrize(
    ("rows", "columns", "target", "dispatches"),
    [
        (64, 32, KERNELS, 1),
        (64, 32, replace(KERNELS, longest_row=63), 4),  # the row for its sum, and again
        (1, 10_000, KERNELS, 4),  # one invocation would have to do all of it
        (1, 10_000, replace(KERNELS, launch=10_000), 1),
        (1, 10_000, replace(KERNELS, computes_once=True), 1),
    ],
)
def test_reductions_of_rows_share_a_dispatch_where_that_is_no_slower(rows, columns, target, dispatches):
    module = parse(softmax(rows, columns))
    IdentifyDispatchRegions([target]).run(module)
    found = ops_of(module, DispatchRegion)
    assert len(found) == dispatches
    if dispatches == 1:
        assert isinstance(found[0].workload.owner, ConstantOp)
        assert array_of(found[0].workload.owner.value).tolist() == [rows, 1, 1]


def test_what_says_only_where_elements_are_is_copied_into_each_region():
    assert regions_of("""
        func.func @f(%a: tensor<3xf32>, %b: tensor<3x4xf32>) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
          %0 = math.exp %a : tensor<3xf32>
          %1 = mhlo.broadcast_in_dim %0, dims = [0] : (tensor<3xf32>) -> tensor<3x4xf32>
          %2 = arith.addf %b, %1 : tensor<3x4xf32>
          %3 = arith.mulf %b, %1 : tensor<3x4xf32>
          return %2, %3 : tensor<3x4xf32>, tensor<3x4xf32>
        }
    """) == [["math.exp"], ["mhlo.broadcast_in_dim", "arith.addf"], ["mhlo.broadcast_in_dim", "arith.mulf"]]


def test_a_copy_that_is_a_result_too():
    assert regions_of("""
        func.func @f(%a: tensor<3xf32>, %b: tensor<3x4xf32>) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
          %0 = mhlo.broadcast_in_dim %a, dims = [0] : (tensor<3xf32>) -> tensor<3x4xf32>
          %1 = arith.addf %b, %0 : tensor<3x4xf32>
          return %0, %1 : tensor<3x4xf32>, tensor<3x4xf32>
        }
    """) == [["mhlo.broadcast_in_dim"], ["mhlo.broadcast_in_dim", "arith.addf"]]


def test_what_is_copied_and_a_result_too_leaves_what_it_reads_to_both():
    assert regions_of("""
        func.func @f(%a: tensor<f32>) -> (tensor<1xf32>, tensor<1xf32>) {
          %0 = math.absf %a : tensor<f32>
          %1 = mhlo.reshape %0 : (tensor<f32>) -> tensor<1xf32>
          %2 = math.exp %1 : tensor<1xf32>
          return %2, %1 : tensor<1xf32>, tensor<1xf32>
        }
    """) == [["math.absf"], ["mhlo.reshape"], ["mhlo.reshape", "math.exp"]]


def test_what_a_row_needs_again_and_again_is_computed_by_the_contraction_before():
    """The bias and the mean of a row: the sum with the bias would be computed twice with the mean."""
    assert regions_of("""
        func.func @f(%a: tensor<64x8xf32>, %b: tensor<8x16xf32>, %c: tensor<64x16xf32>) -> tensor<64x16xf32> {
          %zero = arith.constant dense<0.0> : tensor<f32>
          %0 = mhlo.dot_general %a, %b, contracting_dims = [1] x [0]
            : (tensor<64x8xf32>, tensor<8x16xf32>) -> tensor<64x16xf32>
          %1 = arith.addf %0, %c : tensor<64x16xf32>
          %2 = mhlo.reduce(%1 init: %zero) applies mhlo.add across dimensions = [1]
            : (tensor<64x16xf32>, tensor<f32>) -> tensor<64xf32>
          %3 = mhlo.broadcast_in_dim %2, dims = [0] : (tensor<64xf32>) -> tensor<64x16xf32>
          %4 = arith.subf %1, %3 : tensor<64x16xf32>
          return %4 : tensor<64x16xf32>
        }
    """) == [["mhlo.dot_general", "arith.addf"], ["mhlo.reduce", "mhlo.broadcast_in_dim", "arith.subf"]]


def test_what_costs_much_is_not_computed_at_two_places():
    text = """
        func.func @f(%a: tensor<1000x1000xf32>) -> tensor<1000x1000xf32> {
          %0 = math.tanh %a : tensor<1000x1000xf32>
          %1 = mhlo.transpose %0, dims = [1, 0] : (tensor<1000x1000xf32>) -> tensor<1000x1000xf32>
          %2 = arith.subf %0, %1 : tensor<1000x1000xf32>
          return %2 : tensor<1000x1000xf32>
        }
    """
    for target, count in ((KERNELS, 2), (replace(KERNELS, computes_once=True), 1)):
        module = parse(text)
        IdentifyDispatchRegions([target]).run(module)
        assert len(ops_of(module, DispatchRegion)) == count


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


def test_a_dispatch_has_no_more_buffers_than_a_target_allows():
    names = [f"%a{number}" for number in range(8)]
    lines, last = [], names[0]
    for number, name in enumerate(names[1:]):
        lines.append(f"%{number} = arith.addf {last}, {name} : tensor<4xf32>")
        last = f"%{number}"
    arguments = ", ".join(f"{name}: tensor<4xf32>" for name in names)
    text = f"func.func @f({arguments}) -> tensor<4xf32> {{\n" + "\n".join(
        [*lines, f"return {last} : tensor<4xf32>\n}}"]
    )
    for most, count in ((9, 1), (6, 2)):
        module = parse(text)
        IdentifyDispatchRegions([replace(KERNELS, max_bindings=most)]).run(module)
        regions = ops_of(module, DispatchRegion)
        assert len(regions) == count
        assert all(len(region.arguments) + len(region.results) <= most for region in regions)
