import numpy as np
import pytest

from iree.compiler.dialects import mhlo
from iree.compiler.ir.constants import Array, array_of
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.common.dce import Dce
from iree.compiler.transforms.constants.pack_weights import PackWeights
from iree.testing.ir import check_pass, parse, text_of


def packed(text: str) -> tuple[Array, mhlo.HloOp]:
    """The weights that a text has left, and the op that reads them."""
    module = parse(text)
    run_passes(module, [PackWeights(), Dce()])
    (constant,) = ops_of(module, mhlo.Constant)
    op = constant.result.get_user_of_unique_use()
    assert isinstance(op, mhlo.HloOp)
    return array_of(constant.value), op


def test_what_is_summed_over_comes_first() -> None:
    check_pass(
        [PackWeights(), Dce()],
        before="""
            func.func @f(%x: tensor<4x2xf32>) -> tensor<4x3xf32> {
              %0 = mhlo.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
              %1 = mhlo.dot_general %x, %0, contracting_dims = [1] x [1]
                  : (tensor<4x2xf32>, tensor<3x2xf32>) -> tensor<4x3xf32>
              return %1 : tensor<4x3xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4x2xf32>) -> tensor<4x3xf32> {
              %0 = mhlo.constant dense<[[1.000000e+00, 3.000000e+00, 5.000000e+00], [2.000000e+00, 4.000000e+00, 6.000000e+00]]> : tensor<2x3xf32>
              %1 = mhlo.dot_general %x, %0, contracting_dims = [1] x [0] : (tensor<4x2xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
              return %1 : tensor<4x3xf32>
            }
        """,  # noqa: E501
    )


def matrix(names: str, dims: str, types: str, element: str = "f32") -> str:
    """A dot of %x and the constant %w, which counts; `types`: of the operands and the result."""
    lhs, rhs, result = (f"tensor<{type_}x{element}>" for type_ in types.split())
    x, w = (lhs, rhs) if names.startswith("%x") else (rhs, lhs)
    return f"""
        func.func @f(%x: {x}) -> {result} {{
          %w = mhlo.constant dense<{counted(w)}> : {w}
          %0 = mhlo.dot_general {names}, {dims} : ({lhs}, {rhs}) -> {result}
          return %0 : {result}
        }}
    """


def counted(type_: str) -> str:
    shape = [int(size) for size in type_[7:-1].split("x")[:-1]]
    numbers = np.arange(np.prod(shape)).reshape(shape)
    return str((numbers if "i" in type_ else numbers.astype(float)).tolist())


@pytest.mark.parametrize(
    ("text", "order", "numbers"),
    [
        # several rows: what is summed over comes first
        (matrix("%x, %w", "contracting_dims = [1] x [1]", "4x2 3x2 4x3", "f16"), (1, 0), ((), (0,))),
        (matrix("%x, %w", "contracting_dims = [1, 2] x [2, 0]", "4x2x6 6x3x2 4x3", "i32"), (2, 0, 1), ((), (0, 1))),
        (
            matrix("%x, %w", "batching_dims = [0] x [1], contracting_dims = [2] x [2]", "5x4x2 3x5x2 5x4x3"),
            (1, 2, 0),
            ((0,), (1,)),
        ),
        # one row, or weights on the left: it comes last
        (matrix("%x, %w", "contracting_dims = [1] x [0]", "1x2 2x3 1x3"), (1, 0), ((), (1,))),
        (matrix("%x, %w", "contracting_dims = [0] x [0]", "2 2x3 3"), (1, 0), ((), (1,))),
        (matrix("%w, %x", "contracting_dims = [0] x [0]", "2x3 2x4 3x4"), (1, 0), ((), (1,))),
        # as it should be
        (matrix("%x, %w", "contracting_dims = [1] x [0]", "4x2 2x3 4x3"), (0, 1), ((), (0,))),
        (matrix("%x, %w", "contracting_dims = [1] x [1]", "1x2 3x2 1x3"), (0, 1), ((), (1,))),
        (matrix("%w, %x", "contracting_dims = [1] x [0]", "3x2 2x4 3x4"), (0, 1), ((), (1,))),
    ],
)
def test_matrices(text: str, order: tuple[int, ...], numbers: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    (before,) = ops_of(parse(text), mhlo.Constant)
    weights, op = packed(text)
    assert isinstance(op, mhlo.DotGeneral)
    np.testing.assert_array_equal(weights, array_of(before.value).transpose(order))
    if isinstance(op.rhs.owner, mhlo.Constant):
        assert (op.numbers.rhs_batching_dimensions, op.numbers.rhs_contracting_dimensions) == numbers
    else:
        assert (op.numbers.lhs_batching_dimensions, op.numbers.lhs_contracting_dimensions) == numbers


def kernel(letters: str, shape: str, window: str = "stride = [1, 1]") -> str:
    type_ = f"tensor<{shape}xf32>"
    return f"""
        func.func @f(%x: tensor<1x5x5x2xf32>) -> tensor<1x4x3x7xf32> {{
          %w = mhlo.constant dense<{counted(type_)}> : {type_}
          %0 = mhlo.convolution(%x, %w) dim_numbers = [b, 0, 1, f]x[{letters}]->[b, 0, 1, f], window = {{{window}}}
              {{batch_group_count = 1 : i64, feature_group_count = 1 : i64}}
              : (tensor<1x5x5x2xf32>, {type_}) -> tensor<1x4x3x7xf32>
          return %0 : tensor<1x4x3x7xf32>
        }}
    """


def test_a_kernel_of_pytorch() -> None:
    weights, op = packed(kernel("o, i, 0, 1", "7x2x2x3"))
    assert isinstance(op, mhlo.Convolution)
    np.testing.assert_array_equal(weights, np.arange(84.0).reshape(7, 2, 2, 3).transpose(2, 3, 1, 0))
    assert op.numbers.kernel == mhlo.OperandDims(2, 3, (0, 1))


def test_a_kernel_that_runs_backwards() -> None:
    weights, op = packed(kernel("0, 1, i, o", "2x3x2x7", "reverse = [true, false]"))
    assert isinstance(op, mhlo.Convolution)
    np.testing.assert_array_equal(weights, np.arange(84.0).reshape(2, 3, 2, 7)[::-1])
    assert not any(window.is_reversed for window in op.window)


def test_a_kernel_that_lies_right() -> None:
    text = kernel("0, 1, i, o", "2x3x2x7")
    check_pass(PackWeights(), before=text, after=text_of(parse(text)))


def test_weights_that_others_read_or_that_are_none_stay() -> None:
    text = """
        func.func @f(%x: tensor<4x2xf32>, %y: tensor<3x2xf32>) -> (tensor<4x3xf32>, tensor<4x3xf32>, tensor<3x2xf32>) {
          %0 = mhlo.constant dense<1.000000e+00> : tensor<3x2xf32>
          %1 = mhlo.dot_general %x, %0, contracting_dims = [1] x [1] : (tensor<4x2xf32>, tensor<3x2xf32>) -> tensor<4x3xf32>
          %2 = mhlo.dot_general %x, %y, contracting_dims = [1] x [1] : (tensor<4x2xf32>, tensor<3x2xf32>) -> tensor<4x3xf32>
          return %1, %2, %0 : tensor<4x3xf32>, tensor<4x3xf32>, tensor<3x2xf32>
        }
    """  # noqa: E501
    check_pass(PackWeights(), before=text, after=text)
