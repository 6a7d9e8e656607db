"""Plan: which buffers of a function need memory of their own, and where in the function's frame they lie."""

from collections.abc import Container

from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation, SSAValue

from iree.compiler.codegen.runtimeless_c.arena import Frame, Slot
from iree.compiler.codegen.runtimeless_c.buffers import bytes_of
from iree.compiler.codegen.runtimeless_c.constants import ALIGNMENT
from iree.compiler.dialects import ll_seq


class Plan:
    """The plan of one function. `own`: the places of each value that has memory of its own.

    `given`: values whose memory the function's caller gives. `turns`: how many places a loop has for what it carries.
    """

    def __init__(self, function: FuncOp, given: Container[SSAValue], turns: int, alignment: int = ALIGNMENT) -> None:
        self.frame = Frame(alignment=alignment)
        self.own: dict[SSAValue, list[Slot]] = {}
        self._ops = list(function.body.block.ops)
        self._given = given
        self._turns = turns
        self._slots: dict[SSAValue, list[Slot]] = {}  # that a value may lie in
        for number, op in enumerate(self._ops):
            for value in op.operands:
                for slot in self._slots.get(value, ()):
                    slot.last = number
            for place, result in enumerate(op.results):
                self._add(op, result, place, number)
        self.frame.place()

    def _add(self, op: Operation, result: SSAValue, place: int, number: int) -> None:
        if result in self._given or isinstance(op, ll_seq.Constant):
            return
        if isinstance(op, ll_seq.StaticSlice):
            self._slots[result] = self._slots.get(op.source, [])
            return
        count = self._turns if isinstance(op, ll_seq.While) else 1
        if isinstance(op, ll_seq.GlobalLoad) and not self._changes(op):
            return
        own = self.own[result] = [self.frame.add(bytes_of(result), number) for _ in range(count)]
        self._slots[result] = list(own)
        if isinstance(op, ll_seq.While):  # that runs zero times gives what it was given
            self._slots[result] += self._slots.get(op.carried[place], [])

    def _changes(self, load: ll_seq.GlobalLoad) -> bool:
        """Whether the variable may change while what was loaded is still used."""
        last = max((self._ops.index(use.operation) for use in load.buffer.uses), default=0)
        between = self._ops[self._ops.index(load) + 1 : last + 1]
        stored = [op for op in between[:-1] if isinstance(op, ll_seq.GlobalStore) and op.variable == load.variable]
        return bool(stored) or any(called(op) for op in between) or isinstance(between[-1], ll_seq.Return)


def called(op: Operation) -> list[str]:
    """The functions that an op calls; a counted loop needs no condition."""
    match op:
        case ll_seq.While():
            condition = [] if op.trip_count is not None else [op.condition.root_reference.data]
            return [*condition, op.body.root_reference.data]
        case ll_seq.Case():
            return [branch.root_reference.data for branch in op.branches.data]
    return []
