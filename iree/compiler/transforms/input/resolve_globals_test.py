"""Variables that never change are constants; what is wrong with the others is said."""
# ruff: noqa: E501 (rows of a table)

import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.transforms.input.resolve_globals import ResolveGlobals
from iree.testing.ir import check_pass, parse


def test_what_never_changes_is_a_constant() -> None:
    check_pass(
        ResolveGlobals(),
        before="""
        ml_program.global private @fixed(dense<1> : tensor<i32>) : tensor<i32>
        ml_program.global public @shown(dense<2> : tensor<i32>) : tensor<i32>
        ml_program.global private mutable @unstored(dense<3> : tensor<i32>) : tensor<i32>
        ml_program.global public mutable @settable(dense<4> : tensor<i32>) : tensor<i32>
        ml_program.global private mutable @stored(dense<5> : tensor<i32>) : tensor<i32>
        func.func @f() -> (tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>) {
          %0 = ml_program.global_load_const @fixed : tensor<i32>
          %1 = ml_program.global_load @shown : tensor<i32>
          %2 = ml_program.global_load @unstored : tensor<i32>
          %3 = ml_program.global_load @settable : tensor<i32>
          %4 = ml_program.global_load @stored : tensor<i32>
          ml_program.global_store @stored = %3 : tensor<i32>
          return %0, %1, %2, %3, %4 : tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>
        }
        """,
        after="""
        ml_program.global public mutable @settable(dense<4> : tensor<i32>) : tensor<i32>
        ml_program.global private mutable @stored(dense<5> : tensor<i32>) : tensor<i32>
        func.func @f() -> (tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>) {
          %0 = mhlo.constant dense<1> : tensor<i32>
          %1 = mhlo.constant dense<2> : tensor<i32>
          %2 = mhlo.constant dense<3> : tensor<i32>
          %3 = ml_program.global_load @settable : tensor<i32>
          %4 = ml_program.global_load @stored : tensor<i32>
          ml_program.global_store @stored = %3 : tensor<i32>
          return %0, %1, %2, %3, %4 : tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>
        }
        """,
    )


@pytest.mark.parametrize(
    ("variable", "use", "error"),
    [
        ("mutable @v(dense<1> : tensor<i32>)", "%0 = ml_program.global_load @v : tensor<f32>", "@v is a tensor<i32>, not"),
        ("mutable @v(dense<1> : tensor<i32>)", "ml_program.global_store @v = %x : tensor<f32>", "@v is a tensor<i32>, not"),
        ("@v(dense<1> : tensor<i32>)", "ml_program.global_store @v = %i : tensor<i32>", "@v is not mutable; declare it so"),
        ("mutable @v(dense<1> : tensor<i32>)", "%0 = ml_program.global_load_const @v : tensor<i32>", "@v is mutable; use"),
        ("mutable @v", "%0 = ml_program.global_load @v : tensor<i32>", "@v has no value to start with; give it one"),
        ("@v(dense<1> : tensor<i32>)", "%0 = ml_program.global_load @f : tensor<i32>", "@f is no variable"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(variable: str, use: str, error: str) -> None:
    module = parse(f"""
        ml_program.global private {variable} : tensor<i32>
        func.func @f(%x: tensor<f32>, %i: tensor<i32>) {{
          {use}
          return
        }}
    """)
    with pytest.raises(CompileError, match=error):
        run_passes(module, [ResolveGlobals()])
