"""Folding of scalar ops while they are built: constants, neutral elements and what the ranges of indices decide.

Floats are never folded: a kernel computes them in the device's own arithmetic.
"""

from collections.abc import Mapping, Sequence

from xdsl.dialects import arith, complex
from xdsl.dialects.builtin import IndexType, IntegerAttr, IntegerType
from xdsl.ir import OpResult, SSAValue

from iree.compiler.ir import sizes

Range = tuple[int, int]  # both ends included

_LEAST, _GREATEST = -(2**31), 2**31 - 1
UNKNOWN: Range = (_LEAST, _GREATEST)

# Predicates of arith.cmpi by number, and those that order signed.
PREDICATES = ("eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge")


def constant_int(value: SSAValue) -> int | None:
    """The integer that `value` always is, or None. True is 1."""
    if isinstance(value, OpResult) and isinstance(value.op, arith.ConstantOp):
        attribute = value.op.value
        if isinstance(attribute, IntegerAttr):
            number = attribute.value.data
            return number & 1 if attribute.type == IntegerType(1) else number
    return None


def fold(
    name: str, operands: Sequence[SSAValue], ranges: Mapping[SSAValue, Range], predicate: int | None
) -> SSAValue | int | None:
    """What `name` of `operands` is without computing it: another value, an integer of the result's type, or None."""
    if name == "arith.select":
        return _fold_select(operands)
    if name.startswith("complex."):
        return _fold_complex(name, operands)
    if len(operands) != 2 or not isinstance(operands[0].type, IntegerType | IndexType):
        return None
    lhs, rhs = constant_int(operands[0]), constant_int(operands[1])
    if lhs is not None and rhs is not None:
        return _fold_constants(name, lhs, rhs, operands[0].type, predicate)
    if rhs is not None and (found := _fold_right(name, operands[0], rhs)) is not None:
        return found
    if lhs is not None and (found := _fold_left(name, lhs, operands[1])) is not None:
        return found
    if not isinstance(operands[0].type, IndexType):
        return None
    return _fold_by_range(name, operands, _range(operands[0], ranges), _range(operands[1], ranges), predicate)


def range_of(name: str, operands: Sequence[SSAValue], ranges: Mapping[SSAValue, Range]) -> Range:
    """Between which numbers an index computed by `name` lies."""
    if name == "arith.select":
        return _hull(_range(operands[1], ranges), _range(operands[2], ranges))
    if len(operands) != 2:
        return UNKNOWN
    (a, b), (c, d) = _range(operands[0], ranges), _range(operands[1], ranges)
    match name:
        case "arith.addi":
            return _limited(a + c, b + d)
        case "arith.subi":
            return _limited(a - d, b - c)
        case "arith.muli":
            products = (a * c, a * d, b * c, b * d)
            return _limited(min(products), max(products))
        case "arith.divui" if a >= 0 and c > 0:
            return (a // d, b // c)
        case "arith.remui" if a >= 0 and c > 0:
            return (0, min(b, d - 1))
        case "arith.maxsi":
            return (max(a, c), max(b, d))
        case "arith.minsi":
            return (min(a, c), min(b, d))
    return UNKNOWN


def _range(value: SSAValue, ranges: Mapping[SSAValue, Range]) -> Range:
    number = constant_int(value)
    return ranges.get(value, UNKNOWN) if number is None else range_of_constant(number)


def range_of_constant(number: int) -> Range:
    """Between which numbers a constant lies, which may be a size that only a call knows."""
    if sizes.is_known(number):
        return (number, number)
    return (0, _GREATEST) if sizes.is_at_most(0, number) else UNKNOWN


def _hull(first: Range, second: Range) -> Range:
    return (min(first[0], second[0]), max(first[1], second[1]))


def _limited(low: int, high: int) -> Range:
    return (low, high) if low >= _LEAST and high <= _GREATEST else UNKNOWN


def _fold_select(operands: Sequence[SSAValue]) -> SSAValue | None:
    condition, true, false = operands
    if true is false:
        return true
    match constant_int(condition):
        case None:
            return None
        case 0:
            return false
        case _:
            return true


def _fold_complex(name: str, operands: Sequence[SSAValue]) -> SSAValue | None:
    """A part of what was made of two parts, and what is made of its own parts."""
    owners = [operand.owner for operand in operands]
    match name, owners:
        case "complex.re", [complex.CreateOp() as made]:
            return made.real
        case "complex.im", [complex.CreateOp() as made]:
            return made.imaginary
        case "complex.create", [complex.ReOp() as real, complex.ImOp() as imaginary]:
            return real.complex if real.complex is imaginary.complex else None
    return None


def _fold_constants(name: str, lhs: int, rhs: int, type_: object, predicate: int | None) -> int | None:
    if not (sizes.is_known(lhs) and sizes.is_known(rhs)):
        return _fold_sizes(name, lhs, rhs, predicate)
    if name == "arith.cmpi" and predicate is not None:
        return None if predicate >= 6 else int(_holds(PREDICATES[predicate], lhs, rhs))
    value = _compute(name, lhs, rhs)
    if value is None:
        return None
    if isinstance(type_, IntegerType):
        return _wrapped(value, type_.width.data)
    return value if _LEAST <= value <= _GREATEST else None


def _fold_sizes(name: str, lhs: int, rhs: int, predicate: int | None) -> int | None:
    """As _fold_constants, of sizes that only a call knows: what is so in every call."""
    if name == "arith.cmpi" and predicate is not None:
        return _certain(_always(PREDICATES[predicate], lhs, rhs), _never(PREDICATES[predicate], lhs, rhs))
    if name in ("arith.maxsi", "arith.minsi"):
        small = lhs if sizes.is_at_most(lhs, rhs) else rhs if sizes.is_at_most(rhs, lhs) else None
        return None if small is None else small if name == "arith.minsi" else lhs + rhs - small
    if name not in ("arith.addi", "arith.subi", "arith.muli"):
        return None
    value = _compute(name, lhs, rhs)
    return value if value is not None and sizes.is_size(value) else None


def _always(predicate: str, lhs: int, rhs: int) -> bool:
    match predicate:
        case "eq":
            return lhs == rhs
        case "ne":
            return _always("slt", lhs, rhs) or _always("sgt", lhs, rhs)
        case "slt":
            return sizes.is_at_most(lhs + 1, rhs)
        case "sle":
            return sizes.is_at_most(lhs, rhs)
        case "sgt":
            return sizes.is_at_most(rhs + 1, lhs)
        case "sge":
            return sizes.is_at_most(rhs, lhs)
    return False


def _never(predicate: str, lhs: int, rhs: int) -> bool:
    opposite = {"eq": "ne", "ne": "eq", "slt": "sge", "sge": "slt", "sgt": "sle", "sle": "sgt"}
    return predicate in opposite and _always(opposite[predicate], lhs, rhs)


def _wrapped(value: int, width: int) -> int:
    value &= (1 << width) - 1
    return value if width == 1 or value < 1 << (width - 1) else value - (1 << width)


def _compute(name: str, lhs: int, rhs: int) -> int | None:
    match name:
        case "arith.addi":
            return lhs + rhs
        case "arith.subi":
            return lhs - rhs
        case "arith.muli":
            return lhs * rhs
        case "arith.andi":
            return lhs & rhs
        case "arith.ori":
            return lhs | rhs
        case "arith.maxsi":
            return max(lhs, rhs)
        case "arith.minsi":
            return min(lhs, rhs)
        case "arith.divui" if lhs >= 0 and rhs > 0:
            return lhs // rhs
        case "arith.remui" if lhs >= 0 and rhs > 0:
            return lhs % rhs
    return None


def _holds(predicate: str, lhs: int, rhs: int) -> bool:
    match predicate:
        case "eq":
            return lhs == rhs
        case "ne":
            return lhs != rhs
        case "slt":
            return lhs < rhs
        case "sle":
            return lhs <= rhs
        case "sgt":
            return lhs > rhs
    return lhs >= rhs


def _fold_right(name: str, lhs: SSAValue, rhs: int) -> SSAValue | int | None:
    """`lhs op rhs` where rhs is neutral or absorbing."""
    match (name, rhs):
        case ("arith.addi" | "arith.subi" | "arith.ori" | "arith.xori" | "arith.shli", 0):
            return lhs
        case ("arith.shrui" | "arith.shrsi", 0):
            return lhs
        case ("arith.muli" | "arith.divui" | "arith.divsi", 1):
            return lhs
        case ("arith.muli" | "arith.andi", 0) | ("arith.remui", 1):
            return 0
        case ("arith.andi", 1) if lhs.type == IntegerType(1):
            return lhs
        case ("arith.ori", 1) if lhs.type == IntegerType(1):
            return 1
    return None


def _fold_left(name: str, lhs: int, rhs: SSAValue) -> SSAValue | int | None:
    if name in ("arith.addi", "arith.muli", "arith.andi", "arith.ori", "arith.xori"):
        return _fold_right(name, rhs, lhs)
    return None


def _fold_by_range(
    name: str, operands: Sequence[SSAValue], first: Range, second: Range, predicate: int | None
) -> SSAValue | int | None:
    lhs, rhs = operands
    match name:
        case "arith.maxsi" if first[0] >= second[1]:
            return lhs
        case "arith.maxsi" if second[0] >= first[1]:
            return rhs
        case "arith.minsi" if first[1] <= second[0]:
            return lhs
        case "arith.minsi" if second[1] <= first[0]:
            return rhs
        case "arith.divui" if first[0] >= 0 and first[1] < second[0]:
            return 0
        case "arith.remui" if first[0] >= 0 and first[1] < second[0]:
            return lhs
        case "arith.cmpi" if predicate is not None:
            return _compare_ranges(predicate, first, second)
    return None


def _compare_ranges(predicate: int, first: Range, second: Range) -> int | None:
    match PREDICATES[predicate]:
        case "eq" if first[1] < second[0] or second[1] < first[0]:
            return 0
        case "ne" if first[1] < second[0] or second[1] < first[0]:
            return 1
        case "slt":
            return _certain(first[1] < second[0], first[0] >= second[1])
        case "sle":
            return _certain(first[1] <= second[0], first[0] > second[1])
        case "sgt":
            return _certain(first[0] > second[1], first[1] <= second[0])
        case "sge":
            return _certain(first[0] >= second[1], first[1] < second[0])
    return None


def _certain(true: bool, false: bool) -> int | None:
    if true:
        return 1
    return 0 if false else None
