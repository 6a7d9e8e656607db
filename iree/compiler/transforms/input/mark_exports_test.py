import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.transforms.input.mark_exports import MarkExports
from iree.testing.ir import check_pass, parse


def test_public_functions_are_exported() -> None:
    check_pass(
        MarkExports(),
        before="""
            func.func @a() {
              return
            }
            func.func public @b() {
              return
            }
            func.func private @c() {
              return
            }
        """,
        after="""
            func.func @a() attributes {iree.module.export} {
              return
            }
            func.func public @b() attributes {iree.module.export} {
              return
            }
            func.func private @c() {
              return
            }
        """,
    )


def test_a_program_that_says_what_it_exports_is_believed() -> None:
    text = """
        func.func @a() attributes {iree.module.export} {
          return
        }
        func.func @b() {
          return
        }
    """
    check_pass(MarkExports(), before=text, after=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("func.func private @f() { return }", "there is no public function, so nobody could call anything"),
        ("func.func @f(tensor<4xf32>)", "model.mlir:1:1: func.func: @f is public but has no body"),
    ],
)
def test_a_module_that_nobody_could_call_is_refused(text: str, message: str) -> None:
    with pytest.raises(CompileError) as error:
        run_passes(parse(text, "model.mlir"), [MarkExports()])
    assert message in str(error.value)
