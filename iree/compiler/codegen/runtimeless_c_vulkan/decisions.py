"""Decisions: where the host has to act between commands, and where a loop is commands again and again."""

from collections.abc import Mapping

from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation

from iree.compiler.codegen.runtimeless_c.plan import called
from iree.compiler.dialects import ll_seq

MOST_COMMANDS = 1024  # of a loop in one command buffer


class Decisions:
    """What is to be known of the functions of a program, by name."""

    def __init__(self, functions: Mapping[str, FuncOp]) -> None:
        self._functions = functions
        self._weights: dict[str, int] = {}

    def is_straight(self, name: str) -> bool:
        """Whether the host does nothing between a function's commands."""
        return not any(self.is_taken_at(op) for op in self._functions[name].body.block.ops)

    def is_taken_at(self, op: Operation) -> bool:
        """Whether the host has to act: to read what a branch or a loop depends on, or to count what turns too often."""
        if isinstance(op, ll_seq.While) and op.trip_count is not None:
            body = op.body.root_reference.data
            return not self.is_straight(body) or self.turns_at_once(op) < op.trip_count.value.data
        return isinstance(op, ll_seq.While | ll_seq.Case)

    def turns_at_once(self, op: ll_seq.While) -> int:
        """How many turns of a counted loop are one command buffer."""
        body = op.body.root_reference.data
        return max(1, MOST_COMMANDS // max(1, self._weight(body))) if self.is_straight(body) else 1

    def _weight(self, name: str) -> int:
        """How many commands a function is, about."""
        if name not in self._weights:
            self._weights[name] = sum(map(self._weight_of, self._functions[name].body.block.ops))
        return self._weights[name]

    def _weight_of(self, op: Operation) -> int:
        inner = sum(self._weight(each) for each in called(op))
        if isinstance(op, ll_seq.While) and op.trip_count is not None:
            inner *= op.trip_count.value.data
        return inner + isinstance(op, ll_seq.Dispatch | ll_seq.GlobalStore | ll_seq.While | ll_seq.Return)
