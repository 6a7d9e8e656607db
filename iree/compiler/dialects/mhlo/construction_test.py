"""Ops made by passes: their constructors give the result types that the rules ask for."""

from collections.abc import Callable, Sequence

import pytest
from xdsl.dialects import test
from xdsl.dialects.builtin import TensorType, f32, f64, i1, i8, i32
from xdsl.ir import Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.dialects.mhlo.attributes import DotDimensionNumbers
from iree.compiler.ir.diagnostics import RuleError
from iree.testing.ir import parse

_X, _P, _S = TensorType(f32, (4, 5)), TensorType(i1, (4, 5)), TensorType(f32, ())
_ROWS = mhlo.GatherNumbers(offset_dims=(1,), collapsed_slice_dims=(0,), start_index_map=(0,), index_vector_dim=1)
_DOT = mhlo.DotNumbers(lhs_contracting_dimensions=(0,), rhs_contracting_dimensions=(0,))


def _i() -> SSAValue:
    return test.TestOp(result_types=[TensorType(i32, ())]).results[0]


_CASES: list[tuple[Callable[[SSAValue, SSAValue, SSAValue], Operation], Sequence[int]]] = [
    (lambda x, p, s: mhlo.Abs(x), (4, 5)),
    (lambda x, p, s: mhlo.IsFinite(x), (4, 5)),
    (lambda x, p, s: mhlo.Add(x, x), (4, 5)),
    (lambda x, p, s: mhlo.Compare(x, x, mhlo.Direction.LT, mhlo.Comparison.TOTALORDER), (4, 5)),
    (lambda x, p, s: mhlo.Select(p, x, x), (4, 5)),
    (lambda x, p, s: mhlo.Clamp(s, x, s), (4, 5)),
    (lambda x, p, s: mhlo.Convert(x, i32), (4, 5)),
    (lambda x, p, s: mhlo.BroadcastInDim(x, (1, 2), TensorType(f32, (3, 4, 5))), (3, 4, 5)),
    (lambda x, p, s: mhlo.Broadcast(x, (3,)), (3, 4, 5)),
    (lambda x, p, s: mhlo.Reshape(x, (20,)), (20,)),
    (lambda x, p, s: mhlo.Transpose(x, (1, 0)), (5, 4)),
    (lambda x, p, s: mhlo.Slice(x, (0, 1), (4, 5), (3, 2)), (2, 2)),
    (lambda x, p, s: mhlo.Concatenate([x, x], 1), (4, 10)),
    (lambda x, p, s: mhlo.Pad(x, s, (1, -1), (0, 0), (0, 2)), (5, 12)),
    (lambda x, p, s: mhlo.DynamicSlice(x, [_i(), _i()], (2, 3)), (2, 3)),
    (lambda x, p, s: mhlo.DynamicUpdateSlice(x, mhlo.Slice(x, (0, 0), (2, 2), (1, 1)).result, [_i(), _i()]), (4, 5)),
    (lambda x, p, s: mhlo.Gather(x, mhlo.Iota(0, TensorType(i32, (7, 1))).result, _ROWS, (1, 3)), (7, 3)),
    (lambda x, p, s: mhlo.Iota(1, TensorType(i32, (4, 5))), (4, 5)),
    (lambda x, p, s: mhlo.Reverse(x, (0,)), (4, 5)),
    (lambda x, p, s: mhlo.Dot(x, mhlo.Transpose(x, (1, 0)).result), (4, 4)),
    (lambda x, p, s: mhlo.DotGeneral(x, x, _DOT), (5, 5)),
    (lambda x, p, s: mhlo.DotGeneral(x, x, _DOT, f64), (5, 5)),
    (lambda x, p, s: mhlo.Complex(x, x), (4, 5)),
    (lambda x, p, s: mhlo.Imag(mhlo.Complex(x, x).result), (4, 5)),
    (lambda x, p, s: mhlo.BitcastConvert(x, TensorType(i8, (4, 5, 4))), (4, 5, 4)),
    (lambda x, p, s: mhlo.ReducePrecision(x, 5, 10), (4, 5)),
]


@pytest.mark.parametrize(("make", "shape"), _CASES)
def test_a_constructor_gives_the_type_that_the_rules_ask_for(
    make: Callable[[SSAValue, SSAValue, SSAValue], Operation], shape: Sequence[int]
) -> None:
    x, p, s = test.TestOp(result_types=[_X, _P, _S]).results
    op = make(x, p, s)
    op.verify()
    assert mhlo.shape_of(op.results[0]) == tuple(shape)


def test_attributes_are_equal_by_what_they_say() -> None:
    assert DotDimensionNumbers(_DOT) == DotDimensionNumbers(mhlo.DotNumbers((), (), (0,), (0,)))
    assert mhlo.ints(mhlo.int_array([3, -1])) == (3, -1)


_REDUCE = """func.func @f(%a: tensor<4x5x{type}>, %c: tensor<{type}>) -> tensor<4x{type}> {{
  %0 = "mhlo.reduce"(%a, %c) <{{dimensions = dense<1> : tensor<1xi64>}}> ({{
  ^bb0(%x: tensor<{type}>, %y: tensor<{type}>):
    {body}
    "mhlo.return"(%1) : (tensor<{type}>) -> ()
  }}) : (tensor<4x5x{type}>, tensor<{type}>) -> tensor<4x{type}>
  return %0 : tensor<4x{type}>
}}"""


@pytest.mark.parametrize(
    ("element", "op", "kind"),
    [
        ("f32", "add", "add"),
        ("i32", "multiply", "multiply"),
        ("f32", "maximum", "maximum"),
        ("i32", "minimum", "minimum"),
        ("i32", "and", "and"),
        ("i1", "or", "or"),
        ("i1", "add", "or"),
        ("i1", "maximum", "or"),
        ("i1", "multiply", "and"),
        ("i1", "minimum", "and"),
    ],
)
@pytest.mark.parametrize("operands", ["%x, %y", "%y, %x"])
def test_the_kind_of_a_reduce(element: str, op: str, kind: str, operands: str) -> None:
    body = f"%1 = mhlo.{op} {operands} : tensor<{element}>"
    assert mhlo.reduce_kind(_only_reduce(_REDUCE.format(type=element, body=body))) == kind


@pytest.mark.parametrize(
    "body",
    [
        "%1 = mhlo.subtract %x, %y : tensor<f32>",
        "%1 = mhlo.add %x, %x : tensor<f32>",
        "%1 = mhlo.abs %y : tensor<f32>",
        "%2 = mhlo.add %x, %y : tensor<f32>\n%1 = mhlo.abs %2 : tensor<f32>",
        "%1 = mhlo.add %x, %c : tensor<f32>",
    ],
)
def test_a_reduce_by_anything_else_has_no_kind(body: str) -> None:
    assert mhlo.reduce_kind(_only_reduce(_REDUCE.format(type="f32", body=body))) is None


def _only_reduce(text: str) -> mhlo.Reduce:
    return next(op for op in parse(text, "model.mlir").walk() if isinstance(op, mhlo.Reduce))


def test_the_constructor_of_a_reduce_takes_a_body() -> None:
    source = _only_reduce(_REDUCE.format(type="f32", body="%1 = mhlo.add %x, %y : tensor<f32>"))
    made = mhlo.Reduce(list(source.inputs), list(source.init_values), (0, 1), source.body.clone())
    made.verify()
    assert mhlo.shape_of(made.outputs[0]) == ()


def test_a_broken_rule_outside_of_a_module_is_a_rule_error() -> None:
    x, _, s = test.TestOp(result_types=[_X, _P, _S]).results
    with pytest.raises(RuleError, match=r"mhlo\.add C2: the operands are tensor<4x5xf32> and tensor<f32>"):
        mhlo.Add(x, s).verify()
