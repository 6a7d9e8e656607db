"""Scalar ops of arith and math as SPIR-V: what is exact or fixed by the specification, and nothing else.

Floats: no op is fused or reordered (write_function.py says NoContraction). Tests for NaN, minimum and maximum work on
the bits, because a device need not keep NaN apart unless it offers SignedZeroInfNanPreserve. divf, sqrt and rsqrt may
be off by what Vulkan allows; fma may round once or twice. f32 and f64 have the same rules.
Integers wrap, of 32 and of 64 bits; those of 8 and 16 bits are what memory holds, and can only be made wider.
What arith leaves undefined (division by zero, a shift by the width or more) stays undefined.
"""

import math as math_
from collections.abc import Callable
from typing import Any

from xdsl.dialects import arith, gpu, math
from xdsl.dialects.builtin import AnyFloat, FloatAttr, IntegerAttr, IntegerType, i1, i32, i64
from xdsl.ir import Attribute, Operation, SSAValue

from iree.compiler.dialects.spirv import arithmetic, gl, logical, memory
from iree.compiler.targets.spirv.lowering import Lowering, spirv_type

Rule = Callable[[Lowering, Any], SSAValue]  # Any: the op of the class that the rule stands for
_Binary = Callable[[SSAValue, SSAValue], Operation]

_INFINITY = {32: 0x7F800000, 64: 0x7FF0000000000000}  # its bits, by width

_FLOAT_OPS: dict[type[Operation], _Binary] = {
    arith.AddfOp: arithmetic.FAdd,
    arith.SubfOp: arithmetic.FSub,
    arith.MulfOp: arithmetic.FMul,
    arith.DivfOp: arithmetic.FDiv,
}

_INTEGER_OPS: dict[type[Operation], _Binary] = {
    arith.AddiOp: arithmetic.IAdd,
    arith.SubiOp: arithmetic.ISub,
    arith.MuliOp: arithmetic.IMul,
    arith.DivSIOp: arithmetic.SDiv,
    arith.DivUIOp: arithmetic.UDiv,
    arith.RemUIOp: arithmetic.UMod,
    arith.MinSIOp: gl.SMin,
    arith.MaxSIOp: gl.SMax,
    arith.MinUIOp: gl.UMin,
    arith.MaxUIOp: gl.UMax,
    arith.AndIOp: arithmetic.BitwiseAnd,
    arith.OrIOp: arithmetic.BitwiseOr,
    arith.XOrIOp: arithmetic.BitwiseXor,
    arith.ShLIOp: arithmetic.ShiftLeftLogical,
    arith.ShRUIOp: arithmetic.ShiftRightLogical,
    arith.ShRSIOp: arithmetic.ShiftRightArithmetic,
}

# On i1, which SPIR-V has as truth values. True is -1 where it is signed.
_TRUTH_OPS: dict[type[Operation], _Binary] = {
    arith.AddiOp: logical.LogicalNotEqual,
    arith.SubiOp: logical.LogicalNotEqual,
    arith.MuliOp: logical.LogicalAnd,
    arith.MinSIOp: logical.LogicalOr,
    arith.MaxSIOp: logical.LogicalAnd,
    arith.MinUIOp: logical.LogicalAnd,
    arith.MaxUIOp: logical.LogicalOr,
    arith.AndIOp: logical.LogicalAnd,
    arith.OrIOp: logical.LogicalOr,
    arith.XOrIOp: logical.LogicalNotEqual,
}

_UNARY_OPS: dict[type[Operation], Callable[[SSAValue], Operation]] = {
    arith.NegfOp: arithmetic.FNegate,
    math.AbsFOp: gl.FAbs,
    math.CeilOp: gl.Ceil,
    math.FloorOp: gl.Floor,
    math.RoundEvenOp: gl.RoundEven,
    math.SqrtOp: gl.Sqrt,
    math.TruncOp: gl.Trunc,
    math.AbsIOp: gl.SAbs,
    math.CtPopOp: arithmetic.BitCount,
}

_INTEGER_PREDICATES: tuple[_Binary, ...] = (
    logical.IEqual,
    logical.INotEqual,
    logical.SLessThan,
    logical.SLessThanEqual,
    logical.SGreaterThan,
    logical.SGreaterThanEqual,
    logical.ULessThan,
    logical.ULessThanEqual,
    logical.UGreaterThan,
    logical.UGreaterThanEqual,
)

_SIGNED_TO_UNSIGNED = {2: 6, 3: 7, 4: 8, 5: 9}  # that say the same once both signs are flipped

# By number; 0 and 15 are false and true, 7 and 14 ask whether there is a NaN.
_FLOAT_PREDICATES: dict[int, _Binary] = {
    1: logical.FOrdEqual,
    2: logical.FOrdGreaterThan,
    3: logical.FOrdGreaterThanEqual,
    4: logical.FOrdLessThan,
    5: logical.FOrdLessThanEqual,
    6: logical.FOrdNotEqual,
    8: logical.FUnordEqual,
    9: logical.FUnordGreaterThan,
    10: logical.FUnordGreaterThanEqual,
    11: logical.FUnordLessThan,
    12: logical.FUnordLessThanEqual,
    13: logical.FUnordNotEqual,
}


def lower_scalar(lowering: Lowering, op: Operation) -> None:
    """Adds the SPIR-V of a scalar op. `op` is one that SCALAR_OPS has."""
    lowering.define(op.results[0], _RULES[type(op)](lowering, op))


def _float_binary(lowering: Lowering, op: Any) -> SSAValue:
    return lowering.add(_FLOAT_OPS[type(op)](_float(lowering, op.lhs), _float(lowering, op.rhs)))


def _float(lowering: Lowering, value: SSAValue) -> SSAValue:
    """A float operand of arithmetic. A constant zero is hidden: llvmpipe takes x * 0.0 for 0.0 and x + 0.0 for x."""
    number = _constant_float(value)
    return lowering.value(value) if number != 0 else _hidden_zero(lowering, value.type, _is_negative(number))


def _hidden_zero(lowering: Lowering, type_: Attribute, is_negative: bool) -> SSAValue:
    zero = lowering.hidden_zero(is_negative=is_negative)
    return zero if zero.type == type_ else lowering.add(arithmetic.FConvert(zero, type_))


def _constant_float(value: SSAValue) -> float | None:
    constant = value.owner.value if isinstance(value.owner, arith.ConstantOp) else None
    return constant.value.data if isinstance(constant, FloatAttr) else None


def _is_negative(number: float) -> bool:
    return math_.copysign(1, number) < 0


def _integer_binary(lowering: Lowering, op: Any) -> SSAValue:
    table = _TRUTH_OPS if op.lhs.type == i1 else _INTEGER_OPS
    return lowering.add(table[type(op)](lowering.value(op.lhs), lowering.value(op.rhs)))


def _unary(lowering: Lowering, op: Operation) -> SSAValue:
    return lowering.add(_UNARY_OPS[type(op)](lowering.value(op.operands[0])))


def _constant(lowering: Lowering, op: arith.ConstantOp) -> SSAValue:
    match op.value:
        case FloatAttr() as value:
            return lowering.add(memory.Constant(value))
        case IntegerAttr() as value if value.type == i1:
            return lowering.truth(value.value.data != 0)
        case IntegerAttr() as value:
            return lowering.integer(value.value.data, _integer_type(value.type))
    raise AssertionError(f"check-spirv-kernel let {op} pass")


def _global_id(lowering: Lowering, op: gpu.GlobalIdOp) -> SSAValue:
    return lowering.ids[op.dimension.data.value]


def _remainder(lowering: Lowering, op: arith.RemSIOp) -> SSAValue:
    """a - a / b * b: OpSRem of a negative number is undefined on Vulkan."""
    lhs, rhs = lowering.value(op.lhs), lowering.value(op.rhs)
    quotient = lowering.add(arithmetic.SDiv(lhs, rhs))
    return lowering.add(arithmetic.ISub(lhs, lowering.add(arithmetic.IMul(quotient, rhs))))


def _floor_division(lowering: Lowering, op: arith.FloorDivSIOp) -> SSAValue:
    """The quotient towards zero, less one where that lies above: a remainder is left and the signs differ."""
    lhs, rhs = lowering.value(op.lhs), lowering.value(op.rhs)
    quotient = lowering.add(arithmetic.SDiv(lhs, rhs))
    remainder = lowering.add(arithmetic.ISub(lhs, lowering.add(arithmetic.IMul(quotient, rhs))))
    zero = lowering.integer(0, _integer_type(op.lhs.type))
    is_inexact = lowering.add(logical.INotEqual(remainder, zero))
    signs = lowering.add(arithmetic.BitwiseXor(lhs, rhs))
    is_negative = lowering.add(logical.SLessThan(signs, zero))
    is_above = lowering.add(logical.LogicalAnd(is_inexact, is_negative))
    return lowering.add(arithmetic.IAdd(quotient, _truth_as_integer(lowering, is_above, -1, zero.type)))


def _compare_integers(lowering: Lowering, op: arith.CmpiOp) -> SSAValue:
    lhs, rhs = lowering.value(op.lhs), lowering.value(op.rhs)
    if op.lhs.type == i1:
        lhs, rhs = _truth_as_integer(lowering, lhs, -1, i32), _truth_as_integer(lowering, rhs, -1, i32)
    predicate = op.predicate.value.data
    if predicate in _SIGNED_TO_UNSIGNED and op.lhs.type == i64:
        # Mesa (seen in 22.3) takes a 64-bit integer that was extended from a narrower one, and compared with a
        # constant, for one that is always greater. The same order without signs it leaves alone.
        sign = lowering.integer(-(1 << 63), i64)
        lhs, rhs = (lowering.add(arithmetic.BitwiseXor(value, sign)) for value in (lhs, rhs))
        predicate = _SIGNED_TO_UNSIGNED[predicate]
    return lowering.add(_INTEGER_PREDICATES[predicate](lhs, rhs))


def _compare_floats(lowering: Lowering, op: arith.CmpfOp) -> SSAValue:
    lhs, rhs = lowering.value(op.lhs), lowering.value(op.rhs)
    number = op.predicate.value.data
    if number in (0, 15):
        return lowering.truth(number == 15)
    if number not in (7, 14):
        return lowering.add(_FLOAT_PREDICATES[number](lhs, rhs))
    unordered = _is_nan(lowering, lhs)
    if rhs is not lhs:
        unordered = lowering.add(logical.LogicalOr(unordered, _is_nan(lowering, rhs)))
    return unordered if number == 14 else lowering.add(logical.LogicalNot(unordered))


def _select(lowering: Lowering, op: arith.SelectOp) -> SSAValue:
    condition, true, false = op.operands
    values = (_choice(lowering, true, false), _choice(lowering, false, true))
    return lowering.add(logical.Select(lowering.value(condition), *values))


def _choice(lowering: Lowering, value: SSAValue, other: SSAValue) -> SSAValue:
    """One of two values to choose from. A constant zero gets the sign of a 1.0 beside it from Mesa, so it is hidden."""
    number, beside = _constant_float(value), _constant_float(other)
    if number != 0 or beside is None or _is_negative(number) == _is_negative(beside):
        return lowering.value(value)
    return _hidden_zero(lowering, value.type, _is_negative(number))


def _extremum(lowering: Lowering, op: arith.MaximumfOp | arith.MinimumfOp) -> SSAValue:
    """The greater or lesser number, a NaN where there is one; 0.0 is greater than -0.0."""
    lhs, rhs = lowering.value(op.lhs), lowering.value(op.rhs)
    chosen = lowering.add(logical.Select(_precedes(lowering, op, lhs, rhs), lhs, rhs))
    chosen = lowering.add(logical.Select(_is_nan(lowering, rhs), rhs, chosen))
    return lowering.add(logical.Select(_is_nan(lowering, lhs), lhs, chosen))


def _extremum_of_numbers(lowering: Lowering, op: arith.MaxnumfOp | arith.MinnumfOp) -> SSAValue:
    """The greater or lesser number, the other one where one is NaN."""
    lhs, rhs = lowering.value(op.lhs), lowering.value(op.rhs)
    chosen = lowering.add(logical.Select(_precedes(lowering, op, lhs, rhs), lhs, rhs))
    chosen = lowering.add(logical.Select(_is_nan(lowering, rhs), lhs, chosen))
    return lowering.add(logical.Select(_is_nan(lowering, lhs), rhs, chosen))


def _precedes(lowering: Lowering, op: Operation, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
    greater = isinstance(op, arith.MaximumfOp | arith.MaxnumfOp)
    compare: _Binary = logical.SGreaterThan if greater else logical.SLessThan
    return lowering.add(compare(_ordered_bits(lowering, lhs), _ordered_bits(lowering, rhs)))


def _ordered_bits(lowering: Lowering, value: SSAValue) -> SSAValue:
    """An integer that orders as the floats do: the bits, with all but the sign inverted below zero."""
    bits = _bits(lowering, value)
    width = _width(value)
    sign = lowering.add(arithmetic.ShiftRightArithmetic(bits, lowering.integer(width - 1, bits.type)))
    inverted = lowering.add(arithmetic.BitwiseAnd(sign, _magnitude(lowering, value)))
    return lowering.add(arithmetic.BitwiseXor(bits, inverted))


def _is_nan(lowering: Lowering, value: SSAValue) -> SSAValue:
    bits = _bits(lowering, value)
    magnitude = lowering.add(arithmetic.BitwiseAnd(bits, _magnitude(lowering, value)))
    return lowering.add(logical.SGreaterThan(magnitude, lowering.integer(_INFINITY[_width(value)], bits.type)))


def _bits(lowering: Lowering, value: SSAValue) -> SSAValue:
    return lowering.add(arithmetic.Bitcast(value, IntegerType(_width(value))))


def _magnitude(lowering: Lowering, value: SSAValue) -> SSAValue:
    """All bits of a float but the sign."""
    width = _width(value)
    return lowering.integer(2 ** (width - 1) - 1, IntegerType(width))


def _width(value: SSAValue) -> int:
    assert isinstance(value.type, AnyFloat)
    return value.type.bitwidth


def _copy_sign(lowering: Lowering, op: math.CopySignOp) -> SSAValue:
    value = lowering.value(op.lhs)
    magnitude = lowering.add(arithmetic.BitwiseAnd(_bits(lowering, value), _magnitude(lowering, value)))
    sign = _bits(lowering, lowering.value(op.rhs))
    sign = lowering.add(arithmetic.BitwiseAnd(sign, lowering.integer(-(2 ** (_width(value) - 1)), sign.type)))
    return lowering.add(arithmetic.Bitcast(lowering.add(arithmetic.BitwiseOr(magnitude, sign)), value.type))


def _inverse_sqrt(lowering: Lowering, op: math.RsqrtOp) -> SSAValue:
    root = lowering.add(gl.Sqrt(lowering.value(op.operand)))
    return lowering.add(arithmetic.FDiv(lowering.float(1.0, root.type), root))


def _fma(lowering: Lowering, op: math.FmaOp) -> SSAValue:
    return lowering.add(gl.Fma(*(_float(lowering, operand) for operand in op.operands)))


def _leading_zeros(lowering: Lowering, op: math.CountLeadingZerosOp) -> SSAValue:
    highest = lowering.add(gl.FindUMsb(lowering.value(op.operand)))  # -1 where there is none
    return lowering.add(arithmetic.ISub(lowering.integer(31), highest))


def _trailing_zeros(lowering: Lowering, op: math.CountTrailingZerosOp) -> SSAValue:
    lowest = lowering.add(gl.FindILsb(lowering.value(op.operand)))  # -1 where there is none
    return lowering.add(gl.UMin(lowest, lowering.integer(32)))


def _cast(lowering: Lowering, op: Operation) -> SSAValue:
    """Between numbers of all widths and index, or from and to i1; true is 1 unsigned and -1 signed."""
    operand = lowering.value(op.operands[0])
    source, target = spirv_type(op.operands[0].type), spirv_type(op.results[0].type)
    if source == i1:
        is_signed = isinstance(op, arith.ExtSIOp | arith.SIToFPOp | arith.IndexCastOp)
        number = -1 if is_signed else 1
        if isinstance(target, AnyFloat):
            one = lowering.float(number, target)
            zero = _hidden_zero(lowering, target, False) if is_signed else lowering.float(0.0, target)  # as in _choice
            return lowering.add(logical.Select(operand, one, zero))
        return operand if target == i1 else _truth_as_integer(lowering, operand, number, target)
    if target == i1:  # trunci, index_cast: the lowest bit
        source = _integer_type(source)
        bit = lowering.add(arithmetic.BitwiseAnd(operand, lowering.integer(1, source)))
        return lowering.add(logical.INotEqual(bit, lowering.integer(0, source)))
    if source == target:
        return operand
    return lowering.add(_CASTS[type(op)](operand, target))


def _truth_as_integer(lowering: Lowering, value: SSAValue, true: int, type_: Attribute) -> SSAValue:
    integer = _integer_type(type_)
    return lowering.add(logical.Select(value, lowering.integer(true, integer), lowering.integer(0, integer)))


def _integer_type(type_: Attribute) -> IntegerType:
    found = spirv_type(type_)
    assert isinstance(found, IntegerType)
    return found


_CASTS: dict[type[Operation], type[arithmetic.Cast]] = {
    arith.BitcastOp: arithmetic.Bitcast,
    arith.FPToSIOp: arithmetic.ConvertFToS,
    arith.FPToUIOp: arithmetic.ConvertFToU,
    arith.SIToFPOp: arithmetic.ConvertSToF,
    arith.UIToFPOp: arithmetic.ConvertUToF,
    arith.ExtFOp: arithmetic.FConvert,
    arith.TruncFOp: arithmetic.FConvert,
    arith.ExtSIOp: arithmetic.SConvert,
    arith.ExtUIOp: arithmetic.UConvert,
    arith.TruncIOp: arithmetic.SConvert,
    arith.IndexCastOp: arithmetic.SConvert,
}

_RULES: dict[type[Operation], Rule] = {
    **dict.fromkeys(_FLOAT_OPS, _float_binary),
    **dict.fromkeys(_INTEGER_OPS, _integer_binary),
    **dict.fromkeys(_UNARY_OPS, _unary),
    **dict.fromkeys(_CASTS, _cast),
    **dict.fromkeys((arith.MaximumfOp, arith.MinimumfOp), _extremum),
    **dict.fromkeys((arith.MaxnumfOp, arith.MinnumfOp), _extremum_of_numbers),
    arith.ConstantOp: _constant,
    gpu.GlobalIdOp: _global_id,
    arith.RemSIOp: _remainder,
    arith.FloorDivSIOp: _floor_division,
    arith.CmpiOp: _compare_integers,
    arith.CmpfOp: _compare_floats,
    arith.SelectOp: _select,
    math.CopySignOp: _copy_sign,
    math.RsqrtOp: _inverse_sqrt,
    math.FmaOp: _fma,
    math.CountLeadingZerosOp: _leading_zeros,
    math.CountTrailingZerosOp: _trailing_zeros,
}

SCALAR_OPS: tuple[type[Operation], ...] = tuple(_RULES)

# Ops that have a rule for i1: those of two integers besides those that compare, choose and cast.
TRUTH_OPS: tuple[type[Operation], ...] = (
    *_TRUTH_OPS,
    arith.ConstantOp,
    arith.CmpiOp,
    arith.CmpfOp,
    arith.SelectOp,
    arith.BitcastOp,
    arith.SIToFPOp,
    arith.UIToFPOp,
    arith.TruncIOp,
    arith.ExtSIOp,
    arith.ExtUIOp,
    arith.IndexCastOp,
)
