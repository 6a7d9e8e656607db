import itertools

import numpy as np
import pytest
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects import mhlo
from iree.compiler.ir.constants import array_of, dense, mlir_type_of
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.common.dce import Dce
from iree.compiler.transforms.input.fold_trivial_ops import FoldTrivialOps
from iree.schemas.element_types import ELEMENT_TYPES, ElementType
from iree.testing.ir import check_pass, parse

_X = "tensor<4x5xf32>"


@pytest.mark.parametrize(
    "op",
    [
        f"mhlo.reshape %x : ({_X}) -> {_X}",
        f"mhlo.convert %x : ({_X}) -> {_X}",
        f"mhlo.transpose %x, dims = [0, 1] : ({_X}) -> {_X}",
        f"mhlo.broadcast_in_dim %x, dims = [0, 1] : ({_X}) -> {_X}",
        f"mhlo.slice %x [0:4, 0:5] : ({_X}) -> {_X}",
        f"mhlo.pad %x, %c, low = [0, 0], high = [0, 0], interior = [0, 0] : ({_X}, tensor<f32>) -> {_X}",
        f"mhlo.reverse %x, dims = [] : {_X}",
        f"mhlo.concatenate %x, dim = 1 : ({_X}) -> {_X}",
    ],
)
def test_what_changes_nothing_goes(op: str) -> None:
    text = (
        "func.func @f(%x: tensor<4x5xf32>, %c: tensor<f32>) -> tensor<4x5xf32> {{\n{}  return %{} : tensor<4x5xf32>\n}}"
    )
    check_pass(FoldTrivialOps(), before=text.format(f"  %0 = {op}\n", 0), after=text.format("", "x"))


@pytest.mark.parametrize(
    "op",
    [
        "mhlo.transpose %x, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>",
        "mhlo.broadcast_in_dim %x, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>",
        "mhlo.pad %x, %c, low = [1, 0], high = [-1, 0], interior = [0, 0]"
        " : (tensor<4x4xf32>, tensor<f32>) -> tensor<4x4xf32>",
        "mhlo.reverse %x, dims = [1] : tensor<4x4xf32>",
        "mhlo.concatenate %x, %e, dim = 1 : (tensor<4x4xf32>, tensor<4x0xf32>) -> tensor<4x4xf32>",
        "mhlo.abs %x : tensor<4x4xf32>",
    ],
)
def test_what_changes_something_stays(op: str) -> None:
    text = (
        "func.func @f(%x: tensor<4x4xf32>, %c: tensor<f32>, %e: tensor<4x0xf32>) -> tensor<4x4xf32> {\n"
        f"  %0 = {op}\n  return %0 : tensor<4x4xf32>\n}}"
    )
    check_pass(FoldTrivialOps(), before=text, after=text)


def test_reshapes_become_one_or_none() -> None:
    check_pass(
        [FoldTrivialOps(), Dce()],
        before="""
            func.func @f(%x: tensor<4x5xf32>) -> (tensor<4x5xf32>, tensor<20xf32>) {
              %0 = mhlo.reshape %x : (tensor<4x5xf32>) -> tensor<2x10xf32>
              %1 = mhlo.reshape %0 : (tensor<2x10xf32>) -> tensor<4x5xf32>
              %2 = mhlo.reshape %0 : (tensor<2x10xf32>) -> tensor<20xf32>
              return %1, %2 : tensor<4x5xf32>, tensor<20xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4x5xf32>) -> (tensor<4x5xf32>, tensor<20xf32>) {
              %0 = mhlo.reshape %x : (tensor<4x5xf32>) -> tensor<20xf32>
              return %x, %0 : tensor<4x5xf32>, tensor<20xf32>
            }
        """,
    )


def test_constants_are_moved_when_compiling() -> None:
    check_pass(
        [FoldTrivialOps(), Dce()],
        before="""
            func.func @f() -> (tensor<3x2xi32>, tensor<2x2xi32>, tensor<2x3xi32>, tensor<6xi32>) {
              %0 = mhlo.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
              %1 = mhlo.transpose %0, dims = [1, 0] : (tensor<2x3xi32>) -> tensor<3x2xi32>
              %2 = mhlo.slice %0 [0:2, 0:3:2] : (tensor<2x3xi32>) -> tensor<2x2xi32>
              %3 = mhlo.reverse %0, dims = [1] : tensor<2x3xi32>
              %4 = mhlo.reshape %3 : (tensor<2x3xi32>) -> tensor<6xi32>
              return %1, %2, %3, %4 : tensor<3x2xi32>, tensor<2x2xi32>, tensor<2x3xi32>, tensor<6xi32>
            }
        """,
        after="""
            func.func @f() -> (tensor<3x2xi32>, tensor<2x2xi32>, tensor<2x3xi32>, tensor<6xi32>) {
              %0 = mhlo.constant dense<[[1, 4], [2, 5], [3, 6]]> : tensor<3x2xi32>
              %1 = mhlo.constant dense<[[1, 3], [4, 6]]> : tensor<2x2xi32>
              %2 = mhlo.constant dense<[[3, 2, 1], [6, 5, 4]]> : tensor<2x3xi32>
              %3 = mhlo.constant dense<[3, 2, 1, 6, 5, 4]> : tensor<6xi32>
              return %0, %1, %2, %3 : tensor<3x2xi32>, tensor<2x2xi32>, tensor<2x3xi32>, tensor<6xi32>
            }
        """,
    )


def test_constants_are_converted_where_that_is_exact() -> None:
    check_pass(
        [FoldTrivialOps(), Dce()],
        before="""
            func.func @f() -> (tensor<2xi32>, tensor<2xi32>, tensor<1xi32>, tensor<2xi1>, tensor<2xf32>, tensor<1xf32>) {
              %0 = mhlo.constant dense<[1.0, -2.0]> : tensor<2xf32>
              %1 = mhlo.convert %0 : (tensor<2xf32>) -> tensor<2xi32>
              %2 = mhlo.constant dense<[1.5, -2.0]> : tensor<2xf32>
              %3 = mhlo.convert %2 : (tensor<2xf32>) -> tensor<2xi32>
              %4 = mhlo.constant dense<[3.0e9]> : tensor<1xf32>
              %5 = mhlo.convert %4 : (tensor<1xf32>) -> tensor<1xi32>
              %6 = mhlo.constant dense<[0.5, 0.0]> : tensor<2xf32>
              %7 = mhlo.convert %6 : (tensor<2xf32>) -> tensor<2xi1>
              %8 = mhlo.constant dense<[true, false]> : tensor<2xi1>
              %9 = mhlo.convert %8 : (tensor<2xi1>) -> tensor<2xf32>
              %10 = mhlo.constant dense<[16777217]> : tensor<1xi32>
              %11 = mhlo.convert %10 : (tensor<1xi32>) -> tensor<1xf32>
              return %1, %3, %5, %7, %9, %11
                  : tensor<2xi32>, tensor<2xi32>, tensor<1xi32>, tensor<2xi1>, tensor<2xf32>, tensor<1xf32>
            }
        """,  # noqa: E501
        after="""
            func.func @f() -> (tensor<2xi32>, tensor<2xi32>, tensor<1xi32>, tensor<2xi1>, tensor<2xf32>, tensor<1xf32>) {
              %0 = mhlo.constant dense<[1, -2]> : tensor<2xi32>
              %1 = mhlo.constant dense<[1.500000e+00, -2.000000e+00]> : tensor<2xf32>
              %2 = mhlo.convert %1 : (tensor<2xf32>) -> tensor<2xi32>
              %3 = mhlo.constant dense<3.000000e+09> : tensor<1xf32>
              %4 = mhlo.convert %3 : (tensor<1xf32>) -> tensor<1xi32>
              %5 = mhlo.constant dense<[true, false]> : tensor<2xi1>
              %6 = mhlo.constant dense<[1.000000e+00, 0.000000e+00]> : tensor<2xf32>
              %7 = mhlo.constant dense<16777217> : tensor<1xi32>
              %8 = mhlo.convert %7 : (tensor<1xi32>) -> tensor<1xf32>
              return %0, %2, %4, %5, %6, %8 : tensor<2xi32>, tensor<2xi32>, tensor<1xi32>, tensor<2xi1>, tensor<2xf32>, tensor<1xf32>
            }
        """,  # noqa: E501
    )


def test_a_large_constant_that_others_read_too_is_not_copied() -> None:
    text = """
        func.func @f() -> (tensor<300xf32>, tensor<20x15xf32>) {
          %0 = mhlo.constant dense<1.000000e+00> : tensor<300xf32>
          %1 = mhlo.reshape %0 : (tensor<300xf32>) -> tensor<20x15xf32>
          return %0, %1 : tensor<300xf32>, tensor<20x15xf32>
        }
    """
    check_pass(FoldTrivialOps(), before=text, after=text)


def test_an_element_type_that_numpy_lacks_is_left_alone() -> None:
    text = """
        func.func @f() -> tensor<1xi3> {
          %0 = mhlo.constant dense<1> : tensor<1xi32>
          %1 = mhlo.convert %0 : (tensor<1xi32>) -> tensor<1xi3>
          return %1 : tensor<1xi3>
        }
    """
    check_pass(FoldTrivialOps(), before=text, after=text)


@pytest.mark.parametrize("source", ELEMENT_TYPES, ids=str)
def test_only_what_is_exact_is_converted(source: ElementType) -> None:
    """In every type: what comes out is the same number, of a complex one its real part, and of integers wrapped."""
    numbers = np.array([-2, 0, 1, 7, 2**31, 200.5, 1e30, 2.0**-130, np.nan, np.inf, -0.0])
    with np.errstate(all="ignore"):
        values = (numbers != 0 if source.kind == "bool" else numbers).astype(source.dtype)
    for target, value in itertools.product(ELEMENT_TYPES, values):
        operand = mhlo.Constant(dense(np.asarray(value)))
        module = ModuleOp([operand, mhlo.Convert(operand.result, mlir_type_of(target))])
        run_passes(module, [FoldTrivialOps()])
        last = module.body.block.last_op
        if not isinstance(last, mhlo.Constant):
            continue
        number, got = complex(value), complex(array_of(last.value)[()])
        if target.kind == "bool":
            assert got == (number != 0)
        elif source.kind == target.kind == "integer":
            assert (got.real - number.real) % 2**target.bit_width == 0
        else:
            np.testing.assert_array_equal(got, number if target.kind == "complex" else number.real)


def test_nothing_that_was_folded_counts_as_a_use() -> None:
    module = parse("""
        func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
          %0 = mhlo.reshape %x : (tensor<4xf32>) -> tensor<2x2xf32>
          %1 = mhlo.reshape %0 : (tensor<2x2xf32>) -> tensor<4xf32>
          return %1 : tensor<4xf32>
        }
    """)
    run_passes(module, [FoldTrivialOps(), Dce()])
    (function,) = ops_of(module, FuncOp)
    assert [use.operation.name for use in function.body.block.args[0].uses] == ["func.return"]
