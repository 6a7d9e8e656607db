"""convert: from any element type to any other, rounded once, to the nearest and even.

Integers wrap. Floats become integers toward zero, the nearest integer there is where they are outside, and 0 where they
are NaN. Complex numbers become others by their real part. Whether an i1 comes of it: what is not zero.
"""

from functools import partial
from typing import NamedTuple

import ml_dtypes
import numpy as np

from iree.hal.interpreter.kernels.kernel import (
    Action,
    Array,
    Bind,
    Builder,
    Kernel,
    Operation,
    copy_into,
    in_order,
    require,
)
from iree.schemas.element_types import ElementType, from_dtype

_BYTE = np.dtype(np.int8)


class _Limits(NamedTuple):
    """What an integer type holds."""

    min: int
    max: int
    bits: int

    @classmethod
    def of(cls, element: ElementType) -> "_Limits":
        bits = element.bit_width
        return (
            cls(-(1 << bits - 1), (1 << bits - 1) - 1, bits)
            if element.name[0] == "i"
            else cls(0, (1 << bits) - 1, bits)
        )


def _to_bool(x: Array, out: Array) -> Action:
    return partial(np.not_equal, x, x.dtype.type(0), out)


def _to_integer(limits: _Limits, x: Array, out: Array) -> Action:
    """Works in a float that holds the limits' powers of two, and in whole bytes."""
    if x.dtype.itemsize < 4:
        wide = np.empty(x.shape, np.float32)
        return in_order(copy_into(wide, x), _to_integer(limits, wide, out))
    if out.dtype.kind not in "iu":
        whole = np.empty(out.shape, _BYTE)
        return in_order(_to_integer(limits, x, whole), copy_into(out, whole))
    below = x.dtype.type(limits.min)  # 0 or a power of two: exact
    above = x.dtype.type(2.0 ** (limits.bits - (limits.min < 0)))  # one more than the greatest

    def run() -> None:
        if x.min(initial=0) >= below and x.max(initial=0) < above:  # neither holds where there is a NaN
            np.copyto(out, x, "unsafe")
        else:
            _saturate(x, below, above, limits, out)

    return run


def _saturate(x: Array, below: np.generic, above: np.generic, limits: _Limits, out: Array) -> None:
    inside = np.logical_and(np.greater(x, below), np.less(x, above))
    np.copyto(out, 0)
    np.copyto(out, x, "unsafe", inside)
    np.copyto(out, limits.min, where=np.less_equal(x, below))
    np.copyto(out, limits.max, where=np.greater_equal(x, above))


def _to_narrow_float(x: Array, out: Array) -> Action:
    """NumPy goes through f32, and rounds there too; here what that loses is kept in the last bit."""

    def run() -> None:
        exact = x if x.dtype.kind == "f" else _without_low_bits(x).astype(np.float64)
        near = exact.astype(np.float32)
        lost = (near != exact) & np.isfinite(near)
        bits = near.view(np.uint32)
        bits -= (lost & (np.abs(near) > np.abs(exact))).astype(np.uint32)
        bits |= lost.astype(np.uint32)
        np.copyto(out, near, "unsafe")

    return run


def _without_low_bits(x: Array) -> Array:
    """Integers that f64 holds, on the same side as `x` of every narrow float and of what lies half between two."""
    large = (x >= 1 << 53) | (x <= -(1 << 53) if x.dtype.kind == "i" else False)
    low = x.dtype.type((1 << 11) - 1)
    sticky = ((x & low) != 0).astype(x.dtype) << x.dtype.type(11)
    result: Array = np.where(large, (x & ~low) | sticky, x) if x.dtype.itemsize == 8 else x
    return result


def _through_bytes(x: Array, out: Array) -> Action:
    whole = np.empty(x.shape, _BYTE)
    return in_order(copy_into(whole, x), copy_into(out, whole))


def _between(source: ElementType, target: ElementType) -> Bind:
    match source.kind, target.kind:
        case "complex", "integer" | "float":
            bind = _between(from_dtype(np.empty(0, source.dtype).real.dtype), target)
            return lambda x, out: bind(x.real, out)
        case _, "bool":
            return _to_bool
        case "float", "integer":
            return partial(_to_integer, _Limits.of(target))
        case "integer", "integer" if source.bit_width < 8 and target.bit_width < 8:
            return _through_bytes
        case "integer" | "float", "float" if _is_narrow_float(target) and not _fits_f32(source):
            return _to_narrow_float
    return lambda x, out: copy_into(out, x)


def _is_narrow_float(element: ElementType) -> bool:
    return element.bit_width == 8 or element.dtype == np.dtype(ml_dtypes.bfloat16)


def _fits_f32(element: ElementType) -> bool:
    return element.bit_width < 32 or element.name == "f32"


def _convert(op: Operation) -> Kernel:
    (value,) = op.inputs
    require(value.shape == op.output.shape, f"keeps the shape, {value} cannot become {op.output}")
    return Kernel(_between(value.element_type, op.output.element_type))


CONVERT: dict[str, Builder] = {"convert": _convert}
