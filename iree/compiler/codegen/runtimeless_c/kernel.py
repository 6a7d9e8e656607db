"""A scheduled kernel as a C function: loops, and expressions where a value is used once.

static void f_rgn_dispatch_0(const float *restrict a, const float *restrict b, float *restrict out) {
  for (int32_t x = 0; x < 4; ++x) {
    out[x] = a[x] * b[x];
  }
}
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from xdsl.dialects import arith, memref, scf
from xdsl.dialects.builtin import FloatAttr, IndexType, MemRefType, f16, f32, i1
from xdsl.dialects.func import CallOp, FuncOp, ReturnOp
from xdsl.ir import Attribute, Block, Operation, SSAValue

from iree.compiler.codegen.runtimeless_c import scalars
from iree.compiler.codegen.runtimeless_c.expressions import CHOICE, SUM, Expr, call, index, product, relation, total
from iree.compiler.codegen.runtimeless_c.helpers import HELPERS
from iree.compiler.codegen.runtimeless_c.names import Names
from iree.compiler.codegen.runtimeless_c.types import INDEX, memory_type, scalar_type
from iree.compiler.dialects.iree import Return
from iree.compiler.ir.diagnostics import fail
from iree.compiler.kernels.folding import constant_int

_LONGEST = 80  # characters of an expression that is written where it is used
_LONGEST_POSITION = 28  # of one that is written wherever it is used


@dataclass(frozen=True)
class Kernel:
    """A C function. `used`: which of the kernel's arguments it has, in order; `types`: what their elements are.

    `written`: those that it writes.
    """

    name: str
    used: Sequence[int]
    types: Sequence[str]
    written: frozenset[int]
    text: str


def write_kernel(
    function: FuncOp, name: str, sharing: Sequence[int] | None = None, halves: Collection[int] = ()
) -> Kernel:
    """The C of a scheduled kernel. CompileError: C has no such.

    `sharing`: for each argument the first one that is the same buffer, where one of them is written; all others do not
    overlap. The C function has each buffer once. `halves`: arguments whose numbers are f16 in memory.
    """
    return _Writer(function, name, sharing or range(len(function.body.block.args)), halves).kernel()


def write_function(function: FuncOp) -> str:
    """The C of a function of numbers that gives one. CompileError: C has no such."""
    return _Writer(function, function.sym_name.data, (), ()).function_of_numbers()


class _Writer:
    def __init__(self, function: FuncOp, name: str, sharing: Sequence[int], halves: Collection[int]) -> None:
        self.function = function
        self.name = name
        called = {op.callee.string_value() for op in function.walk() if isinstance(op, CallOp)}
        self.names = Names({name, *HELPERS, *called})
        self.lines: list[str] = []
        self.depth = 1
        self.exprs: dict[SSAValue, Expr] = {}
        arguments = function.body.block.args
        self.first: dict[SSAValue, SSAValue] = {
            argument: arguments[number] for argument, number in zip(arguments, sharing, strict=False)
        }
        self.halves = {arguments[number] for number in halves if _element_type(arguments[number]) == f32}
        self.written = {self._buffer(op.memref) for op in function.walk() if isinstance(op, memref.StoreOp)}

    def kernel(self) -> Kernel:
        """The function."""
        arguments = list(self.function.body.block.args)
        needed = {self._buffer(argument) for argument in arguments if argument.first_use is not None}
        used = [number for number, argument in enumerate(arguments) if argument in needed]
        written = frozenset(number for number in used if arguments[number] in self.written)
        parameters = [self._parameter(arguments[number], number in written) for number in used]
        self.exprs |= {
            argument: self.exprs[self.first[argument]] for argument in arguments if self.first[argument] in needed
        }
        self._block(self.function.body.block)
        head = wrapped(f"static void {self.name}(", parameters, ") {")
        types = [self._memory_type(arguments[number]) for number in used]
        return Kernel(self.name, used, types, written, "\n".join([head, *self.lines, "}", ""]))

    def function_of_numbers(self) -> str:
        """The function, whose arguments and result are no buffers."""
        parameters = []
        for argument in self.function.body.block.args:
            name = self.names.new(argument.name_hint or "x")
            self.exprs[argument] = Expr(name)
            parameters.append(f"{_scalar_type(argument)} {name}")
        self._block(self.function.body.block)
        (type_,) = self.function.function_type.outputs
        head = f"static inline {scalar_type(type_)} {self.name}({', '.join(parameters)}) {{"
        return "\n".join([head, *self.lines, "}", ""])

    def _parameter(self, argument: SSAValue, is_written: bool) -> str:
        name = self.names.new(argument.name_hint or ("out" if is_written else "in"))
        self.exprs[argument] = Expr(name)
        type_ = f"{'' if is_written else 'const '}{self._memory_type(argument)}"
        return f"{type_} *restrict {name}"

    def _buffer(self, value: SSAValue) -> SSAValue:
        return self.first.get(value, value)

    def _memory_type(self, buffer: SSAValue) -> str:
        held = f16 if buffer in self.halves else _element_type(buffer)
        type_ = memory_type(held)
        if type_ is None:
            fail(self.function, f"has a buffer of {held}, which C99 does not have")
        return type_

    # Statements.

    def _line(self, text: str) -> None:
        self.lines.append("  " * self.depth + text)

    def _block(self, block: Block) -> None:
        for op in block.ops:
            match op:
                case memref.AllocaOp():
                    self._array(op)
                case memref.StoreOp():
                    self._store(op)
                case scf.ForOp():
                    self._loop(op)
                case scf.IfOp():
                    self._line(f"if ({self.exprs[op.cond].text}) {{")
                    self._nested(op.true_region.block)
                    self._line("}")
                case Return() | scf.YieldOp():
                    pass
                case ReturnOp():
                    self._line(f"return {self.exprs[op.arguments[0]].text};")
                case _:
                    self._value(op)

    def _element(self, buffer: SSAValue, positions: Sequence[Expr]) -> Expr:
        """An element; of a complex number's parts the one that the last position says."""
        first, *parts = positions
        for part in parts:
            first = product("*", first, Expr("2"))
            first = first if part.text == "0" else total("+", first, part)
        return index(self.exprs[buffer].text, first)

    def _store(self, op: memref.StoreOp) -> None:
        target = self._element(op.memref, self._operands(op)[2:]).text
        sum_ = op.value.owner
        if isinstance(sum_, arith.AddfOp) and self.exprs[op.value].level == SUM and self.exprs[sum_.lhs].text == target:
            self._line(f"{target} += {self.exprs[sum_.rhs].text};")
        else:
            self._line(f"{target} = {self.exprs[op.value].text};")

    def _nested(self, block: Block) -> None:
        self.depth += 1
        taken = set(self.names.taken)
        self._block(block)
        self.names.taken = taken
        self.depth -= 1

    def _array(self, op: memref.AllocaOp) -> None:
        name = self.names.new(op.memref.name_hint or "local")
        self.exprs[op.memref] = Expr(name)
        assert isinstance(op.memref.type, MemRefType)
        self._line(f"{self._memory_type(op.memref)} {name}[{math.prod(op.memref.type.get_shape())}];")

    def _loop(self, op: scf.ForOp) -> None:
        block = op.body.block
        counter, *carried = block.args
        for argument, initial, result in zip(carried, op.iter_args, op.results, strict=True):
            self.exprs[argument] = self.exprs[result] = self._carried(op, argument, initial)
        outside = set(self.names.taken)
        name = self.names.new(counter.name_hint or "i")
        self.exprs[counter] = Expr(name)
        start, end, step = (self.exprs[value] for value in (op.lb, op.ub, op.step))
        advance = f"++{name}" if constant_int(op.step) == 1 else f"{name} += {step.text}"
        self._line(f"for ({INDEX} {name} = {start.text}; {relation('<', Expr(name), end).text}; {advance}) {{")
        self._nested(block)
        self.depth += 1
        assert block.last_op is not None
        self._assign(
            [self.exprs[argument] for argument in carried], [self.exprs[v] for v in block.last_op.operands], op
        )
        self.depth -= 1
        self._line("}")
        self.names.taken = outside

    def _carried(self, op: scf.ForOp, argument: SSAValue, initial: SSAValue) -> Expr:
        """The variable of what a loop carries: that of the loop before where nothing else reads it."""
        before = initial.owner
        if isinstance(before, scf.ForOp) and before.parent is op.parent and initial.get_user_of_unique_use() is op:
            return self.exprs[initial]
        name = self.names.new(argument.name_hint or "acc")
        self._line(f"{_scalar_type(argument)} {name} = {self.exprs[initial].text};")
        return Expr(name)

    def _assign(self, targets: Sequence[Expr], values: Sequence[Expr], op: scf.ForOp) -> None:
        """All at once: a value may be computed from what a target holds before."""
        pairs = [(target, value) for target, value in zip(targets, values, strict=True) if target != value]
        if len(pairs) > 1:
            names = Names(self.names.taken)
            kept = []
            for (target, value), result in zip(pairs, op.results, strict=False):
                name = names.new("next")
                self._line(f"const {_scalar_type(result)} {name} = {value.text};")
                kept.append((target, Expr(name)))
            pairs = kept
        for target, value in pairs:
            self._line(f"{target.text} = {value.text};")

    # Values.

    def _operands(self, op: Operation) -> list[Expr]:
        return [self.exprs[value] for value in op.operands]

    def _value(self, op: Operation) -> None:
        result = op.results[0]
        if result.first_use is None:
            return
        if isinstance(op, memref.LoadOp):
            expr = self._element(op.memref, self._operands(op)[1:])
            if op.memref in self.halves:
                expr = call("f32_of_f16", expr)
            elif result.type == i1:
                expr = relation("!=", expr, Expr("0"))
        else:
            expr = scalars.expression(op, self._operands(op))
        is_kept = isinstance(op, arith.ConstantOp) or self._is_inlined(op, expr)
        self.exprs[result] = expr if is_kept else self._variable(op, expr)

    def _variable(self, op: Operation, expr: Expr) -> Expr:
        result = op.results[0]
        hint = self.exprs[op.memref].text if isinstance(op, memref.LoadOp) else "p" if _is_position(result) else "v"
        name = self.names.new(result.name_hint or hint)
        self._line(f"const {_scalar_type(result)} {name} = {expr.text};")
        return Expr(name)

    def _is_inlined(self, op: Operation, expr: Expr) -> bool:
        """Whether a value is written where it is used."""
        result = op.results[0]
        if _is_position(result) and len(expr.text) <= _LONGEST_POSITION and not isinstance(op, memref.LoadOp):
            return expr.level > CHOICE
        user = result.get_user_of_unique_use()
        if user is None or len(expr.text) > _LONGEST or _is_read_twice(user, result):
            return False
        if _is_position(result) and not isinstance(op, memref.LoadOp):
            return True
        if user.parent is not op.parent or isinstance(user, scf.ForOp | scf.YieldOp):
            return isinstance(user, scf.YieldOp) and user.parent is op.parent and len(user.operands) == 1
        return not self._is_overwritten(op)

    def _is_overwritten(self, op: Operation) -> bool:
        """Whether what a load reads may be another value where the load would be written."""
        loads = [op] if isinstance(op, memref.LoadOp) else [o for o in _inside(op) if isinstance(o, memref.LoadOp)]
        loads = [load for load in loads if self._buffer(load.memref) in self.written]
        if not loads:
            return False
        last: Operation = op
        while last.results and (user := last.results[0].get_user_of_unique_use()) is not None:
            if user.parent is not op.parent:
                return True
            last = user
        between = op.next_op
        while between is not None and between is not last:
            if isinstance(between, scf.ForOp | scf.IfOp) or (
                isinstance(between, memref.StoreOp)
                and any(self._buffer(between.memref) is self._buffer(load.memref) for load in loads)
            ):
                return True
            between = between.next_op
        return False


def _inside(op: Operation) -> list[Operation]:
    """The ops whose expressions may be written inside the op's."""
    found, left = [], [op]
    while left:
        for value in left.pop().operands:
            owner = value.owner
            is_here = isinstance(owner, Operation) and owner.parent is op.parent and not owner.regions
            if is_here and value.get_user_of_unique_use() is not None:
                assert isinstance(owner, Operation)
                found.append(owner)
                left.append(owner)
    return found


def _is_read_twice(user: Operation, value: SSAValue) -> bool:
    """Whether the user's expression names an operand twice: the greater or lesser of it and a constant."""
    if not isinstance(user, arith.MaximumfOp | arith.MinimumfOp):
        return False
    other = user.rhs if user.lhs is value else user.lhs
    return isinstance(other.owner, arith.ConstantOp) and isinstance(other.owner.value, FloatAttr)


def _is_position(value: SSAValue) -> bool:
    return isinstance(value.type, IndexType)


def _element_type(buffer: SSAValue) -> Attribute:
    assert isinstance(buffer.type, MemRefType)
    type_: Attribute = buffer.type.element_type
    return type_


def _scalar_type(value: SSAValue) -> str:
    name = scalar_type(value.type)
    assert name is not None, "scalars.expression refuses what C does not have"
    return name


def wrapped(head: str, parts: Sequence[str], tail: str) -> str:
    """head part, part, part tail, in lines of at most 120 characters."""
    line, lines = head, []
    for number, part in enumerate(parts):
        piece = part + (", " if number < len(parts) - 1 else tail)
        if len(line) + len(piece.rstrip()) > 120 and line.strip():
            lines.append(line.rstrip())
            line = "    "
        line += piece
    return "\n".join([*lines, line if parts else head + "void" + tail])
