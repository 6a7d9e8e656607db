"""Ops that break one labelled rule each, for rules_test.py: a row for each rule that generic text can break."""

import dataclasses
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True)
class Broken:
    """An op in generic form that breaks one rule: `operands` and `result` are types, the last part is properties."""

    op: str
    label: str
    operands: str
    result: str
    properties: str = ""
    only_ours: bool = False  # MLIR does not check the rule, or also allows an element type of its own for the result

    @property
    def text(self) -> str:
        types = [f"tensor<{type_}>" for type_ in self.operands.split()]
        arguments = ", ".join(f"%a{index}: {type_}" for index, type_ in enumerate(types))
        names = ", ".join(f"%a{index}" for index in range(len(types)))
        properties = f" <{{{self.properties}}}>" if self.properties else ""
        is_broadcasting = self.op.startswith("broadcast_") and self.op != "broadcast_in_dim"
        dialect = "chlo" if is_broadcasting or self.op == "conj" else "stablehlo"
        op = f'"{dialect}.{self.op}"({names}){properties} : ({", ".join(types)}) -> tensor<{self.result}>'
        return f"func.func @f({arguments}) {{\n%0 = {op}\nreturn\n}}"


def ints(**lists: list[int]) -> str:
    """Lists of integers as properties."""
    return ", ".join(
        f"{name} = array<i64{': ' if values else ''}{str(values)[1:-1]}>" for name, values in lists.items()
    )


def _dot(lhs_batch: list[int], rhs_batch: list[int], lhs: list[int], rhs: list[int]) -> str:
    lists = f"lhs_batching_dimensions = {lhs_batch}, rhs_batching_dimensions = {rhs_batch}"
    sums = f"lhs_contracting_dimensions = {lhs}, rhs_contracting_dimensions = {rhs}"
    return f"dot_dimension_numbers = #stablehlo.dot<{lists}, {sums}>"


def _slice(start: list[int], limit: list[int], strides: list[int]) -> str:
    return ints(start_indices=start, limit_indices=limit, strides=strides)


def _pad(low: list[int], high: list[int], interior: list[int]) -> str:
    return ints(edge_padding_low=low, edge_padding_high=high, interior_padding=interior)


def _solve(transpose: str = "NO_TRANSPOSE") -> str:
    flags = "left_side = true, lower = true, unit_diagonal = false"
    return f"{flags}, transpose_a = #stablehlo<transpose {transpose}>"


def _norm(feature: int) -> str:
    return f"epsilon = 0.001 : f32, feature_index = {feature} : i64"


def _fft(kind: str, lengths: list[int]) -> str:
    return f"fft_type = #stablehlo<fft_type {kind}>, {ints(fft_length=lengths)}"


def _rng(distribution: str) -> str:
    return f"rng_distribution = #stablehlo<rng_distribution {distribution}>"


def _einsum(config: str) -> str:
    return f'einsum_config = "{config}"'


def _gather(sizes: list[int], **numbers: list[int] | int) -> str:
    fields = ", ".join(f"{name} = {value}" for name, value in numbers.items())
    return f"dimension_numbers = #stablehlo.gather<{fields}>, " + ints(slice_sizes=sizes)


def _rows(sizes: Sequence[int] = (1, 5), **changed: list[int] | int) -> str:
    """A gather of rows of 4x5 by index vectors along dimension 1, with changes."""
    rows: dict[str, list[int] | int] = {
        "offset_dims": [1], "collapsed_slice_dims": [0], "start_index_map": [0], "index_vector_dim": 1,
    }  # fmt: skip
    return _gather(list(sizes), **rows | changed)


def _index_select(dim: int, batch_dims: int) -> str:
    return f"dim = {dim} : i64, batch_dims = {batch_dims} : i64"


def _conv(numbers: str = "[b, 0, f]x[0, i, o]->[b, 0, f]", groups: tuple[int, int] = (1, 1), window: str = "") -> str:
    counts = f"feature_group_count = {groups[0]} : i64, batch_group_count = {groups[1]} : i64"
    return f"dimension_numbers = #stablehlo.conv<{numbers}>, {counts}{', ' if window else ''}{window}"


def _bits(exponent: int, mantissa: int) -> str:
    return f"exponent_bits = {exponent} : i32, mantissa_bits = {mantissa} : i32"


_LT = "comparison_direction = #stablehlo<comparison_direction LT>"

BROKEN = [
    Broken("floor", "C1", "4xi32", "4xi32"),
    Broken("abs", "C1", "4xi1", "4xi1"),
    Broken("exponential", "C2", "4xf32", "5xf32"),
    Broken("is_finite", "C2", "4xf32", "4xf32"),
    Broken("atan2", "C1", "4xi32 4xi32", "4xi32"),
    Broken("shift_left", "C1", "4xf32 4xf32", "4xf32"),
    Broken("add", "C2", "4xf32 5xf32", "4xf32"),
    Broken("add", "C2", "4xf32 4xi32", "4xf32"),
    Broken("multiply", "C3", "4xf32 4xf32", "5xf32"),
    Broken("compare", "C1", "4xf32 5xf32", "4xi1", _LT),
    Broken("compare", "C2", "4xi32 4xi32", "4xi1", _LT + ", compare_type = #stablehlo<comparison_type FLOAT>", True),
    Broken("compare", "C3", "4xf32 4xf32", "4xf32", _LT),
    Broken("select", "C1", "4xi32 4xf32 4xf32", "4xf32"),
    Broken("select", "C1", "5xi1 4xf32 4xf32", "4xf32"),
    Broken("select", "C2", "4xi1 4xf32 4xi32", "4xf32"),
    Broken("clamp", "C1", "5xf32 4xf32 f32", "4xf32"),
    Broken("clamp", "C2", "i32 4xf32 f32", "4xf32"),
    Broken("convert", "C1", "4xf32", "5xi32"),
    Broken("broadcast_in_dim", "C1", "4xf32", "3x4xf32", ints(broadcast_dimensions=[])),
    Broken("broadcast_in_dim", "C2", "4xf32", "3x4xf32", ints(broadcast_dimensions=[2])),
    Broken("broadcast_in_dim", "C2", "4x4xf32", "4x4xf32", ints(broadcast_dimensions=[1, 1])),
    Broken("broadcast_in_dim", "C3", "4xf32", "3x4xf32", ints(broadcast_dimensions=[0])),
    Broken("broadcast_in_dim", "C4", "4xf32", "3x4xi32", ints(broadcast_dimensions=[1])),
    Broken("broadcast", "C1", "4xf32", "3x4xf32", ints(broadcast_sizes=[-3])),
    Broken("broadcast", "C2", "4xf32", "4x3xf32", ints(broadcast_sizes=[3])),
    Broken("reshape", "C1", "4xf32", "2x3xf32"),
    Broken("reshape", "C1", "4xf32", "2x2xi32"),
    Broken("transpose", "C1", "4x5xf32", "5x4xf32", ints(permutation=[1, 1])),
    Broken("transpose", "C2", "4x5xf32", "4x5xf32", ints(permutation=[1, 0])),
    Broken("slice", "C1", "4x5xf32", "2xf32", _slice([0], [2], [1])),
    Broken("slice", "C2", "4xf32", "5xf32", _slice([0], [5], [1])),
    Broken("slice", "C2", "4xf32", "1xf32", _slice([2], [1], [1])),
    Broken("slice", "C3", "4xf32", "4xf32", _slice([0], [4], [0])),
    Broken("slice", "C4", "4xf32", "4xf32", _slice([0], [4], [2])),
    Broken("concatenate", "C1", "4xf32 4x1xf32", "8xf32", "dimension = 0 : i64"),
    Broken("concatenate", "C2", "4xf32 4xf32", "8xf32", "dimension = 1 : i64"),
    Broken("concatenate", "C3", "4x2xf32 4x3xf32", "8x2xf32", "dimension = 0 : i64"),
    Broken("concatenate", "C4", "4x2xf32 4x2xf32", "4x4xf32", "dimension = 0 : i64"),
    Broken("pad", "C1", "4xf32 i32", "4xf32", _pad([0], [0], [0])),
    Broken("pad", "C1", "4xf32 1xf32", "4xf32", _pad([0], [0], [0])),
    Broken("pad", "C2", "4x4xf32 f32", "4x4xf32", _pad([0], [0], [0])),
    Broken("pad", "C3", "4xf32 f32", "1xf32", _pad([0], [0], [-1])),
    Broken("pad", "C4", "4xf32 f32", "0xf32", _pad([-5], [0], [0])),
    Broken("pad", "C4", "4xf32 f32", "4xf32", _pad([1], [0], [1])),
    Broken("dynamic_slice", "C1", "4x5xf32 i32", "2x3xf32", ints(slice_sizes=[2, 3])),
    Broken("dynamic_slice", "C1", "4xf32 1xi32", "2xf32", ints(slice_sizes=[2])),
    Broken("dynamic_slice", "C1", "4x5xf32 i32 i64", "2x3xf32", ints(slice_sizes=[2, 3])),
    Broken("dynamic_slice", "C1", "4xf32 f32", "2xf32", ints(slice_sizes=[2])),
    Broken("dynamic_slice", "C2", "4xf32 i32", "5xf32", ints(slice_sizes=[5])),
    Broken("dynamic_slice", "C2", "4xf32 i32", "2x3xf32", ints(slice_sizes=[2, 3])),
    Broken("dynamic_slice", "C3", "4xf32 i32", "3xf32", ints(slice_sizes=[2])),
    Broken("dynamic_update_slice", "C1", "4x5xf32 2x3xf32 i32", "4x5xf32"),
    Broken("dynamic_update_slice", "C2", "4xf32 5xf32 i32", "4xf32"),
    Broken("dynamic_update_slice", "C2", "4xf32 2xi32 i32", "4xf32"),
    Broken("dynamic_update_slice", "C3", "4xf32 2xf32 i32", "5xf32"),
    Broken("gather", "C1", "4x5xf32 3x1xf32", "3x5xf32", _rows()),
    Broken("gather", "C1", "4x5xf32 3x1xi32", "3x5xf32", _rows(index_vector_dim=3)),
    Broken("gather", "C2", "4x5xf32 3x1xi32", "3x5xf32", _rows(start_index_map=[0, 1])),
    Broken("gather", "C3", "4x5xf32 3x2xi32", "3x5xf32", _rows(start_index_map=[0, 0])),
    Broken("gather", "C3", "4x5xf32 3x1xi32", "3x5xf32", _rows(start_index_map=[2])),
    Broken("gather", "C4", "4x5xf32 3x1xi32", "3xf32", _rows(collapsed_slice_dims=[1, 0], offset_dims=[])),
    Broken("gather", "C4", "4x5xf32 3x1xi32", "3x5xf32", _rows(collapsed_slice_dims=[0, 0], offset_dims=[])),
    Broken("gather", "C4", "4x5xf32 3x1xi32", "3x5xf32", _rows(collapsed_slice_dims=[])),
    Broken(
        "gather",
        "C5",
        "4x5xf32 4x1xi32",
        "4xf32",
        _rows(
            [1, 1],
            collapsed_slice_dims=[1],
            start_index_map=[1],
            offset_dims=[],
            operand_batching_dims=[0],
            start_indices_batching_dims=[1],
        ),
    ),
    Broken(
        "gather",
        "C6",
        "4x5xf32 3x1xi32",
        "3xf32",
        _rows(
            [1, 1],
            collapsed_slice_dims=[1],
            start_index_map=[1],
            offset_dims=[],
            operand_batching_dims=[0],
            start_indices_batching_dims=[0],
        ),
    ),
    Broken("gather", "C7", "4x5xf32 3x1xi32", "3x6xf32", _rows([1, 6])),
    Broken("gather", "C7", "4x5xf32 3x1xi32", "3x5xf32", _rows([2, 5])),
    Broken("gather", "C7", "4x5xf32 3x1xi32", "3x5xf32", _rows([1])),
    Broken("gather", "C8", "4x5xf32 3x1xi32", "3x5xf32", _rows(offset_dims=[2])),
    Broken("gather", "C8", "4x5xf32 3x1xi32", "3x1x5xf32", _rows(offset_dims=[2, 1], collapsed_slice_dims=[])),
    Broken("gather", "C9", "4x5xf32 3x1xi32", "5x3xf32", _rows()),
    Broken("gather", "C9", "4x5xf32 3x1xi32", "3x5xi32", _rows()),
    Broken("torch_index_select", "C1", "4x5xf32 3xf32", "3x5xf32", _index_select(0, 0), only_ours=True),
    Broken("torch_index_select", "C2", "4x5xf32 3xi32", "4x5xf32", _index_select(2, 0), only_ours=True),
    Broken("torch_index_select", "C2", "4x5xf32 4x3xi32", "3x5xf32", _index_select(0, 1), only_ours=True),
    Broken("torch_index_select", "C3", "4x5xf32 3x2xi32", "4x2xf32", _index_select(1, 1), only_ours=True),
    Broken("torch_index_select", "C4", "4x5xf32 3xi32", "5x3xf32", _index_select(0, 0), only_ours=True),
    Broken("iota", "C1", "", "4xf32", "iota_dimension = 1 : i64"),
    Broken("iota", "C2", "", "4xi1", "iota_dimension = 0 : i64"),
    Broken("reverse", "C1", "4xf32", "4xf32", ints(dimensions=[1])),
    Broken("reverse", "C2", "4xf32", "5xf32", ints(dimensions=[0])),
    Broken("constant", "C1", "", "5xf32", "value = dense<0.0> : tensor<4xf32>"),
    Broken("unfoldable_constant", "C1", "", "5xf32", "value = dense<0.0> : tensor<4xf32>", only_ours=True),
    Broken("abs", "C2", "4xcomplex<f32>", "4xcomplex<f32>"),
    Broken("real", "C1", "4xi32", "4xi32"),
    Broken("imag", "C2", "4xcomplex<f64>", "4xf32"),
    Broken("conj", "C1", "4xi32", "4xi32", only_ours=True),
    Broken("conj", "C2", "4xcomplex<f64>", "4xcomplex<f32>"),
    Broken("complex", "C1", "4xf32 5xf32", "4xcomplex<f32>"),
    Broken("complex", "C1", "4xf16 4xf16", "4xcomplex<f16>"),
    Broken("complex", "C2", "4xf64 4xf64", "4xcomplex<f32>"),
    Broken("bitcast_convert", "C1", "8xi1", "i8", only_ours=True),
    Broken("bitcast_convert", "C1", "4xcomplex<f32>", "4xf64"),
    Broken("bitcast_convert", "C2", "4x2xui2", "4xi5", only_ours=True),
    Broken("bitcast_convert", "C3", "4xf32", "4xi16"),
    Broken("bitcast_convert", "C3", "4x3xi8", "4xf32"),
    Broken("bitcast_convert", "C3", "4xf32", "5xi32"),
    Broken("reduce_precision", "C1", "4xi32", "4xi32", _bits(5, 10)),
    Broken("reduce_precision", "C2", "4xf32", "5xf32", _bits(5, 10)),
    Broken("reduce_precision", "C3", "4xf32", "4xf32", _bits(0, 10)),
    Broken("reduce_precision", "C3", "4xf32", "4xf32", _bits(5, -1)),
    Broken("dot", "C1", "4x4x4xf32 4xf32", "4x4xf32"),
    Broken("dot", "C1", "4xf32 4xf32", "i32", only_ours=True),
    Broken("dot", "C2", "4x5xf32 4xf32", "4xf32"),
    Broken("dot", "C3", "4x5xf32 5x6xf32", "6x4xf32"),
    Broken("dot_general", "C1", "4x5xf32 5x6xf32", "4x6xf32", _dot([], [], [1], [])),
    Broken("dot_general", "C2", "4x5xf32 5x6xf32", "4x6xf32", _dot([], [], [2], [0])),
    Broken("dot_general", "C2", "5x5xf32 5x5xf32", "5xf32", _dot([0], [0], [0], [1])),
    Broken("dot_general", "C3", "4x5xf32 6x5xf32", "4x5xf32", _dot([], [], [1], [0])),
    Broken("dot_general", "C4", "4x5xf32 5x6xf32", "4x6xi32", _dot([], [], [1], [0]), only_ours=True),
    Broken("dot_general", "C5", "4x5xf32 5x6xf32", "6x4xf32", _dot([], [], [1], [0])),
    Broken("custom_call", "C1", "f32", "f32", 'call_target_name = ""', only_ours=True),
    Broken("custom_call", "C2", "f32", "f32", 'call_target_name = "x", called_computations = [@f]', only_ours=True),
    Broken("convolution", "C1", "2x9x3xf32 2x3x4xf32", "2x8x4xi32", _conv(), only_ours=True),
    Broken("convolution", "C2", "2x9x3xf32 3x4xf32", "2x8x4xf32", _conv()),
    Broken("convolution", "C2", "9x3xf32 3x4xf32", "9x4xf32", _conv()),
    Broken("convolution", "C3", "2x9x3xf32 2x3x4xf32", "2x8x4xf32", _conv(window=ints(window_strides=[1, 1]))),
    Broken(
        "convolution", "C3", "2x9x3xf32 2x3x4xf32", "2x8x4xf32", _conv(window="padding = dense<0> : tensor<2x2xi64>")
    ),
    Broken("convolution", "C4", "2x9x3xf32 2x3x4xf32", "2x8x4xf32", _conv(window=ints(window_strides=[0]))),
    Broken("convolution", "C4", "2x9x3xf32 2x3x4xf32", "2x8x4xf32", _conv(window=ints(lhs_dilation=[-1]))),
    Broken("convolution", "C4", "2x9x3xf32 0x3x4xf32", "2x10x4xf32", _conv()),
    Broken("convolution", "C5", "2x9x3xf32 2x3x4xf32", "2x8x4xf32", _conv(groups=(0, 1))),
    Broken("convolution", "C5", "2x9x4xf32 2x2x4xf32", "1x8x4xf32", _conv(groups=(2, 2))),
    Broken("convolution", "C6", "2x9x4xf32 2x3x4xf32", "2x8x4xf32", _conv()),
    Broken("convolution", "C6", "2x9x4xf32 2x4x4xf32", "2x8x4xf32", _conv(groups=(2, 1))),
    Broken("convolution", "C7", "3x9x4xf32 2x4x4xf32", "1x8x4xf32", _conv(groups=(1, 2))),
    Broken("convolution", "C7", "2x9x4xf32 2x2x3xf32", "2x8x3xf32", _conv(groups=(2, 1))),
    Broken("convolution", "C8", "2x9x3xf32 2x3x4xf32", "2x9x4xf32", _conv()),
    Broken("constant_like", "C1", "4xf32", "5xf32", "value = 1.0 : f32", only_ours=True),
    Broken("constant_like", "C1", "4xf32", "4xf32", "value = 1.0 : f64", only_ours=True),
    Broken("cholesky", "C1", "4x4xi32", "4x4xi32", "lower = true"),
    Broken("cholesky", "C2", "4x5xf32", "4x5xf32", "lower = true"),
    Broken("cholesky", "C2", "4xf32", "4xf32", "lower = true"),
    Broken("cholesky", "C3", "4x4xf32", "5x5xf32", "lower = true"),
    Broken("triangular_solve", "C1", "4x4xi32 4x5xi32", "4x5xi32", _solve()),
    Broken("triangular_solve", "C1", "4x4xf32 4x5xf64", "4x5xf64", _solve()),
    Broken("triangular_solve", "C2", "4x3xf32 4x5xf32", "4x5xf32", _solve()),
    Broken("triangular_solve", "C3", "4x4xf32 5x4xf32", "5x4xf32", _solve()),
    Broken("triangular_solve", "C3", "2x4x4xf32 3x4x5xf32", "3x4x5xf32", _solve()),
    Broken("triangular_solve", "C4", "4x4xf32 4x5xf32", "4x5xf32", _solve("TRANSPOSE_INVALID")),
    Broken("triangular_solve", "C5", "4x4xf32 4x5xf32", "4x4xf32", _solve()),
    Broken("batch_norm_inference", "C1", "4x5xi32 5xi32 5xi32 5xi32 5xi32", "4x5xi32", _norm(1)),
    Broken("batch_norm_inference", "C2", "4x5xf32 5xf32 5xf32 5xf32 5xf32", "4x5xf32", _norm(2)),
    Broken("batch_norm_inference", "C3", "4x5xf32 5xf32 5xf32 4xf32 5xf32", "4x5xf32", _norm(1)),
    Broken("batch_norm_inference", "C4", "4x5xf32 5xf32 5xf32 5xf32 5xf32", "5x4xf32", _norm(1)),
    Broken("fft", "C1", "4xcomplex<f32>", "4xcomplex<f32>", _fft("FFT", [4, 4])),
    Broken("fft", "C1", "4xcomplex<f32>", "4xcomplex<f32>", _fft("FFT", [])),
    Broken("fft", "C2", "4xf32", "4xf32", _fft("FFT", [4])),
    Broken("fft", "C2", "4xcomplex<f32>", "3xcomplex<f32>", _fft("RFFT", [4])),
    Broken("fft", "C3", "4xcomplex<f32>", "4xcomplex<f32>", _fft("FFT", [5]), only_ours=True),
    Broken("fft", "C3", "4xcomplex<f32>", "4xf32", _fft("IRFFT", [4])),
    Broken("fft", "C4", "4xf32", "4xcomplex<f32>", _fft("RFFT", [4])),
    Broken("fft", "C4", "4xcomplex<f32>", "4xf32", _fft("FFT", [4])),
    Broken("rng", "C1", "i32 i32 1xi64", "4xi32", _rng("NORMAL"), only_ours=True),
    Broken("rng", "C1", "f32 f64 1xi64", "4xf32", _rng("UNIFORM")),
    Broken("rng", "C2", "1xf32 f32 1xi64", "4xf32", _rng("UNIFORM")),
    Broken("einsum", "C1", "4x5xf32 5x6xf32", "4x6xf32", _einsum("ij,jk"), only_ours=True),
    Broken("einsum", "C1", "4x5xf32 5x6xf32", "4x6xf32", _einsum("ij->i"), only_ours=True),
    Broken("einsum", "C1", "4x5xf32 5x6xf32", "4x6xf32", _einsum("i1,1k->ik"), only_ours=True),
    Broken("einsum", "C2", "4x5xf32 5x6xf32", "4x6xf32", _einsum("ijk,jk->ik"), only_ours=True),
    Broken("einsum", "C3", "4x4xf32 4x6xf32", "4x6xf32", _einsum("ii,ik->ik"), only_ours=True),
    Broken("einsum", "C3", "4x5xf32 5x6xf32", "4x6xf32", _einsum("ij,jk->im"), only_ours=True),
    Broken("einsum", "C4", "4x5xf32 4x6xf32", "4x6xf32", _einsum("ij,jk->ik"), only_ours=True),
    Broken("unary_einsum", "C4", "4x5xf32", "4x5xf32", _einsum("ij->ji"), only_ours=True),
    Broken("optimization_barrier", "C1", "4xf32", "5xf32"),
    Broken("broadcast_add", "C1", "4xf32 4xi32", "4xf32"),
    Broken("broadcast_add", "C2", "4xf32 3x4xf32", "3x4xf32", ints(broadcast_dimensions=[2]), only_ours=True),
    Broken("broadcast_add", "C2", "4xf32 3x4xf32", "3x4xf32", ints(broadcast_dimensions=[]), only_ours=True),
    Broken("broadcast_add", "C3", "4xf32 3x5xf32", "3x5xf32", only_ours=True),
    Broken("broadcast_compare", "C3", "4xf32 4xf32", "4xf32", _LT.replace("stablehlo", "chlo")),
    Broken("broadcast_select", "C3", "4xi1 4xf32 4xf32", "5xf32", only_ours=True),
]
