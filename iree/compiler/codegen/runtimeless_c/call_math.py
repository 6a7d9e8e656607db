"""call-math: functions of math.h become calls of functions that the C file has itself.

    %1 = math.tanh %0 : f32
  becomes
    %1 = call @tanh_f32(%0) : (f32) -> f32         and    func.func private @tanh_f32(f32) -> f32

own_math.py writes them.
"""

from xdsl.dialects import func
from xdsl.dialects.builtin import AnyFloat, ModuleOp
from xdsl.ir import Operation

from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import replace


class CallMath(Pass):
    name = "call-math"
    reads = ("func", "iree", "arith", "math", "scf", "memref")
    leaves = ("func", "iree", "arith", "scf", "memref")

    def run(self, module: ModuleOp) -> None:
        module.body.block.add_ops(call_math(module))


def call_math(within: Operation) -> list[func.FuncOp]:
    """Replaces the functions in an op's regions; gives declarations of those that stand there now."""
    declared: dict[str, func.FuncOp] = {}
    for op in [op for op in within.walk() if op.name.startswith("math.")]:
        type_ = op.results[0].type
        assert isinstance(type_, AnyFloat)
        name = own_name(op.name, type_)
        declared[name] = func.FuncOp.external(name, [value.type for value in op.operands], [type_])
        replace(op, func.CallOp(name, list(op.operands), [type_]))
    return list(declared.values())


def own_name(name: str, type_: AnyFloat) -> str:
    """What the function of an op is called: tanh_f32 for math.tanh, abs_f64 for math.absf."""
    return f"{name.removeprefix('math.').removesuffix('f')}_{type_}"
