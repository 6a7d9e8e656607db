import dataclasses

import pytest
from xdsl.dialects.builtin import IntegerAttr, ModuleOp, i32

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.pass_pipeline import parse_pipeline


@dataclasses.dataclass(frozen=True)
class Mark(Pass):
    """Sets an attribute of the module."""

    name = "mark"
    reads = ("func", "arith")
    leaves = ("func", "arith")

    attribute_name: str = "marked"
    value: int = 1
    scale: float = 1.0
    really: bool = True

    def run(self, module: ModuleOp) -> None:
        if self.really:
            module.attributes[self.attribute_name] = IntegerAttr(int(self.value * self.scale), i32)


class Idle(Pass):
    """Does nothing."""

    name = "idle"
    reads = leaves = ("func", "arith")

    def run(self, module: ModuleOp) -> None:
        pass


PASSES = {"mark": Mark, "idle": Idle}


def test_passes_come_with_their_options():
    first, second, third = parse_pipeline("idle,mark{value=3,attribute-name=x,scale=2.0}, mark", PASSES)
    assert isinstance(first, Idle)
    assert second == Mark(attribute_name="x", value=3, scale=2.0)
    assert third == Mark()


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("mrak", "there is no pass mrak (did you mean 'mark'?); known: idle, mark"),
        ("mark{", "is not of the form pass,pass{option=value}"),
        ("mark,", "is not of the form"),
        ("mark{colour=1}", "pass mark has no option colour; it has: attribute-name, value, scale, really"),
        ("idle{a=1}", "pass idle has no option a; it has: none"),
        ("mark{value=x}", "pass mark: value=x is no int"),
        ("mark{really=yes}", "pass mark: really=yes is no bool"),
    ],
)
def test_a_wrong_pipeline_is_refused(spec, message):
    with pytest.raises(CompileError) as caught:
        parse_pipeline(spec, PASSES)
    assert message in str(caught.value)


def test_an_empty_pipeline_is_no_pass():
    assert parse_pipeline("", PASSES) == []


def test_a_boolean_option_is_read():
    (mark,) = parse_pipeline("mark{really=false}", PASSES)
    assert not mark.really
