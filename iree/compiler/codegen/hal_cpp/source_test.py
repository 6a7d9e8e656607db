"""C++ source in lines."""

from iree.compiler.codegen.hal_cpp.source import call, comment, layout, text_literal


def test_what_fits_stands_on_one_line() -> None:
    assert call("  ", "f", "a", "b") == ["  f(a, b);"]
    assert call("", "f") == ["f();"]
    assert layout("", "x = {", [], "};") == ["x = {};"]


def test_what_does_not_fit_goes_on_further_in() -> None:
    lines = call("  ", "f", *["argument"] * 30)
    assert len(lines) == 3
    assert all(len(line) <= 120 for line in lines)
    assert [line[:14] for line in lines] == ["  f(argument, ", "      argument", "      argument"]
    assert " ".join(map(str.strip, lines)) == f"f({', '.join(['argument'] * 30)});"


def test_comments_are_wrapped_and_do_not_go_on_in_code() -> None:
    lines = comment("  ", "word " * 40, "More.")
    assert max(map(len, lines)) <= 120
    assert lines[-2:] == ["  //", "  // More."]
    assert comment("", "a\\") == ["// a\\ ."]


def test_text_literals() -> None:
    assert [text_literal(text) for text in ("a", 'a "b"', "a\n\\")] == ['"a"', '"a \\"b\\""', '"a\\n\\\\"']
