"""expand-math: functions that devices lack, or compute loosely, become arithmetic that all devices do alike.

    %1 = math.tanh %0 : f32
  becomes
    multiplications, additions, divisions and choices whose result is within 2.4 units in the last place of tanh

What stays: arith without maximumf and minimumf, and math's absf, sqrt, floor, ceil, trunc, roundeven, all of which are
exact; who has not even those names them too. f32 and f64 are computed in themselves, narrower floats in f32.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import AnyFloat, ModuleOp, f32
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Block, Operation, Region, SSAValue

from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.kernels.body_cloning import BodyCloner
from iree.compiler.kernels.emitter import Emitter
from iree.compiler.kernels.expansions import exact, exponentials, logarithms, powers, rounding, trigonometry
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
EXACT_FUNCTIONS: dict[str, Expansion] = {
    "math.absf": rounding.absf,
    "math.ceil": rounding.ceil,
    "math.floor": rounding.floor,
    "math.roundeven": rounding.roundeven,
    "math.sqrt": rounding.sqrt,
    "math.trunc": rounding.trunc,
}
INTEGER_FUNCTIONS: dict[str, Expansion] = {"math.ctpop": exact.popcount, "math.ctlz": exact.leading_zeros}
ANY_FLOAT = ("arith.maximumf", "arith.minimumf", "math.rsqrt")  # exact in every width


@dataclass
class ExpandMath(Pass):
    """`expanded`: the names of the ops that are. Others of narrower floats are computed in f32 as well."""

    name = "expand-math"
    reads = ("func", "iree", "arith", "math", "complex", "scf", "linalg", "tensor")
    leaves = ("func", "iree", "arith", "math", "complex", "scf", "linalg", "tensor")

    expanded: Collection[str] = frozenset((*FUNCTIONS, *INTEGER_FUNCTIONS))

    def run(self, module: ModuleOp) -> None:
        for nest in ops_of(module, linalg.GenericOp):
            if any(op.name in self.expanded or _is_narrow(op) for op in nest.body.block.walk()):
                _expand_body(nest, self.expanded)


def _expand_body(nest: linalg.GenericOp, names: Collection[str]) -> None:
    old = nest.body.block
    new = Block(arg_types=[argument.type for argument in old.args])
    emitter = Emitter(new, nest.location)

    def index(dim: int) -> SSAValue:
        return emitter.linalg_index(linalg.IndexOp(dim))

    def expand(op: Operation, operands: Sequence[SSAValue]) -> SSAValue | None:
        scalars = [Scalar(emitter, operand) for operand in operands]
        if op.name in names:
            return expanded(op, scalars).value
        return _widened(op, scalars).value if _is_narrow(op) else None

    results = BodyCloner(emitter, index, emitter.extract, expand).clone(old, new.args)
    emitter.append(linalg.YieldOp(*results))
    emitter.drop_unused()
    nest.detach_region(nest.body)
    nest.add_region(Region(new))


def expanded(op: Operation, operands: Sequence[Scalar]) -> Scalar:
    """The value of a function's op, as arithmetic."""
    function = (FUNCTIONS | EXACT_FUNCTIONS | INTEGER_FUNCTIONS)[op.name]
    first = operands[0]
    if not first.is_float or op.name in ANY_FLOAT or first.width >= 32:
        return function(*operands)
    return _in_f32(function, operands)


def _widened(op: Operation, operands: Sequence[Scalar]) -> Scalar:
    return _in_f32(lambda first, *others: first.pure(op.name, *others), operands)


def _in_f32(function: Expansion, operands: Sequence[Scalar]) -> Scalar:
    wide = [operand.pure("arith.extf", type_=f32) for operand in operands]
    return function(*wide).pure("arith.truncf", type_=operands[0].type)


def _is_narrow(op: Operation) -> bool:
    """Whether it is a function of floats that no device computes as they are."""
    type_ = op.operands[0].type if op.operands else None
    is_function = op.name in FUNCTIONS and op.name not in ANY_FLOAT[:2]
    return is_function and isinstance(type_, AnyFloat) and type_.bitwidth < 32
