import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.ir.printer import print_module
from iree.compiler.transforms.input.inline_calls import InlineCalls
from iree.testing.ir import check_pass, parse


def test_calls_of_calls_are_inlined() -> None:
    check_pass(
        InlineCalls(),
        before="""
            func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
              %0 = func.call @twice(%x) : (tensor<4xf32>) -> tensor<4xf32>
              %1 = func.call @twice(%0) : (tensor<4xf32>) -> tensor<4xf32>
              return %1 : tensor<4xf32>
            }
            func.func private @twice(%a: tensor<4xf32>) -> tensor<4xf32> {
              %0:2 = func.call @pair(%a) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
              %1 = mhlo.add %0#0, %0#1 : tensor<4xf32>
              return %1 : tensor<4xf32>
            }
            func.func private @pair(%a: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
              %0 = mhlo.abs %a : tensor<4xf32>
              return %a, %0 : tensor<4xf32>, tensor<4xf32>
            }
        """,
        after="""
            func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
              %0 = mhlo.abs %x : tensor<4xf32>
              %1 = mhlo.add %x, %0 : tensor<4xf32>
              %2 = mhlo.abs %1 : tensor<4xf32>
              %3 = mhlo.add %1, %2 : tensor<4xf32>
              return %3 : tensor<4xf32>
            }
            func.func private @twice(%a: tensor<4xf32>) -> tensor<4xf32> {
              %0 = mhlo.abs %a : tensor<4xf32>
              %1 = mhlo.add %a, %0 : tensor<4xf32>
              return %1 : tensor<4xf32>
            }
            func.func private @pair(%a: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
              %0 = mhlo.abs %a : tensor<4xf32>
              return %a, %0 : tensor<4xf32>, tensor<4xf32>
            }
        """,
    )


def test_a_callee_that_gives_its_argument_back_leaves_nothing() -> None:
    check_pass(
        InlineCalls(),
        before="""
            func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
              %0 = func.call @same(%x) : (tensor<4xf32>) -> tensor<4xf32>
              func.call @nothing() : () -> ()
              return %0 : tensor<4xf32>
            }
            func.func private @same(%a: tensor<4xf32>) -> tensor<4xf32> {
              return %a : tensor<4xf32>
            }
            func.func private @nothing() {
              return
            }
        """,
        after="""
            func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
              return %x : tensor<4xf32>
            }
            func.func private @same(%a: tensor<4xf32>) -> tensor<4xf32> {
              return %a : tensor<4xf32>
            }
            func.func private @nothing() {
              return
            }
        """,
    )


def test_what_was_inlined_keeps_the_callees_location() -> None:
    module = parse("""
        func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
          %0 = func.call @callee(%x) : (tensor<4xf32>) -> tensor<4xf32> loc("caller.py":1:2)
          return %0 : tensor<4xf32>
        }
        func.func private @callee(%a: tensor<4xf32>) -> tensor<4xf32> {
          %0 = mhlo.abs %a : tensor<4xf32> loc("callee.py":3:4)
          return %0 : tensor<4xf32>
        }
    """)
    run_passes(module, [InlineCalls()])
    text = print_module(module, locations=True)
    assert text.count('loc("callee.py":3:4)') == 2
    assert "caller.py" not in text


@pytest.mark.parametrize(
    ("callee", "message"),
    [
        ("func.func private @g()", "2:3: func.call: @g has no body, so it cannot be inlined"),
        (
            "func.func private @g() {\n  cf.br ^bb1\n^bb1:\n  return\n}",
            "2:3: func.call: @g has control flow, so it cannot be inlined",
        ),
        (
            "func.func private @g() {\n  func.call @f() : () -> ()\n  return\n}",
            "6:3: func.call: recursion is not supported: f -> g -> f",
        ),
        (
            """func.func private @g() {
  %p = mhlo.constant dense<true> : tensor<i1>
  "mhlo.if"(%p) ({
    func.call @g() : () -> ()
    mhlo.return
  }, {
    mhlo.return
  }) : (tensor<i1>) -> ()
  return
}""",
            "8:5: func.call: recursion is not supported: f -> g -> g",
        ),
    ],
)
def test_what_cannot_be_inlined_is_refused(callee: str, message: str) -> None:
    text = f"func.func @f() {{\n  func.call @g() : () -> ()\n  return\n}}\n{callee}\n"
    inline = InlineCalls()
    inline.reads = inline.leaves = (*InlineCalls.reads, "cf")  # type: ignore[misc]
    with pytest.raises(CompileError) as error:
        run_passes(parse(text, "model.mlir"), [inline])
    assert str(error.value).startswith(f"model.mlir:{message}")
