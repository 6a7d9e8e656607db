"""Lowering: one kernel on its way to SPIR-V, the block that ops are added to and what each value became.

    lowering.add(arithmetic.FMul(lowering.value(op.lhs), lowering.value(op.rhs)))

The rules are in lower_scalar.py, lower_memory.py and lower_control_flow.py.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from xdsl.dialects.builtin import (
    AnyFloat,
    FloatAttr,
    IndexType,
    IntegerAttr,
    IntegerType,
    LocationAttr,
    UnknownLoc,
    f32,
    i1,
    i32,
)
from xdsl.ir import Attribute, Block, BlockArgument, Operation, SSAValue

from iree.compiler.dialects.spirv import arithmetic, memory
from iree.compiler.dialects.spirv.structure import GlobalVariable
from iree.compiler.ir import sizes

IndexArithmetic = type[arithmetic.IAdd] | type[arithmetic.IMul]


def spirv_type(type_: Attribute) -> Attribute:
    """What a scalar is in SPIR-V: an index is an i32, the others are themselves."""
    return i32 if isinstance(type_, IndexType) else type_


class Lowering:
    """Adds ops to the innermost of the blocks under construction. `location` goes to each op that is added.

    Index arithmetic is written once for equal operands, in the outermost block that has them: the blocks of loops are
    put into their parents when they are complete, so what is added to a parent meanwhile stands before the loop.
    """

    def __init__(self, block: Block, buffers: Mapping[BlockArgument, GlobalVariable], ids: Mapping[str, SSAValue]):
        self.location: LocationAttr = UnknownLoc()
        self.buffers = buffers
        self.symbols: list[SSAValue] = []  # the sizes that the call's dispatch says
        self.ids = ids  # the invocation's position in the launch: "x", "y", "z"
        self._blocks = [block]
        self._values: dict[SSAValue, SSAValue] = {}
        self._depths: dict[SSAValue, int] = {}
        self._known: list[dict[tuple[object, ...], SSAValue]] = [{}]

    def add(self, op: Operation) -> SSAValue:
        """Adds an op with a result, which is returned."""
        self.append(op)
        return op.results[0]

    def append(self, op: Operation) -> None:
        """Adds an op."""
        self._append_at(len(self._blocks) - 1, op)

    def value(self, value: SSAValue) -> SSAValue:
        """What a value of the kernel became."""
        return self._values[value]

    def define(self, value: SSAValue, became: SSAValue) -> None:
        """States what a value of the kernel became."""
        self._values[value] = became
        self._depths.setdefault(became, len(self._blocks) - 1)

    def integer(self, value: int, type_: Attribute = i32) -> SSAValue:
        """An integer constant, or a size that only a call knows."""
        if not sizes.is_known(value):
            return self.size(value)
        assert isinstance(type_, IntegerType)
        return self.add(memory.Constant(IntegerAttr(value, type_, truncate_bits=True)))

    def truth(self, value: bool) -> SSAValue:
        """true or false."""
        return self.add(memory.Constant(IntegerAttr(int(value), i1)))

    def float(self, value: float, type_: Attribute = f32) -> SSAValue:
        """A float constant."""
        assert isinstance(type_, AnyFloat)
        return self.add(memory.Constant(FloatAttr(value, type_)))

    def hidden_zero(self, *, is_negative: bool) -> SSAValue:
        """0.0 or -0.0 that no driver sees through: x * (x + 1) is even. Computed once, before all else."""

        def once(cls: Callable[[SSAValue, SSAValue], Operation], lhs: SSAValue, rhs: SSAValue) -> SSAValue:
            return self._once(0, (cls, lhs, rhs), lambda: cls(lhs, rhs))

        x, one = self.ids["x"], self.index_constant(1)
        bits = once(arithmetic.BitwiseAnd, once(arithmetic.IMul, x, once(arithmetic.IAdd, x, one)), one)
        if is_negative:
            bits = once(arithmetic.BitwiseOr, bits, self.index_constant(-(2**31)))
        return self._once(0, (arithmetic.Bitcast, bits), lambda: arithmetic.Bitcast(bits, f32))

    def index_op(self, cls: IndexArithmetic, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """The sum or product of two indices, computed as far out as can be."""
        depth = max(self._depths.get(lhs, 0), self._depths.get(rhs, 0))
        return self._once(depth, (cls, lhs, rhs), lambda: cls(lhs, rhs))

    def index_constant(self, value: int) -> SSAValue:
        """A constant for index_op."""
        if not sizes.is_known(value):
            return self.size(value)
        return self._once(0, (memory.Constant, value), lambda: memory.Constant(IntegerAttr(value, i32)))

    def size(self, value: int) -> SSAValue:
        """A size that only a call knows, computed once, before all else."""

        def once(cls: IndexArithmetic, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
            return self._once(0, (cls, lhs, rhs), lambda: cls(lhs, rhs))

        total: SSAValue | None = None
        for product, factor in sorted(sizes.terms(value).items()):
            factors = [self.symbols[number] for number in product]
            if factor != 1 or not product:
                factors.append(self.index_constant(factor))
            term = factors[0]
            for other in factors[1:]:
                term = once(arithmetic.IMul, term, other)
            total = term if total is None else once(arithmetic.IAdd, total, term)
        assert total is not None, "0 is known"
        return total

    @contextmanager
    def inside(self, block: Block) -> Iterator[None]:
        """Ops go to `block` until the end of the with statement."""
        self._blocks.append(block)
        self._known.append({})
        for argument in block.args:
            self._depths[argument] = len(self._blocks) - 1
        yield
        self._blocks.pop()
        self._known.pop()

    def _once(self, depth: int, key: tuple[object, ...], make: Callable[[], Operation]) -> SSAValue:
        known = self._known[depth]
        if key not in known:
            op = make()
            self._append_at(depth, op)
            known[key] = op.results[0]
        return known[key]

    def _append_at(self, depth: int, op: Operation) -> None:
        op.location = self.location
        self._blocks[depth].add_op(op)
        for result in op.results:
            self._depths[result] = depth
