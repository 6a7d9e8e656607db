"""Stages, milestones and options of the pipeline."""

import importlib
import io

import pytest

from iree.compiler.compile import compile_str
from iree.compiler.ir.diagnostics import CompileError, op_error, raise_all
from iree.compiler.ir.pass_manager import Pass, Timing
from iree.compiler.pipeline import MILESTONES, STAGES, Options, run_pipeline, stages_between
from iree.compiler.transforms.common.effects import EVERY_DIALECT
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
            %0 = arith.constant dense<1.0> : tensor<f32>
            %1 = math.acosh %0 : tensor<f32>
            iree.return
          }
        }
      }
    }
    iree.multi_arch_executable @b[1]() {
      iree.executable(Unspecified) {
        module {
          func.func @f() attributes {iree.executable.export, iree.ordinal = 0 : i32} {
            %0 = arith.constant dense<1.0> : tensor<f32>
            %1 = math.asinh %0 : tensor<f32>
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


class Refuse(Pass):
    """A target's pass that does not know some ops."""

    name = "refuse"
    reads = leaves = EVERY_DIALECT

    def __init__(self, *names):
        self.names = names

    def run(self, module):
        raise_all([op_error(op, "is not known here") for op in module.walk() if op.name in self.names])


SEVERAL = """
func.func @f(%a: tensor<4xf32>, %b: tensor<8xf32>, %c: tensor<6xf32>) -> (tensor<4xf32>, tensor<8xf32>, tensor<6xf32>) {
  %0 = stablehlo.tanh %a : tensor<4xf32>
  %1 = stablehlo.tanh %b : tensor<8xf32>
  %2 = stablehlo.sqrt %c : tensor<6xf32>
  return %0, %1, %2 : tensor<4xf32>, tensor<8xf32>, tensor<6xf32>
}
"""


def refusal(monkeypatch, targets, **refused):
    for module, names in refused.items():
        target = importlib.import_module(f"iree.compiler.targets.{module}.target")
        (cls,) = (value for name, value in vars(target).items() if name.endswith("Target") and name != "Target")
        monkeypatch.setattr(cls, "passes", [Refuse(*names)])
    with pytest.raises(CompileError) as raised:
        compile_str(SEVERAL, filename="f.mlir", target_backends=targets)
    return str(raised.value).splitlines()


BOTH = ("interpreter-bytecode", "vulkan-spirv")


@pytest.mark.parametrize("targets", [BOTH, ["vulkan-spirv"]])
def test_everything_that_a_target_refuses_is_told_and_what_would_work(monkeypatch, targets):
    lines = refusal(monkeypatch, targets, spirv=["math.tanh", "math.sqrt"])
    assert [line for line in lines if not line.startswith("  in pass")] == [
        "3 problems of 2 kinds",
        "f.mlir:3:8: math.tanh: is not known here",
        "  while compiling f_ex_dispatch_0 for vulkan-spirv",
        "  and at f.mlir:4:8",
        "f.mlir:5:8: math.sqrt: is not known here",
        "  while compiling f_ex_dispatch_2 for vulkan-spirv",
        "2 kinds of problems in 3 places; vulkan-spirv: math.tanh (2), math.sqrt (1); "
        'interpreter-bytecode compiles all of it: target_backends=["interpreter-bytecode"]',
    ]


def test_what_every_target_refuses_is_told_for_each(monkeypatch):
    lines = refusal(monkeypatch, BOTH, spirv=["math.sqrt"], interp=["math.sqrt"])
    assert (
        lines[-1] == "2 kinds of problems in 2 places; interpreter-bytecode: math.sqrt (1); vulkan-spirv: math.sqrt (1)"
    )


def test_one_problem(monkeypatch):
    lines = refusal(monkeypatch, BOTH, spirv=["math.sqrt"])
    assert lines[0] == "f.mlir:5:8: math.sqrt: is not known here"
    assert lines[-1].startswith("1 problem; vulkan-spirv: math.sqrt (1); interpreter-bytecode compiles all of it")
