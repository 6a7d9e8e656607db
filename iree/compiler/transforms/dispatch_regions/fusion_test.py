"""Every op has a kind, and kinds decide who may feed whom."""

import pytest

from iree.compiler.transforms.dispatch_regions.fusion import Kind, kind_of, why_not
from iree.testing.ir import parse

PROGRAM = """
func.func @f(%a: tensor<4x4xf32>, %s: tensor<f32>, %i: tensor<i32>) -> tensor<4xf32> {
  %constant = arith.constant dense<1.0> : tensor<4x4xf32>
  %layout = mhlo.transpose %a, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %pad = mhlo.pad %a, %s, low = [0, 0], high = [0, 0], interior = [0, 0]
    : (tensor<4x4xf32>, tensor<f32>) -> tensor<4x4xf32>
  %slice = mhlo.dynamic_slice %pad, %i, %i, sizes = [4, 4]
    : (tensor<4x4xf32>, tensor<i32>, tensor<i32>) -> tensor<4x4xf32>
  %update = mhlo.dynamic_update_slice %a, %slice, %i, %i
    : (tensor<4x4xf32>, tensor<4x4xf32>, tensor<i32>, tensor<i32>) -> tensor<4x4xf32>
  %shared = arith.addf %layout, %layout : tensor<4x4xf32>
  %elementwise = arith.addf %a, %constant : tensor<4x4xf32>
  %contraction = mhlo.dot_general %a, %a, contracting_dims = [1] x [0]
    : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %reduction = mhlo.reduce(%a init: %s) applies mhlo.add across dimensions = [1]
    : (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>
  %window = mhlo.convolution(%a, %a) dim_numbers = [b, f]x[i, o]->[b, f], window = {}
    {batch_group_count = 1 : i64, feature_group_count = 1 : i64}
    : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %vector = arith.addf %reduction, %reduction : tensor<4xf32>
  %rows = mhlo.reshape %i : (tensor<i32>) -> tensor<1xi32>
  %scatter = "mhlo.scatter"(%elementwise, %rows, %vector) <{scatter_dimension_numbers = #mhlo.scatter<
    update_window_dims = [0], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0]>}> ({
  ^bb0(%old: tensor<f32>, %new: tensor<f32>):
    mhlo.return %new : tensor<f32>
  }) : (tensor<4x4xf32>, tensor<1xi32>, tensor<4xf32>) -> tensor<4x4xf32>
  %after = arith.negf %scatter : tensor<4x4xf32>
  return %vector : tensor<4xf32>
}
"""


@pytest.fixture(scope="module")
def ops():
    module = parse(PROGRAM)
    return {op.results[0].name_hint: op for op in module.walk() if op.results and op.results[0].name_hint}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("constant", None),
        ("layout", Kind.LAYOUT),
        ("pad", Kind.LAYOUT),
        ("slice", Kind.LAYOUT),
        ("update", Kind.LAYOUT),
        ("elementwise", Kind.ELEMENTWISE),
        ("contraction", Kind.CONTRACTION),
        ("window", Kind.WINDOW),
        ("reduction", Kind.REDUCTION),
        ("scatter", Kind.REDUCTION),
    ],
)
def test_kind_of(ops, name, kind):
    assert kind_of(ops[name]) is kind


@pytest.mark.parametrize(
    ("producer", "consumer", "allowed"),
    [
        ("elementwise", "elementwise", True),
        ("elementwise", "layout", True),
        ("elementwise", "reduction", True),
        ("elementwise", "contraction", False),
        ("layout", "contraction", True),
        ("pad", "contraction", False),
        ("slice", "contraction", True),
        ("slice", "elementwise", True),
        ("pad", "slice", True),
        ("slice", "update", True),
        ("layout", "slice", False),
        ("update", "elementwise", False),
        ("elementwise", "scatter", False),
        ("scatter", "after", True),
        ("contraction", "slice", False),
        ("elementwise", "window", False),
        ("layout", "window", True),
        ("pad", "window", False),
        ("window", "elementwise", True),
        ("window", "layout", True),
        ("contraction", "window", False),
        ("contraction", "elementwise", True),
        ("contraction", "layout", True),
        ("contraction", "pad", False),
        ("contraction", "contraction", False),
        ("contraction", "reduction", False),
        ("reduction", "vector", True),
        ("reduction", "contraction", False),
        ("reduction", "pad", False),
    ],
)
def test_why_not(ops, producer, consumer, allowed):
    assert (why_not(ops[producer], ops[consumer]) is None) is allowed
