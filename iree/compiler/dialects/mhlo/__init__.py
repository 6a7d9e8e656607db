"""mhlo: tensor ops with value semantics. What StableHLO, MHLO and CHLO text becomes, whatever its form.

Written by importers. transforms/input leaves of it what arith and math cannot say about tensors; that stays in the
dispatch regions until a target lowers it. Semantics are StableHLO's.

    elementwise   abs .. tanh, add .. xor            layout       broadcast_in_dim, reshape, transpose, reverse, iota
    choice        compare, select, clamp, convert    slicing      slice, concatenate, pad
    indexing      dynamic_slice, dynamic_update_slice, gather, torch_index_select, scatter
    contraction   dot, dot_general                   reduction    reduce, return
    convolution   convolution                        windows      reduce_window
    constant      constant                           broadcasting CHLO's broadcast_add .. broadcast_select, square
    control flow  while, if, case
    special       CHLO's acos .. zeta

A dtype or size that the compiler does not support yet is no concern of the dialect: transforms/input/check_input.py.
"""

from xdsl.ir import Dialect

from iree.compiler.dialects.mhlo.attributes import (
    ATTRIBUTES,
    Comparison,
    ComparisonDirection,
    ComparisonType,
    Direction,
    DotDimensionNumbers,
    DotNumbers,
    GatherDimensionNumbers,
    GatherNumbers,
    IntArray,
    ScatterDimensionNumbers,
    ScatterNumbers,
    int_array,
    ints,
)
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.broadcasting import (
    BROADCASTING,
    BroadcastCompare,
    Broadcasting,
    BroadcastingBinary,
    BroadcastSelect,
    Square,
)
from iree.compiler.dialects.mhlo.choice import CHOICE, Clamp, Compare, Convert, Select
from iree.compiler.dialects.mhlo.constant import Constant
from iree.compiler.dialects.mhlo.contraction import CONTRACTION, Dot, DotGeneral
from iree.compiler.dialects.mhlo.control_flow import CONTROL_FLOW, Case, If, While
from iree.compiler.dialects.mhlo.convolution import ConvDimensionNumbers, ConvNumbers, Convolution, OperandDims
from iree.compiler.dialects.mhlo.elementwise import (
    BINARY,
    UNARY,
    Abs,
    Add,
    And,
    Atan2,
    Binary,
    Cbrt,
    Ceil,
    Cosine,
    CountLeadingZeros,
    Divide,
    Exponential,
    ExponentialMinusOne,
    Floor,
    IsFinite,
    Log,
    Logistic,
    LogPlusOne,
    Maximum,
    Minimum,
    Multiply,
    Negate,
    Not,
    Or,
    Popcnt,
    Power,
    Remainder,
    RoundNearestAfz,
    RoundNearestEven,
    Rsqrt,
    ShiftLeft,
    ShiftRightArithmetic,
    ShiftRightLogical,
    Sign,
    Sine,
    Sqrt,
    Subtract,
    Tan,
    Tanh,
    Unary,
    Xor,
    is_commutative,
)
from iree.compiler.dialects.mhlo.indexing import (
    INDEXING,
    DynamicSlice,
    DynamicUpdateSlice,
    Gather,
    TorchIndexSelect,
)
from iree.compiler.dialects.mhlo.layout import LAYOUT, Broadcast, BroadcastInDim, Iota, Reshape, Reverse, Transpose
from iree.compiler.dialects.mhlo.reduce_window import ReduceWindow
from iree.compiler.dialects.mhlo.reduction import Reduce, Return, only_op, reduce_kind
from iree.compiler.dialects.mhlo.scatter import Scatter, scatter_kind
from iree.compiler.dialects.mhlo.slicing import SLICING, Concatenate, Pad, Slice
from iree.compiler.dialects.mhlo.special import (
    SPECIAL,
    Acos,
    Acosh,
    Asin,
    Asinh,
    Atan,
    Atanh,
    BesselI1e,
    ConstantLike,
    Cosh,
    Digamma,
    Erf,
    Erfc,
    ErfInv,
    IsInf,
    IsNegInf,
    IsPosInf,
    Lgamma,
    Mulhi,
    Polygamma,
    Predicate,
    Sinh,
    SpecialBinary,
    SpecialUnary,
    Zeta,
)
from iree.compiler.dialects.mhlo.types import (
    Elements,
    Shape,
    Tensor,
    element_of,
    elements_of,
    shape_of,
    tensor,
    with_shape,
)
from iree.compiler.dialects.mhlo.window import WindowDim

__all__ = [
    "BINARY", "CONTROL_FLOW", "DIALECT", "SPECIAL", "UNARY", "Abs", "Acos", "Acosh", "Add", "And", "Asin", "Asinh",
    "Atan", "Atan2", "Atanh", "BesselI1e", "Binary", "Broadcast", "BroadcastCompare", "BroadcastInDim",
    "BroadcastSelect", "Broadcasting", "BroadcastingBinary", "Case", "Cbrt", "Ceil", "Clamp", "Compare", "Comparison",
    "ComparisonDirection", "ComparisonType", "Concatenate", "Constant", "ConstantLike", "ConvDimensionNumbers",
    "ConvNumbers", "Convert", "Convolution", "Cosh", "Cosine", "CountLeadingZeros", "Digamma", "Direction", "Divide",
    "Dot", "DotDimensionNumbers", "DotGeneral", "DotNumbers", "DynamicSlice", "DynamicUpdateSlice", "Elements", "Erf",
    "ErfInv", "Erfc", "Exponential", "ExponentialMinusOne", "Floor", "Gather", "GatherDimensionNumbers",
    "GatherNumbers", "HloOp", "If", "IntArray", "Iota", "IsFinite", "IsInf", "IsNegInf", "IsPosInf", "Lgamma", "Log",
    "LogPlusOne", "Logistic", "Maximum", "Minimum", "Mulhi", "Multiply", "Negate", "Not", "OperandDims", "Or", "Pad",
    "Polygamma", "Popcnt", "Power", "Predicate", "Reduce", "ReduceWindow", "Remainder", "Reshape", "Return", "Reverse",
    "RoundNearestAfz", "RoundNearestEven", "Rsqrt", "Scatter", "ScatterDimensionNumbers", "ScatterNumbers", "Select",
    "Shape", "ShiftLeft", "ShiftRightArithmetic", "ShiftRightLogical", "Sign", "Sine", "Sinh", "Slice",
    "SpecialBinary", "SpecialUnary", "Sqrt", "Square", "Subtract", "Tan", "Tanh", "Tensor", "TorchIndexSelect",
    "Transpose", "Unary", "While", "WindowDim", "Xor", "Zeta", "element_of", "elements_of", "int_array", "ints",
    "is_commutative", "only_op", "reduce_kind", "scatter_kind", "shape_of", "tensor", "with_shape",
]  # fmt: skip

DIALECT = Dialect(
    "mhlo",
    [
        *UNARY,
        *BINARY,
        *CHOICE,
        *LAYOUT,
        *SLICING,
        *INDEXING,
        *CONTRACTION,
        *BROADCASTING,
        *CONTROL_FLOW,
        *SPECIAL,
        Constant,
        Convolution,
        Reduce,
        ReduceWindow,
        Return,
        Scatter,
    ],
    [*ATTRIBUTES, ConvDimensionNumbers],
)
