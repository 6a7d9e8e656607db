import dataclasses
import io
from typing import ClassVar

import pytest
from xdsl.dialects import arith
from xdsl.dialects.builtin import FloatAttr, ModuleOp, f32, i1
from xdsl.utils.exceptions import PassFailedException

from iree.compiler.ir import sizes
from iree.compiler.ir.diagnostics import CompileError, fail
from iree.compiler.ir.pass_manager import Pass, Timing, run_passes
from iree.compiler.ir.rewriting import ops_of, replace
from iree.testing.ir import check_pass, parse

TEXT = """
    func.func @f(%x: f32) -> f32 {
      %0 = arith.addf %x, %x : f32
      return %0 : f32
    }
"""


@dataclasses.dataclass
class Scale(Pass):
    """Adds become products with a constant."""

    name = "scale"
    reads = ("func", "arith")
    leaves = ("func", "arith")

    factor: float = 2.0

    def run(self, module: ModuleOp) -> None:
        for add in ops_of(module, arith.AddfOp):
            factor = arith.ConstantOp(FloatAttr(self.factor, f32))
            replace(add, [factor, arith.MulfOp(add.lhs, factor.result)])


class Broken(Pass):
    """Does what the test asks for."""

    name = "broken"
    reads: ClassVar[tuple[str, ...]] = ("func", "arith")
    leaves: ClassVar[tuple[str, ...]] = ("func", "arith")

    def __init__(self, action, reads=reads, leaves=leaves):
        self.run = action
        self.reads, self.leaves = reads, leaves


def error_of(*passes):
    with pytest.raises(CompileError) as caught:
        run_passes(parse(TEXT), passes)
    return str(caught.value)


def test_a_pass_changes_the_module():
    check_pass(
        Scale(factor=3.0),
        before=TEXT,
        after="""
        func.func @f(%x: f32) -> f32 {
          %0 = arith.constant 3.000000e+00 : f32
          %1 = arith.mulf %x, %0 : f32
          return %1 : f32
        }
        """,
    )


def test_dumps_follow_the_passes_that_are_named():
    out = io.StringIO()
    run_passes(parse(TEXT), [Scale(), Broken(lambda module: None)], print_ir_after=["scale"], out=out)
    assert out.getvalue().startswith("// ---- IR after scale ----\nmodule {\n  func.func @f")
    assert "IR after broken" not in out.getvalue()


def test_dumps_after_all(capsys):
    run_passes(parse(TEXT), [Scale(), Broken(lambda module: None)], print_ir_after_all=True)
    assert capsys.readouterr().err.count("// ---- IR after ") == 2


def test_timing_names_each_pass_once():
    timing = Timing()
    run_passes(parse(TEXT), [Scale(), Scale()], timing=timing)
    assert list(timing.seconds) == ["scale"]
    assert timing.seconds["scale"] > 0
    assert "100.0%  scale\n" in timing.table()
    assert timing.table().endswith("  total\n")
    assert Timing().table() == "   0.0000 s   0.0%  total\n"


def test_a_dialect_that_a_pass_does_not_read_is_refused():
    error = error_of(Broken(lambda module: None, reads=("func",)))
    assert error == "test.mlir:3:8: arith.addf: pass broken reads only func\n  in pass broken"


def test_a_dialect_that_a_pass_does_not_leave_is_refused():
    error = error_of(Broken(lambda module: None, leaves=("func", "mhlo")))
    assert error == "test.mlir:3:8: arith.addf: pass broken leaves only func, mhlo\n  in pass broken"


def test_a_pass_that_breaks_a_rule_is_named():
    def swap_type(module):
        ops_of(module, arith.AddfOp)[0].result._type = i1

    assert error_of(Broken(swap_type)).endswith("\n  in pass broken")


def test_rules_can_be_checked_after_the_last_pass_only():
    def set_type(type_):
        return lambda module: setattr(ops_of(module, arith.AddfOp)[0].result, "_type", type_)

    run_passes(parse(TEXT), [Broken(set_type(i1)), Broken(set_type(f32))], verify_each=False)
    with pytest.raises(CompileError, match="after broken, broken; verify_each tells which of them"):
        run_passes(parse(TEXT), [Broken(set_type(f32)), Broken(set_type(i1))], verify_each=False)


def test_a_module_that_is_broken_before_the_first_pass_is_refused():
    module = parse(TEXT)
    ops_of(module, arith.AddfOp)[0].result._type = i1
    with pytest.raises(CompileError) as caught:
        run_passes(module, [])
    assert "in pass" not in str(caught.value)


def test_a_module_that_is_verified_is_verified_after_the_passes_only():
    module = parse(TEXT)
    (add,) = ops_of(module, arith.AddfOp)
    add.result._type = i1
    run_passes(module, [], verified=True)
    with pytest.raises(CompileError, match="in pass broken"):
        run_passes(module, [Broken(lambda module: None)], verified=True)


def test_an_error_of_a_pass_keeps_its_place():
    error = error_of(Broken(lambda module: fail(ops_of(module, arith.AddfOp)[0], "cannot be")))
    assert error == "test.mlir:3:8: arith.addf: cannot be\n  in pass broken"


def test_an_error_of_xdsl_in_a_pass_is_ours():
    def complain(module):
        raise PassFailedException("no luck")

    assert error_of(Broken(complain)) == "test.mlir:1:1: no luck\n  in pass broken"


def test_a_size_that_would_become_a_number_is_refused():
    def count(module):
        float(sizes.symbol(0))

    assert "this cannot be compiled for sizes that only a call knows" in error_of(Broken(count))

    def halve(module):
        sizes.terms(sizes.symbol(0) // 2)

    assert "(is no sum of products of sizes that the caller chooses)" in error_of(Broken(halve))


def test_a_bug_of_a_pass_stays_a_bug_and_names_the_pass():
    def crash(module):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        run_passes(parse(TEXT), [Broken(crash)])
    assert caught.value.__notes__ == ["in pass broken"]


def test_a_pass_must_say_what_it_does():
    with pytest.raises(NotImplementedError, match=r"Pass\.run"):
        Pass().run(ModuleOp([]))
