"""What the parser refuses, and how the refusal reads."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.parser import parse_module
from iree.compiler.ir.verifier import verify

GOOD = """\
func.func @f(%a: tensor<4xf32>, %i: i1) -> tensor<4xf32> attributes {iree.module.export} {
  %c = arith.constant dense<[1.0, 2.0, 0xFF800000, 4.0]> : tensor<4xf32>
  %0 = arith.addf %a, %c : tensor<4xf32> loc(#loc1)
  cf.cond_br %i, ^bb1(%0 : tensor<4xf32>), ^bb2
^bb1(%1: tensor<4xf32>):
  return %1 : tensor<4xf32>
^bb2:
  %2:2 = "arith.addui_extended"(%i, %i) : (i1, i1) -> (i1, i1)
  %3 = arith.select %2#0, %a, %c : tensor<4xf32>
  return %3 : tensor<4xf32>
}
#loc1 = loc("net.py":1:2)
"""


def error_of(text):
    with pytest.raises(CompileError) as caught:
        verify(parse_module(text, "m.mlir", make_context()))
    return str(caught.value)


def test_an_error_shows_place_line_and_caret():
    assert error_of("module {\n  %0 = arith.constant 1.0 ; f32\n}") == (
        "m.mlir:2:27: Unexpected character: ;\n    %0 = arith.constant 1.0 ; f32\n                            ^"
    )


def test_only_the_part_of_a_long_line_around_the_place_is_shown():
    error = error_of('%0 = arith.constant dense<"0x' + "00" * 1_000_000 + '"> : nothing')
    assert len(error) < 1000
    assert "> : nothing" in error


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "m.mlir:1:1: the text holds no operation"),
        ("module { )", "m.mlir:1:10: "),
        ("module {", "m.mlir:1:9: "),
        ("{", "m.mlir:1:1: expected an operation"),
        ("%0 = arith.addff %a, %a : f32", "m.mlir:1:6: unknown operation 'arith.addff' (did you mean 'arith.addf'?)"),
        ("%0 = adddf %a, %a : f32", "m.mlir:1:6: unknown operation 'adddf' (did you mean 'addf'?)"),
        ("%0 = arit.addf %a : f32", "unknown dialect 'arit' of operation 'arit.addf' (did you mean 'arith'?); known: "),
        ('%0 = "tosa.add"() : () -> f32', "m.mlir:1:6: unknown dialect 'tosa' of operation 'tosa.add'"),
        ("module {\n%0 = arith.addf %a, %b : f32\n}", "m.mlir:2:17: %a is used but not defined"),
        ("func.func @f() {\nreturn %x : f32\n}\nfunc.func @g(%x: f32) { return }", "m.mlir:2:8: %x is used but not"),
        ("module {\n%0 = arith.addf %1, %1 : f32\n%1 = arith.constant 1.0 : f32 }", "m.mlir:2:6: arith.addf: uses"),
        ("%0 = arith.constant 1 : i32\n%0 = arith.constant 1 : i32", "m.mlir:2:1: SSA value %0 is already defined"),
        ("%0:2 = arith.constant 1 : i32", "m.mlir:1:1: arith.constant has 1 results, but 2 names are bound"),
        ("func.func @f(%a: f32) { %0 = arith.addi %a, %a : i32 }", "operand is used with type i32"),
        ("func.func @f() { cf.br ^x }", "region ends with missing block declarations for block(s) x"),
        (
            "func.func @f() {\n^a: return\n^a: return }",
            "re-declaration of block 'a' (originally declared here: line 2)",
        ),
        ("module { } loc(#nowhere)", "undefined symbol alias '#nowhere'"),
        ("module { } loc(5)", "Unexpected location syntax"),
        ("%0 = arith.constant 1.0 : !nothing.at_all", "'nothing.at_all' is not registered"),
        ("%0 = arith.constant 0x1FFFFFFFF : f32", "m.mlir:1:"),
        ("%0 = arith.constant 300 : i8", "m.mlir:1:"),
        ("%0 = arith.cmpf nope, %a, %a : f32", "m.mlir:1:"),
        ('%0 = "arith.constant', "m.mlir:1:6: "),
        ("module { " * 2000 + "}" * 2000, "the text is nested too deeply"),
    ],
)
def test_bad_text_is_refused_with_its_line(text, message):
    error = error_of(text)
    assert message in error
    assert error.startswith("m.mlir:")


def test_the_text_that_the_mutations_start_from_is_good():
    verify(parse_module(GOOD, "m.mlir", make_context()))


_TOKENS = re.findall(r"[\w.#%@^]+|\s+|.", GOOD)


@st.composite
def mutated(draw):
    """GOOD with some tokens dropped, doubled, swapped or replaced, and perhaps cut."""
    tokens = list(_TOKENS)
    for _ in range(draw(st.integers(1, 4))):
        index = draw(st.integers(0, len(tokens) - 1))
        match draw(st.integers(0, 3)):
            case 0:
                del tokens[index]
            case 1:
                tokens.insert(index, tokens[index])
            case 2:
                tokens[index] = draw(st.sampled_from(_TOKENS))
            case 3:
                tokens[index] = draw(st.text(string.printable + "é∞\0", max_size=4))
    text = "".join(tokens)
    return text[: draw(st.integers(0, len(text)))] if draw(st.integers(0, 5)) == 0 else text


@settings(max_examples=300, deadline=None)
@given(mutated())
def test_mutated_text_is_read_or_refused_at_a_place(text):
    error = None
    try:
        verify(parse_module(text, "m.mlir", make_context()))
    except CompileError as refusal:
        error = refusal
    assert error is None or (error.message and re.fullmatch(r"(m\.mlir|net\.py):\d+:\d+|[^:]*", error.location)), error


def raising(error):
    """A context whose dialect `odd` cannot be loaded."""

    def load():
        raise error

    context = make_context()
    context.register_dialect("odd", load)
    return context


def test_a_text_that_takes_too_much_memory_is_refused():
    with pytest.raises(CompileError, match=r"m.mlir:1:10: the constants of this text do not fit into memory"):
        parse_module("   odd.op", "m.mlir", raising(MemoryError()))


def test_an_error_of_a_dialect_in_reading_is_an_error_of_the_text():
    with pytest.raises(CompileError, match=r"m.mlir:1:10: what now"):
        parse_module("   odd.op", "m.mlir", raising(ValueError("what now")))
    with pytest.raises(CompileError, match=r"^said so$"):
        parse_module("   odd.op", "m.mlir", raising(CompileError("said so")))


def test_a_dialect_that_is_broken_itself_is_no_error_of_the_text():
    with pytest.raises(ImportError):
        parse_module("   odd.op", "m.mlir", raising(ImportError("no such file")))


def test_all_unknown_operations_in_generic_form_are_told():
    error = error_of(
        """
        func.func @f(%a: tensor<4xf32>) {
          %0 = "stablehlo.xyzzy"(%a) {x = 3 : i32} : (tensor<4xf32>) -> tensor<4xf32>
          "stablehlo.qqq"(%0) ({
          ^bb0(%c: tensor<f32>):
            "stablehlo.xyzzy"(%c) : (tensor<f32>) -> ()
          }) : (tensor<4xf32>) -> ()
          return
        }
        """
    )
    assert [line for line in error.splitlines() if "unknown" in line or "and at" in line] == [
        "m.mlir:3:16: unknown operation 'stablehlo.xyzzy'",
        "  and at m.mlir:6:13",
        "m.mlir:4:11: unknown operation 'stablehlo.qqq'",
    ]
    assert error.startswith("3 problems of 2 kinds")


def test_a_syntax_error_after_unknown_operations_is_told_too():
    error = error_of('%0 = "tosa.add"() : () -> f32\n%1 = stablehlo.none %0')
    assert error.startswith("2 problems\nm.mlir:1:6: unknown dialect 'tosa'")
    assert "m.mlir:2:6: unknown operation 'stablehlo.none'" in error
