"""What regions cost."""

import pytest

from iree.compiler.targets.description import TargetDescription
from iree.compiler.transforms.dispatch_regions.costs import Cost, bytes_of, steps_of
from iree.testing.ir import parse

MATRIX = "tensor<4x4xf32>"
TARGET = TargetDescription("device", launch=10, bytes_per_us=100, steps_per_us=1000, load_steps=2, lanes=8)


@pytest.mark.parametrize(
    ("cost", "time"),
    [
        (Cost(bytes=0, loads=0, steps=0, invocations=8, row=1), 10),
        (Cost(bytes=1000, loads=0, steps=0, invocations=8, row=1), 20),
        (Cost(bytes=1000, loads=5000, steps=10_000, invocations=8, row=1), 30),
        (Cost(bytes=1000, loads=5000, steps=10_000, invocations=800, row=1), 30),
        (Cost(bytes=1000, loads=5000, steps=10_000, invocations=2, row=1), 90),  # a quarter of the device works
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
        (f"mhlo.dot_general %a, %a, contracting_dims = [1] x [0] : ({MATRIX}, {MATRIX}) -> {MATRIX}", 16),
        ("mhlo.concatenate %a, dim = 0 : (tensor<4x4xf32>) -> tensor<4x4xf32>", 2),
    ],
)
def test_steps(text: str, steps: int) -> None:
    module = parse(f"func.func @f(%a: tensor<4x4xf32>) {{\n%0 = {text}\nreturn\n}}")
    (op,) = (op for op in module.walk() if op.results)
    assert steps_of(op) == steps


@pytest.mark.parametrize(
    ("type_", "size"),
    [("4x4xf32", 64), ("4xi1", 4), ("4xf16", 8), ("4xcomplex<f32>", 32), ("[d0]x2xf32", 64 * 8)],
)
def test_bytes(type_: str, size: int) -> None:
    module = parse(f"func.func @f(%a: tensor<{type_}>) {{\nreturn\n}}")
    (function,) = (op for op in module.walk() if op.regions and op.name == "func.func")
    assert bytes_of(function.regions[0].block.args[0]) == size
