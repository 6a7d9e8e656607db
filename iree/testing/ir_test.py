import importlib.util

import pytest
from xdsl.dialects.builtin import ModuleOp, StringAttr, UnitAttr
from xdsl.dialects.func import FuncOp

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.testing.ir import UPDATE, check_pass, check_round_trip, parse, text_of

BEFORE = """
    func.func @f() {
      return
    }
"""


class Rename(Pass):
    """Calls the first function g."""

    name = "rename"
    reads = leaves = ("func",)

    def run(self, module: ModuleOp) -> None:
        ops_of(module, FuncOp)[0].properties["sym_name"] = StringAttr("g")


def test_text_has_no_module_around_it_unless_it_says_something():
    module = parse(BEFORE)
    assert text_of(module) == "func.func @f() {\n  return\n}\n"
    module.attributes["a"] = UnitAttr()
    assert text_of(module).startswith("module attributes {a} {")
    assert text_of(ModuleOp([])) == "module {\n}\n"


def test_parse_verifies():
    with pytest.raises(CompileError):
        parse("func.func @f() -> f32 { return }")


def test_check_pass_compares_the_whole_text():
    check_pass(Rename(), before=BEFORE, after=BEFORE.replace("@f", "@g"))
    check_pass([Rename(), Rename()], before=BEFORE, after=BEFORE.replace("@f", "@g"))
    with pytest.raises(AssertionError, match=r"-func.func @f\(\) \{\n\+func.func @g\(\) \{"):
        check_pass(Rename(), before=BEFORE, after=BEFORE)


def test_check_round_trip_returns_the_module():
    assert isinstance(check_round_trip(BEFORE), ModuleOp)


TEST_FILE = '''
from iree.testing.ir import check_pass

def run(rename, before):
    check_pass(
        rename,
        before=before,
        after="""
        {}
        """,
    )
'''


def load(path):
    spec = importlib.util.spec_from_file_location("sample", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_expected_text_is_updated_on_request(tmp_path, monkeypatch):
    path = tmp_path / "sample_test.py"
    path.write_text(TEST_FILE.format("nothing yet"))
    monkeypatch.setenv(UPDATE, "1")
    load(path).run(Rename(), BEFORE)
    assert path.read_text() == TEST_FILE.format("func.func @g() {\n          return\n        }")
    monkeypatch.delenv(UPDATE)
    load(path).run(Rename(), BEFORE)


def test_an_expected_text_that_stands_twice_is_not_updated(tmp_path, monkeypatch):
    path = tmp_path / "sample_test.py"
    path.write_text(TEST_FILE.format("nothing") + TEST_FILE.format("nothing").replace("run", "other"))
    monkeypatch.setenv(UPDATE, "1")
    with pytest.raises(AssertionError, match="stands there 2 times; update it by hand"):
        load(path).run(Rename(), BEFORE)
