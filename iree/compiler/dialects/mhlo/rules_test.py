"""Every labelled rule of every op: text that breaks it is refused by that label, and by MLIR too where it has it."""

import inspect
import re

import pytest

from iree.compiler.dialects import mhlo
from iree.compiler.dialects.mhlo.broken_ops import BROKEN, Broken, ints
from iree.compiler.dialects.mhlo.reference_parser import judge
from iree.compiler.ir.diagnostics import CompileError
from iree.testing.ir import parse


def _refusal(text: str) -> str:
    with pytest.raises(CompileError) as error:
        parse(text, "model.mlir")
    return str(error.value)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: f"{broken.op} {broken.label}")
def test_a_broken_rule_is_named(broken: Broken) -> None:
    assert _refusal(broken.text).startswith(f"model.mlir:2:6: mhlo.{broken.op} {broken.label}: ")


def test_what_we_refuse_mlir_refuses() -> None:
    cases = [broken for broken in BROKEN if not broken.only_ours]
    accepted = [str(case) for case, (form, _) in zip(cases, judge([case.text for case in cases]), strict=True) if form]
    assert not accepted


def _reduce_window(operands: str, result: str, lists: str, arguments: str = "") -> str:
    types = operands.split(", ")
    names = ", ".join(f"%a{index}" for index in range(len(types)))
    declared = ", ".join(f"%a{index}: {type_}" for index, type_ in enumerate(types))
    return f"""func.func @f({declared}) {{
  %0 = "stablehlo.reduce_window"({names}) <{{{lists}}}> ({{
  ^bb0({arguments or _ARGUMENTS}):
    %1 = stablehlo.add %x, %x : tensor<f32>
    "stablehlo.return"(%1) : (tensor<f32>) -> ()
  }}) : ({operands}) -> {result}
  return
}}"""


def _reduce(operands: str, results: str, dims: str, arguments: str, body: str, returned: str) -> str:
    types = operands.split(", ")
    names = ", ".join(f"%a{index}" for index in range(len(types)))
    declared = ", ".join(f"%a{index}: {type_}" for index, type_ in enumerate(types))
    return f"""func.func @f({declared}) {{
  %0 = "stablehlo.reduce"({names}) <{{dimensions = array<i64: {dims}>}}> ({{
  ^bb0({arguments}):
    {body}
    "stablehlo.return"({returned}) : (tensor<f32>) -> ()
  }}) : ({operands}) -> {results}
  return
}}"""


_ADD, _ARGUMENTS = "%1 = stablehlo.add %x, %y : tensor<f32>", "%x: tensor<f32>, %y: tensor<f32>"

BROKEN_REDUCES = [
    ("C1", _reduce("tensor<4xf32>, tensor<i32>", "tensor<f32>", "0", _ARGUMENTS, _ADD, "%1")),
    ("C1", _reduce("tensor<4xf32>, tensor<1xf32>", "tensor<f32>", "0", _ARGUMENTS, _ADD, "%1")),
    (
        "C2",
        _reduce("tensor<4xf32>, tensor<5xf32>, tensor<f32>, tensor<f32>", "tensor<f32>", "0", _ARGUMENTS, _ADD, "%1"),
    ),
    ("C3", _reduce("tensor<4xf32>, tensor<f32>", "tensor<f32>", "1", _ARGUMENTS, _ADD, "%1")),
    ("C4", _reduce("tensor<4xf32>, tensor<f32>", "tensor<4xf32>", "0", _ARGUMENTS, _ADD, "%1")),
    (
        "C5",
        _reduce("tensor<4xf32>, tensor<f32>", "tensor<f32>", "0", "%x: tensor<f32>", _ADD.replace("%y", "%x"), "%1"),
    ),
]

_F4, _F5, _F = "tensor<4xf32>", "tensor<5xf32>", "tensor<f32>"

BROKEN_WINDOWS = [
    ("C1", _reduce_window(f"{_F4}, tensor<i32>", _F4, ints(window_dimensions=[1]))),
    ("C2", _reduce_window(f"{_F4}, {_F5}, {_F}, {_F}", _F4, ints(window_dimensions=[1]))),
    ("C3", _reduce_window(f"{_F4}, {_F}", _F4, ints(window_dimensions=[1, 1]))),
    ("C3", _reduce_window(f"{_F4}, {_F}", _F4, ints(window_dimensions=[1], window_strides=[1, 1]))),
    ("C4", _reduce_window(f"{_F4}, {_F}", _F5, ints(window_dimensions=[0]))),
    ("C4", _reduce_window(f"{_F4}, {_F}", _F4, ints(window_dimensions=[1], base_dilations=[0]))),
    ("C5", _reduce_window(f"{_F4}, {_F}", _F4, ints(window_dimensions=[1]), "%x: tensor<f32>")),
    ("C6", _reduce_window(f"{_F4}, {_F}", _F4, ints(window_dimensions=[2]))),
]


@pytest.mark.parametrize(("label", "text"), BROKEN_WINDOWS)
def test_a_broken_rule_of_reduce_window_is_named(label: str, text: str) -> None:
    assert _refusal(text).startswith(f"model.mlir:2:8: mhlo.reduce_window {label}: ")
    assert judge([text])[0][0] is None


@pytest.mark.parametrize(("label", "text"), BROKEN_REDUCES)
def test_a_broken_rule_of_reduce_is_named(label: str, text: str) -> None:
    assert _refusal(text).startswith(f"model.mlir:2:8: mhlo.reduce {label}: ")
    assert judge([text])[0][0] is None


def test_a_reduce_of_nothing_is_refused() -> None:
    assert "mhlo.reduce C1: there are no operands" in _refusal("""func.func @f() {
      "mhlo.reduce"() <{dimensions = array<i64>}> ({
        "mhlo.return"() : () -> ()
      }) : () -> ()
      return
    }""")


def test_a_reduce_whose_body_returns_something_else_is_refused() -> None:
    body = _reduce("tensor<4xf32>, tensor<f32>", "tensor<f32>", "0", _ARGUMENTS, _ADD, "%1")
    assert "mhlo.reduce C5: the body returns nothing" in _refusal(body.replace("(%1) : (tensor<f32>)", "() : ()"))


def _scatter(
    operands: str = "4x5xf32 3x1xi32 3x5xf32",
    result: str = "4x5xf32",
    takes: str = "%x: tensor<f32>, %y: tensor<f32>",
    returned: str = "(%x) : (tensor<f32>)",
    **changed: list[int] | int,
) -> str:
    rows: dict[str, list[int] | int] = {
        "update_window_dims": [1], "inserted_window_dims": [0], "scatter_dims_to_operand_dims": [0],
        "index_vector_dim": 1,
    }  # fmt: skip
    fields = ", ".join(f"{name} = {value}" for name, value in (rows | changed).items())
    types = [f"tensor<{type_}>" for type_ in operands.split()]
    names = ", ".join(f"%a{index}" for index in range(len(types)))
    declared = ", ".join(f"%a{index}: {type_}" for index, type_ in enumerate(types))
    return f"""func.func @f({declared}) {{
  %0 = "stablehlo.scatter"({names}) <{{scatter_dimension_numbers = #stablehlo.scatter<{fields}>}}> ({{
  ^bb0({takes}):
    "stablehlo.return"{returned} -> ()
  }}) : ({", ".join(types)}) -> tensor<{result}>
  return
}}"""


BROKEN_SCATTERS = [
    ("C1", _scatter("4x5xf32 3x1xi32 3x5xi32")),
    ("C2", _scatter("4x5xf32 3x1xf32 3x5xf32")),
    ("C2", _scatter(index_vector_dim=3)),
    ("C3", _scatter(scatter_dims_to_operand_dims=[0, 1])),
    ("C4", _scatter(scatter_dims_to_operand_dims=[2])),
    ("C5", _scatter(inserted_window_dims=[])),
    ("C5", _scatter(inserted_window_dims=[1, 0], update_window_dims=[])),
    (
        "C6",
        _scatter(
            "4x5xf32 3x1xi32 3xf32", update_window_dims=[], inserted_window_dims=[1], input_batching_dims=[0],
            scatter_indices_batching_dims=[0], scatter_dims_to_operand_dims=[1],
        ),
    ),
    ("C7", _scatter("4x5xf32 3x1xi32 3x6xf32")),
    ("C7", _scatter("4x5xf32 3x1xi32 2x5xf32")),
    ("C7", _scatter(update_window_dims=[2])),
    ("C8", _scatter(takes="%x: tensor<f32>")),
    ("C8", _scatter(returned="() : ()")),
    ("C9", _scatter(result="4x6xf32")),
]  # fmt: skip


@pytest.mark.parametrize(("label", "text"), BROKEN_SCATTERS)
def test_a_broken_rule_of_scatter_is_named(label: str, text: str) -> None:
    assert _refusal(text).startswith(f"model.mlir:2:8: mhlo.scatter {label}: ")
    assert judge([text])[0][0] is None


BROKEN_SIZES = [
    ("get_dimension_size", "C1", "%0 = mhlo.get_dimension_size %x, dim = 1 : (tensor<?xf32>) -> tensor<i32>"),
    (
        "dynamic_broadcast_in_dim",
        "C1",
        "%0 = mhlo.dynamic_broadcast_in_dim %x, %n, dims = [] : (tensor<?xf32>, tensor<1xi32>) -> tensor<?xf32>",
    ),
    ("sizes", "C1", "%0 = mhlo.sizes [1, [d0]] : tensor<3xi32>"),
    ("sizes", "C2", "%0 = mhlo.sizes [1, [d0]] : tensor<2xf32>"),
]


@pytest.mark.parametrize(("op", "label", "text"), BROKEN_SIZES)
def test_a_broken_rule_of_sizes_is_named(op: str, label: str, text: str) -> None:
    program = f"func.func @f(%x: tensor<?xf32>, %n: tensor<1xi32>) {{\n{text}\nreturn\n}}"
    assert _refusal(program).startswith(f"model.mlir:2:6: mhlo.{op} {label}: ")


def _generator(state: str, new_state: str, output: str) -> str:
    return f"""func.func @f(%a: {state}) {{
  %0:2 = "stablehlo.rng_bit_generator"(%a) <{{rng_algorithm = #stablehlo<rng_algorithm THREE_FRY>}}>
       : ({state}) -> ({new_state}, {output})
  return
}}"""


BROKEN_OTHERS = [
    ("tuple", "C1", 'func.func @f(%a: tensor<4xf32>) {\n%0 = "mhlo.tuple"(%a) : (tensor<4xf32>) -> tuple<>\nreturn\n}'),
    (
        "get_tuple_element",
        "C1",
        """func.func @f(%a: tuple<tensor<4xf32>>) {
  %0 = "mhlo.get_tuple_element"(%a) <{index = 1 : i32}> : (tuple<tensor<4xf32>>) -> tensor<4xf32>
  return
}""",
    ),
    (
        "get_tuple_element",
        "C2",
        """func.func @f(%a: tuple<tensor<4xf32>>) {
  %0 = "mhlo.get_tuple_element"(%a) <{index = 0 : i32}> : (tuple<tensor<4xf32>>) -> tensor<5xf32>
  return
}""",
    ),
    ("rng_bit_generator", "C1", _generator("tensor<2xf32>", "tensor<2xf32>", "tensor<4xi32>")),
    ("rng_bit_generator", "C1", _generator("tensor<2xui64>", "tensor<3xui64>", "tensor<4xi32>")),
    ("rng_bit_generator", "C2", _generator("tensor<2xui64>", "tensor<2xui64>", "tensor<4xi1>")),
    (
        "add_dependency",
        "C1",
        """func.func @f(%a: tensor<4xf32>, %t: !mhlo.token) {
  %0 = "mhlo.add_dependency"(%a, %t) : (tensor<4xf32>, !mhlo.token) -> tensor<5xf32>
  return
}""",
    ),
    (
        "copy",
        "C1",
        """func.func @f(%a: tensor<4xf32>) {
  %0 = "mhlo.copy"(%a) : (tensor<4xf32>) -> tensor<5xf32>
  return
}""",
    ),
]


@pytest.mark.parametrize(("op", "label", "text"), BROKEN_OTHERS)
def test_a_broken_rule_of_another_op_is_named(op: str, label: str, text: str) -> None:
    assert re.match(rf"model.mlir:2:\d+: mhlo.{op} {label}: ", _refusal(text))


def _with_body(
    op: str, operands: str, results: str, properties: str, takes: str = "f32 f32", returned: str = "i1"
) -> str:
    """An op with a body that returns a constant; all types are given by their elements and sizes."""

    def tensors(types: str) -> list[str]:
        return [f"tensor<{type_}>" for type_ in types.split()]

    declared = ", ".join(f"%a{index}: {type_}" for index, type_ in enumerate(tensors(operands)))
    names = ", ".join(f"%a{index}" for index in range(len(tensors(operands))))
    block = ", ".join(f"%b{index}: {type_}" for index, type_ in enumerate(tensors(takes)))
    (of,) = tensors(returned) or ("",)
    constant = f"%c = stablehlo.constant dense<{'1.0' if 'f' in returned else '1'}> : {of}" if of else ""
    number = f"%0:{len(tensors(results))}" if tensors(results) else "%0"
    return f"""func.func @f({declared}) {{
  {number} = "stablehlo.{op}"({names}) <{{{properties}}}> ({{
  ^bb0({block}):
    {constant}
    "stablehlo.return"({"%c" if of else ""}) : ({of}) -> ()
  }}) : ({", ".join(tensors(operands))}) -> ({", ".join(tensors(results))})
  return
}}"""


_DIM, _RUN = "dimension = 0 : i64", "dimension = 0 : i64, run = 2 : i64"
_TWO = "f32 f32 f32 f32"

BROKEN_BODIES = [
    ("sort", "C1", _with_body("sort", "4xf32 5xf32", "4xf32 5xf32", _DIM, _TWO)),
    ("sort", "C2", _with_body("sort", "4xf32", "4xi32", _DIM)),
    ("sort", "C3", _with_body("sort", "4xf32", "4xf32", "dimension = 1 : i64")),
    ("sort", "C3", _with_body("sort", "4xf32", "4xf32", "dimension = -2 : i64")),
    ("sort", "C4", _with_body("sort", "4xf32", "4xf32", _DIM, "f32")),
    ("sort", "C4", _with_body("sort", "4xf32", "4xf32", _DIM, returned="f32")),
    ("map", "C1", _with_body("map", "4xf32", "5xf32", "dimensions = array<i64: 0>", "f32", "f32")),
    ("map", "C1", _with_body("map", "4xf32 5xf32", "4xf32", "dimensions = array<i64: 0>", "f32 f32", "f32")),
    ("map", "C2", _with_body("map", "4x4xf32", "4x4xf32", "dimensions = array<i64: 1, 0>", "f32", "f32")),
    ("map", "C3", _with_body("map", "4xf32", "4xf32", "dimensions = array<i64: 0>", "f32 f32", "f32")),
    ("map", "C3", _with_body("map", "4xf32", "4xf32", "dimensions = array<i64: 0>", "f32", "i32")),
]
OUR_BROKEN_BODIES = [
    ("sort_order", "C1", _with_body("sort_order", "4xf32 5xf32", "4xi32", _RUN, _TWO)),
    ("sort_order", "C2", _with_body("sort_order", "4xf32", "4xi64", _RUN)),
    ("sort_order", "C3", _with_body("sort_order", "4xf32", "4xi32", "dimension = 1 : i64, run = 2 : i64")),
    ("sort_order", "C3", _with_body("sort_order", "4xf32", "4xi32", "dimension = 0 : i64, run = 0 : i64")),
    ("sort_order", "C4", _with_body("sort_order", "4xf32", "4xi32", _RUN, "i32 i32")),
    ("merge_order", "C1", _with_body("merge_order", "4xi32 4xf32 5xf32", "4xi32", _RUN, _TWO)),
    ("merge_order", "C2", _with_body("merge_order", "5xi32 4xf32", "4xi32", _RUN)),
    ("merge_order", "C2", _with_body("merge_order", "4xi32 4xf32", "4xf32", _RUN)),
    ("merge_order", "C3", _with_body("merge_order", "4xi32 4xf32", "4xi32", "dimension = 0 : i64, run = 0 : i64")),
    ("merge_order", "C4", _with_body("merge_order", "4xi32 4xf32", "4xi32", _RUN, returned="")),
]
_PLACES = ints(window_dimensions=[2], window_strides=[2])


def _select_and_scatter(
    operands: str = "4xf32 2xf32 f32", result: str = "4xf32", lists: str = _PLACES, **bodies: str
) -> str:
    """A select_and_scatter whose bodies return constants."""
    types = [f"tensor<{type_}>" for type_ in operands.split()]
    declared = ", ".join(f"%a{index}: {type_}" for index, type_ in enumerate(types))
    regions = []
    for name, element, value in (("select", "i1", "true"), ("scatter", "f32", "1.0")):
        takes = bodies.get(name, "%b0: tensor<f32>, %b1: tensor<f32>")
        element, value = ("i32", "1") if bodies.get("returned") == name else (element, value)
        regions.append(f"""{{
  ^bb0({takes}):
    %c = stablehlo.constant dense<{value}> : tensor<{element}>
    "stablehlo.return"(%c) : (tensor<{element}>) -> ()
  }}""")
    return f"""func.func @f({declared}) {{
  %0 = "stablehlo.select_and_scatter"(%a0, %a1, %a2) <{{{lists}}}> ({", ".join(regions)})
    : ({", ".join(types)}) -> tensor<{result}>
  return
}}"""


BROKEN_BODIES += [
    ("select_and_scatter", "C1", _select_and_scatter("4xf32 3xf32 f32")),
    ("select_and_scatter", "C2", _select_and_scatter("4xf32 2xf32 i32")),
    ("select_and_scatter", "C3", _select_and_scatter(lists=ints(window_dimensions=[2, 2], window_strides=[2, 2]))),
    ("select_and_scatter", "C4", _select_and_scatter(lists=ints(window_dimensions=[2], window_strides=[0]))),
    ("select_and_scatter", "C5", _select_and_scatter(select="%b0: tensor<f32>")),
    ("select_and_scatter", "C5", _select_and_scatter(returned="select")),
    ("select_and_scatter", "C6", _select_and_scatter(scatter="%b0: tensor<f32>")),
    ("select_and_scatter", "C6", _select_and_scatter(returned="scatter")),
    ("select_and_scatter", "C7", _select_and_scatter(result="5xf32")),
]
BROKEN_TOP_KS = [
    ("C1", "%0:2 = chlo.top_k(%x, k = 5) : tensor<4xf32> -> (tensor<5xf32>, tensor<5xi32>)"),
    ("C1", "%0:2 = chlo.top_k(%y, k = 1) : tensor<f32> -> (tensor<1xf32>, tensor<1xi32>)"),
    ("C2", "%0:2 = chlo.top_k(%x, k = 2) : tensor<4xf32> -> (tensor<3xf32>, tensor<3xi32>)"),
    ("C2", "%0:2 = chlo.top_k(%x, k = 2) : tensor<4xf32> -> (tensor<2xf32>, tensor<2xf32>)"),
]


@pytest.mark.parametrize(("op", "label", "text"), [*BROKEN_BODIES, *OUR_BROKEN_BODIES])
def test_a_broken_rule_of_an_op_with_a_body_is_named(op: str, label: str, text: str) -> None:
    assert re.match(rf"model\.mlir:2:\d+: mhlo\.{op} {label}: ", _refusal(text))
    if (op, label, text) in BROKEN_BODIES:
        assert judge([text])[0][0] is None


@pytest.mark.parametrize(("label", "op"), BROKEN_TOP_KS)
def test_a_broken_rule_of_top_k_is_named(label: str, op: str) -> None:
    text = f"func.func @f(%x: tensor<4xf32>, %y: tensor<f32>) {{\n{op}\nreturn\n}}"
    assert f": mhlo.top_k {label}: " in _refusal(text)
    assert judge([text])[0][0] is None


def test_every_rule_has_a_text_that_breaks_it() -> None:
    broken = {(op, label) for op, label, _ in BROKEN_SIZES}
    broken |= {(case.op, case.label) for case in BROKEN} | {("reduce", label) for label, _ in BROKEN_REDUCES}
    broken |= {("reduce_window", label) for label, _ in BROKEN_WINDOWS}
    broken |= {("scatter", label) for label, _ in BROKEN_SCATTERS}
    broken |= {(op, label) for op, label, _ in [*BROKEN_BODIES, *OUR_BROKEN_BODIES]}
    broken |= {("top_k", label) for label, _ in BROKEN_TOP_KS}
    broken |= {(op, label) for op, label, _ in BROKEN_OTHERS}
    shared = {"Unary": mhlo.UNARY, "Binary": mhlo.BINARY, "Broadcasting": _subclasses(mhlo.Broadcasting)}
    shared |= {"BatchNorm": mhlo.NORMALIZATION, "AnyEinsum": mhlo.EINSUM}
    for op in mhlo.DIALECT.operations:
        if op in mhlo.CONTROL_FLOW:
            continue  # control_flow_test.py
        owner = next(each for each in op.__mro__ if "(C1)" in (each.__doc__ or "") or each.__name__ == "IRDLOperation")
        labels = re.findall(r"^ *\((C\d+)\)", inspect.getdoc(owner) or "", re.MULTILINE)
        names = {each.name.partition(".")[2] for each in shared.get(owner.__name__, ())} or {op.name.partition(".")[2]}
        for label in labels:
            assert any((name, label) in broken for name in names), f"{op.name} {label}"


def _subclasses(cls: type[mhlo.HloOp]) -> list[type[mhlo.HloOp]]:
    return [op for op in mhlo.DIALECT.operations if issubclass(op, cls)]
