"""What scalar arith and math ops compute, for many invocations at once: NumPy arrays stand for values.

Strict where MLIR leaves a result undefined: a division by zero, a shift by the width or more, a float outside of the
integer type that it is converted to, or an index that leaves 32 bits is an error here, in any invocation that runs.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xdsl.dialects.builtin import FloatAttr, IndexType, IntegerAttr
from xdsl.ir import Operation

from iree.compiler.ir.constants import array_of, dtype_of

Array = NDArray[Any]


class KernelError(AssertionError):
    """A kernel does what it must not: reads out of bounds, or computes something undefined."""


def evaluate_scalar(op: Operation, operands: Sequence[Array], active: Array) -> Array:
    """The result of an op without side effects. `active` tells which invocations run."""
    if op.name == "arith.constant":
        value = op.properties["value"]
        assert isinstance(value, IntegerAttr | FloatAttr)
        return array_of(value)
    with np.errstate(all="ignore"):
        result = np.asarray(_compute(op, operands, active))
    if isinstance(op.results[0].type, IndexType):
        _check(op, active & ((result < -(2**31)) | (result >= 2**31)), "an index leaves 32 bits")
    return result.astype(dtype_of(op.results[0].type), copy=False)


def _compute(op: Operation, operands: Sequence[Array], active: Array) -> Any:
    name = op.name
    if name in _SIMPLE:
        return _SIMPLE[name](*operands)
    if name in ("arith.cmpi", "arith.cmpf"):
        predicate = op.properties["predicate"]
        assert isinstance(predicate, IntegerAttr)
        return (_CMPI if name == "arith.cmpi" else _CMPF)[predicate.value.data](*operands)
    if name in _INTEGER_DIVISIONS:
        return _divide(op, operands, active)
    if name in ("arith.shli", "arith.shrui", "arith.shrsi"):
        return _shift(op, operands, active)
    if name in ("arith.fptosi", "arith.fptoui"):
        return _to_integer(op, operands[0], active)
    if name in _CASTS:
        return _CASTS[name](operands[0], dtype_of(op.results[0].type))
    raise KernelError(f"{name} is not evaluated")


def _check(op: Operation, wrong: Array, text: str) -> None:
    if bool(np.any(wrong)):
        raise KernelError(f"{op.name}: {text}")


def _unsigned(value: Array) -> Array:
    return value if value.dtype.kind != "i" else value.view(f"u{value.dtype.itemsize}")


def _divide(op: Operation, operands: Sequence[Array], active: Array) -> Array:
    lhs, rhs = operands
    _check(op, active & (rhs == 0), "divides by zero")
    rhs = np.where(rhs == 0, np.ones_like(rhs), rhs)
    if op.name in ("arith.divui", "arith.remui"):
        if isinstance(op.operands[0].type, IndexType):
            _check(op, active & ((lhs < 0) | (rhs < 0)), "an index is negative")
        quotient = _unsigned(lhs) // _unsigned(rhs)
        return (_unsigned(lhs) - quotient * _unsigned(rhs) if op.name == "arith.remui" else quotient).astype(lhs.dtype)
    least = np.iinfo(lhs.dtype).min
    _check(op, active & (lhs == least) & (rhs == -1), "overflows")
    remainder = np.fmod(lhs, rhs)
    return remainder if op.name == "arith.remsi" else (lhs - remainder) // rhs


def _shift(op: Operation, operands: Sequence[Array], active: Array) -> Array:
    value, amount = operands
    width = value.dtype.itemsize * 8
    _check(op, active & (_unsigned(amount) >= width), "shifts by the width or more")
    amount = np.where(_unsigned(amount) >= width, np.zeros_like(amount), amount)
    if op.name == "arith.shrsi":
        return np.right_shift(value, amount)
    shifted = np.left_shift if op.name == "arith.shli" else np.right_shift
    return np.asarray(shifted(_unsigned(value), _unsigned(amount))).astype(value.dtype)


def _to_integer(op: Operation, value: Array, active: Array) -> Array:
    limits = np.iinfo(dtype_of(op.results[0].type))
    low, high = (0, 2 * limits.max + 1) if op.name == "arith.fptoui" else (limits.min, limits.max)
    wide = np.trunc(value.astype(np.float64))
    outside = ~((wide >= low) & (wide <= float(high))) | (wide == float(high + 1))
    _check(op, active & outside, "the number is outside the integer type")
    safe = np.where(outside, 0.0, wide)
    return safe.astype(np.uint64 if op.name == "arith.fptoui" else np.int64).astype(limits.dtype)


def _complex(real: Array, imaginary: Array) -> Array:
    """Built part by part: real + 1j * imaginary would lose infinities."""
    result = np.empty(np.broadcast_shapes(real.shape, imaginary.shape), np.result_type(real, np.complex64))
    result.real, result.imag = real, imaginary
    return result


def _maximum(lhs: Array, rhs: Array) -> Array:
    larger = np.where((lhs == 0) & (rhs == 0), np.where(np.signbit(lhs), rhs, lhs), np.maximum(lhs, rhs))
    return np.where(np.isnan(lhs) | np.isnan(rhs), lhs + rhs, larger)


def _minimum(lhs: Array, rhs: Array) -> Array:
    return -_maximum(-lhs, -rhs)


def _round_away(value: Array) -> Array:
    whole = np.trunc(value)
    away = whole + np.copysign(np.ones_like(value), value)
    return np.where(np.abs(value - whole) >= 0.5, away, whole)


def _leading_zeros(value: Array) -> Array:
    big_endian = _unsigned(value).astype(value.dtype.newbyteorder(">")).view(np.uint8)
    bits = np.unpackbits(big_endian.reshape(value.size, -1), axis=1)
    return np.asarray(np.where(bits.any(axis=1), bits.argmax(axis=1), bits.shape[1]))


_INTEGER_DIVISIONS = ("arith.divsi", "arith.divui", "arith.remsi", "arith.remui")

_SIMPLE: dict[str, Callable[..., Any]] = {
    "arith.addf": np.add,
    "arith.subf": np.subtract,
    "arith.mulf": np.multiply,
    "arith.divf": np.divide,
    "arith.negf": np.negative,
    "arith.addi": lambda a, b: a ^ b if a.dtype == np.bool_ else a + b,
    "arith.subi": lambda a, b: a ^ b if a.dtype == np.bool_ else a - b,
    "arith.muli": lambda a, b: a & b if a.dtype == np.bool_ else a * b,
    "arith.andi": np.bitwise_and,
    "arith.ori": np.bitwise_or,
    "arith.xori": np.bitwise_xor,
    "arith.maximumf": _maximum,
    "arith.minimumf": _minimum,
    "arith.maxsi": np.maximum,
    "arith.minsi": np.minimum,
    "arith.maxui": lambda a, b: np.where(_unsigned(a) >= _unsigned(b), a, b),
    "arith.minui": lambda a, b: np.where(_unsigned(a) <= _unsigned(b), a, b),
    "arith.select": lambda c, a, b: np.where(c, a, b),
    "complex.create": lambda a, b: _complex(a, b),
    "complex.re": np.real,
    "complex.im": np.imag,
    "math.absf": np.abs,
    "math.sqrt": np.sqrt,
    "math.floor": np.floor,
    "math.ceil": np.ceil,
    "math.trunc": np.trunc,
    "math.ctpop": lambda a: np.bitwise_count(_unsigned(a)),
    "math.ctlz": _leading_zeros,
    "math.roundeven": np.rint,
    "math.round": _round_away,
    "math.exp": np.exp,
    "math.expm1": np.expm1,
    "math.log": np.log,
    "math.log1p": np.log1p,
    "math.tanh": np.tanh,
    "math.sin": np.sin,
    "math.cos": np.cos,
    "math.tan": np.tan,
    "math.cbrt": np.cbrt,
    "math.atan2": np.arctan2,
    "math.powf": np.power,
    "math.rsqrt": lambda a: (1 / np.sqrt(a)).astype(a.dtype),
    "arith.remf": np.fmod,
}

_CASTS: dict[str, Callable[[Array, Any], Array]] = {
    "arith.bitcast": lambda a, dtype: np.ascontiguousarray(a).view(dtype),
    "arith.index_cast": lambda a, dtype: a.astype(dtype),
    "arith.sitofp": lambda a, dtype: a.astype(dtype),
    "arith.uitofp": lambda a, dtype: _unsigned(a).astype(dtype),
    "arith.extf": lambda a, dtype: a.astype(dtype),
    "arith.truncf": lambda a, dtype: a.astype(dtype),
    "arith.trunci": lambda a, dtype: (a & 1).astype(np.bool_) if dtype == np.bool_ else a.astype(dtype),
    "arith.extsi": lambda a, dtype: -a.astype(dtype) if a.dtype == np.bool_ else a.astype(dtype),
    "arith.extui": lambda a, dtype: _unsigned(a).astype(dtype),
}

_CMPI: dict[int, Callable[[Array, Array], Array]] = {
    0: np.equal,
    1: np.not_equal,
    2: np.less,
    3: np.less_equal,
    4: np.greater,
    5: np.greater_equal,
    6: lambda a, b: np.less(_unsigned(a), _unsigned(b)),
    7: lambda a, b: np.less_equal(_unsigned(a), _unsigned(b)),
    8: lambda a, b: np.greater(_unsigned(a), _unsigned(b)),
    9: lambda a, b: np.greater_equal(_unsigned(a), _unsigned(b)),
}

_CMPF: dict[int, Callable[[Array, Array], Array]] = {
    1: np.equal,
    2: np.greater,
    3: np.greater_equal,
    4: np.less,
    5: np.less_equal,
    6: lambda a, b: (a < b) | (a > b),
    7: lambda a, b: ~(np.isnan(a) | np.isnan(b)),
    13: np.not_equal,
    14: lambda a, b: np.isnan(a) | np.isnan(b),
}
