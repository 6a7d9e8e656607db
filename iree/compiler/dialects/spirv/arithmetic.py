"""Arithmetic: one op, one instruction, on scalars or vectors.

OPCODE is the instruction's number in the SPIR-V specification.
"""

from typing import ClassVar

from xdsl.dialects.builtin import Float32Type, Float64Type, IntegerType
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import (
    AnyAttr,
    IRDLOperation,
    VarConstraint,
    base,
    irdl_op_definition,
    operand_def,
    result_def,
    traits_def,
)
from xdsl.traits import Pure


class Binary(IRDLOperation):
    """Two values of one type make a third."""

    OPCODE: ClassVar[int]
    T: ClassVar = VarConstraint("T", AnyAttr())
    lhs = operand_def(T)
    rhs = operand_def(T)
    result = result_def(T)
    traits = traits_def(Pure())
    assembly_format = "$lhs `,` $rhs attr-dict `:` type($result)"

    def __init__(self, lhs: SSAValue, rhs: SSAValue):
        super().__init__(operands=[lhs, rhs], result_types=[lhs.type])


class FloatBinary(Binary):
    """Binary on floats."""

    T: ClassVar = VarConstraint("T", base(Float32Type) | base(Float64Type))
    lhs = operand_def(T)
    rhs = operand_def(T)
    result = result_def(T)


class IntegerBinary(Binary):
    """Binary on integers, which have no sign of their own."""

    T: ClassVar = VarConstraint("T", base(IntegerType))
    lhs = operand_def(T)
    rhs = operand_def(T)
    result = result_def(T)


class Unary(IRDLOperation):
    """One value makes another of its type."""

    OPCODE: ClassVar[int]
    T: ClassVar = VarConstraint("T", AnyAttr())
    operand = operand_def(T)
    result = result_def(T)
    traits = traits_def(Pure())
    assembly_format = "$operand attr-dict `:` type($result)"

    def __init__(self, operand: SSAValue):
        super().__init__(operands=[operand], result_types=[operand.type])


class Cast(IRDLOperation):
    """One value makes another of a different type."""

    OPCODE: ClassVar[int]
    operand = operand_def()
    result = result_def()
    traits = traits_def(Pure())
    assembly_format = "$operand attr-dict `:` type($operand) `to` type($result)"

    def __init__(self, operand: SSAValue, type_: Attribute):
        super().__init__(operands=[operand], result_types=[type_])


@irdl_op_definition
class FAdd(FloatBinary):
    """a + b.

    %2 = spirv.FAdd %0, %1 : f32
    """

    name = "spirv.FAdd"
    OPCODE: ClassVar[int] = 129


@irdl_op_definition
class FSub(FloatBinary):
    """a - b.

    %2 = spirv.FSub %0, %1 : f32
    """

    name = "spirv.FSub"
    OPCODE: ClassVar[int] = 131


@irdl_op_definition
class FMul(FloatBinary):
    """a * b.

    %2 = spirv.FMul %0, %1 : f32
    """

    name = "spirv.FMul"
    OPCODE: ClassVar[int] = 133


@irdl_op_definition
class FDiv(FloatBinary):
    """a / b; Vulkan allows 2.5 ulp of error.

    %2 = spirv.FDiv %0, %1 : f32
    """

    name = "spirv.FDiv"
    OPCODE: ClassVar[int] = 136


@irdl_op_definition
class IAdd(IntegerBinary):
    """a + b, wrapping.

    %2 = spirv.IAdd %0, %1 : i32
    """

    name = "spirv.IAdd"
    OPCODE: ClassVar[int] = 128


@irdl_op_definition
class ISub(IntegerBinary):
    """a - b, wrapping.

    %2 = spirv.ISub %0, %1 : i32
    """

    name = "spirv.ISub"
    OPCODE: ClassVar[int] = 130


@irdl_op_definition
class IMul(IntegerBinary):
    """a * b, wrapping.

    %2 = spirv.IMul %0, %1 : i32
    """

    name = "spirv.IMul"
    OPCODE: ClassVar[int] = 132


@irdl_op_definition
class UDiv(IntegerBinary):
    """a / b of unsigned numbers; b is not 0.

    %2 = spirv.UDiv %0, %1 : i32
    """

    name = "spirv.UDiv"
    OPCODE: ClassVar[int] = 134


@irdl_op_definition
class SDiv(IntegerBinary):
    """a / b rounded towards zero; b is not 0, and not -1 where a is the lowest.

    %2 = spirv.SDiv %0, %1 : i32
    """

    name = "spirv.SDiv"
    OPCODE: ClassVar[int] = 135


@irdl_op_definition
class UMod(IntegerBinary):
    """The remainder of unsigned numbers; b is not 0.

    %2 = spirv.UMod %0, %1 : i32
    """

    name = "spirv.UMod"
    OPCODE: ClassVar[int] = 137


@irdl_op_definition
class BitwiseOr(IntegerBinary):
    """a | b.

    %2 = spirv.BitwiseOr %0, %1 : i32
    """

    name = "spirv.BitwiseOr"
    OPCODE: ClassVar[int] = 197


@irdl_op_definition
class BitwiseXor(IntegerBinary):
    """a ^ b.

    %2 = spirv.BitwiseXor %0, %1 : i32
    """

    name = "spirv.BitwiseXor"
    OPCODE: ClassVar[int] = 198


@irdl_op_definition
class BitwiseAnd(IntegerBinary):
    """a & b.

    %2 = spirv.BitwiseAnd %0, %1 : i32
    """

    name = "spirv.BitwiseAnd"
    OPCODE: ClassVar[int] = 199


@irdl_op_definition
class ShiftRightLogical(IntegerBinary):
    """a >> b, zeros come in; b is below the width.

    %2 = spirv.ShiftRightLogical %0, %1 : i32
    """

    name = "spirv.ShiftRightLogical"
    OPCODE: ClassVar[int] = 194


@irdl_op_definition
class ShiftRightArithmetic(IntegerBinary):
    """a >> b, copies of the sign come in; b is below the width.

    %2 = spirv.ShiftRightArithmetic %0, %1 : i32
    """

    name = "spirv.ShiftRightArithmetic"
    OPCODE: ClassVar[int] = 195


@irdl_op_definition
class ShiftLeftLogical(IntegerBinary):
    """a << b; b is below the width.

    %2 = spirv.ShiftLeftLogical %0, %1 : i32
    """

    name = "spirv.ShiftLeftLogical"
    OPCODE: ClassVar[int] = 196


@irdl_op_definition
class FNegate(Unary):
    """The other sign, of zeros and NaN too.

    %1 = spirv.FNegate %0 : f32
    """

    name = "spirv.FNegate"
    OPCODE: ClassVar[int] = 127


@irdl_op_definition
class SNegate(Unary):
    """0 - a, wrapping.

    %1 = spirv.SNegate %0 : i32
    """

    name = "spirv.SNegate"
    OPCODE: ClassVar[int] = 126


@irdl_op_definition
class Not(Unary):
    """Every bit the other way.

    %1 = spirv.Not %0 : i32
    """

    name = "spirv.Not"
    OPCODE: ClassVar[int] = 200


@irdl_op_definition
class BitCount(Unary):
    """How many bits are 1.

    %1 = spirv.BitCount %0 : i32
    """

    name = "spirv.BitCount"
    OPCODE: ClassVar[int] = 205


@irdl_op_definition
class ConvertFToU(Cast):
    """Towards zero; undefined where the result does not hold it.

    %1 = spirv.ConvertFToU %0 : f32 to i32
    """

    name = "spirv.ConvertFToU"
    OPCODE: ClassVar[int] = 109


@irdl_op_definition
class ConvertFToS(Cast):
    """Towards zero; undefined where the result does not hold it.

    %1 = spirv.ConvertFToS %0 : f32 to i32
    """

    name = "spirv.ConvertFToS"
    OPCODE: ClassVar[int] = 110


@irdl_op_definition
class ConvertSToF(Cast):
    """The nearest float of a signed number.

    %1 = spirv.ConvertSToF %0 : i32 to f32
    """

    name = "spirv.ConvertSToF"
    OPCODE: ClassVar[int] = 111


@irdl_op_definition
class ConvertUToF(Cast):
    """The nearest float of an unsigned number.

    %1 = spirv.ConvertUToF %0 : i32 to f32
    """

    name = "spirv.ConvertUToF"
    OPCODE: ClassVar[int] = 112


@irdl_op_definition
class UConvert(Cast):
    """Wider with zeros, or narrower.

    %1 = spirv.UConvert %0 : i8 to i32
    """

    name = "spirv.UConvert"
    OPCODE: ClassVar[int] = 113


@irdl_op_definition
class SConvert(Cast):
    """Wider with copies of the sign, or narrower.

    %1 = spirv.SConvert %0 : i8 to i32
    """

    name = "spirv.SConvert"
    OPCODE: ClassVar[int] = 114


@irdl_op_definition
class FConvert(Cast):
    """The same number, or the nearest one of a narrower type.

    %1 = spirv.FConvert %0 : f32 to f64
    """

    name = "spirv.FConvert"
    OPCODE: ClassVar[int] = 115


@irdl_op_definition
class Bitcast(Cast):
    """The same bits as another type.

    %1 = spirv.Bitcast %0 : f32 to i32
    """

    name = "spirv.Bitcast"
    OPCODE: ClassVar[int] = 124
