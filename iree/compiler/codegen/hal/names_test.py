"""Each name is given once."""

from iree.compiler.codegen.hal.names import Names, class_name


class Naming:
    def identifier(self, text: str) -> str:
        return text.lower()

    def again(self, name: str, number: int) -> str:
        return f"{name}{number}"


def test_each_is_given_once() -> None:
    names = Names(Naming(), ["self"])
    assert [names.unique(text) for text in ("self", "a", "a", "A")] == ["self1", "a", "a1", "a2"]
    assert [names.unique("a", private=True) for _ in range(2)] == ["_a", "_a1"]
    assert names.unique("_b", private=True) == "_b"
    assert ["_b" in names, "b" in names] == [True, False]


def test_classes() -> None:
    assert [class_name(text) for text in ("simple_mul", "my model", "2d", "MLP", "-")] == [
        "SimpleMul",
        "MyModel",
        "_2d",
        "MLP",
        "Compiled",
    ]
