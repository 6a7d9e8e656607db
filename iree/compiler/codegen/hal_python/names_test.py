"""What Python can call what the IR calls so."""

from iree.compiler.codegen.hal_python.names import Names, class_name, identifier


def test_identifiers() -> None:
    assert [identifier(text) for text in ("0", "my-f", "class", "X", "a.b", "", "match")] == [
        "v0",
        "my_f",
        "class_",
        "x",
        "a_b",
        "v",
        "match_",
    ]


def test_each_is_given_once() -> None:
    names = Names(["self"])
    assert [names.unique(text) for text in ("self", "a", "a", "A")] == ["self_", "a", "a_", "a__"]


def test_classes() -> None:
    assert [class_name(text) for text in ("simple_mul", "my model", "2d", "MLP", "-")] == [
        "SimpleMul",
        "MyModel",
        "_2d",
        "MLP",
        "Compiled",
    ]
