"""What each elementwise op does with one element, with StableHLO's semantics at the edges.

integer division    x / 0 = -1, x % 0 = x, INT_MIN / -1 = INT_MIN, INT_MIN % -1 = 0
shifts              by the width or more, or by a negative amount: 0, or all sign
float to integer    towards zero, saturating, NaN becomes 0
maximum, minimum    NaN wins
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from xdsl.dialects.builtin import AnyFloat, ComplexType, IntegerType, Signedness, bf16, f16, f32, f64
from xdsl.ir import Attribute, Operation

from iree.compiler.dialects import mhlo
from iree.compiler.ir.constants import dtype_of
from iree.compiler.ir.diagnostics import fail
from iree.compiler.kernels import scalar_ops
from iree.compiler.kernels.complex_bodies import COMPLEX_BODIES
from iree.compiler.kernels.expansions import powers, remainders
from iree.compiler.kernels.scalar import Scalar, complex_of, where

_I1 = IntegerType(1)


def is_unsigned(type_: Attribute) -> bool:
    """Whether integers of the type are read without sign. Booleans are."""
    return isinstance(type_, IntegerType) and (type_.signedness.data is Signedness.UNSIGNED or type_.bitwidth == 1)


def signless(type_: Attribute) -> Attribute:
    """The type that kernels compute in: integers do not carry their sign."""
    return IntegerType(type_.bitwidth) if isinstance(type_, IntegerType) else type_


def is_elementwise(op: Operation) -> bool:
    """Whether `scalar_result` knows the op."""
    return type(op) in BODIES or type(op) in COMPLEX_BODIES or op.name in scalar_ops.OPS


def scalar_result(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    """One element of op's result from one of each operand, whose element types, with their sign, are `types`."""
    if operands[0].is_complex and type(op) in COMPLEX_BODIES:
        return COMPLEX_BODIES[type(op)](op, operands)
    if type(op) in BODIES:
        if operands[0].is_complex and not isinstance(op, mhlo.Convert):
            fail(op, f"is not compiled for {types[0]} by compiled targets; interpreter-bytecode runs it")
        return BODIES[type(op)](op, operands, types)
    result = op.results[0].type
    element = signless(getattr(result, "element_type", result))
    extra = {name: value for name, value in op.properties.items() if name == "predicate"}
    emitter = operands[0].emitter
    return Scalar(emitter, emitter.pure(op.name, [operand.value for operand in operands], element, **extra))


_Body = Callable[[Operation, Sequence[Scalar], Sequence[Attribute]], Scalar]


def _by_type(floats: str, signed: str, unsigned: str, booleans: str) -> _Body:
    """The op for each kind of element."""

    def body(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
        if operands[0].is_float:
            name = floats
        elif types[0] == _I1:
            name = booleans
        else:
            name = unsigned if is_unsigned(types[0]) else signed
        return operands[0].pure(name, *operands[1:])

    return body


def _of(name: str) -> _Body:
    return lambda op, operands, types: operands[0].pure(name, *operands[1:])


def _abs(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    return abs(operands[0])


def _divide(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    a, b = operands
    if a.is_float:
        return a / b
    quotient, by_zero = _safe_quotient(a, b, types[0])
    return where(by_zero, a.like(-1), quotient)


def _safe_quotient(a: Scalar, b: Scalar, type_: Attribute) -> tuple[Scalar, Scalar]:
    """a / b where that is defined; a / 1 elsewhere, which is right for INT_MIN / -1. And whether b is 0."""
    by_zero = b.equals(0)
    if is_unsigned(type_):
        return a.pure("arith.divui", where(by_zero, b.like(1), b)), by_zero
    overflows = a.equals(-(2 ** (a.width - 1))) & b.equals(-1)
    return a.pure("arith.divsi", where(by_zero | overflows, b.like(1), b)), by_zero


def _remainder(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    a, b = operands
    if a.is_float:
        return _widened(remainders.remf, a, b)
    by_zero = b.equals(0)
    if is_unsigned(types[0]):
        return where(by_zero, a, a.pure("arith.remui", where(by_zero, b.like(1), b)))
    overflows = a.equals(-(2 ** (a.width - 1))) & b.equals(-1)
    divisor = where(by_zero | overflows, b.like(1), b)
    # Not arith.remsi: Vulkan leaves the remainder of negative numbers open.
    return where(by_zero, a, a - a.pure("arith.divsi", divisor) * divisor)


def _widened(function: Callable[..., Scalar], *operands: Scalar) -> Scalar:
    """A function of f32 and f64 that is exact, so that it is exact for narrower floats too."""
    if operands[0].width >= 32:
        return function(*operands)
    wide = [operand.pure("arith.extf", type_=f32) for operand in operands]
    return function(*wide).pure("arith.truncf", type_=operands[0].type)


def _power(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    a, b = operands
    return a.pure("math.powf", b) if a.is_float else powers.powi(a, b, signed=not is_unsigned(types[0]))


def _sign(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    (x,) = operands
    if is_unsigned(types[0]):
        return where(x.differs(0), x.like(1), x)
    return where(x > 0, x.like(1), where(x < 0, x.like(-1), x))


def _not(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    return operands[0] ^ -1


def _is_finite(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    """Below infinity; a number at all where the type has no infinity, as some small ones have not."""
    magnitude = abs(operands[0])
    has_infinity = np.isinf(np.array(math.inf, dtype_of(types[0])))
    return magnitude < math.inf if has_infinity else magnitude >= 0.0


def _logistic(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    """1 / (1 + e^-x), as e^x / (1 + e^x) for a negative x."""
    (x,) = operands
    e = (-abs(x)).pure("math.exp")
    return where(x < 0.0, e, e.like(1.0)) / (1.0 + e)


def _shift(name: str) -> _Body:
    def body(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
        value, amount = operands
        width = value.width
        inside = amount.below(width)
        if name == "arith.shrsi":
            return value.pure(name, where(inside, amount, width - 1))
        return where(inside, value.pure(name, where(inside, amount, 0)), value.like(0))

    return body


def _complex(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    return complex_of(*operands)


_MANTISSA_BITS: dict[Attribute, int] = {f16: 10, bf16: 7, f32: 23, f64: 52}


def _reduce_precision(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    """On the bits: half of the last place that is left and that place's own bit are added, the rest is cut off."""
    assert isinstance(op, mhlo.ReducePrecision)
    own = _MANTISSA_BITS.get(types[0])
    if own is None:
        fail(op, f"is not compiled for {types[0]}; f16, bf16, f32 and f64 are")
    bits = operands[0].bits()
    lost = max(own - op.mantissa_bits.value.data, 0)
    own_exponent = bits.width - 1 - own
    exponent = min(op.exponent_bits.value.data, own_exponent)
    bias, limit = 2 ** (own_exponent - 1) - 1, 2 ** (exponent - 1) - 1
    sizes = bits & (2 ** (bits.width - 1) - 1)
    infinity, rest = (2**own_exponent - 1) << own, 2**lost - 1
    rounded = (sizes + (rest >> 1) + (sizes.shift_right_logical(lost) & 1)) & ~rest if lost else sizes
    largest = (bias + limit << own) | (2**own - 1) & ~rest
    rounded = where(rounded > largest, rounded.like(infinity), rounded)
    if exponent < own_exponent:
        rounded = where(rounded < (bias - limit + 1) << own, 0, rounded)
    signed = rounded | bits & -(2 ** (bits.width - 1))
    return where(sizes > infinity, bits, signed).pure("arith.bitcast", type_=operands[0].type)


def _square(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    return operands[0] * operands[0]


_DIRECTIONS = {"EQ": ("oeq", "eq"), "NE": ("une", "ne")}
_ORDERED = {"LT": "lt", "LE": "le", "GT": "gt", "GE": "ge"}


def _compare(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    assert isinstance(op, mhlo.Compare)
    a, b = operands
    if op.comparison is mhlo.Comparison.TOTALORDER:
        a, b = _order_key(a), _order_key(b)
    return _compare_by(op.direction.value, a, b, types[0])


def _compare_by(direction: str, a: Scalar, b: Scalar, type_: Attribute) -> Scalar:
    if direction in _DIRECTIONS:
        predicate = _DIRECTIONS[direction][0 if a.is_float else 1]
    else:
        sign = "o" if a.is_float else "u" if is_unsigned(type_) else "s"
        predicate = sign + _ORDERED[direction]
    return Scalar(a.emitter, a.emitter.compare(predicate, a.value, b.value))


def _order_key(x: Scalar) -> Scalar:
    """An integer that orders as the float does: -NaN < -inf < ... < -0 < +0 < ... < inf < NaN."""
    bits = x.bits()
    return where(bits < 0, bits ^ (2 ** (bits.width - 1) - 1), bits)


def _select(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    condition, true, false = operands
    return where(condition, true, false)


def _clamp(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    """min(max(x, low), high), as the spec has it where low > high or one is NaN."""
    low, x, high = operands
    raised = _MAXIMUM(op, [x, low], [types[1]] * 2)
    return _MINIMUM(op, [raised, high], [types[1]] * 2)


def _convert(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    assert isinstance(op, mhlo.Convert)
    return convert(operands[0], types[0], mhlo.element_of(op.result))


def convert(x: Scalar, source: Attribute, target: Attribute) -> Scalar:
    """x, of type source, as the type target; both with their sign."""
    to = signless(target)
    if source == target:
        return x
    if isinstance(source, ComplexType) or isinstance(target, ComplexType):
        return _convert_complex(x, source, target)
    if to == _I1:
        return x.differs(0)
    if isinstance(target, AnyFloat):
        return _to_float(x, source, target)
    assert isinstance(to, IntegerType)
    if x.is_float:
        return _to_integer(x, to, unsigned=is_unsigned(target))
    if source == _I1:
        return where(x, Scalar(x.emitter, x.emitter.constant(1, to)), 0)
    if to.bitwidth == x.width:
        return x
    if to.bitwidth < x.width:
        return x.pure("arith.trunci", type_=to)
    return x.pure("arith.extui" if is_unsigned(source) else "arith.extsi", type_=to)


def _convert_complex(x: Scalar, source: Attribute, target: Attribute) -> Scalar:
    """Part by part; a real number gets an imaginary part of 0, and is what is left of a complex one."""
    part = source.element_type if isinstance(source, ComplexType) else source
    real = x.real if x.is_complex else x
    if not isinstance(target, ComplexType):
        return convert(real, part, target)
    imaginary = convert(x.imaginary, part, target.element_type) if x.is_complex else 0.0
    return complex_of(convert(real, part, target.element_type), imaginary)


def _to_float(x: Scalar, source: Attribute, target: AnyFloat) -> Scalar:
    if source == _I1:
        return where(x, Scalar(x.emitter, x.emitter.constant(1.0, target)), 0.0)
    if not x.is_float:
        return x.pure("arith.uitofp" if is_unsigned(source) else "arith.sitofp", type_=target)
    if x.width < target.bitwidth:
        return x.pure("arith.extf", type_=target)
    if x.width > target.bitwidth:
        return x.pure("arith.truncf", type_=target)
    return x.pure("arith.extf", type_=f32).pure("arith.truncf", type_=target)  # f16 and bf16


def _to_integer(x: Scalar, to: IntegerType, *, unsigned: bool) -> Scalar:
    """Towards zero, saturating; 0 for NaN. What is converted is always inside the type."""
    if x.width < 32:
        x = x.pure("arith.extf", type_=f32)
    width = to.bitwidth
    low, high = (0, 2**width) if unsigned else (-(2 ** (width - 1)), 2 ** (width - 1))
    above, below = x >= float(high), x <= float(low)
    inside = where((x > float(low)) & (x < float(high)), x, 0.0)
    result = inside.pure("arith.fptoui" if unsigned else "arith.fptosi", type_=to)
    return where(above, result.like(high - 1), where(below, result.like(low), result))


_MAXIMUM = _by_type("arith.maximumf", "arith.maxsi", "arith.maxui", "arith.ori")
_MINIMUM = _by_type("arith.minimumf", "arith.minsi", "arith.minui", "arith.andi")

BODIES: dict[type[Operation], _Body] = {
    mhlo.Abs: _abs,
    mhlo.Add: _by_type("arith.addf", "arith.addi", "arith.addi", "arith.ori"),
    mhlo.And: _of("arith.andi"),
    mhlo.Atan2: _of("math.atan2"),
    mhlo.Cbrt: _of("math.cbrt"),
    mhlo.Ceil: _of("math.ceil"),
    mhlo.Clamp: _clamp,
    mhlo.Compare: _compare,
    mhlo.Complex: _complex,
    mhlo.Convert: _convert,
    mhlo.Cosine: _of("math.cos"),
    mhlo.CountLeadingZeros: _of("math.ctlz"),
    mhlo.Divide: _divide,
    mhlo.Exponential: _of("math.exp"),
    mhlo.ExponentialMinusOne: _of("math.expm1"),
    mhlo.Floor: _of("math.floor"),
    mhlo.IsFinite: _is_finite,
    mhlo.Log: _of("math.log"),
    mhlo.LogPlusOne: _of("math.log1p"),
    mhlo.Logistic: _logistic,
    mhlo.Maximum: _MAXIMUM,
    mhlo.Minimum: _MINIMUM,
    mhlo.Multiply: _by_type("arith.mulf", "arith.muli", "arith.muli", "arith.andi"),
    mhlo.Negate: lambda op, operands, types: -operands[0],
    mhlo.Not: _not,
    mhlo.Or: _of("arith.ori"),
    mhlo.Popcnt: _of("math.ctpop"),
    mhlo.Power: _power,
    mhlo.ReducePrecision: _reduce_precision,
    mhlo.Remainder: _remainder,
    mhlo.RoundNearestAfz: _of("math.round"),
    mhlo.RoundNearestEven: _of("math.roundeven"),
    mhlo.Rsqrt: _of("math.rsqrt"),
    mhlo.Select: _select,
    mhlo.ShiftLeft: _shift("arith.shli"),
    mhlo.ShiftRightArithmetic: _shift("arith.shrsi"),
    mhlo.ShiftRightLogical: _shift("arith.shrui"),
    mhlo.Sign: _sign,
    mhlo.Sine: _of("math.sin"),
    mhlo.Sqrt: _of("math.sqrt"),
    mhlo.Square: _square,
    mhlo.Subtract: _by_type("arith.subf", "arith.subi", "arith.subi", "arith.xori"),
    mhlo.Tan: _of("math.tan"),
    mhlo.Tanh: _of("math.tanh"),
    mhlo.Xor: _of("arith.xori"),
}
