"""Expressions: no parentheses that C does not need, all that readers and compilers want."""

from iree.compiler.codegen.runtimeless_c.expressions import (
    Expr,
    bits,
    call,
    cast,
    choice,
    index,
    prefix,
    product,
    relation,
    total,
)

A, B, C = (Expr(name) for name in "abc")


def test_sums_and_products() -> None:
    assert total("+", product("*", A, B), C).text == "a * b + c"
    assert product("*", total("+", A, B), C).text == "(a + b) * c"
    assert total("-", A, total("-", B, C)).text == "a - (b - c)"
    assert total("-", total("-", A, B), C).text == "a - b - c"
    assert product("/", A, product("*", B, C)).text == "a / (b * c)"


def test_what_compilers_warn_of_gets_parentheses() -> None:
    assert bits("<<", total("+", A, B), C).text == "(a + b) << c"
    assert bits("|", bits("&", A, B), C).text == "(a & b) | c"
    assert relation("==", bits("&", A, B), C).text == "(a & b) == c"
    assert bits("&", prefix("!", A), B).text == "(!a) & b"


def test_choices() -> None:
    assert choice(relation("<", A, B), A, total("+", B, C)).text == "a < b ? a : b + c"
    assert choice(bits("&", A, B), A, B).text == "(a & b) ? a : b"
    assert choice(A, choice(B, A, C), C).text == "a ? (b ? a : c) : c"


def test_prefixes() -> None:
    assert prefix("-", prefix("-", A)).text == "-(-a)"
    assert prefix("!", relation("<", A, B)).text == "!(a < b)"
    assert cast("int8_t", total("+", A, B)).text == "(int8_t)(a + b)"
    assert total("-", A, prefix("-", B)).text == "a - -b"


def test_calls_and_elements() -> None:
    assert call("fmaxf", total("+", A, B), C).text == "fmaxf(a + b, c)"
    assert index("x", total("+", A, B)).text == "x[a + b]"
