"""Python source as ruff would lay it out."""

from iree.compiler.codegen.hal_python.source import (
    call,
    comment,
    docstring,
    flat,
    layout,
    row,
    text_literal,
    tuple_of,
)


def test_what_fits_stands_on_one_line() -> None:
    assert layout("    ", "x = ", call("f", "a", row("b", tuple_of(["c"])))) == ["    x = f(a, [b, (c,)])"]
    assert flat(tuple_of([])) == "()"


def test_arguments_stand_together_where_they_fit() -> None:
    long = "a" * 70
    assert layout("", f"{long} = ", call("function", "b" * 30, "c" * 30)) == [
        f"{long} = function(",
        f"    {'b' * 30}, {'c' * 30}",
        ")",
    ]


def test_each_item_of_a_list_stands_by_itself() -> None:
    long = "a" * 70
    assert layout("", f"{long} = ", row("b" * 30, "c" * 30)) == [
        f"{long} = [",
        f"    {'b' * 30},",
        f"    {'c' * 30},",
        "]",
    ]
    assert layout("", "", call("f", "a" * 70, call("g", "b" * 70)))[1:] == [
        f"    {'a' * 70},",
        f"    g({'b' * 70}),",
        ")",
    ]


def test_comments_and_docstrings_are_wrapped() -> None:
    lines = comment("    ", "word " * 40)
    assert [line[:7] for line in lines] == ["    # w", "    #  "]
    assert max(map(len, lines)) <= 120
    assert docstring("", "Short.") == ['"""Short."""']
    assert docstring("", "First.", "Second.") == ['"""First.', "", "Second.", '"""']
    assert len(docstring("", "word " * 40)) == 3


def test_text_literals() -> None:
    assert [text_literal(text) for text in ("a", "it's", 'a "b"', "a\n")] == ['"a"', '"it\'s"', "'a \"b\"'", '"a\\n"']
