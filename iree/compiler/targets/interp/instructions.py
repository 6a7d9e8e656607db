"""Which interpreter instruction computes which tensor op.

An instruction's name ends in the kind of number where that matters: _f for floats; _i for integers, _i_s and _i_u where
their sign matters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from xdsl.dialects import arith
from xdsl.dialects.builtin import AnyFloat, ComplexType, FixedBitwidthType, IntegerType, Signedness, TensorType, i1
from xdsl.ir import Attribute, BlockArgument, Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.diagnostics import fail, op_error
from iree.compiler.transforms.common.comparators import keys_of
from iree.schemas.interpreter_bytecode import INTERPRETER, PREDICATES, TAKES_COMPLEX


@dataclass(frozen=True)
class Computation:
    """One instruction with its operands: buffers read, integer lists, predicate of a comparison."""

    instruction: str
    inputs: Sequence[SSAValue]
    integers: Sequence[Sequence[int]] = ()
    predicate: int | None = None


def computation_of(op: Operation) -> Computation:
    """The instruction that computes `op`. CompileError: the interpreter has none."""
    if op.name in _ELEMENTWISE:
        _check_elements(op, _ELEMENTWISE[op.name])
        return Computation(_ELEMENTWISE[op.name], op.operands)
    if op.name in _BY_ELEMENT_TYPE:
        return Computation(_suffixed(op, _BY_ELEMENT_TYPE[op.name], op.operands[-1]), op.operands)
    if op.name in _STRUCTURAL:
        return _STRUCTURAL[op.name](op)
    raise op_error(op, "the interpreter has no instruction for it")


# Ops whose name says the kind of number, and those where it does not matter.
_ELEMENTWISE: Mapping[str, str] = {
    "arith.addf": "add_f", "arith.addi": "add_i", "arith.subf": "sub_f", "arith.subi": "sub_i",
    "arith.mulf": "mul_f", "arith.muli": "mul_i", "arith.divf": "div_f", "arith.negf": "neg_f",
    "arith.maximumf": "max_f", "arith.maxsi": "max_i_s", "arith.maxui": "max_i_u",
    "arith.minimumf": "min_f", "arith.minsi": "min_i_s", "arith.minui": "min_i_u",
    "arith.andi": "and", "arith.ori": "or", "arith.xori": "xor", "arith.select": "select",
    "math.absf": "abs_f", "math.absi": "abs_i", "math.floor": "floor_f", "math.ceil": "ceil_f", "math.exp": "exp_f",
    "math.log": "log_f", "math.sqrt": "sqrt_f", "math.rsqrt": "rsqrt_f", "math.tanh": "tanh_f",
    "math.expm1": "expm1_f", "math.log1p": "log1p_f", "math.cbrt": "cbrt_f", "math.sin": "sin_f", "math.cos": "cos_f",
    "math.tan": "tan_f", "math.atan2": "atan2_f", "math.powf": "pow_f", "math.roundeven": "round_even_f",
    "math.round": "round_away_f",
    "mhlo.exponential": "exp_f", "mhlo.exponential_minus_one": "expm1_f", "mhlo.log": "log_f",
    "mhlo.log_plus_one": "log1p_f", "mhlo.logistic": "logistic_f", "mhlo.sqrt": "sqrt_f", "mhlo.rsqrt": "rsqrt_f",
    "mhlo.cbrt": "cbrt_f",
    "mhlo.sine": "sin_f", "mhlo.cosine": "cos_f", "mhlo.tan": "tan_f", "mhlo.tanh": "tanh_f", "mhlo.atan2": "atan2_f",
    "mhlo.floor": "floor_f", "mhlo.ceil": "ceil_f", "mhlo.round_nearest_even": "round_even_f",
    "mhlo.round_nearest_afz": "round_away_f", "mhlo.is_finite": "is_finite_f", "mhlo.not": "not", "mhlo.and": "and",
    "mhlo.or": "or", "mhlo.xor": "xor", "mhlo.popcnt": "popcnt", "mhlo.count_leading_zeros": "clz",
    "mhlo.convert": "convert", "mhlo.select": "select", "mhlo.shift_left": "sll", "mhlo.shift_right_logical": "srl",
    "mhlo.shift_right_arithmetic": "sra", "mhlo.real": "real", "mhlo.imag": "imag", "mhlo.complex": "complex",
    "mhlo.bitcast_convert": "bitcast_convert",
}  # fmt: skip

# Ops on every kind of number: the stem of the instruction's name.
_BY_ELEMENT_TYPE: Mapping[str, str] = {
    "mhlo.abs": "abs", "mhlo.negate": "neg", "mhlo.sign": "sign", "mhlo.add": "add", "mhlo.subtract": "sub",
    "mhlo.multiply": "mul", "mhlo.divide": "div", "mhlo.remainder": "rem", "mhlo.power": "pow", "mhlo.maximum": "max",
    "mhlo.minimum": "min", "mhlo.clamp": "clamp",
}  # fmt: skip

# On i1, + is or, * is and, and so is the order false < true.
_ON_BOOLEANS: Mapping[str, str] = {"add": "or", "mul": "and", "max": "or", "min": "and"}

_PREDICATE_OF_CMPF = {"oeq": "eq", "une": "ne", "olt": "lt", "ole": "le", "ogt": "gt", "oge": "ge"}
_CMPF = (
    "false", "oeq", "ogt", "oge", "olt", "ole", "one", "ord", "ueq", "ugt", "uge", "ult", "ule", "une", "uno", "true",
)  # fmt: skip
_CMPI = ("eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge")


def _check_elements(op: Operation, instruction: str) -> None:
    """CompileError: an instruction for floats is asked for other elements."""
    for value in op.operands:
        assert isinstance(value.type, TensorType)
        element = value.type.element_type
        if instruction.endswith("_f") and not _is_taken(element, instruction):
            fail(op, f"the interpreter has no instruction for elements of type {element}")


def _is_taken(element: Attribute, instruction: str) -> bool:
    """Whether an instruction for floats takes the elements."""
    return isinstance(element, AnyFloat) or (isinstance(element, ComplexType) and instruction in TAKES_COMPLEX)


def _suffixed(op: Operation, stem: str, value: SSAValue) -> str:
    """The instruction called `stem` for the elements of `value`: stem_f, stem_i, stem_i_s or stem_i_u."""
    assert isinstance(value.type, TensorType)
    element = value.type.element_type
    if element == i1 and stem.removeprefix("reduce_") in _ON_BOOLEANS:
        prefix = "reduce_" if stem.startswith("reduce_") else ""
        return prefix + _ON_BOOLEANS[stem.removeprefix("reduce_")]
    candidates = [f"{stem}_f"] if _is_taken(element, f"{stem}_f") else []
    if isinstance(element, IntegerType):
        unsigned = element == i1 or element.signedness.data == Signedness.UNSIGNED
        candidates = [f"{stem}_i", f"{stem}_i_u" if unsigned else f"{stem}_i_s"]
    for name in candidates:
        if name in INTERPRETER.by_name:
            return name
    raise op_error(op, f"the interpreter has no instruction for elements of type {element}")


def _cmpf(op: Operation) -> Computation:
    assert isinstance(op, arith.CmpfOp)
    spelled = _CMPF[op.predicate.value.data]
    if spelled not in _PREDICATE_OF_CMPF:
        fail(op, f"the interpreter has no instruction for predicate {spelled}")
    return Computation("cmp_f", op.operands, predicate=PREDICATES.index(_PREDICATE_OF_CMPF[spelled]))


def _cmpi(op: Operation) -> Computation:
    assert isinstance(op, arith.CmpiOp)
    spelled = _CMPI[op.predicate.value.data]
    instruction = "cmp_i_u" if spelled.startswith("u") else "cmp_i_s"
    return Computation(instruction, op.operands, predicate=PREDICATES.index(spelled[-2:]))


def _compare(op: Operation) -> Computation:
    assert isinstance(op, mhlo.Compare)
    predicate = PREDICATES.index(op.direction.value.lower())
    if isinstance(mhlo.element_of(op.lhs), ComplexType) and op.direction.value not in ("EQ", "NE"):
        fail(op, "complex numbers have no order; they are compared by EQ and NE")
    is_total = op.comparison is mhlo.Comparison.TOTALORDER
    instruction = "cmp_total" if is_total else _suffixed(op, "cmp", op.lhs)
    return Computation(instruction, op.operands, predicate=predicate)


def _broadcast_in_dim(op: Operation) -> Computation:
    assert isinstance(op, mhlo.BroadcastInDim)
    return Computation("broadcast_in_dim", op.operands, [op.broadcast_dimensions.get_values()])


def _transpose(op: Operation) -> Computation:
    assert isinstance(op, mhlo.Transpose)
    return Computation("transpose", op.operands, [op.permutation.get_values()])


def _slice(op: Operation) -> Computation:
    assert isinstance(op, mhlo.Slice)
    return Computation("slice", op.operands, [op.start_indices.get_values(), op.strides.get_values()])


def _pad(op: Operation) -> Computation:
    assert isinstance(op, mhlo.Pad)
    lists = (op.edge_padding_low, op.edge_padding_high, op.interior_padding)
    return Computation("pad", op.operands, [integers.get_values() for integers in lists])


def _concatenate(op: Operation) -> Computation:
    assert isinstance(op, mhlo.Concatenate)
    return Computation("concatenate", op.operands, [[op.dimension.value.data]])


def _reverse(op: Operation) -> Computation:
    assert isinstance(op, mhlo.Reverse)
    return Computation("reverse", op.operands, [op.dimensions.get_values()])


def _iota(op: Operation) -> Computation:
    assert isinstance(op, mhlo.Iota)
    return Computation("iota", [], [[op.iota_dimension.value.data]])


def _dynamic_slice(op: Operation) -> Computation:
    return Computation("dynamic_slice", op.operands)


def _dynamic_update_slice(op: Operation) -> Computation:
    return Computation("dynamic_update_slice", op.operands)


def _gather(op: Operation) -> Computation:
    assert isinstance(op, mhlo.Gather)
    numbers = op.numbers
    lists = (
        numbers.offset_dims,
        numbers.collapsed_slice_dims,
        numbers.operand_batching_dims,
        numbers.start_indices_batching_dims,
        numbers.start_index_map,
        (numbers.index_vector_dim,),
        mhlo.ints(op.slice_sizes),
    )
    return Computation("gather", op.operands, lists)


def _scatter(op: Operation) -> Computation:
    assert isinstance(op, mhlo.Scatter)
    numbers = op.numbers
    lists = (
        numbers.update_window_dims,
        numbers.inserted_window_dims,
        numbers.input_batching_dims,
        numbers.scatter_indices_batching_dims,
        numbers.scatter_dims_to_operand_dims,
        (numbers.index_vector_dim,),
    )
    kind = mhlo.scatter_kind(op)
    if kind is None:
        fail(op, "the interpreter has no instruction for it: expand-bodies makes others of it")
    return Computation(f"scatter_{kind}", op.operands, lists)


_REDUCTIONS: Mapping[str, str] = {
    "add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min", "and": "and", "or": "or", "xor": "xor",
}  # fmt: skip


def _reduction(op: mhlo.Reduce | mhlo.ReduceWindow) -> str:
    kind = mhlo.reduce_kind(op)
    if kind is None:
        fail(op, "the interpreter has no instruction for it: expand-bodies makes others of it")
    return _REDUCTIONS[kind]


def _reduce(op: Operation) -> Computation:
    assert isinstance(op, mhlo.Reduce)
    stem = f"reduce_{_reduction(op)}"
    instruction = stem if stem in INTERPRETER.by_name else _suffixed(op, stem, op.operands[0])
    return Computation(instruction, op.operands, [op.dimensions.get_values()])


def _dot_general(op: Operation) -> Computation:
    assert isinstance(op, mhlo.DotGeneral)
    numbers = op.numbers
    lists = (
        numbers.lhs_batching_dimensions,
        numbers.rhs_batching_dimensions,
        numbers.lhs_contracting_dimensions,
        numbers.rhs_contracting_dimensions,
    )
    return Computation(_suffixed(op, "dot_general", op.lhs), op.operands, lists)


def _convolution(op: Operation) -> Computation:
    assert isinstance(op, mhlo.Convolution)
    numbers = op.numbers
    dims = op.window
    lists = [[getattr(dim, name) for dim in dims] for name in _WINDOW_LISTS]
    lists += [[int(dim.is_reversed) for dim in dims]]
    lists += [list(operand.order) for operand in (numbers.input, numbers.kernel, numbers.output)]
    return Computation(_suffixed(op, "convolution", op.lhs), op.operands, [*lists, list(op.groups)])


def _reduce_window(op: Operation) -> Computation:
    assert isinstance(op, mhlo.ReduceWindow)
    stem = f"window_{_reduction(op)}"
    instruction = stem if stem in INTERPRETER.by_name else _suffixed(op, stem, op.operands[0])
    dims = op.window
    return Computation(
        instruction, op.operands, [[getattr(dim, name) for dim in dims] for name in ("size", *_WINDOW_LISTS)]
    )


def _reduce_precision(op: Operation) -> Computation:
    assert isinstance(op, mhlo.ReducePrecision)
    element = mhlo.element_of(op.operand)
    if isinstance(element, FixedBitwidthType) and element.bitwidth < 16:
        fail(op, f"the interpreter has no instruction for elements of type {element}; convert to f16 or wider")
    bits = (op.exponent_bits.value.data, op.mantissa_bits.value.data)
    return Computation("reduce_precision", op.operands, [bits])


def _sort_order(op: Operation) -> Computation:
    assert isinstance(op, mhlo.SortOrder)
    keys = sorting_keys(op)
    if keys is None:
        fail(op, "the interpreter has no instruction for it: expand-bodies makes others of it")
    inputs = [op.keys[number] for number, _ in keys]
    return Computation("sort_order", inputs, [[op.axis], [int(is_descending) for _, is_descending in keys]])


def sorting_keys(op: mhlo.SortOrder) -> list[tuple[int, bool]] | None:
    """The keys that a comparator looks at, and whether they descend. None: the instruction cannot compare so."""
    keys = keys_of(op.comparator.block)
    if keys is None or not all(isinstance(key.left, BlockArgument) and key.is_total for key in keys):
        return None
    return [(key.left.index // 2, key.is_descending) for key in keys if isinstance(key.left, BlockArgument)]


_WINDOW_LISTS = ("stride", "low", "high", "base_dilation", "window_dilation")

_STRUCTURAL: Mapping[str, Callable[[Operation], Computation]] = {
    "arith.cmpf": _cmpf,
    "arith.cmpi": _cmpi,
    "mhlo.compare": _compare,
    "mhlo.broadcast_in_dim": _broadcast_in_dim,
    "mhlo.transpose": _transpose,
    "mhlo.slice": _slice,
    "mhlo.pad": _pad,
    "mhlo.concatenate": _concatenate,
    "mhlo.reverse": _reverse,
    "mhlo.iota": _iota,
    "mhlo.dynamic_slice": _dynamic_slice,
    "mhlo.dynamic_update_slice": _dynamic_update_slice,
    "mhlo.gather": _gather,
    "mhlo.scatter": _scatter,
    "mhlo.reduce": _reduce,
    "mhlo.dot_general": _dot_general,
    "mhlo.convolution": _convolution,
    "mhlo.reduce_window": _reduce_window,
    "mhlo.reduce_precision": _reduce_precision,
    "mhlo.sort_order": _sort_order,
}
