"""legalize-to-std: what arith and math can say exactly about tensors is said with them.

    %0 = mhlo.multiply %a, %b : tensor<4xf32>
  becomes
    %0 = arith.mulf %a, %b : tensor<4xf32>

The rest stays mhlo: where the twin would differ (integer division by zero, shifts by the width or more), where there is
none, and comparison and selection, which xDSL's arith has for scalars only. So do the bodies of reduces and the like,
which are read by what they apply.
"""

from collections.abc import Callable
from typing import TypeAlias

from xdsl.dialects import arith, math
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of, replace

_Twin: TypeAlias = Callable[..., Operation]
_FLOAT, _SIGNED, _BOOLEAN = mhlo.Elements.FLOAT, mhlo.Elements.SIGNED, mhlo.Elements.BOOLEAN

TWINS: dict[tuple[type[Operation], mhlo.Elements], _Twin] = {
    (mhlo.Add, _FLOAT): arith.AddfOp,
    (mhlo.Subtract, _FLOAT): arith.SubfOp,
    (mhlo.Multiply, _FLOAT): arith.MulfOp,
    (mhlo.Divide, _FLOAT): arith.DivfOp,
    (mhlo.Maximum, _FLOAT): arith.MaximumfOp,
    (mhlo.Minimum, _FLOAT): arith.MinimumfOp,
    (mhlo.Negate, _FLOAT): arith.NegfOp,
    (mhlo.Abs, _FLOAT): math.AbsFOp,
    (mhlo.Ceil, _FLOAT): math.CeilOp,
    (mhlo.Floor, _FLOAT): math.FloorOp,
    (mhlo.Exponential, _FLOAT): math.ExpOp,
    (mhlo.Log, _FLOAT): math.LogOp,
    (mhlo.Sqrt, _FLOAT): math.SqrtOp,
    (mhlo.Rsqrt, _FLOAT): math.RsqrtOp,
    (mhlo.Tanh, _FLOAT): math.TanhOp,
    (mhlo.Add, _SIGNED): arith.AddiOp,
    (mhlo.Subtract, _SIGNED): arith.SubiOp,
    (mhlo.Multiply, _SIGNED): arith.MuliOp,
    (mhlo.Maximum, _SIGNED): arith.MaxSIOp,
    (mhlo.Minimum, _SIGNED): arith.MinSIOp,
    (mhlo.And, _SIGNED): arith.AndIOp,
    (mhlo.Or, _SIGNED): arith.OrIOp,
    (mhlo.Xor, _SIGNED): arith.XOrIOp,
    (mhlo.Add, _BOOLEAN): arith.OrIOp,
    (mhlo.Maximum, _BOOLEAN): arith.OrIOp,
    (mhlo.Multiply, _BOOLEAN): arith.AndIOp,
    (mhlo.Minimum, _BOOLEAN): arith.AndIOp,
    (mhlo.And, _BOOLEAN): arith.AndIOp,
    (mhlo.Or, _BOOLEAN): arith.OrIOp,
    (mhlo.Xor, _BOOLEAN): arith.XOrIOp,
}


class LegalizeToStd(Pass):
    name = "legalize-to-std"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for op in ops_of(module, Operation):
            if isinstance(op.parent_op(), mhlo.WITH_BODIES):
                continue
            match op:
                case mhlo.Constant() | mhlo.UnfoldableConstant():
                    replace(op, arith.ConstantOp(op.value))
                case mhlo.Unary() | mhlo.Binary():
                    _replace_by_twin(op, op.operands[0])


def _replace_by_twin(op: mhlo.Unary | mhlo.Binary, operand: SSAValue) -> None:
    twin = TWINS.get((type(op), mhlo.elements_of(mhlo.element_of(operand))))
    if twin is not None:
        replace(op, twin(*op.operands))
