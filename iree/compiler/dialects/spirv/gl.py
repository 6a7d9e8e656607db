"""The extended instructions of GLSL.std.450. NUMBER is the instruction's number in that set.

Only those whose result the specification fixes: its exp, log, sin and the like are loose on real devices, its min and
max leave NaN open.
"""

from typing import ClassVar

from xdsl.dialects.builtin import Float32Type, Float64Type, IntegerType
from xdsl.ir import SSAValue
from xdsl.irdl import IRDLOperation, VarConstraint, base, irdl_op_definition, operand_def, result_def, traits_def
from xdsl.traits import Pure


class FloatUnary(IRDLOperation):
    """One float makes another."""

    NUMBER: ClassVar[int]
    T: ClassVar = VarConstraint("T", base(Float32Type) | base(Float64Type))
    operand = operand_def(T)
    result = result_def(T)
    traits = traits_def(Pure())
    assembly_format = "$operand attr-dict `:` type($result)"

    def __init__(self, operand: SSAValue):
        super().__init__(operands=[operand], result_types=[operand.type])


class IntegerUnary(IRDLOperation):
    """One integer makes another."""

    NUMBER: ClassVar[int]
    T: ClassVar = VarConstraint("T", base(IntegerType))
    operand = operand_def(T)
    result = result_def(T)
    traits = traits_def(Pure())
    assembly_format = "$operand attr-dict `:` type($result)"

    def __init__(self, operand: SSAValue):
        super().__init__(operands=[operand], result_types=[operand.type])


class IntegerBinary(IRDLOperation):
    """Two integers make a third."""

    NUMBER: ClassVar[int]
    T: ClassVar = VarConstraint("T", base(IntegerType))
    lhs = operand_def(T)
    rhs = operand_def(T)
    result = result_def(T)
    traits = traits_def(Pure())
    assembly_format = "$lhs `,` $rhs attr-dict `:` type($result)"

    def __init__(self, lhs: SSAValue, rhs: SSAValue):
        super().__init__(operands=[lhs, rhs], result_types=[lhs.type])


@irdl_op_definition
class RoundEven(FloatUnary):
    """The nearest whole number, the even one of two.

    %1 = spirv.GL.RoundEven %0 : f32
    """

    name = "spirv.GL.RoundEven"
    NUMBER: ClassVar[int] = 2


@irdl_op_definition
class Trunc(FloatUnary):
    """The whole number towards zero.

    %1 = spirv.GL.Trunc %0 : f32
    """

    name = "spirv.GL.Trunc"
    NUMBER: ClassVar[int] = 3


@irdl_op_definition
class FAbs(FloatUnary):
    """Without the sign, of zeros and NaN too.

    %1 = spirv.GL.FAbs %0 : f32
    """

    name = "spirv.GL.FAbs"
    NUMBER: ClassVar[int] = 4


@irdl_op_definition
class Floor(FloatUnary):
    """The whole number below.

    %1 = spirv.GL.Floor %0 : f32
    """

    name = "spirv.GL.Floor"
    NUMBER: ClassVar[int] = 8


@irdl_op_definition
class Ceil(FloatUnary):
    """The whole number above.

    %1 = spirv.GL.Ceil %0 : f32
    """

    name = "spirv.GL.Ceil"
    NUMBER: ClassVar[int] = 9


@irdl_op_definition
class Sqrt(FloatUnary):
    """The square root.

    %1 = spirv.GL.Sqrt %0 : f32
    """

    name = "spirv.GL.Sqrt"
    NUMBER: ClassVar[int] = 31


@irdl_op_definition
class SAbs(IntegerUnary):
    """Without the sign; the lowest number stays.

    %1 = spirv.GL.SAbs %0 : i32
    """

    name = "spirv.GL.SAbs"
    NUMBER: ClassVar[int] = 5


@irdl_op_definition
class FindILsb(IntegerUnary):
    """The number of the lowest bit that is 1; -1 for 0.

    %1 = spirv.GL.FindILsb %0 : i32
    """

    name = "spirv.GL.FindILsb"
    NUMBER: ClassVar[int] = 73


@irdl_op_definition
class FindUMsb(IntegerUnary):
    """The number of the highest bit that is 1; -1 for 0.

    %1 = spirv.GL.FindUMsb %0 : i32
    """

    name = "spirv.GL.FindUMsb"
    NUMBER: ClassVar[int] = 75


@irdl_op_definition
class UMin(IntegerBinary):
    """The lower of two unsigned numbers.

    %2 = spirv.GL.UMin %0, %1 : i32
    """

    name = "spirv.GL.UMin"
    NUMBER: ClassVar[int] = 38


@irdl_op_definition
class SMin(IntegerBinary):
    """The lower of two signed numbers.

    %2 = spirv.GL.SMin %0, %1 : i32
    """

    name = "spirv.GL.SMin"
    NUMBER: ClassVar[int] = 39


@irdl_op_definition
class UMax(IntegerBinary):
    """The higher of two unsigned numbers.

    %2 = spirv.GL.UMax %0, %1 : i32
    """

    name = "spirv.GL.UMax"
    NUMBER: ClassVar[int] = 41


@irdl_op_definition
class SMax(IntegerBinary):
    """The higher of two signed numbers.

    %2 = spirv.GL.SMax %0, %1 : i32
    """

    name = "spirv.GL.SMax"
    NUMBER: ClassVar[int] = 42


@irdl_op_definition
class Fma(IRDLOperation):
    """a * b + c, rounded once or twice as the device likes.

    %3 = spirv.GL.Fma %0, %1, %2 : f32
    """

    name = "spirv.GL.Fma"
    NUMBER: ClassVar[int] = 50
    T: ClassVar = VarConstraint("T", base(Float32Type) | base(Float64Type))
    a = operand_def(T)
    b = operand_def(T)
    c = operand_def(T)
    result = result_def(T)
    traits = traits_def(Pure())
    assembly_format = "$a `,` $b `,` $c attr-dict `:` type($result)"

    def __init__(self, a: SSAValue, b: SSAValue, c: SSAValue):
        super().__init__(operands=[a, b, c], result_types=[a.type])
