"""Comparisons, truth values and choosing by them. OPCODE is the instruction's number in the SPIR-V specification."""

from typing import ClassVar

from xdsl.dialects.builtin import Float32Type, Float64Type, IntegerType, i1
from xdsl.ir import SSAValue
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


class Compare(IRDLOperation):
    """Two values of one type make a truth value."""

    OPCODE: ClassVar[int]
    T: ClassVar = VarConstraint("T", AnyAttr())
    lhs = operand_def(T)
    rhs = operand_def(T)
    result = result_def(i1)
    traits = traits_def(Pure())
    assembly_format = "$lhs `,` $rhs attr-dict `:` type($lhs)"

    def __init__(self, lhs: SSAValue, rhs: SSAValue):
        super().__init__(operands=[lhs, rhs], result_types=[i1])


class FloatCompare(Compare):
    """Compare on floats: an ordered one is false where a NaN is involved, an unordered one true."""

    T: ClassVar = VarConstraint("T", base(Float32Type) | base(Float64Type))
    lhs = operand_def(T)
    rhs = operand_def(T)


class IntegerCompare(Compare):
    """Compare on integers."""

    T: ClassVar = VarConstraint("T", base(IntegerType))
    lhs = operand_def(T)
    rhs = operand_def(T)


class LogicalBinary(IRDLOperation):
    """Two truth values make a third."""

    OPCODE: ClassVar[int]
    lhs = operand_def(i1)
    rhs = operand_def(i1)
    result = result_def(i1)
    traits = traits_def(Pure())
    assembly_format = "$lhs `,` $rhs attr-dict `:` type($result)"

    def __init__(self, lhs: SSAValue, rhs: SSAValue):
        super().__init__(operands=[lhs, rhs], result_types=[i1])


@irdl_op_definition
class FOrdEqual(FloatCompare):
    """a == b and neither is NaN.

    %2 = spirv.FOrdEqual %0, %1 : f32
    """

    name = "spirv.FOrdEqual"
    OPCODE: ClassVar[int] = 180


@irdl_op_definition
class FUnordEqual(FloatCompare):
    """a == b or one is NaN.

    %2 = spirv.FUnordEqual %0, %1 : f32
    """

    name = "spirv.FUnordEqual"
    OPCODE: ClassVar[int] = 181


@irdl_op_definition
class FOrdNotEqual(FloatCompare):
    """a != b and neither is NaN.

    %2 = spirv.FOrdNotEqual %0, %1 : f32
    """

    name = "spirv.FOrdNotEqual"
    OPCODE: ClassVar[int] = 182


@irdl_op_definition
class FUnordNotEqual(FloatCompare):
    """a != b or one is NaN.

    %2 = spirv.FUnordNotEqual %0, %1 : f32
    """

    name = "spirv.FUnordNotEqual"
    OPCODE: ClassVar[int] = 183


@irdl_op_definition
class FOrdLessThan(FloatCompare):
    """a < b and neither is NaN.

    %2 = spirv.FOrdLessThan %0, %1 : f32
    """

    name = "spirv.FOrdLessThan"
    OPCODE: ClassVar[int] = 184


@irdl_op_definition
class FUnordLessThan(FloatCompare):
    """a < b or one is NaN.

    %2 = spirv.FUnordLessThan %0, %1 : f32
    """

    name = "spirv.FUnordLessThan"
    OPCODE: ClassVar[int] = 185


@irdl_op_definition
class FOrdGreaterThan(FloatCompare):
    """a > b and neither is NaN.

    %2 = spirv.FOrdGreaterThan %0, %1 : f32
    """

    name = "spirv.FOrdGreaterThan"
    OPCODE: ClassVar[int] = 186


@irdl_op_definition
class FUnordGreaterThan(FloatCompare):
    """a > b or one is NaN.

    %2 = spirv.FUnordGreaterThan %0, %1 : f32
    """

    name = "spirv.FUnordGreaterThan"
    OPCODE: ClassVar[int] = 187


@irdl_op_definition
class FOrdLessThanEqual(FloatCompare):
    """a <= b and neither is NaN.

    %2 = spirv.FOrdLessThanEqual %0, %1 : f32
    """

    name = "spirv.FOrdLessThanEqual"
    OPCODE: ClassVar[int] = 188


@irdl_op_definition
class FUnordLessThanEqual(FloatCompare):
    """a <= b or one is NaN.

    %2 = spirv.FUnordLessThanEqual %0, %1 : f32
    """

    name = "spirv.FUnordLessThanEqual"
    OPCODE: ClassVar[int] = 189


@irdl_op_definition
class FOrdGreaterThanEqual(FloatCompare):
    """a >= b and neither is NaN.

    %2 = spirv.FOrdGreaterThanEqual %0, %1 : f32
    """

    name = "spirv.FOrdGreaterThanEqual"
    OPCODE: ClassVar[int] = 190


@irdl_op_definition
class FUnordGreaterThanEqual(FloatCompare):
    """a >= b or one is NaN.

    %2 = spirv.FUnordGreaterThanEqual %0, %1 : f32
    """

    name = "spirv.FUnordGreaterThanEqual"
    OPCODE: ClassVar[int] = 191


@irdl_op_definition
class IEqual(IntegerCompare):
    """a == b.

    %2 = spirv.IEqual %0, %1 : i32
    """

    name = "spirv.IEqual"
    OPCODE: ClassVar[int] = 170


@irdl_op_definition
class INotEqual(IntegerCompare):
    """a != b.

    %2 = spirv.INotEqual %0, %1 : i32
    """

    name = "spirv.INotEqual"
    OPCODE: ClassVar[int] = 171


@irdl_op_definition
class UGreaterThan(IntegerCompare):
    """a > b of unsigned numbers.

    %2 = spirv.UGreaterThan %0, %1 : i32
    """

    name = "spirv.UGreaterThan"
    OPCODE: ClassVar[int] = 172


@irdl_op_definition
class SGreaterThan(IntegerCompare):
    """a > b of signed numbers.

    %2 = spirv.SGreaterThan %0, %1 : i32
    """

    name = "spirv.SGreaterThan"
    OPCODE: ClassVar[int] = 173


@irdl_op_definition
class UGreaterThanEqual(IntegerCompare):
    """a >= b of unsigned numbers.

    %2 = spirv.UGreaterThanEqual %0, %1 : i32
    """

    name = "spirv.UGreaterThanEqual"
    OPCODE: ClassVar[int] = 174


@irdl_op_definition
class SGreaterThanEqual(IntegerCompare):
    """a >= b of signed numbers.

    %2 = spirv.SGreaterThanEqual %0, %1 : i32
    """

    name = "spirv.SGreaterThanEqual"
    OPCODE: ClassVar[int] = 175


@irdl_op_definition
class ULessThan(IntegerCompare):
    """a < b of unsigned numbers.

    %2 = spirv.ULessThan %0, %1 : i32
    """

    name = "spirv.ULessThan"
    OPCODE: ClassVar[int] = 176


@irdl_op_definition
class SLessThan(IntegerCompare):
    """a < b of signed numbers.

    %2 = spirv.SLessThan %0, %1 : i32
    """

    name = "spirv.SLessThan"
    OPCODE: ClassVar[int] = 177


@irdl_op_definition
class ULessThanEqual(IntegerCompare):
    """a <= b of unsigned numbers.

    %2 = spirv.ULessThanEqual %0, %1 : i32
    """

    name = "spirv.ULessThanEqual"
    OPCODE: ClassVar[int] = 178


@irdl_op_definition
class SLessThanEqual(IntegerCompare):
    """a <= b of signed numbers.

    %2 = spirv.SLessThanEqual %0, %1 : i32
    """

    name = "spirv.SLessThanEqual"
    OPCODE: ClassVar[int] = 179


@irdl_op_definition
class LogicalEqual(LogicalBinary):
    """a == b.

    %2 = spirv.LogicalEqual %0, %1 : i1
    """

    name = "spirv.LogicalEqual"
    OPCODE: ClassVar[int] = 164


@irdl_op_definition
class LogicalNotEqual(LogicalBinary):
    """a != b.

    %2 = spirv.LogicalNotEqual %0, %1 : i1
    """

    name = "spirv.LogicalNotEqual"
    OPCODE: ClassVar[int] = 165


@irdl_op_definition
class LogicalOr(LogicalBinary):
    """a or b.

    %2 = spirv.LogicalOr %0, %1 : i1
    """

    name = "spirv.LogicalOr"
    OPCODE: ClassVar[int] = 166


@irdl_op_definition
class LogicalAnd(LogicalBinary):
    """a and b.

    %2 = spirv.LogicalAnd %0, %1 : i1
    """

    name = "spirv.LogicalAnd"
    OPCODE: ClassVar[int] = 167


@irdl_op_definition
class LogicalNot(IRDLOperation):
    """Not a.

    %1 = spirv.LogicalNot %0 : i1
    """

    name = "spirv.LogicalNot"
    OPCODE: ClassVar[int] = 168
    operand = operand_def(i1)
    result = result_def(i1)
    traits = traits_def(Pure())
    assembly_format = "$operand attr-dict `:` type($result)"

    def __init__(self, operand: SSAValue):
        super().__init__(operands=[operand], result_types=[i1])


@irdl_op_definition
class Select(IRDLOperation):
    """The first value where the condition is true, else the second; both are computed.

    %3 = spirv.Select %c, %1, %2 : i1, f32
    """

    name = "spirv.Select"
    OPCODE: ClassVar[int] = 169
    T: ClassVar = VarConstraint("T", AnyAttr())
    condition = operand_def(i1)
    true_value = operand_def(T)
    false_value = operand_def(T)
    result = result_def(T)
    traits = traits_def(Pure())
    assembly_format = "$condition `,` $true_value `,` $false_value attr-dict `:` type($condition) `,` type($result)"

    def __init__(self, condition: SSAValue, true_value: SSAValue, false_value: SSAValue):
        super().__init__(operands=[condition, true_value, false_value], result_types=[true_value.type])
