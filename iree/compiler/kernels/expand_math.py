"""expand-math: functions that devices lack, or compute loosely, become arithmetic that all devices do alike.

    %1 = math.tanh %0 : f32
  becomes
    multiplications, additions, divisions and choices whose result is within 2.4 units in the last place of tanh

What stays: arith without maximumf and minimumf, and math's absf, sqrt, floor, ceil, trunc, roundeven, all of which are
exact. f32 and f64 are computed in themselves, narrower floats in f32.
"""

from collections.abc import Callable, Sequence

from xdsl.dialects.builtin import ModuleOp, f32
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Block, Operation, Region, SSAValue

from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.kernels.body_cloning import BodyCloner
from iree.compiler.kernels.emitter import Emitter
from iree.compiler.kernels.expansions import exact, exponentials, logarithms, powers, trigonometry
from iree.compiler.kernels.scalar import Scalar

Expansion = Callable[..., Scalar]

FUNCTIONS: dict[str, Expansion] = {
    "arith.maximumf": exact.maximumf,
    "arith.minimumf": exact.minimumf,
    "math.atan2": trigonometry.atan2,
    "math.cbrt": powers.cbrt,
    "math.cos": trigonometry.cos,
    "math.exp": exponentials.exp,
    "math.expm1": exponentials.expm1,
    "math.log": logarithms.log,
    "math.log1p": logarithms.log1p,
    "math.powf": powers.powf,
    "math.round": exact.round_away,
    "math.rsqrt": exact.rsqrt,
    "math.sin": trigonometry.sin,
    "math.tan": trigonometry.tan,
    "math.tanh": exponentials.tanh,
}
INTEGER_FUNCTIONS: dict[str, Expansion] = {"math.ctpop": exact.popcount, "math.ctlz": exact.leading_zeros}
ANY_FLOAT = ("arith.maximumf", "arith.minimumf", "math.rsqrt")  # exact in every width


class ExpandMath(Pass):
    name = "expand-math"
    reads = ("func", "iree", "arith", "math", "complex", "scf", "linalg", "tensor")
    leaves = ("func", "iree", "arith", "math", "complex", "scf", "linalg", "tensor")

    def run(self, module: ModuleOp) -> None:
        for nest in ops_of(module, linalg.GenericOp):
            if any(_is_expanded(op) for op in nest.body.block.walk()):
                _expand_body(nest)


def _expand_body(nest: linalg.GenericOp) -> None:
    old = nest.body.block
    new = Block(arg_types=[argument.type for argument in old.args])
    emitter = Emitter(new, nest.location)

    def index(dim: int) -> SSAValue:
        return emitter.linalg_index(linalg.IndexOp(dim))

    def expand(op: Operation, operands: Sequence[SSAValue]) -> SSAValue | None:
        return expanded(op, [Scalar(emitter, operand) for operand in operands]).value if _is_expanded(op) else None

    results = BodyCloner(emitter, index, emitter.extract, expand).clone(old, new.args)
    emitter.append(linalg.YieldOp(*results))
    emitter.drop_unused()
    nest.detach_region(nest.body)
    nest.add_region(Region(new))


def expanded(op: Operation, operands: Sequence[Scalar]) -> Scalar:
    """The value of a function's op, as arithmetic."""
    function = INTEGER_FUNCTIONS.get(op.name) or FUNCTIONS[op.name]
    first = operands[0]
    if not first.is_float or op.name in ANY_FLOAT or first.width >= 32:
        return function(*operands)
    wide = [operand.pure("arith.extf", type_=f32) for operand in operands]
    return function(*wide).pure("arith.truncf", type_=first.type)


def _is_expanded(op: Operation) -> bool:
    return op.name in FUNCTIONS or op.name in INTEGER_FUNCTIONS
