import numpy as np
import pytest
from xdsl.ir import SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.constants import dense
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.transforms.constants.evaluator import evaluate
from iree.schemas.element_types import ELEMENT_TYPES, ElementType
from iree.testing.ir import parse


def returned(text: str) -> list[SSAValue]:
    """What the one function of a text returns."""
    (function,) = parse(text).body.block.ops
    last = function.regions[0].block.last_op
    assert last is not None
    return list(last.operands)


def test_several_values_that_share_their_making() -> None:
    a = np.float32([[1, 2, 3], [4, 5, 6]])
    values = returned("""
        func.func @f() -> (tensor<3xf32>, tensor<f32>, tensor<3xf32>, tensor<2x3xf32>) {
          %0 = mhlo.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
          %1 = mhlo.constant dense<0.0> : tensor<f32>
          %2 = mhlo.reduce(%0 init: %1) applies mhlo.add across dimensions = [0]
              : (tensor<2x3xf32>, tensor<f32>) -> tensor<3xf32>
          %3 = mhlo.sqrt %2 : tensor<3xf32>
          %4 = mhlo.reduce(%3 init: %1) applies mhlo.maximum across dimensions = [0]
              : (tensor<3xf32>, tensor<f32>) -> tensor<f32>
          return %3, %4, %3, %0 : tensor<3xf32>, tensor<f32>, tensor<3xf32>, tensor<2x3xf32>
        }
    """)
    root = np.sqrt(a.sum(0))
    for got, expected in zip(evaluate(values), [root, root.max(), root, a], strict=True):
        assert got.dtype == np.float32
        assert got.shape == expected.shape
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("element", ELEMENT_TYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3)])
def test_every_element_type(element: ElementType, shape: tuple[int, ...]) -> None:
    generator = np.random.default_rng(0)
    array = generator.integers(0, 2, shape).astype(element.dtype)
    both = mhlo.Reverse(mhlo.Constant(dense(array)).result, range(len(shape)))
    (got,) = evaluate([both.results[0]])
    assert got.dtype == element.dtype
    np.testing.assert_array_equal(got, np.flip(array))


def test_nothing_to_evaluate() -> None:
    assert evaluate([]) == []


def test_what_the_interpreter_cannot_compute_is_refused() -> None:
    values = returned("""
        func.func @f() -> tensor<2x2xf32> {
          %0 = mhlo.constant dense<1.0> : tensor<2x2xf32>
          %1 = "mhlo.cholesky"(%0) <{lower = true}> : (tensor<2x2xf32>) -> tensor<2x2xf32>
          return %1 : tensor<2x2xf32>
        }
    """)
    with pytest.raises(CompileError, match="mhlo.cholesky"):
        evaluate(values)
