"""inline-calls: put the body of a function in the place of each call of it.

    %0 = func.call @relu(%x) : (tensor<4xf32>) -> tensor<4xf32>
  becomes
    %0 = mhlo.maximum %x, %zero : tensor<4xf32>

What was inlined keeps the location it has in the callee.

CompileError: a function calls itself, directly or through others; a callee has no body, or control flow.
"""

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import CallOp, FuncOp
from xdsl.ir import Operation, SSAValue

from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of, replace


class InlineCalls(Pass):
    name = "inline-calls"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        functions = {function.sym_name.data: function for function in ops_of(module, FuncOp)}
        finished: set[str] = set()
        for name in functions:
            _inline_into(name, functions, finished, ())


def _inline_into(name: str, functions: dict[str, FuncOp], finished: set[str], callers: tuple[str, ...]) -> None:
    if name in finished:
        return
    chain = (*callers, name)
    for call in ops_of(functions[name], CallOp):
        callee = call.callee.root_reference.data
        if callee in chain:
            fail(call, f"recursion is not supported: {' -> '.join((*chain, callee))}")
        _inline_into(callee, functions, finished, chain)
        _inline(call, functions[callee])
    finished.add(name)


def _inline(call: CallOp, callee: FuncOp) -> None:
    if len(callee.body.blocks) != 1:
        what = "has control flow" if callee.body.blocks else "has no body"
        fail(call, f"@{callee.sym_name.data} {what}, so it cannot be inlined")
    block = callee.body.block
    values: dict[SSAValue, SSAValue] = dict(zip(block.args, call.arguments, strict=True))
    *body, last = block.ops
    copies: list[Operation] = [op.clone(values) for op in body]
    replace(call, copies, [values.get(value, value) for value in last.operands])
