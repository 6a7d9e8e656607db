"""Names: what C accepts, each once."""

from iree.compiler.codegen.runtimeless_c.names import Names, identifier


def test_names_are_given_once() -> None:
    names = Names({"a"})
    assert [names.new(wanted) for wanted in ("a", "a", "b", "b", "c0", "c0")] == ["a1", "a2", "b", "b1", "c0", "c0_1"]


def test_words_of_c_are_taken() -> None:
    names = Names()
    assert [names.new(wanted) for wanted in ("int", "restrict", "memcpy", "x")] == ["int1", "restrict1", "memcpy1", "x"]


def test_identifiers() -> None:
    assert [identifier(text) for text in ("a.b", "_x", "0", "größe", "")] == ["a_b", "x", "v0", "gr_e", "v"]
