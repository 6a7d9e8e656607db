import pytest

from iree.compiler.dialects.registry import make_context
from iree.compiler.dialects.sdy import Sharding
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.parser import parse_attribute


def text_of(text: str) -> str:
    attribute = parse_attribute(f"#sdy.sharding{text}", make_context())
    assert isinstance(attribute, Sharding)
    return attribute.text.data


@pytest.mark.parametrize("text", ['@mesh, [{"x"}, {}]', "", "[<a <b>>] -> c"])
def test_text_is_kept_as_it_is(text):
    assert text_of(f"<{text}>") == text


@pytest.mark.parametrize(("text", "message"), [("", "Expected '<'"), ("<a <b>", "expected '>'")])
def test_brackets_have_to_close(text, message):
    with pytest.raises(CompileError, match=message):
        text_of(text)
