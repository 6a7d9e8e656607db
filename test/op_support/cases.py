"""One small program for each op, with a hole for the element type.

    Case("add", "6xT, 6xT -> 6xT")

is the program

    func.func @main(%0: tensor<6xf32>, %1: tensor<6xf32>) -> tensor<6xf32> {
      %r = "stablehlo.add"(%0, %1) : (tensor<6xf32>, tensor<6xf32>) -> tensor<6xf32>
      return %r : tensor<6xf32>
    }

for the element type f32. In types and attributes T is the element type, R its real part's type, U the unsigned
integer of its width, V a number of it; every other name is itself. Which element types an op takes is not said here:
MLIR's own verifier knows.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from test.op_support import formulas
from test.op_support.values import Array, Draw

ELEMENT_TYPES = (
    *("i1", "i4", "i8", "i16", "i32", "i64", "ui4", "ui8", "ui16", "ui32", "ui64"),
    *("f8E4M3FN", "f8E5M2", "f16", "bf16", "f32", "f64", "complex<f32>", "complex<f64>"),
)


class Case(NamedTuple):
    """`draws`: how the values of each operand are chosen; the last one goes on for the rest.

    `ulps`: how far a result may be from the oracle's, in units of its type's last place, relative to the largest
    result; 0: the same bits.
    `formula`: the results, in f64, where StableHLO's reference interpreter does not know the op.
    `without`: element types that MLIR's verifier lets pass although the op has no meaning for them, as a pattern.
    `body`: what stands for the op itself, where it is more than one op in generic form: `%r` and so on are returned.
    """

    op: str
    signature: str
    attributes: str = ""
    region: str = ""
    draws: tuple[Draw, ...] = (Draw.EDGES,)
    ulps: float = 0
    body: str = ""
    formula: Callable[[Sequence[Array]], list[Array]] | None = None
    without: str = "none"
    dialect: str = "stablehlo"

    @property
    def name(self) -> str:
        """As the table has it: CHLO's ops carry their dialect."""
        return self.op if self.dialect == "stablehlo" else f"{self.dialect}.{self.op}"

    @property
    def operands(self) -> list[str]:
        """The types of the operands, with T in them."""
        return _split(self.signature.partition("->")[0])

    @property
    def results(self) -> list[str]:
        """The types of the results, with T in them."""
        return _split(self.signature.partition("->")[2])

    def lines(self, element_type: str) -> str:
        """The op for one element type, over %0, %1, ...; its results are %r, or %r#0, %r#1, ..."""
        if self.body:
            return filled(self.body, element_type)
        operands = ", ".join(f"%{index}" for index in range(len(self.operands)))
        ins, outs = (", ".join(f"tensor<{t}>" for t in types) for types in (self.operands, self.results))
        count = f":{len(self.results)}" if len(self.results) > 1 else ""
        attributes = f" <{{{self.attributes}}}>" if self.attributes else ""
        region = f" ({self.region})" if self.region else ""
        text = f'%r{count} = "{self.dialect}.{self.op}"({operands}){attributes}{region} : ({ins}) -> ({outs})'
        return filled(text, element_type)

    def returned(self) -> list[str]:
        """The names of the results."""
        return ["%r"] if len(self.results) == 1 else [f"%r#{index}" for index in range(len(self.results))]

    def program(self, element_type: str) -> str:
        """The whole program, a function of the operands."""
        operands = [filled(f"tensor<{t}>", element_type) for t in self.operands]
        results = ", ".join(filled(f"tensor<{t}>", element_type) for t in self.results)
        arguments = ", ".join(f"%{index}: {type_}" for index, type_ in enumerate(operands))
        return (
            f"func.func @main({arguments}) -> ({results}) {{\n  {self.lines(element_type)}\n"
            f"  return {', '.join(self.returned())} : {results}\n}}\n"
        )


def _split(types: str) -> list[str]:
    return [part.strip() for part in types.split(",") if part.strip()]


def filled(text: str, element_type: str) -> str:
    """`text` with T, R, U and V replaced."""
    real = re.sub(r"complex<(.*)>", r"\1", element_type)
    width = re.findall(r"\d+", real)
    names = {"T": element_type, "R": real, "U": f"ui{width[0]}" if width and width[0] != "1" else "ui8"}
    names["V"] = "true" if real == "i1" else "3" if "i" in real else "1.5" if real == element_type else "(1.5, -2.0)"
    return re.sub(r"(?<![A-Za-wyz_@#])([TRUV])(?![A-Za-z_])", lambda match: names[match[1]], text)


def _reducer(op: str, element: str = "T") -> str:
    return (
        f"{{\n  ^bb0(%x: tensor<{element}>, %y: tensor<{element}>):\n"
        f"    %z = stablehlo.{op} %x, %y : tensor<{element}>\n    stablehlo.return %z : tensor<{element}>\n  }}"
    )


def _unary(op: str, ulps: float = 0, draw: Draw = Draw.EDGES, result: str = "T", dialect: str = "stablehlo") -> Case:
    # StableHLO's reference interpreter has no f8 form of CHLO's ops.
    without = "f8" if dialect == "chlo" else "none"
    return Case(op, f"9xT -> 9x{result}", draws=(draw,), ulps=ulps, dialect=dialect, without=without)


def _binary(op: str, ulps: float = 0, *draws: Draw, dialect: str = "stablehlo") -> Case:
    without = "f8" if dialect == "chlo" else "none"
    drawn = draws or (Draw.EDGES, Draw.OTHER_EDGES)
    return Case(op, "9xT, 9xT -> 9xT", draws=drawn, ulps=ulps, dialect=dialect, without=without)


_NORM = f"epsilon = {formulas.EPSILON!r} : f32, feature_index = 1 : i64"
_WINDOW = "window_dimensions = array<i64: 2, 3>, window_strides = array<i64: 1, 2>"
_COMPARATOR = (
    "{\n  ^bb0(%x: tensor<T>, %y: tensor<T>):\n"
    "    %z = stablehlo.compare LT, %x, %y : (tensor<T>, tensor<T>) -> tensor<i1>\n"
    "    stablehlo.return %z : tensor<i1>\n  }"
)
_SELECT_AND_SCATTER = (
    "{\n  ^bb0(%x: tensor<T>, %y: tensor<T>):\n"
    "    %z = stablehlo.compare GE, %x, %y : (tensor<T>, tensor<T>) -> tensor<i1>\n"
    "    stablehlo.return %z : tensor<i1>\n  }, "
) + _reducer("add")
_CONVOLUTION = (
    "%r = stablehlo.convolution(%0, %1) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], "
    "window = {stride = [2, 1], pad = [[1, 0], [0, 1]], rhs_dilate = [1, 2]} "
    "{batch_group_count = 1 : i64, feature_group_count = 2 : i64} "
    ": (tensor<1x5x6x4xT>, tensor<2x2x2x6xT>) -> tensor<1x3x5x6xT>"
)
_GATHER = (
    "dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], "
    "index_vector_dim = 1>, indices_are_sorted = false, slice_sizes = array<i64: 1, 4>"
)
_SCATTER = (
    "scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], "
    "scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, indices_are_sorted = false, unique_indices = false"
)
_IF = (
    '%r = "stablehlo.if"(%0) ({\n    %a = stablehlo.add %1, %2 : tensor<6xT>\n'
    "    stablehlo.return %a : tensor<6xT>\n  }, {\n    stablehlo.return %2 : tensor<6xT>\n  }) "
    ": (tensor<i1>) -> tensor<6xT>"
)
_CASE = (
    '%r = "stablehlo.case"(%0) ({\n    stablehlo.return %1 : tensor<6xT>\n  }, {\n'
    "    %a = stablehlo.add %1, %2 : tensor<6xT>\n    stablehlo.return %a : tensor<6xT>\n  }, {\n"
    "    stablehlo.return %2 : tensor<6xT>\n  }) : (tensor<i32>) -> tensor<6xT>"
)
_WHILE = (
    "%one = stablehlo.constant dense<1> : tensor<i32>\n  %n = stablehlo.constant dense<3> : tensor<i32>\n"
    "  %z = stablehlo.constant dense<0> : tensor<i32>\n"
    "  %w:2 = stablehlo.while(%i = %z, %v = %0) : tensor<i32>, tensor<6xT>\n    cond {\n"
    "      %c = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>\n"
    "      stablehlo.return %c : tensor<i1>\n    } do {\n      %k = stablehlo.add %i, %one : tensor<i32>\n"
    "      %m = stablehlo.add %v, %1 : tensor<6xT>\n      stablehlo.return %k, %m : tensor<i32>, tensor<6xT>\n    }\n"
    "  %r = stablehlo.add %w#1, %1 : tensor<6xT>"
)
_SMALL = (Draw.SMALL,)

CASES: tuple[Case, ...] = (
    # Elementwise.
    _unary("abs", result="R", draw=Draw.FINITE, ulps=2),
    _binary("add", 0, Draw.FINITE),
    _binary("and"),
    _binary("atan2", 4, Draw.FINITE),
    _unary("bitcast_convert", result="U"),
    _unary("cbrt", 4),
    _unary("ceil"),
    Case("clamp", "9xT, 9xT, 9xT -> 9xT", draws=(Draw.NEGATIVE, Draw.EDGES, Draw.POSITIVE)),
    Case("compare", "9xT, 9xT -> 9xi1", "comparison_direction = #stablehlo<comparison_direction EQ>",
         draws=(Draw.EDGES, Draw.OTHER_EDGES)),
    Case("complex", "9xT, 9xT -> 9xcomplex<T>", draws=(Draw.EDGES, Draw.OTHER_EDGES)),
    Case("convert", "9xT -> 9xf32", draws=(Draw.FINITE,)),
    _unary("cosine", 8, Draw.FINITE),
    _unary("count_leading_zeros"),
    _binary("divide", 4, Draw.FINITE, Draw.NONZERO),
    _unary("exponential", 8, Draw.FINITE),
    _unary("exponential_minus_one", 8, Draw.FINITE),
    _unary("floor"),
    _unary("imag", result="R"),
    _unary("is_finite", result="i1"),
    _unary("log", 8, Draw.POSITIVE),
    _unary("log_plus_one", 8, Draw.POSITIVE),
    _unary("logistic", 8, Draw.FINITE),
    _binary("maximum"),
    _binary("minimum"),
    _binary("multiply", 4, Draw.FINITE),
    _unary("negate"),
    _unary("not"),
    _binary("or"),
    _unary("popcnt"),
    _binary("power", 16, Draw.POSITIVE, Draw.SMALL),
    _unary("real", result="R"),
    Case("reduce_precision", "9xT -> 9xT", "exponent_bits = 5 : i32, mantissa_bits = 2 : i32", draws=(Draw.FINITE,)),
    Case("remainder", "9xT, 9xT -> 9xT", draws=(Draw.FINITE, Draw.NONZERO), without="complex"),
    _unary("round_nearest_afz"),
    _unary("round_nearest_even"),
    _unary("rsqrt", 8, Draw.POSITIVE),
    Case("select", "9xi1, 9xT, 9xT -> 9xT"),
    _binary("shift_left", 0, Draw.EDGES, Draw.POSITIVE),
    _binary("shift_right_arithmetic", 0, Draw.EDGES, Draw.POSITIVE),
    _binary("shift_right_logical", 0, Draw.EDGES, Draw.POSITIVE),
    _unary("sign", 2, Draw.FINITE),
    _unary("sine", 8, Draw.FINITE),
    _unary("sqrt", 8, Draw.POSITIVE),
    _binary("subtract", 0, Draw.FINITE),
    _unary("tan", 16, Draw.UNIT),
    _unary("tanh", 8, Draw.FINITE),
    _binary("xor"),
    # Movement of elements.
    Case("broadcast_in_dim", "3xT -> 2x3xT", "broadcast_dimensions = array<i64: 1>"),
    Case("concatenate", "2x3xT, 2x2xT -> 2x5xT", "dimension = 1 : i64"),
    Case("constant", " -> 3xT", body="%r = stablehlo.constant dense<V> : tensor<3xT>"),
    Case("dynamic_slice", "4x5xT, i32, i32 -> 2x3xT", "slice_sizes = array<i64: 2, 3>",
         draws=(Draw.EDGES, Draw.EDGES, Draw.SMALL)),
    Case("dynamic_update_slice", "4x5xT, 2x3xT, i32, i32 -> 4x5xT", draws=(Draw.EDGES, Draw.OTHER_EDGES, Draw.SMALL)),
    Case("gather", "5x4xT, 3x1xi32 -> 3x4xT", _GATHER, draws=(Draw.EDGES, Draw.SMALL)),
    Case("iota", " -> 3x4xT", "iota_dimension = 1 : i64"),
    Case("pad", "3x4xT, T -> 6x4xT",
         "edge_padding_low = array<i64: 1, -1>, edge_padding_high = array<i64: 0, 1>, "
         "interior_padding = array<i64: 1, 0>"),
    Case("reshape", "3x4xT -> 2x6xT"),
    Case("reverse", "3x4xT -> 3x4xT", "dimensions = array<i64: 1>"),
    Case("scatter", "5x4xT, 3x1xi32, 3x4xT -> 5x4xT", _SCATTER, _reducer("add"), draws=_SMALL),
    Case("slice", "5x6xT -> 2x3xT",
         "start_indices = array<i64: 1, 0>, limit_indices = array<i64: 4, 6>, strides = array<i64: 2, 2>"),
    Case("sort", "3x7xT -> 3x7xT", "dimension = 1 : i64, is_stable = true", _COMPARATOR, draws=(Draw.FINITE,),
         without="complex"),
    Case("transpose", "3x4xT -> 4x3xT", "permutation = array<i64: 1, 0>"),
    # Reductions, contractions, windows.
    Case("batch_norm_grad", "2x3xT, 3xT, 3xT, 3xT, 2x3xT -> 2x3xT, 3xT, 3xT",
         _NORM, draws=(Draw.POSITIVE,), ulps=64, formula=formulas.batch_norm_grad),
    Case("batch_norm_inference", "2x3xT, 3xT, 3xT, 3xT, 3xT -> 2x3xT",
         _NORM, draws=(Draw.POSITIVE,), ulps=16, formula=formulas.batch_norm_inference),
    Case("batch_norm_training", "4x3xT, 3xT, 3xT -> 4x3xT, 3xT, 3xT",
         _NORM, draws=(Draw.POSITIVE,), ulps=64, formula=formulas.batch_norm_training),
    Case("cholesky", "4x4xT -> 4x4xT", "lower = true", draws=(Draw.DEFINITE,), ulps=64, formula=formulas.cholesky,
         without="f8"),
    Case("convolution", "1x5x6x4xT, 2x2x2x6xT -> 1x3x5x6xT", body=_CONVOLUTION, draws=(Draw.SIGNS,)),
    Case("dot_general", "2x3x4xT, 2x4x5xT -> 2x3x5xT",
         "dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = [0], rhs_batching_dimensions = [0], "
         "lhs_contracting_dimensions = [2], rhs_contracting_dimensions = [1]>", draws=_SMALL),
    Case("fft", "2x12xT -> 2x12xT", "fft_type = #stablehlo<fft_type FFT>, fft_length = array<i64: 12>",
         draws=(Draw.FINITE,), ulps=64, formula=formulas.fft),
    Case("fft", "2x12xT -> 2x7xcomplex<T>", "fft_type = #stablehlo<fft_type RFFT>, fft_length = array<i64: 12>",
         draws=(Draw.FINITE,), ulps=64, formula=formulas.rfft),
    Case("fft", "2x7xT -> 2x12xR", "fft_type = #stablehlo<fft_type IRFFT>, fft_length = array<i64: 12>",
         draws=(Draw.FINITE,), ulps=64, formula=formulas.irfft),
    Case("map", "9xT, 9xT -> 9xT", "dimensions = array<i64: 0>", _reducer("add"), draws=(Draw.FINITE,)),
    Case("reduce", "3x4xT, T -> 3xT", "dimensions = array<i64: 1>", _reducer("add"), draws=_SMALL),
    Case("reduce_window", "3x7xT, T -> 2x3xT", _WINDOW, _reducer("maximum"), draws=(Draw.FINITE, Draw.NEGATIVE)),
    Case("select_and_scatter", "3x7xT, 2x3xT, T -> 3x7xT", _WINDOW, _SELECT_AND_SCATTER,
         draws=(Draw.SMALL, Draw.SMALL, Draw.ZERO),  # how often an initial value counts is left open
         without="complex"),
    Case("triangular_solve", "4x4xT, 4x3xT -> 4x3xT",
         "left_side = true, lower = true, unit_diagonal = false, transpose_a = #stablehlo<transpose NO_TRANSPOSE>",
         draws=(Draw.TRIANGULAR, Draw.FINITE), ulps=256, formula=formulas.triangular_solve, without="f8"),
    # Control flow.
    Case("case", "i32, 6xT, 6xT -> 6xT", body=_CASE, draws=_SMALL),
    Case("if", "i1, 6xT, 6xT -> 6xT", body=_IF, draws=_SMALL),
    Case("optimization_barrier", "6xT -> 6xT"),
    Case("while", "6xT, 6xT -> 6xT", body=_WHILE, draws=_SMALL),
    # CHLO.
    *(_unary(op, 16, Draw.UNIT, dialect="chlo")
      for op in ("acos", "asin", "asinh", "atan", "atanh", "cosh", "erf", "erf_inv", "erfc", "sinh", "tan")),
    *(_unary(op, 64, Draw.POSITIVE, dialect="chlo") for op in ("acosh", "digamma", "lgamma", "square")),
    Case("bessel_i1e", "9xT -> 9xT", draws=(Draw.FINITE,), ulps=64, formula=formulas.bessel_i1e, without="complex|f8",
         dialect="chlo"),
    _unary("conj", dialect="chlo"),
    *(_unary(op, result="i1", dialect="chlo") for op in ("is_inf", "is_neg_inf", "is_pos_inf")),
    _binary("next_after", 0, Draw.FINITE, dialect="chlo"),
    _binary("polygamma", 512, Draw.SMALL_POSITIVE, Draw.POSITIVE, dialect="chlo"),
    _binary("zeta", 512, Draw.ABOVE_ONE, Draw.POSITIVE, dialect="chlo"),
    Case("top_k", "3x7xT -> 3x2xT, 3x2xi32", "k = 2 : i64", draws=(Draw.FINITE,), without="complex",
         dialect="chlo"),
)  # fmt: skip
