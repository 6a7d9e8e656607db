"""fold-constants: what depends on constants alone is computed once, when compiling.

    %0 = mhlo.constant dense<[1.0, 4.0]> : tensor<2xf32>
    %1 = mhlo.sqrt %0 : tensor<2xf32>
    %2 = mhlo.multiply %x, %1 : tensor<2xf32>
  becomes
    %0 = mhlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
    %1 = mhlo.multiply %x, %0 : tensor<2xf32>

The interpreter computes it: see evaluator.py. Only what the rest of the program reads becomes a constant, and only
where the module file does not grow by it: a constant may take the room of those that nothing else reads then, or SMALL
bytes. A broadcast or an iota costs a dispatch less than what it makes would cost the file. What has no users then is
left to dce.
"""

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from xdsl.dialects.builtin import ModuleOp, TensorType
from xdsl.ir import Attribute, Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir import sizes
from iree.compiler.ir.constants import Array, dense, element_type_of
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of, replace
from iree.compiler.transforms.common.effects import is_pure
from iree.compiler.transforms.constants.evaluator import evaluate

SMALL = 1024  # bytes by which the module file may grow for each new constant
LARGEST = 1 << 20  # bytes that a value on the way may have, if the constants below it have no more


_Below: TypeAlias = dict[mhlo.Constant, None]  # a set in the order of the text, so that two compiles fold alike


class FoldConstants(Pass):
    name = "fold-constants"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        made = _worth_folding(_known_ops(module))
        for op, array in _evaluated(made):
            replace(op, mhlo.Constant(dense(array, op.results[0].type)))


def _evaluated(ops: Sequence[Operation]) -> list[tuple[Operation, Array]]:
    """The ops with their results, without what the interpreter cannot compile: no judge, no verdict."""
    try:
        return list(zip(ops, evaluate([op.results[0] for op in ops]), strict=True))
    except CompileError:
        if len(ops) == 1:
            return []  # a target that can compile it computes it
    return [pair for op in ops for pair in _evaluated([op])]


def _known_ops(module: ModuleOp) -> dict[Operation, _Below]:
    """The ops whose results are known when compiling, in the order of the text, and the constants below each."""
    known: dict[Operation, _Below] = {}
    for op in ops_of(module, Operation):
        if isinstance(op, mhlo.Constant) and _can_be_stored(op.result.type):
            known[op] = {op: None}
        elif is_foldable(op) and all(operand.owner in known for operand in op.operands):
            below = {constant: None for operand in op.operands for constant in known[_maker(operand)]}
            if _byte_length(op) <= max(LARGEST, sum(map(_byte_length, below))):
                known[op] = below
    return known


def _worth_folding(known: dict[Operation, _Below]) -> list[Operation]:
    """The ops to be replaced by constants: those that something reads which stays."""
    folded = {op for op in known if not isinstance(op, mhlo.Constant)}
    while True:
        count = len(folded)
        made = _replaced(known, folded)
        if count == len(folded):
            return made


def _replaced(known: dict[Operation, _Below], folded: set[Operation]) -> list[Operation]:
    """Those among `folded` that are read by others. What finds no room is folded no more."""
    room = {op: _byte_length(op) for op in known if isinstance(op, mhlo.Constant) and _users(op) <= folded}
    made = []
    for op in reversed(known):  # users come before what they use
        if op not in folded or _users(op) <= folded:
            continue
        if op.operands and _takes_room(_byte_length(op), known[op], room):
            made.append(op)
        else:
            folded.discard(op)
    return made[::-1]


def _takes_room(size: int, below: Iterable[mhlo.Constant], room: dict[mhlo.Constant, int]) -> bool:
    """Whether a constant of this size finds room; it takes that of constants that go."""
    if size <= SMALL:
        return True
    own = [constant for constant in below if room.get(constant)]
    if size > sum(room[constant] for constant in own):
        return False
    for constant in own:
        taken = min(size, room[constant])
        room[constant] -= taken
        size -= taken
    return True


def is_foldable(op: Operation) -> bool:
    """Whether the interpreter can compute the op's one result in a dispatch, and a module file hold it."""
    if len(op.results) != 1 or not is_pure(op) or not (op.operands or isinstance(op, mhlo.Iota)):
        return False
    if isinstance(op.parent_op(), mhlo.WITH_BODIES) or (op.regions and not isinstance(op, mhlo.WITH_BODIES)):
        return False
    return all(_can_be_stored(value.type) for value in (*op.operands, *op.results))


def _can_be_stored(type_: Attribute) -> bool:
    if not isinstance(type_, TensorType) or not sizes.are_known(type_.get_shape()):
        return False
    try:
        element_type_of(type_)
    except TypeError:
        return False
    return True


def _maker(value: SSAValue) -> Operation:
    assert isinstance(value.owner, Operation)
    return value.owner


def _users(op: Operation) -> set[Operation]:
    return {use.operation for result in op.results for use in result.uses}


def _byte_length(op: Operation) -> int:
    """Of its result in the module file."""
    type_ = mhlo.tensor(op.results[0])
    return math.prod(type_.get_shape()) * element_type_of(type_).byte_width
