"""Statistics: what the host does and needs, function by function, read off the IR at the milestone "ll-seq".

    @classify: 56 dispatches, 55 barriers, 0 copies
      transients 6107520 bytes: each by itself 27591148, at once 6107520; the two largest activations 6107520
      results 4000 bytes
    37 executables, 53 constants of 13879040 bytes

What a function calls, as the body of a loop, counts as part of it, once.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

from xdsl.dialects.builtin import ModuleOp, SymbolRefAttr
from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue

from iree.compiler.dialects import ll_seq
from iree.compiler.dialects.buffers import byte_length, memref_of
from iree.compiler.dialects.iree import MODULE_EXPORT, Global, MultiArchExecutable
from iree.compiler.ir import sizes
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.ll_seq.accesses import ends_in


@dataclasses.dataclass(frozen=True)
class FunctionStatistics:
    """One exported function and what it calls. Sizes are in bytes, and as iree.compiler.ir.sizes counts them."""

    name: str
    dispatches: int
    barriers: int
    copies: int  # of what is carried, stored or returned as it came
    transients: int  # the memory that it takes besides arguments, constants, variables and results
    transients_naive: int  # what they would take if each had memory of its own
    transients_at_once: int  # the most that is alive at once: nobody can do with less
    two_largest: int  # the most that two activations take, of those that are alive at once
    results: int


@dataclasses.dataclass(frozen=True)
class ModuleStatistics:
    """All of a module. Equal executables and equal constants count once."""

    functions: tuple[FunctionStatistics, ...]
    executables: int
    constants: int
    constant_bytes: int

    def text(self) -> str:
        """For people to read."""
        return "".join(f"{line}\n" for line in self._lines())

    def as_json(self) -> dict[str, Any]:
        """For programs to read; a size that only a call knows is text."""
        functions = [
            {name: _plain(value) for name, value in dataclasses.asdict(function).items()} for function in self.functions
        ]
        return {**dataclasses.asdict(self), "functions": functions}

    def _lines(self) -> Iterator[str]:
        for of in self.functions:
            yield f"@{of.name}: {of.dispatches} dispatches, {of.barriers} barriers, {of.copies} copies"
            yield (
                f"  transients {_text(of.transients)} bytes: each by itself {_text(of.transients_naive)}, at once "
                f"{_text(of.transients_at_once)}; the two largest activations {_text(of.two_largest)}"
            )
            yield f"  results {_text(of.results)} bytes"
        yield f"{self.executables} executables, {self.constants} constants of {self.constant_bytes} bytes"


def statistics_of(module: ModuleOp) -> ModuleStatistics:
    """The statistics of a module at the milestone "ll-seq"."""
    functions = {op.sym_name.data: op for op in module.ops if isinstance(op, FuncOp)}
    exported = [function for function in functions.values() if MODULE_EXPORT in function.attributes]
    constants = {op.value for op in ops_of(module, ll_seq.Constant)} | {op.value for op in ops_of(module, Global)}
    return ModuleStatistics(
        tuple(_statistics_of(function, functions) for function in exported),
        len(ops_of(module, MultiArchExecutable)),
        len(constants),
        sum(byte_length(memref_of(value.type)) for value in constants),
    )


def _statistics_of(function: FuncOp, functions: dict[str, FuncOp]) -> FunctionStatistics:
    parts = [_Part(each, is_caller=each is function) for each in _reached(function, functions)]
    return FunctionStatistics(
        function.sym_name.data,
        dispatches=sum(part.dispatches for part in parts),
        barriers=sum(part.barriers for part in parts),
        copies=sum(part.copies for part in parts),
        transients=sum(part.transients for part in parts),
        transients_naive=sum(part.naive for part in parts),
        transients_at_once=max(part.at_once for part in parts),
        two_largest=max(part.two_largest for part in parts),
        results=sum(map(byte_length, function.function_type.outputs)),
    )


def _reached(function: FuncOp, functions: dict[str, FuncOp]) -> list[FuncOp]:
    """The function and all that it calls, each once."""
    reached = {function: None}
    pending = [function]
    while pending:
        for op in pending.pop().body.block.ops:
            for name in _callees(op):
                callee = functions[name.root_reference.data]
                if callee not in reached:
                    reached[callee] = None
                    pending.append(callee)
    return list(reached)


def _callees(op: object) -> tuple[SymbolRefAttr, ...]:
    match op:
        case ll_seq.While():
            return op.condition, op.body
        case ll_seq.Case():
            return tuple(op.branches)
    return ()


class _Part:
    """What one function contributes."""

    def __init__(self, function: FuncOp, is_caller: bool):
        block = function.body.block
        ops = list(block.ops)
        self.dispatches = sum(isinstance(op, ll_seq.Dispatch) for op in ops)
        self.barriers = sum(isinstance(op, ll_seq.Barrier) for op in ops)
        last = block.last_op
        returned = list(last.operands) if isinstance(last, ll_seq.Return) else []
        own = {value for op in ops if isinstance(op, _MAKERS) for value in op.results}
        results = {value for value in returned if value in own} if is_caller else set()
        copied = sum(isinstance(op, ll_seq.GlobalStore) and not _is_in_place(op.buffer) for op in ops)
        for loop in (op for op in ops if isinstance(op, ll_seq.While)):
            copied += sum(value not in own or not ends_in(value, loop) for value in loop.carried)
        self.copies = copied + (len(returned) - len(results) if is_caller else 0)
        places = {op.buffer: byte_length(op.buffer.type) for op in ops if isinstance(op, _PLACES)}
        self.transients = sum(length for value, length in places.items() if value not in results)
        activations = [op.buffer for op in ops if isinstance(op, ll_seq.AllocHeap | ll_seq.StaticSlice)]
        transient = [value for value in activations if value not in results]
        self.naive = sum(byte_length(value.type) for value in transient)
        position = {op: index for index, op in enumerate(ops)}
        alive = [_lifetime(value, position) for value in activations]
        lengths = [byte_length(value.type) for value in activations]
        self.at_once, self.two_largest = 0, 0
        for index in range(len(ops)):
            live = [number for number, (first, end) in enumerate(alive) if first <= index <= end]
            self.two_largest = max(self.two_largest, sum(sorted(lengths[number] for number in live)[-2:]))
            self.at_once = max(self.at_once, sum(lengths[n] for n in live if activations[n] not in results))


def _is_in_place(value: SSAValue) -> bool:
    """Whether a buffer lies in a variable."""
    return isinstance(value.owner, ll_seq.StaticSlice) and isinstance(value.owner.source.owner, ll_seq.GlobalLoad)


_MAKERS = (ll_seq.AllocHeap, ll_seq.While, ll_seq.Case)  # of buffers that are the function's own
_PLACES = (ll_seq.AllocHeap, ll_seq.AllocStack)


def _lifetime(value: SSAValue, position: dict[Any, int]) -> tuple[int, int]:
    """The first and the last op that works on a buffer."""
    users = [position[use.operation] for use in value.uses]
    return (min(users), max(users)) if users else (0, -1)


def _text(size: int) -> str:
    return sizes.text(size).strip("[]")


def _plain(value: str | int) -> str | int:
    return _text(value) if isinstance(value, int) and not sizes.is_known(value) else value
