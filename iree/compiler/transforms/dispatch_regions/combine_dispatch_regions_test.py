"""Which regions share a dispatch."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from iree.compiler.dialects.iree import DispatchRegion
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.targets.description import TargetDescription
from iree.compiler.transforms.dispatch_regions.combine_dispatch_regions import CombineDispatchRegions
from iree.compiler.transforms.dispatch_regions.explanation import Explanation
from iree.testing.ir import check_pass, parse

TARGET = TargetDescription(
    "device", launch=20, bytes_per_us=1000, steps_per_us=1000, products_per_us=1000, load_steps=2, lanes=16
)


def region(result: str, op: str, operands: Sequence[str], workload: str = "%w", type_: str = "tensor<4xf32>") -> str:
    arguments = ", ".join(f"%x{number} = {name} : {type_}" for number, name in enumerate(operands))
    inside = ", ".join(f"%x{number}" for number in range(len(operands)))
    return f"""
      {result} = iree.dispatch_region[{workload} : tensor<3xi32>]({arguments}) : {type_} {{
        %inner = {op} {inside} : {type_}
        iree.return %inner : {type_}
      }}"""


def program(*regions: str, size: int = 4) -> str:
    type_ = f"tensor<{size}xf32>"
    return f"""
        func.func @f(%a: {type_}, %b: {type_}) -> ({type_}, {type_}) {{
          %w = arith.constant dense<[{size}, 1, 1]> : tensor<3xi32>
          {"".join(regions)}
          return %0, %1 : {type_}, {type_}
        }}
    """


def test_two_results_of_one_dispatch():
    check_pass(
        CombineDispatchRegions([TARGET]),
        before=program(region("%0", "arith.addf", ["%a", "%b"]), region("%1", "arith.mulf", ["%b", "%a"])),
        after="""
        func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
          %w = arith.constant dense<[4, 1, 1]> : tensor<3xi32>
          %0:2 = iree.dispatch_region[%w : tensor<3xi32>](%x0 = %a : tensor<4xf32>, %x1 = %b : tensor<4xf32>) : (tensor<4xf32>, tensor<4xf32>) {
            %inner = arith.addf %x0, %x1 : tensor<4xf32>
            %inner_0 = arith.mulf %x1, %x0 : tensor<4xf32>
            iree.return %inner, %inner_0 : tensor<4xf32>, tensor<4xf32>
          }
          return %0#0, %0#1 : tensor<4xf32>, tensor<4xf32>
        }
        """,  # noqa: E501
    )


def count_of(text: str, target: TargetDescription = TARGET) -> int:
    module = parse(text)
    CombineDispatchRegions([target]).run(module)
    module.verify()
    return len(ops_of(module, DispatchRegion))


LARGE = "tensor<1000000xf32>"


@pytest.mark.parametrize(
    ("text", "target", "count"),
    [
        (program(region("%0", "arith.addf", ["%a", "%b"]), region("%1", "arith.mulf", ["%0", "%a"])), TARGET, 2),
        (program(region("%0", "arith.addf", ["%a", "%b"]), region("%1", "arith.mulf", ["%a", "%b"])), TARGET, 1),
        (
            program(region("%0", "arith.addf", ["%a", "%b"]), region("%1", "arith.mulf", ["%a", "%b"])),
            replace(TARGET, max_bindings=3),
            2,
        ),
        (
            program(
                region("%0", "arith.addf", ["%a", "%b"], type_=LARGE),
                region("%1", "arith.mulf", ["%a", "%b"], type_=LARGE),
                size=1_000_000,
            ),
            TARGET,
            2,
        ),
        (
            program(
                region("%0", "math.exp", ["%a"]),
                region("%1", "math.tanh", ["%0"]),
                region("%2", "math.sin", ["%b"]),
                region("%3", "math.cos", ["%1"]),
            ),
            TARGET,
            3,
        ),
        (program(region("%0", "math.exp", ["%a"], "%v"), region("%1", "math.sin", ["%a"], "%v")).replace(
            "%w = arith.constant dense<[4, 1, 1]>", "%v = arith.constant dense<[2, 1, 1]>"), TARGET, 2),
    ],
    ids=["dependent", "independent", "too many buffers", "large", "the first that fits", "rows"],
)  # fmt: skip
def test_what_is_combined(text, target, count):
    assert count_of(text, target) == count


def test_it_is_explained():
    explanation = Explanation()
    module = parse(
        program(region("%0", "arith.addf", ["%a", "%b"]), region("%1", "arith.mulf", ["%a", "%b"])), "model.mlir"
    )
    CombineDispatchRegions([TARGET], explanation).run(module)
    (line,) = explanation.combined
    assert line == ("model.mlir:5:6 and model.mlir:9:6 share a dispatch: 0 + 0 us besides launches of 20 on device")
    assert explanation.text() == line + "\n"
