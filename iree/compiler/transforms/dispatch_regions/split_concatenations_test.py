"""Concatenations in groups, as text; what they compute is test/e2e/layout_test.py's."""

import pytest

from iree.compiler.dialects import mhlo
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.targets.description import TargetDescription
from iree.compiler.transforms.dispatch_regions.split_concatenations import SplitConcatenations
from iree.testing.ir import check_pass, parse


def target(max_bindings: int) -> TargetDescription:
    return TargetDescription("device", 1, 1, 1, 1, 1, 1, max_bindings=max_bindings)


def concatenation(operands: str, size: int) -> str:
    count = operands.count("%")
    types = ", ".join(["tensor<1xf32>"] * count)
    return f"""
    func.func @f(%a: tensor<1xf32>, %b: tensor<1xf32>, %c: tensor<1xf32>, %d: tensor<1xf32>) -> tensor<{size}xf32> {{
      %0 = mhlo.concatenate {operands}, dim = 0 : ({types}) -> tensor<{size}xf32>
      return %0 : tensor<{size}xf32>
    }}
    """


def test_groups_of_what_a_dispatch_may_read():
    check_pass(
        SplitConcatenations([target(9), target(4)]),
        before=concatenation("%a, %b, %c, %d", 4),
        after="""
        func.func @f(%a: tensor<1xf32>, %b: tensor<1xf32>, %c: tensor<1xf32>, %d: tensor<1xf32>) -> tensor<4xf32> {
          %0 = mhlo.concatenate %a, %b, %c, dim = 0 : (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<3xf32>
          %1 = mhlo.concatenate %0, %d, dim = 0 : (tensor<3xf32>, tensor<1xf32>) -> tensor<4xf32>
          return %1 : tensor<4xf32>
        }
        """,
    )


@pytest.mark.parametrize("most", [1, 2, 3])
def test_however_few_a_dispatch_may_use_two_are_put_together(most):
    module = parse(concatenation("%a, %b, %c, %d", 4))
    SplitConcatenations([target(most)]).run(module)
    assert [len(op.inputs) for op in ops_of(module, mhlo.Concatenate)] == [2, 2, 2]


@pytest.mark.parametrize("targets", [[], [target(5)]])
def test_few_stay_together(targets):
    module = parse(concatenation("%a, %b, %c, %d", 4))
    SplitConcatenations(targets).run(module)
    assert len(ops_of(module, mhlo.Concatenate)) == 1


def test_buffers_are_counted_not_operands():
    module = parse(concatenation("%a, %b, %a, %b, %a, %b", 6))
    SplitConcatenations([target(3)]).run(module)
    assert len(ops_of(module, mhlo.Concatenate)) == 1
