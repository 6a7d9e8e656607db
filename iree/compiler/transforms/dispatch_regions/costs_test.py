"""What regions cost."""

import pytest

from iree.compiler.targets.description import TargetDescription
from iree.compiler.transforms.dispatch_regions.costs import Cost, bytes_of, products_of, steps_of
from iree.testing.ir import parse

TARGET = TargetDescription(
    "device", launch=10, bytes_per_us=100, steps_per_us=1000, products_per_us=100, load_steps=2, lanes=8
)


@pytest.mark.parametrize(
    ("cost", "time"),
    [
        (Cost(bytes=0, loads=0, steps=0, products=0, invocations=8, row=1), 10),
        (Cost(bytes=0, loads=0, steps=0, products=0, invocations=0, row=1), 10),
        (Cost(bytes=1000, loads=0, steps=0, products=0, invocations=8, row=1), 20),
        (Cost(bytes=1000, loads=5000, steps=10_000, products=0, invocations=8, row=1), 30),
        (Cost(bytes=1000, loads=5000, steps=10_000, products=0, invocations=800, row=1), 30),
        (Cost(bytes=1000, loads=0, steps=0, products=1000, invocations=8, row=1), 20),
        (
            Cost(bytes=1000, loads=5000, steps=10_000, products=0, invocations=2, row=1),
            90,
        ),
    ],
)
def test_time(cost: Cost, time: float) -> None:
    assert cost.time(TARGET) == time


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("arith.addf %a, %a : tensor<4x4xf32>", 1),
        ("math.exp %a : tensor<4x4xf32>", 16),
        ("mhlo.transpose %a, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>", 0),
        ("mhlo.concatenate %a, dim = 0 : (tensor<4x4xf32>) -> tensor<4x4xf32>", 2),
    ],
)
def test_steps(text: str, steps: int) -> None:
    module = parse(f"func.func @f(%a: tensor<4x4xf32>) {{\n%0 = {text}\nreturn\n}}")
    (op,) = (op for op in module.walk() if op.results)
    assert steps_of(op) == steps


def test_products() -> None:
    module = parse("""
        func.func @f(%x: tensor<1x8x9x16xf32>, %k: tensor<3x5x4x8xf32>, %y: tensor<3x16x1x8xf32>) {
          %0 = mhlo.convolution(%x, %k) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {}
            {batch_group_count = 1 : i64, feature_group_count = 4 : i64}
            : (tensor<1x8x9x16xf32>, tensor<3x5x4x8xf32>) -> tensor<1x6x5x8xf32>
          %1 = mhlo.dot_general %x, %y, contracting_dims = [3, 0] x [1, 2]
            : (tensor<1x8x9x16xf32>, tensor<3x16x1x8xf32>) -> tensor<8x9x3x8xf32>
          return
        }
    """)
    assert [products_of(op) for op in module.walk() if op.results] == [3 * 5 * 4, 16]


@pytest.mark.parametrize(
    ("type_", "size"),
    [("4x4xf32", 64), ("4xi1", 4), ("4xf16", 8), ("4xcomplex<f32>", 32), ("[d0]x2xf32", 64 * 8)],
)
def test_bytes(type_: str, size: int) -> None:
    module = parse(f"func.func @f(%a: tensor<{type_}>) {{\nreturn\n}}")
    (function,) = (op for op in module.walk() if op.regions and op.name == "func.func")
    assert bytes_of(function.regions[0].block.args[0]) == size
