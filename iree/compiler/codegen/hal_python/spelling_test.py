"""What Python can call what the IR calls so."""

from iree.compiler.codegen.hal.names import Names
from iree.compiler.codegen.hal_python.spelling import PythonSpelling


def test_identifiers() -> None:
    assert [
        PythonSpelling().identifier(text) for text in ("0", "my-f", "class", "X", "a.b", "", "match", "__init__")
    ] == [
        "v0",
        "my_f",
        "class_",
        "x",
        "a_b",
        "v",
        "match_",
        "_init__",
    ]


def test_each_is_given_once() -> None:
    names = Names(PythonSpelling(), ["self"])
    assert [names.unique(text) for text in ("self", "a", "a", "A")] == ["self_", "a", "a_", "a__"]
