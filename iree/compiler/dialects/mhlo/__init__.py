"""mhlo: tensor ops with value semantics. What StableHLO, MHLO and CHLO text becomes, whatever its form.

Written by importers. transforms/input leaves of it what arith and math cannot say about tensors; that stays in the
dispatch regions until a target lowers it. Semantics are StableHLO's.

    elementwise   abs .. tanh, add .. xor            layout       broadcast_in_dim, reshape, transpose, reverse, iota
    choice        compare, select, clamp, convert    slicing      slice, concatenate, pad
    indexing      dynamic_slice, dynamic_update_slice, gather, torch_index_select, scatter
    contraction   dot, dot_general                   reduction    reduce, return
    sizes as data get_dimension_size, dynamic_reshape, dynamic_broadcast_in_dim, ... real_dynamic_slice
    convolution   convolution                        windows      reduce_window, select_and_scatter
    sorting       sort, top_k, sort_order, merge_order   map
    constant      constant                           broadcasting CHLO's broadcast_add .. broadcast_select, square
    representation real, imag, complex, conj, bitcast_convert, reduce_precision
    special       CHLO's acos .. zeta                random       rng, rng_bit_generator
    linear algebra  cholesky, triangular_solve       normalization  batch_norm_grad, _inference, _training
    einsum        einsum, unary_einsum               ordering     optimization_barrier, tokens, copy
    quantization  uniform_quantize, uniform_dequantize
    transforms    fft
    composite     composite                          refused      what cannot be compiled: all_gather .. send
    control flow  while, if, case                    tuples       tuple, get_tuple_element

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
from iree.compiler.dialects.mhlo.composite import Composite
from iree.compiler.dialects.mhlo.constant import Constant
from iree.compiler.dialects.mhlo.contraction import CONTRACTION, Dot, DotGeneral
from iree.compiler.dialects.mhlo.control_flow import CONTROL_FLOW, Case, If, While
from iree.compiler.dialects.mhlo.convolution import ConvDimensionNumbers, ConvNumbers, Convolution, OperandDims
from iree.compiler.dialects.mhlo.custom_call import CustomCall
from iree.compiler.dialects.mhlo.dynamic_sizes import (
    DYNAMIC_SIZES,
    DynamicBroadcastInDim,
    DynamicGather,
    DynamicIota,
    DynamicPad,
    DynamicReshape,
    GetDimensionSize,
    RealDynamicSlice,
    Sizes,
)
from iree.compiler.dialects.mhlo.einsum import EINSUM, AnyEinsum, Einsum, UnaryEinsum
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
from iree.compiler.dialects.mhlo.fft import Fft, FftType, FftTypeAttr
from iree.compiler.dialects.mhlo.indexing import (
    INDEXING,
    DynamicSlice,
    DynamicUpdateSlice,
    Gather,
    TorchIndexSelect,
)
from iree.compiler.dialects.mhlo.layout import LAYOUT, Broadcast, BroadcastInDim, Iota, Reshape, Reverse, Transpose
from iree.compiler.dialects.mhlo.linear_algebra import (
    LINEAR_ALGEBRA,
    Cholesky,
    TransposeA,
    TransposeKind,
    TriangularSolve,
    is_set,
)
from iree.compiler.dialects.mhlo.map import Map
from iree.compiler.dialects.mhlo.normalization import (
    NORMALIZATION,
    BatchNorm,
    BatchNormGrad,
    BatchNormInference,
    BatchNormTraining,
)
from iree.compiler.dialects.mhlo.opaque import OutputOperandAlias
from iree.compiler.dialects.mhlo.ordering import (
    ORDERING,
    AddDependency,
    AfterAll,
    Copy,
    CreateToken,
    OptimizationBarrier,
    Token,
)
from iree.compiler.dialects.mhlo.quantization import QUANTIZATION, UniformDequantize, UniformQuantize
from iree.compiler.dialects.mhlo.random import (
    RANDOM,
    Algorithm,
    Distribution,
    Rng,
    RngAlgorithm,
    RngBitGenerator,
    RngDistribution,
)
from iree.compiler.dialects.mhlo.reduce_window import ReduceWindow
from iree.compiler.dialects.mhlo.reduction import Reduce, Return, only_op, reduce_kind
from iree.compiler.dialects.mhlo.refused import REFUSED, REFUSED_ATTRIBUTES, Refused
from iree.compiler.dialects.mhlo.representation import (
    REPRESENTATION,
    BitcastConvert,
    Complex,
    Conj,
    Imag,
    Part,
    Real,
    ReducePrecision,
)
from iree.compiler.dialects.mhlo.scatter import Scatter, scatter_kind
from iree.compiler.dialects.mhlo.select_and_scatter import SelectAndScatter
from iree.compiler.dialects.mhlo.slicing import SLICING, Concatenate, Pad, Slice
from iree.compiler.dialects.mhlo.sorting import MergeOrder, Order, Sort, SortOrder, TopK
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
    NextAfter,
    Polygamma,
    Predicate,
    Sinh,
    SpecialBinary,
    SpecialUnary,
    Zeta,
)
from iree.compiler.dialects.mhlo.tuples import TUPLES, GetTupleElement, Tuple
from iree.compiler.dialects.mhlo.types import (
    DYNAMIC,
    Elements,
    Shape,
    Tensor,
    element_of,
    elements_of,
    shape_of,
    tensor,
    with_elements,
    with_shape,
)
from iree.compiler.dialects.mhlo.window import WindowDim

__all__ = [
    "BINARY", "CONTROL_FLOW", "DIALECT", "DYNAMIC", "DYNAMIC_SIZES", "EINSUM", "LINEAR_ALGEBRA", "NORMALIZATION",
    "ORDERING", "QUANTIZATION", "RANDOM", "REFUSED", "REFUSED_ATTRIBUTES", "SPECIAL", "TUPLES", "UNARY", "WITH_BODIES",
    "Abs", "Acos", "Acosh", "Add", "AddDependency", "AfterAll", "Algorithm", "And", "AnyEinsum", "Asin", "Asinh",
    "Atan", "Atan2", "Atanh", "BatchNorm", "BatchNormGrad", "BatchNormInference", "BatchNormTraining", "BesselI1e",
    "Binary", "BitcastConvert", "Broadcast", "BroadcastCompare", "BroadcastInDim", "BroadcastSelect", "Broadcasting",
    "BroadcastingBinary", "Case", "Cbrt", "Ceil", "Cholesky", "Clamp", "Compare", "Comparison", "ComparisonDirection",
    "ComparisonType", "Complex", "Composite", "Concatenate", "Conj", "Constant", "ConstantLike",
    "ConvDimensionNumbers", "ConvNumbers", "Convert", "Convolution", "Copy", "Cosh", "Cosine", "CountLeadingZeros",
    "CreateToken", "CustomCall", "Digamma", "Direction", "Distribution", "Divide", "Dot", "DotDimensionNumbers",
    "DotGeneral", "DotNumbers", "DynamicBroadcastInDim", "DynamicGather", "DynamicIota", "DynamicPad",
    "DynamicReshape", "DynamicSlice", "DynamicUpdateSlice", "Einsum", "Elements", "Erf", "ErfInv", "Erfc",
    "Exponential", "ExponentialMinusOne", "Fft", "FftType", "FftTypeAttr", "Floor", "Gather", "GatherDimensionNumbers",
    "GatherNumbers", "GetDimensionSize", "GetTupleElement", "HloOp", "If", "Imag", "IntArray", "Iota", "IsFinite",
    "IsInf", "IsNegInf", "IsPosInf", "Lgamma", "Log", "LogPlusOne", "Logistic", "Map", "Maximum", "MergeOrder",
    "Minimum", "Mulhi", "Multiply", "Negate", "NextAfter", "Not", "OperandDims", "OptimizationBarrier", "Or", "Order",
    "Pad", "Part", "Polygamma", "Popcnt", "Power", "Predicate", "Real", "RealDynamicSlice", "Reduce",
    "ReducePrecision", "ReduceWindow", "Refused", "Remainder", "Reshape", "Return", "Reverse", "Rng", "RngAlgorithm",
    "RngBitGenerator", "RngDistribution", "RoundNearestAfz", "RoundNearestEven", "Rsqrt", "Scatter",
    "ScatterDimensionNumbers", "ScatterNumbers", "Select", "SelectAndScatter", "Shape", "ShiftLeft",
    "ShiftRightArithmetic", "ShiftRightLogical", "Sign", "Sine", "Sinh", "Sizes", "Slice", "Sort", "SortOrder",
    "SpecialBinary", "SpecialUnary", "Sqrt", "Square", "Subtract", "Tan", "Tanh", "Tensor", "Token", "TopK",
    "TorchIndexSelect", "Transpose", "TransposeA", "TransposeKind", "TriangularSolve", "Tuple", "Unary", "UnaryEinsum",
    "UniformDequantize", "UniformQuantize", "While", "WindowDim", "Xor", "Zeta", "element_of", "elements_of",
    "int_array", "ints", "is_commutative", "is_set", "only_op", "reduce_kind", "scatter_kind", "shape_of", "tensor",
    "with_elements", "with_shape",
]  # fmt: skip

WITH_BODIES = (Reduce, ReduceWindow, Scatter, Map, MergeOrder, Sort, SortOrder, SelectAndScatter)
"""Ops whose regions compute with elements, as tensors without dimensions."""

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
        *DYNAMIC_SIZES,
        Sizes,
        *BROADCASTING,
        *REPRESENTATION,
        *CONTROL_FLOW,
        *TUPLES,
        *SPECIAL,
        *EINSUM,
        *LINEAR_ALGEBRA,
        *NORMALIZATION,
        *ORDERING,
        *QUANTIZATION,
        Composite,
        Fft,
        *RANDOM,
        Constant,
        Convolution,
        CustomCall,
        Reduce,
        ReduceWindow,
        Return,
        Scatter,
        *REFUSED,
        Map,
        Sort,
        SortOrder,
        MergeOrder,
        TopK,
        SelectAndScatter,
    ],
    [
        *ATTRIBUTES,
        *REFUSED_ATTRIBUTES,
        ConvDimensionNumbers,
        FftTypeAttr,
        OutputOperandAlias,
        RngAlgorithm,
        RngDistribution,
        Token,
        TransposeA,
    ],
)
