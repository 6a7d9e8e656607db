"""widen-scalars: integers below 32 bits are computed in i32, floats below 32 bits in f32; memory holds them as before.

    %a = memref.load %x[%i] : memref<4xi8>              %a = memref.load %x[%i] : memref<4xi8>
    %b = arith.addi %a, %a : i8                         %w = arith.extsi %a : i8 to i32
                                                        %s = arith.addi %w, %w : i32
                                                  ->    %b = %s shifted left and right by 24 bits: it wraps
    memref.store %b, %y[%i] : memref<4xi8>              %n = arith.trunci %b : i32 to i8
                                                        memref.store %n, %y[%i] : memref<4xi8>

An f16, bf16 or f8 is an integer of 16 or 8 bits in memory; small_floats.py reads and rounds it. Each op rounds once:
f32 has more than twice the bits that sums, products, quotients and roots need for that. What is only moved keeps its
bits. A device needs to load and store 8 and 16 bits, and nothing else of them. CompileError: an op on such a type that
has no form in i32 or f32.
"""

from collections.abc import Callable

from xdsl.dialects import arith, memref
from xdsl.dialects.builtin import (
    AnyFloat,
    FloatAttr,
    IndexType,
    IntegerAttr,
    IntegerType,
    MemRefType,
    ModuleOp,
    f32,
    f64,
    i1,
    i32,
)
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Operation, SSAValue

from iree.compiler.ir.constants import array_of
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.kernels.kernel_rewriting import KernelRewriter
from iree.compiler.kernels.scalar import Scalar, where
from iree.compiler.kernels.small_floats import SMALL_FLOATS, SmallFloat


class WidenScalars(Pass):
    name = "widen-scalars"
    reads = ("func", "iree", "arith", "math", "scf", "memref", "gpu")
    leaves = ("func", "iree", "arith", "math", "scf", "memref", "gpu")

    def run(self, module: ModuleOp) -> None:
        for function in ops_of(module, FuncOp):
            if any(_has_narrow(op) for op in function.body.walk()):
                _Widening(function).rewrite()


def is_narrow_integer(type_: Attribute) -> bool:
    """Whether it is an integer that is computed in i32."""
    return isinstance(type_, IntegerType) and 1 < type_.bitwidth < 32


def small_float(type_: Attribute) -> SmallFloat | None:
    """The format of a float that is computed in f32; None for other types."""
    return SMALL_FLOATS.get(type(type_))


def _is_narrow(type_: Attribute) -> bool:
    return is_narrow_integer(type_) or small_float(type_) is not None


def _has_narrow(op: Operation) -> bool:
    return any(_is_narrow(value.type) for value in (*op.operands, *op.results))


class _Widening(KernelRewriter):
    """Integers are an i32 with the sign in the upper bits. `raw`: the bits, so held, of floats that have any."""

    def __init__(self, function: FuncOp) -> None:
        super().__init__(function)
        self.raw: dict[SSAValue, Scalar] = {}

    def buffer_type(self, type_: Attribute) -> Attribute:
        if isinstance(type_, MemRefType):
            return MemRefType(_stored(type_.element_type), type_.shape)
        return type_

    def load(self, op: memref.LoadOp) -> None:
        if not _is_narrow(op.res.type):
            super().load(op)
            return
        loaded = self.emitter.load(self.value(op.memref), [self.value(index) for index in op.indices])
        bits = self._new(loaded).pure("arith.extsi", type_=i32)
        if small_float(op.res.type):
            self.raw[op.res] = bits
        else:
            self.define(op.res, _wrapped(bits, op.res.type).value)

    def store(self, op: memref.StoreOp) -> None:
        if not _is_narrow(op.value.type):
            super().store(op)
            return
        bits = self.bits(op.value) if small_float(op.value.type) else self.wide(op.value)
        if isinstance(op.value.type, IntegerType) and op.value.type.bitwidth < 8:
            bits = _unsigned(bits, op.value.type)  # it has a byte for itself, whose upper bits are zero
        target = self.value(op.memref)
        assert isinstance(target.type, MemRefType)
        stored = bits.pure("arith.trunci", type_=target.type.element_type)
        self.emitter.store(stored.value, target, [self.value(index) for index in op.indices])

    def carried(self, value: SSAValue) -> list[SSAValue]:
        return [self.wide(value).value]

    def scalar(self, op: Operation) -> None:
        if not _has_narrow(op):
            super().scalar(op)
        elif isinstance(op, arith.ConstantOp):
            self._constant(op)
        elif isinstance(op, arith.BitcastOp):
            self._bitcast(op)
        elif isinstance(op, arith.SelectOp) and small_float(op.result.type):
            self._select(op)
        elif type(op) in _CASTS:
            self._set(op, _CASTS[type(op)](self, op))
        elif is_narrow_integer(op.operands[-1].type):
            self._integer(op)
        else:
            self._float(op)

    def wide(self, value: SSAValue) -> Scalar:
        """A value as it is computed with. Read anew at each use, which finds what is at hand there."""
        if (bits := self.raw.get(value)) is not None:
            return _format_of(value.type).decode(bits)
        return self._new(self.value(value))

    def bits(self, value: SSAValue) -> Scalar:
        """A small float's bits."""
        return self.raw.get(value) or _format_of(value.type).encode(self._new(self.value(value)))

    def _new(self, value: SSAValue) -> Scalar:
        return Scalar(self.emitter, value)

    def _set(self, op: Operation, result: Scalar) -> None:
        self.define(op.results[0], result.value)

    def _constant(self, op: arith.ConstantOp) -> None:
        if isinstance(op.value, IntegerAttr):
            assert isinstance(op.result.type, IntegerType)
            half = 2 ** (op.result.type.bitwidth - 1)
            number = (op.value.value.data + half) % (2 * half) - half
            self.define(op.result, self.emitter.constant(number, i32))
            return
        assert isinstance(op.value, FloatAttr)
        held = array_of(op.value)
        self.raw[op.result] = self._new(self.emitter.constant(int(held.view(f"i{held.itemsize}")), i32))

    def _bitcast(self, op: arith.BitcastOp) -> None:
        bits = self.bits(op.input) if small_float(op.input.type) else self.wide(op.input)
        if small_float(op.result.type):
            self.raw[op.result] = bits
        else:
            self._set(op, bits)

    def _select(self, op: arith.SelectOp) -> None:
        """Of what has bits by its bits, so that a number which is only moved keeps them."""
        condition = self._new(self.value(op.cond))
        if op.lhs in self.raw and op.rhs in self.raw:
            self.raw[op.result] = where(condition, self.raw[op.lhs], self.raw[op.rhs])
        else:
            self._set(op, where(condition, self.wide(op.lhs), self.wide(op.rhs)))

    def _integer(self, op: Operation) -> None:
        type_ = op.operands[-1].type
        operands = [self.wide(operand) for operand in op.operands]
        if op.name in _UNSIGNED:
            operands[0] = _unsigned(operands[0], type_)
        if op.name in ("arith.divui", "arith.remui"):
            operands[1] = _unsigned(operands[1], type_)
        if op.name not in _WRAPPING and op.name not in _INSIDE:
            fail(op, f"has no form in i32 for {type_}; kernels spell it with other ops of arith and math")
        result = self._copied(op, operands, i32)
        self._set(op, _wrapped(result, type_) if op.name in _WRAPPING else result)

    def _float(self, op: Operation) -> None:
        type_ = op.operands[-1].type
        if op.name not in _ROUNDED and op.name not in _EXACT:
            fail(op, f"has no form in f32 for {type_}; kernels spell it with other ops of arith and math")
        result = self._copied(op, [self.wide(operand) for operand in op.operands], f32)
        self._set(op, _format_of(type_).rounded(result) if op.name in _ROUNDED else result)

    def _copied(self, op: Operation, operands: list[Scalar], type_: Attribute) -> Scalar:
        extra = {name: value for name, value in op.properties.items() if name == "predicate"}
        result = i1 if op.results[0].type == i1 else type_
        return self._new(self.emitter.pure(op.name, [operand.value for operand in operands], result, **extra))

    # Casts.

    def _from_integer(self, op: Operation) -> Scalar:
        """sitofp and uitofp."""
        source, target = op.operands[0].type, op.results[0].type
        is_unsigned = op.name == "arith.uitofp"
        number = self.wide(op.operands[0])
        if is_unsigned and is_narrow_integer(source):
            number, is_unsigned = _unsigned(number, source), False
        format_ = small_float(target)
        if format_ is None:
            return number.pure("arith.uitofp" if is_unsigned else "arith.sitofp", type_=target)
        return format_.rounded(_integer_rounded_to_odd(number, is_unsigned))

    def _to_integer(self, op: Operation) -> Scalar:
        """fptosi and fptoui, of numbers that the integer type has."""
        target = op.results[0].type
        number = self.wide(op.operands[0])
        if not is_narrow_integer(target):
            return number.pure(op.name, type_=target)
        return _wrapped(number.pure("arith.fptosi", type_=i32), target)

    def _between_integers(self, op: Operation) -> Scalar:
        """trunci, extsi, extui and index_cast."""
        source, target = op.operands[0].type, op.results[0].type
        number = self.wide(op.operands[0])
        if op.name == "arith.extui" and is_narrow_integer(source):
            number = _unsigned(number, source)
        wanted = i32 if is_narrow_integer(target) else target
        if number.type != wanted:
            number = number.pure(_resized(op.name, number, wanted), type_=wanted)
        return _wrapped(number, target) if is_narrow_integer(target) else number

    def _between_floats(self, op: Operation) -> Scalar:
        """extf and truncf."""
        target = op.results[0].type
        number = self.wide(op.operands[0])
        format_ = small_float(target)
        if number.type == f64:
            number = _rounded_to_odd(number)
        elif target == f64:
            return number.pure("arith.extf", type_=f64)
        return format_.rounded(number) if format_ else number


def _stored(type_: Attribute) -> Attribute:
    """The type of a buffer's elements: one byte at least."""
    if not _is_narrow(type_):
        return type_
    assert isinstance(type_, IntegerType | AnyFloat)
    return IntegerType(8 if type_.bitwidth <= 8 else 16)


def _format_of(type_: Attribute) -> SmallFloat:
    return SMALL_FLOATS[type(type_)]


def _wrapped(x: Scalar, type_: Attribute) -> Scalar:
    """The lower bits of an i32, the highest of them as its sign."""
    assert isinstance(type_, IntegerType)
    room = 32 - type_.bitwidth
    return x << room >> room


def _unsigned(x: Scalar, type_: Attribute) -> Scalar:
    assert isinstance(type_, IntegerType)
    return x & (1 << type_.bitwidth) - 1


def _resized(name: str, number: Scalar, wanted: Attribute) -> str:
    """The cast that `name` becomes: a narrow integer is wider now than what it was made wide to."""
    if isinstance(number.type, IndexType) or isinstance(wanted, IndexType):
        return "arith.index_cast"
    assert isinstance(wanted, IntegerType)
    if wanted.bitwidth < number.width:
        return "arith.trunci"
    return name


def _integer_rounded_to_odd(x: Scalar, is_unsigned: bool) -> Scalar:
    """An i32 or i64 as an f32 that rounding once more does not round twice: odd where it is not exact."""
    kind = "u" if is_unsigned else "s"
    near = x.pure(f"arith.{kind}itofp", type_=f32)
    limit = 2.0 ** (x.width if is_unsigned else x.width - 1)
    is_out = near >= limit
    back = where(is_out, near.like(0.0), near).pure(f"arith.fpto{kind}i", type_=x.type)
    larger = x.below(back) if is_unsigned else where(x < 0, back < x, back > x)
    return _odd(near, back.equals(x) & (is_out ^ 1), is_out | larger)


def _rounded_to_odd(x: Scalar) -> Scalar:
    """An f64 as an f32 that rounding once more does not round twice."""
    near = x.pure("arith.truncf", type_=f32)
    back = near.pure("arith.extf", type_=f64)
    return _odd(near, back.equals(x) | x.is_nan(), abs(back) > abs(x))


def _odd(near: Scalar, is_exact: Scalar, is_larger: Scalar) -> Scalar:
    """Of the two neighbours of a number that is not exact the one whose last bit is set."""
    bits = near.bits()
    stays = is_exact | (bits & 1).differs(0)
    return where(stays, bits, where(is_larger, bits - 1, bits + 1)).as_float()


# Results of which the lower bits count, and those that are inside the type as they are.
_WRAPPING = frozenset(f"arith.{name}" for name in ("addi", "subi", "muli", "shli", "shrui", "divui", "remui", "divsi"))
_INSIDE = frozenset(
    f"arith.{name}"
    for name in ("andi", "ori", "xori", "shrsi", "remsi", "minsi", "maxsi", "minui", "maxui", "select", "cmpi")
)
_UNSIGNED = frozenset({"arith.divui", "arith.remui", "arith.shrui"})  # which read their operand without sign

_ROUNDED = frozenset({"arith.addf", "arith.subf", "arith.mulf", "arith.divf", "math.sqrt"})
_EXACT = frozenset(
    {"arith.negf", "arith.cmpf", "arith.maximumf", "arith.minimumf"}
    | {f"math.{name}" for name in ("absf", "floor", "ceil", "trunc", "roundeven")}
)

_CASTS: dict[type[Operation], Callable[[_Widening, Operation], Scalar]] = {
    arith.SIToFPOp: _Widening._from_integer,
    arith.UIToFPOp: _Widening._from_integer,
    arith.FPToSIOp: _Widening._to_integer,
    arith.FPToUIOp: _Widening._to_integer,
    arith.TruncIOp: _Widening._between_integers,
    arith.ExtSIOp: _Widening._between_integers,
    arith.ExtUIOp: _Widening._between_integers,
    arith.IndexCastOp: _Widening._between_integers,
    arith.ExtFOp: _Widening._between_floats,
    arith.TruncFOp: _Widening._between_floats,
}
