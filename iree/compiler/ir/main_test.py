import dataclasses
import io
import json

import pytest
from xdsl.dialects.builtin import IntegerAttr, ModuleOp, i32

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.main import parse_pipeline, run
from iree.compiler.ir.pass_manager import Pass


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
TEXT = "func.func @f() { return }"


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "m.mlir"
    path.write_text(TEXT)
    return str(path)


def test_a_file_is_read_and_printed(model, capsys):
    assert run([model], PASSES) == 0
    assert capsys.readouterr().out == "module {\n  func.func @f() {\n    return\n  }\n}\n"


def test_standard_input_is_read(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("nonsense"))
    assert run(["-"], PASSES) == 1
    assert capsys.readouterr().err.startswith("error: <stdin>:1:1: unknown operation 'nonsense'")


def test_passes_run_with_their_options(model, capsys):
    assert run([model, "-p", "idle,mark{value=3,attribute-name=x,scale=2.0}, mark"], PASSES) == 0
    assert "attributes {x = 6 : i32, marked = 1 : i32}" in capsys.readouterr().out


def test_output_goes_to_a_file(model, tmp_path):
    assert run([model, "--generic", "-o", str(tmp_path / "out.mlir")], PASSES) == 0
    assert '"builtin.module"' in (tmp_path / "out.mlir").read_text()


def test_locations_are_printed_on_request(model, capsys):
    run([model, "--locations"], PASSES)
    assert f'return loc("{model}":1:18)' in capsys.readouterr().out


def test_large_constants_are_left_out_on_request(tmp_path, capsys):
    path = tmp_path / "c.mlir"
    path.write_text("%0 = arith.constant dense<[1, 2, 3]> : tensor<3xi32>")
    run([str(path), "--elide=2"], PASSES)
    assert "dense<...>" in capsys.readouterr().out


def test_dumps_and_times_go_to_stderr(model, capsys):
    assert run([model, "--passes=idle,mark", "--print-ir-after=mark", "--timing"], PASSES) == 0
    assert "IR after mark" in (err := capsys.readouterr().err)
    assert "IR after idle" not in err
    assert "%  idle\n" in err
    assert run([model, "--passes=idle", "--print-ir-after-all"], PASSES) == 0
    assert "IR after idle" in capsys.readouterr().err


def test_times_can_be_json(model, capsys):
    assert run([model, "--passes=idle", "--json"], PASSES) == 0
    assert json.loads(capsys.readouterr().err)["passes"]["idle"] >= 0


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


def test_files_that_cannot_be_opened_are_named(model, tmp_path, capsys):
    assert run([str(tmp_path / "none.mlir")], PASSES) == 1
    assert "error: cannot read" in capsys.readouterr().err
    assert run([model, "-o", str(tmp_path / "no" / "out")], PASSES) == 1
    assert "error: cannot write" in capsys.readouterr().err
