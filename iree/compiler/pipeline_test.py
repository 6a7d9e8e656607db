"""Stages, milestones and options of the pipeline."""

import io

import pytest

from iree.compiler.compile import compile_str
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import Pass, Timing
from iree.compiler.pipeline import MILESTONES, STAGES, Options, run_pipeline, stages_between
from iree.testing.ir import parse

PROGRAM = """
func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.multiply %a, %b : tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""
INTERP = ("interpreter-bytecode",)


def test_every_stage_says_what_it_is_for_and_every_pass_why_it_stands_there():
    for stage in STAGES:
        assert stage.what
        assert all(why for _, why in stage.passes)


@pytest.mark.parametrize("milestone", MILESTONES[:-1])
def test_compiling_on_from_any_milestones_text_gives_the_same_module(milestone):
    options = {"target_backends": INTERP, "filename": "f.mlir"}
    text = compile_str(PROGRAM, compile_to=milestone, **options).decode()
    again = compile_str(text, compile_from=milestone, compile_to="final", **options)
    assert again == compile_str(PROGRAM, compile_to="final", **options)


def test_stages_between():
    assert [s.milestone for s in stages_between("mhlo", "hl-seq")] == ["dispatch-regions", "hl-seq"]
    assert [s.milestone for s in stages_between("", "mhlo")] == ["mhlo"]


@pytest.mark.parametrize(
    ("compile_from", "compile_to", "error"),
    [
        ("nope", "module", "there is no milestone 'nope'; there are: mhlo, dispatch-regions"),
        ("", "nope", "there is no milestone 'nope'"),
        ("ll-seq", "mhlo", "milestone 'mhlo' comes before 'll-seq'; the order is: mhlo, dispatch-regions"),
    ],
)
def test_wrong_milestones(compile_from, compile_to, error):
    with pytest.raises(CompileError, match=error):
        stages_between(compile_from, compile_to)


def test_reached_is_told_every_milestone():
    reached = []
    run_pipeline(parse(PROGRAM), Options(target_backends=INTERP), lambda milestone, module: reached.append(milestone))
    assert tuple(reached) == MILESTONES[:-1]


def test_printing_and_timing():
    out, timing = io.StringIO(), Timing()
    options = Options(target_backends=INTERP, print_ir_after=("legalize-to-std",), out=out, timing=timing)
    run_pipeline(parse(PROGRAM), options)
    assert out.getvalue().count("// ---- IR after") == 1
    assert "arith.mulf" in out.getvalue()
    assert "identify-dispatch-regions" in timing.seconds


def test_a_users_pass_runs_where_it_was_asked_for():
    seen = []

    class Look(Pass):
        name = "look"
        reads = leaves = ("builtin", "func", "arith", "iree")

        def run(self, module):
            seen.extend(op.name for op in module.walk() if op.name == "iree.dispatch_region")

    run_pipeline(parse(PROGRAM), Options(target_backends=INTERP, extra_passes={"dispatch-regions": [Look()]}))
    assert seen == ["iree.dispatch_region"]


def test_what_a_target_cannot_compile_is_reported_for_every_executable():
    text = """
    iree.multi_arch_executable @a[0]() {
      iree.executable(Unspecified) {
        module {
          func.func @f() attributes {iree.executable.export, iree.ordinal = 0 : i32} {
            %0 = arith.constant 1.0 : f32
            %1 = math.acosh %0 : f32
            iree.return
          }
        }
      }
    }
    iree.multi_arch_executable @b[1]() {
      iree.executable(Unspecified) {
        module {
          func.func @f() attributes {iree.executable.export, iree.ordinal = 0 : i32} {
            %0 = arith.constant 1.0 : f32
            %1 = math.asinh %0 : f32
            iree.return
          }
        }
      }
    }
    """
    with pytest.raises(CompileError) as raised:
        run_pipeline(parse(text), Options(target_backends=INTERP, compile_from="ll-seq"))
    assert "math.acosh" in str(raised.value)
    assert "math.asinh" in str(raised.value)
    assert "while compiling a for interpreter-bytecode" in str(raised.value)
