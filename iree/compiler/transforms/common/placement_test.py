"""Which ops only put elements into place."""

import pytest

from iree.compiler.transforms.common.placement import placed_operand
from iree.testing.ir import parse

PAD = "(tensor<2x3xf32>, tensor<f32>)"


@pytest.mark.parametrize(
    ("op", "places"),
    [
        ("mhlo.transpose %x, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>", True),
        ("mhlo.reshape %x : (tensor<2x3xf32>) -> tensor<6xf32>", True),
        (f"mhlo.pad %x, %c, low = [1, 0], high = [0, 2], interior = [0, 0] : {PAD} -> tensor<3x5xf32>", True),
        (f"mhlo.pad %x, %c, low = [-1, 0], high = [0, 2], interior = [0, 0] : {PAD} -> tensor<1x5xf32>", False),
        (f"mhlo.pad %x, %c, low = [1, 0], high = [0, 2], interior = [1, 0] : {PAD} -> tensor<4x5xf32>", False),
        ("mhlo.reshape %e : (tensor<0x3xf32>) -> tensor<3x0xf32>", False),
        ("mhlo.reverse %x, dims = [0] : tensor<2x3xf32>", False),
        ("arith.addf %x, %x : tensor<2x3xf32>", False),
    ],
)
def test_placed_operand(op: str, places: bool) -> None:
    result = op.rpartition(" ")[2] if "->" in op else "tensor<2x3xf32>"
    module = parse(f"""
        func.func @f(%x: tensor<2x3xf32>, %e: tensor<0x3xf32>, %c: tensor<f32>) -> {result} {{
          %0 = {op}
          return %0 : {result}
        }}
    """)
    (found,) = (one for one in module.walk() if one.results)
    assert placed_operand(found) is (found.operands[0] if places else None)


def test_sizes_that_only_a_call_knows() -> None:
    module = parse("""
        func.func @f(%x: tensor<[d0]x3xf32>) -> tensor<3x[d0]xf32> {
          %0 = mhlo.transpose %x, dims = [1, 0] : (tensor<[d0]x3xf32>) -> tensor<3x[d0]xf32>
          return %0 : tensor<3x[d0]xf32>
        }
    """)
    (found,) = (one for one in module.walk() if one.results)
    assert placed_operand(found) is None
