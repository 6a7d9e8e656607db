"""What C++ can call what the IR calls so."""

from iree.compiler.codegen.hal.names import Names
from iree.compiler.codegen.hal_cpp.spelling import CppSpelling


def test_identifiers() -> None:
    found = {text: CppSpelling().identifier(text) for text in ("0", "my-f", "class", "X", "a.b", "", "_a", "a__b")}
    assert found == {
        "0": "v0", "my-f": "my_f", "class": "class_", "X": "x", "a.b": "a_b", "": "v", "_a": "a", "a__b": "a_b",
    }  # fmt: skip


def test_each_is_given_once() -> None:
    names = Names(CppSpelling(), ["device"])
    assert [names.unique(text) for text in ("device", "a", "a", "a1", "a")] == ["device1", "a", "a1", "a1_1", "a2"]


def test_what_users_may_call_so_too_is_said_to_be_the_objects() -> None:
    assert [CppSpelling().member(name) for name in ("_f_commands", "count")] == ["_f_commands", "this->count"]
    assert CppSpelling().of_module("count") == "this->count"
