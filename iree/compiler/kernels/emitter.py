"""Emitter: builds scalar code, giving equal pure ops one value and each op the outermost loop that it can live in.

    e = Emitter(block)
    i = e.global_id("x")
    e.store(e.mulf(e.load(a, [i]), e.load(b, [i])), c, [i])

A loop's or guard's body is emitted into a scope of its own. An op goes into the outermost scope that has all its
operands, but never out of a guard: what a guard protects (an access out of bounds) stays inside.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

from xdsl.dialects import arith, gpu, memref, scf, tensor
from xdsl.dialects.builtin import (
    AnyFloat,
    ArrayAttr,
    ComplexType,
    FloatAttr,
    IndexType,
    IntegerAttr,
    IntegerType,
    LocationAttr,
    MemRefType,
    TensorType,
    UnknownLoc,
)
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from iree.compiler.ir import sizes
from iree.compiler.kernels import folding, scalar_ops

Number = IntegerAttr | FloatAttr | ArrayAttr[FloatAttr]  # the parts of a complex number
INDEX = IndexType()
I1 = IntegerType(1)

_Key = tuple[object, ...]
T = TypeVar("T")


@dataclass
class _Scope:
    """A block under construction and the values it holds already."""

    block: Block
    is_guard: bool
    known: dict[_Key, SSAValue] = field(default_factory=dict)
    shared: dict[object, list[SSAValue]] = field(default_factory=dict)
    rounds: int | Fraction = 0  # of all loops in it, at most


class Emitter:
    """Appends ops to a block. `location` is that of the op being lowered and goes to every op made."""

    def __init__(self, block: Block, location: LocationAttr | None = None) -> None:
        self.location: LocationAttr = UnknownLoc() if location is None else location
        self._scopes = [_Scope(block, is_guard=True)]
        self._depths: dict[SSAValue, int] = {}
        self._ranges: dict[SSAValue, folding.Range] = {}

    # Values.

    def constant(self, value: float, type_: Attribute) -> SSAValue:
        """A number of a scalar type."""
        attribute: IntegerAttr | FloatAttr
        if isinstance(type_, ComplexType):
            parts = (self.constant(part, type_.element_type) for part in (value, 0.0))
            return self.pure("complex.create", tuple(parts), type_)
        if isinstance(type_, AnyFloat):
            attribute = FloatAttr(value, type_)
        elif isinstance(type_, IntegerType) and not sizes.is_known(int(value)):
            return self.pure("arith.index_cast", [self.index(int(value))], type_)
        elif isinstance(type_, IntegerType):
            attribute = IntegerAttr(int(value), type_, truncate_bits=True)
        else:
            assert isinstance(type_, IndexType)
            attribute = IntegerAttr(int(value), type_)
        return self.constant_of(attribute)

    def constant_of(self, value: Number) -> SSAValue:
        """A constant given as an attribute. Equal attributes may differ in the sign of a zero."""
        if isinstance(value, ArrayAttr):
            real, imaginary = (self.constant_of(part) for part in value)
            assert isinstance(real.type, AnyFloat)
            return self.pure("complex.create", (real, imaginary), ComplexType(real.type))
        data = value.value.data
        bits = struct.pack("<d", data) if isinstance(value, FloatAttr) else data
        return self._make(arith.ConstantOp, (), value.type, {"value": value}, depth=0, tag=bits)

    def index(self, value: int) -> SSAValue:
        """A constant index."""
        return self.constant(value, INDEX)

    def global_id(self, dimension: str) -> SSAValue:
        """This invocation's position in the whole launch along x, y or z."""
        attribute = gpu.DimensionAttr(gpu.DimensionEnum(dimension))
        return self._make(gpu.GlobalIdOp, (), INDEX, {"dimension": attribute})

    def linalg_index(self, index: Operation) -> SSAValue:
        """A copy of a linalg.index op."""
        return self._make(type(index), (), INDEX, dict(index.properties))

    def pure(
        self, name: str, operands: Sequence[SSAValue], type_: Attribute | None = None, **extra: Attribute
    ) -> SSAValue:
        """A side-effect free arith or math op. Its type is that of the first operand where none is given."""
        predicate = extra.get("predicate")
        number = predicate.value.data if isinstance(predicate, IntegerAttr) else None
        result_type = scalar_ops.result_type(name, operands) if type_ is None else type_
        found = folding.fold(name, operands, self._ranges, number)
        if isinstance(found, SSAValue):
            return found
        if found is not None:
            return self.constant(found, result_type)
        properties = scalar_ops.DEFAULT_PROPERTIES.get(name, {}) | extra
        value = self._make(scalar_ops.OPS[name], tuple(operands), result_type, properties)
        if isinstance(result_type, IndexType):
            self._ranges.setdefault(value, folding.range_of(name, operands, self._ranges))
        return value

    def compare(self, predicate: str, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """arith.cmpf for floats, arith.cmpi for the rest."""
        name, numbers = scalar_ops.comparison(lhs.type)
        return self.pure(name, (lhs, rhs), I1, predicate=IntegerAttr(numbers[predicate], 64))

    def select(self, condition: SSAValue, true: SSAValue, false: SSAValue) -> SSAValue:
        """`condition ? true : false`; both are computed. Of complex numbers part by part."""
        if isinstance(true.type, ComplexType):
            parts = [
                self.select(condition, self.pure(name, [true]), self.pure(name, [false]))
                for name in ("complex.re", "complex.im")
            ]
            return self.pure("complex.create", parts, true.type)
        return self.pure("arith.select", (condition, true, false), true.type)

    def load(self, source: SSAValue, indices: Sequence[SSAValue]) -> SSAValue:
        """One element of a buffer that the kernel only reads, or of a local array as it is now."""
        assert isinstance(source.type, MemRefType)
        operands = (source, *indices)
        if isinstance(source.owner, memref.AllocaOp):
            op = memref.LoadOp.create(operands=operands, result_types=[source.type.element_type])
            self._append(op)
            return self._own(op.results[0])
        return self._make(memref.LoadOp, operands, source.type.element_type, {})

    def extract(self, source: SSAValue, indices: Sequence[SSAValue]) -> SSAValue:
        """One element of a tensor."""
        assert isinstance(source.type, TensorType)
        return self._make(tensor.ExtractOp, (source, *indices), source.type.element_type, {})

    # Ranges.

    def bound(self, value: SSAValue, low: int, high: int) -> SSAValue:
        """States that the index `value` lies between low and high, both included."""
        self._ranges[value] = (low, high if sizes.is_known(high) else folding.UNKNOWN[1])
        return value

    # Effects and structure.

    def store(self, value: SSAValue, target: SSAValue, indices: Sequence[SSAValue]) -> None:
        """Writes one element of a buffer, in order with what was emitted before."""
        self._append(memref.StoreOp.create(operands=[value, target, *indices]))

    def array(self, type_: MemRefType) -> SSAValue:
        """A local array, of no particular contents."""
        op = memref.AllocaOp.get(type_.element_type, 64, type_.shape)
        self._append(op)
        return self._own(op.results[0])

    def append(self, op: Operation) -> None:
        """Adds an op as it is, in the innermost scope."""
        self._append(op)

    def guard(self, condition: SSAValue, body: Callable[[], None]) -> None:
        """`if condition { body }`."""
        if folding.constant_int(condition) == 1:
            body()
            return
        block = self._build(Block(), body, is_guard=True)
        self._append(scf.IfOp(condition, [], Region(block)))

    def loop(
        self,
        lower: SSAValue,
        upper: SSAValue,
        step: SSAValue,
        initial: Sequence[SSAValue],
        body: Callable[[SSAValue, Sequence[SSAValue]], Sequence[SSAValue]],
        trips: int | None = None,
    ) -> list[SSAValue]:
        """`for i in range(lower, upper, step)` that carries values; `body` gets i and them, returns the next ones.

        `trips`: how many rounds it takes at most, where the bounds do not tell.
        """
        block = Block(arg_types=[lower.type, *(value.type for value in initial)])
        for argument in block.args:
            self._depths[argument] = len(self._scopes)
        (low, start), (width, widest) = self._range(lower), self._range(step)
        high = self._range(upper)[1] - 1
        if low == start and 0 < width == widest:
            high -= (high - low) % width  # where the last round is, if `upper` is what it can be at most
        rounds = self._trips(lower, upper, step) if trips is None else trips
        self._ranges[block.args[0]] = (low, max(low, high))

        def fill() -> None:
            self._append(scf.YieldOp(*body(block.args[0], block.args[1:])))

        self._build(block, fill, is_guard=False, trips=rounds)
        op = scf.ForOp(lower, upper, step, initial, block)
        self._append(op)
        return [self._own(result) for result in op.results]

    def at_outermost(self, values: Iterable[SSAValue], body: Callable[[], T]) -> T:
        """Emits `body` where all `values` are at hand first: out of the loops that it does not depend on."""
        depth = self._depth(values)
        inner = self._scopes[depth + 1 :]
        del self._scopes[depth + 1 :]
        try:
            return body()
        finally:
            self._scopes.extend(inner)

    def shared(self, key: object, values: Iterable[SSAValue], body: Callable[[], list[SSAValue]]) -> list[SSAValue]:
        """What `body` emits for a key, once: where all `values` are at hand first, and where it can be seen again."""
        for scope in self._scopes:
            if key in scope.shared:
                return scope.shared[key]

        def emit() -> list[SSAValue]:
            made = self._scopes[-1].shared[key] = body()
            return made

        return self.at_outermost(values, emit)

    def _trips(self, lower: SSAValue, upper: SSAValue, step: SSAValue) -> int | Fraction:
        """How many rounds a loop takes at most. What a size that only a call knows is divided by stays a fraction."""
        end, width = folding.constant_int(upper), self._range(step)[0]
        if end is not None and not sizes.is_known(end):
            return Fraction(end, max(1, width)) + 1
        low, high = self._range(lower)[0], self._range(upper)[1] - 1
        return max(0, (high - low) // max(1, width) + 1)

    def depth(self, values: Iterable[SSAValue]) -> int:
        """In how many scopes, loops and guards, all `values` are at hand first."""
        return max([0, *(self._depths.get(value, 0) for value in values)])

    @property
    def rounds(self) -> int | Fraction:
        """How many rounds of loops an invocation runs at most; each loop's last look at its condition is one too."""
        return self._scopes[0].rounds

    def drop_unused(self) -> None:
        """Takes out what was emitted and is not used: constants that were only needed to decide something."""
        _drop_unused(self._scopes[0].block)

    # Inside.

    def _make(
        self,
        op_class: type[Operation],
        operands: tuple[SSAValue, ...],
        type_: Attribute,
        properties: dict[str, Attribute],
        depth: int | None = None,
        tag: object = None,
    ) -> SSAValue:
        key = (op_class, operands, type_, tuple(properties.items()), tag)
        place = self._depth(operands) if depth is None else depth
        for scope in self._scopes:
            if (found := scope.known.get(key)) is not None:
                return found
        op = op_class.create(operands=operands, result_types=[type_], properties=dict(properties))
        op.location = self.location
        self._scopes[place].block.add_op(op)
        self._scopes[place].known[key] = op.results[0]
        self._depths[op.results[0]] = place
        return op.results[0]

    def _depth(self, values: Iterable[SSAValue]) -> int:
        guard = max(i for i, scope in enumerate(self._scopes) if scope.is_guard)
        return max(guard, self.depth(values))

    def _append(self, op: Operation) -> None:
        op.location = self.location
        self._scopes[-1].block.add_op(op)

    def _own(self, value: SSAValue) -> SSAValue:
        self._depths[value] = len(self._scopes) - 1
        return value

    def _build(
        self, block: Block, body: Callable[[], None], *, is_guard: bool, trips: int | Fraction | None = None
    ) -> Block:
        self._scopes.append(_Scope(block, is_guard))
        try:
            body()
        finally:
            inner = self._scopes.pop().rounds
        self._scopes[-1].rounds += inner if trips is None else trips * (inner + 1) + 1
        if not isinstance(block.last_op, scf.YieldOp):
            block.add_op(scf.YieldOp())
        return block

    def _range(self, value: SSAValue) -> folding.Range:
        number = folding.constant_int(value)
        return self._ranges.get(value, folding.UNKNOWN) if number is None else folding.range_of_constant(number)


def _drop_unused(block: Block) -> None:
    for op in reversed(list(block.ops)):
        for region in op.regions:
            for inner in region.blocks:
                _drop_unused(inner)
        if (
            op.results
            and not op.regions
            and not isinstance(op, gpu.GlobalIdOp)
            and all(r.first_use is None for r in op.results)
        ):
            op.detach()
            op.erase()
