"""prove-plan: what the passes before have made of a program's memory is shown to be right, or the compiler refuses.

It changes nothing, and knows of the plan only what stands in the IR. It goes through each function and keeps in mind

  whose contents each byte holds: whoever is read must still be there, all of it, and must have been written
  what has been read and written since the last barrier: who touches that must wait, if one of the two writes

What a call must not touch is not written: constants, variables, arguments that the caller has not given up. Memory of
the call itself is not handed out. A dispatch writes over what it reads only where its entry point allows it.

CompileError: which of that does not hold, for which instruction. It is always a defect of the compiler.
"""

from collections.abc import Sequence
from typing import NamedTuple

from xdsl.dialects.builtin import ModuleOp, SymbolRefAttr
from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation, SSAValue

from iree.compiler.dialects import ll_seq
from iree.compiler.dialects.buffers import byte_length
from iree.compiler.dialects.iree import MODULE_EXPORT, donated_arguments
from iree.compiler.ir import sizes
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.location import location_of
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.transforms.ll_seq.entry_points import entry_points, output_count
from iree.compiler.transforms.ll_seq.overwriting import overwritable, overwrites

_STOPS = (ll_seq.While, ll_seq.Case, ll_seq.CustomCall)


class ProvePlan(Pass):
    name = "prove-plan"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_ll_seq")

    def run(self, module: ModuleOp) -> None:
        entries = dict(entry_points(module))
        for function in [op for op in module.ops if isinstance(op, FuncOp)]:
            _Proof(function, entries).run()


class _Range(NamedTuple):
    """Bytes of a buffer that is no part of another one. Where a size is not known, it is the whole buffer."""

    root: SSAValue
    start: int
    end: int | None  # None: to the end, wherever that is

    def meets(self, other: "_Range") -> bool:
        """Whether a byte may be in both."""
        if self.root is not other.root or 0 in (self.length, other.length):
            return False
        return (self.end is None or other.start < self.end) and (other.end is None or self.start < other.end)

    @property
    def length(self) -> int | None:
        return None if self.end is None else self.end - self.start


class _Proof:
    """Goes through one function."""

    def __init__(self, function: FuncOp, entries: dict[SymbolRefAttr, FuncOp]):
        self.function = function
        self.entries = entries
        arguments = function.body.block.args
        self.donated = {arguments[number] for number in donated_arguments(function)}
        self.held: dict[SSAValue, list[tuple[_Range, SSAValue]]] = {}  # root -> whose contents its bytes are
        self.read: list[_Range] = []  # since the last barrier
        self.written: list[_Range] = []
        self.kept: list[SSAValue] = []  # what variables hold until the function returns
        self.aliases: dict[SSAValue, list[SSAValue]] = {}  # what may be the same buffer as the result of a loop
        for argument in arguments:
            self._hold(argument)

    def run(self) -> None:
        for op in self.function.body.block.ops:
            match op:
                case ll_seq.AllocHeap() | ll_seq.AllocStack() | ll_seq.StaticSlice():
                    pass
                case ll_seq.Barrier():
                    self._forget()
                case ll_seq.Dispatch():
                    self._dispatch(op)
                case ll_seq.Constant() | ll_seq.GlobalLoad():
                    self._hold(op.buffer)
                case ll_seq.GlobalStore():
                    self._reads(op, [op.buffer])
                    self.kept.append(op.buffer)
                case ll_seq.Return():
                    self._reads(op, [*op.values, *self.kept])
                    self._keeps_its_stack(op)
                case _:
                    self._wait_for(op)

    def _dispatch(self, op: ll_seq.Dispatch) -> None:
        entry = self.entries[op.entry_point]
        expected = output_count(entry)
        if op.output_count != expected:
            _wrong(op, f"writes {op.output_count} bindings, its entry point {expected}")
        self._reads(op, op.read)
        reads, writes = [_range_of(value) for value in op.read], [_range_of(value) for value in op.written]
        in_place = set(overwrites(entry)) & set(overwritable(entry))
        for number, written in enumerate(writes):
            beside = [read for index, read in enumerate(reads) if index not in in_place or read != written]
            if any(written.meets(other) for other in beside + writes[:number]):
                _wrong(op, f"writes {_name(op.written[number])} over another of its bindings")
            if any(written.meets(other) for other in self.read + self.written):
                _wrong(op, f"writes {_name(op.written[number])} where a dispatch works on, with no barrier between")
        for value, read in zip(op.read, reads, strict=True):
            if any(read.meets(other) for other in self.written):
                _wrong(op, f"reads {_name(value)} that a dispatch writes, with no barrier between")
        self.read += reads
        self.written += writes
        self._writes(op, op.written)

    def _wait_for(self, op: Operation) -> None:
        """An instruction that the host waits for, before and after."""
        self._forget()
        written = op.outputs if isinstance(op, ll_seq.CustomCall) else ()
        self._reads(op, [value for value in op.operands if value not in written])
        self._writes(op, written)
        for result in op.results:
            self._hold(result)
        if isinstance(op, ll_seq.While) and op.trip_count is not None and op.trip_count.value.data < 2:
            self.aliases.update((result, list(op.operands)) for result in op.results)

    def _reads(self, op: Operation, values: Sequence[SSAValue]) -> None:
        """What is read holds what was written to it, to the last byte."""
        aliases = [alias for value in values for alias in self.aliases.get(value, ())]
        for value in [*values, *aliases]:
            range_ = _range_of(value)
            if range_.length == 0:
                continue
            found = [(held, owner) for held, owner in self.held.get(range_.root, ()) if held.meets(range_)]
            for _, owner in found:
                if owner is not value:
                    _wrong(op, f"reads {_name(value)} after {_name(owner)} was written over it")
            if [held for held, _ in found] != [range_]:
                _wrong(op, f"reads {_name(value)} before it is written")

    def _writes(self, op: Operation, values: Sequence[SSAValue]) -> None:
        for value in values:
            range_ = _range_of(value)
            own = isinstance(range_.root.owner, ll_seq.AllocHeap | ll_seq.AllocStack)
            if not own and range_.root not in self.donated and not self._is_stored(value, range_.root):
                _wrong(op, f"writes {_name(value)}, which is not this call's")
            self._hold(value)

    def _is_stored(self, value: SSAValue, root: SSAValue) -> bool:
        """Whether what is written into a variable is what it holds next, in a function that nobody can stop halfway."""
        load, ops = root.owner, list(self.function.body.block.ops)
        if not isinstance(load, ll_seq.GlobalLoad) or MODULE_EXPORT not in self.function.attributes:
            return False
        named = [op for op in ops if isinstance(op, ll_seq.GlobalLoad | ll_seq.GlobalStore)]
        same = [op for op in named if op.variable == load.variable]
        is_plain = len(same) == 2 and same[0] is load and isinstance(same[1], ll_seq.GlobalStore)
        return is_plain and same[1].buffer is value and not any(isinstance(op, _STOPS) for op in ops)

    def _hold(self, value: SSAValue) -> None:
        """The bytes of `value` now hold its contents, and nobody else's in full."""
        range_ = _range_of(value)
        others = self.held.setdefault(range_.root, [])
        pieces = [(piece, owner) for held, owner in others for piece in _without(held, range_)]
        self.held[range_.root] = [*pieces, (range_, value)]

    def _keeps_its_stack(self, op: ll_seq.Return) -> None:
        for value in (*op.values, *self.kept):
            if isinstance(_range_of(value).root.owner, ll_seq.AllocStack):
                _wrong(op, f"hands out {_name(value)}, which lies in memory of the call")

    def _forget(self) -> None:
        self.read, self.written = [], []


def _range_of(value: SSAValue) -> _Range:
    root, start = value, 0
    while isinstance(root.owner, ll_seq.StaticSlice):
        start += root.owner.offset.value.data
        root = root.owner.source
    length = byte_length(value.type)
    if sizes.is_known(length) and sizes.is_known(byte_length(root.type)):
        return _Range(root, start, start + length)
    return _Range(root, 0, None)


def _without(held: _Range, taken: _Range) -> list[_Range]:
    """What is left of the bytes of `held`."""
    if not held.meets(taken):
        return [held]
    left = [held._replace(end=taken.start)] if held.start < taken.start else []
    if taken.end is not None and (held.end is None or taken.end < held.end):
        left.append(held._replace(start=taken.end))
    return left


def _name(value: SSAValue) -> str:
    if value.name_hint:
        return f"%{value.name_hint}"
    location = location_of(value.owner) if isinstance(value.owner, Operation) else ""
    return f"the {value.type} of {location or 'a place unknown'}"


def _wrong(op: Operation, what: str) -> None:
    fail(op, f"{what}; this is a defect of the compiler's memory plan, please report it")
