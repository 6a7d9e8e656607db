"""How numbers are made up: parts of complex numbers, bits, and bits of precision."""

from functools import partial

import ml_dtypes
import numpy as np

from iree.hal.interpreter.kernels.kernel import (
    BOOL,
    Action,
    Array,
    Builder,
    Kernel,
    Operation,
    View,
    copy_into,
    in_order,
    is_complex,
    is_float,
    require,
    require_all,
    unsigned,
)
from iree.hal.interpreter.tensor_type import TensorType

_MANTISSA_BITS = {
    np.dtype(np.float16): 10,
    np.dtype(ml_dtypes.bfloat16): 7,
    np.dtype(np.float32): 23,
    np.dtype(np.float64): 52,
}


def _part(view: View) -> Builder:
    def build(op: Operation) -> Kernel:
        (value,) = op.inputs
        require(is_complex(value.dtype), f"is for complex numbers, not {value}")
        require_part(value, op.output)
        return Kernel(lambda x, out: copy_into(out, view(x)), view=view)

    return build


def require_part(value: TensorType, part: TensorType) -> None:
    right = part.shape == value.shape and part.dtype == np.empty(0, value.dtype).real.dtype
    require(right, f"of {value} is no {part}")


def _complex(op: Operation) -> Kernel:
    """Real parts, imaginary parts."""
    real, imaginary = op.inputs
    part = np.empty(0, op.output.dtype).real.dtype
    right = is_complex(op.output.dtype) and real.shape == op.output.shape and real.dtype == part
    require(real == imaginary and right, f"of {real} and {imaginary} is no {op.output}")
    return Kernel(lambda a, b, out: in_order(copy_into(out.real, a), copy_into(out.imag, b)))


def _bitcast(op: Operation) -> Kernel:
    (value,) = op.inputs
    source, target = value.element_type, op.output.element_type
    require(BOOL not in (value.dtype, op.output.dtype) or source == target, f"of {value} and {op.output} has i1")
    wide, narrow = (source, target) if source.bit_width >= target.bit_width else (target, source)
    count = wide.bit_width // narrow.bit_width
    added = (count,) if count > 1 else ()
    shapes = (value.shape + added, op.output.shape) if wide is source else (value.shape, op.output.shape + added)
    require(shapes[0] == shapes[1], f"of {value} is not {op.output}: they differ in bits")
    if narrow.bit_width == 8 * narrow.byte_width:
        return Kernel(_bind_bytes)
    if count == 1:
        return Kernel(_bind_bytes)
    per_byte = min(wide.bit_width, 8) // narrow.bit_width
    return Kernel(partial(_split if wide is source else _join, narrow.bit_width, per_byte))


def _bind_bytes(x: Array, out: Array) -> Action:
    def run() -> None:
        np.copyto(out, np.frombuffer(x.tobytes(), out.dtype).reshape(out.shape))

    return run


def _split(bits: int, per_byte: int, x: Array, out: Array) -> Action:
    shifts = np.arange(per_byte, dtype=np.uint8) * np.uint8(bits)

    def run() -> None:
        whole = np.frombuffer(x.tobytes(), np.uint8)
        parts = (whole[:, np.newaxis] >> shifts) & np.uint8((1 << bits) - 1)
        np.copyto(out, parts.view(out.dtype).reshape(out.shape))

    return run


def _join(bits: int, per_byte: int, x: Array, out: Array) -> Action:
    shifts = np.arange(per_byte, dtype=np.uint8) * np.uint8(bits)

    def run() -> None:
        parts = np.frombuffer(x.tobytes(), np.uint8) & np.uint8((1 << bits) - 1)
        whole = np.bitwise_or.reduce(parts.reshape(-1, per_byte) << shifts, axis=1)
        np.copyto(out, np.frombuffer(whole.tobytes(), out.dtype).reshape(out.shape))

    return run


def _reduce_precision(op: Operation) -> Kernel:
    """Rounds to the floats that have so many bits of exponent and mantissa, overflowing and underflowing as they do."""
    require_all(op, is_float, "floats")
    bits = op.integers(0)
    right = len(bits) == 2 and bits[0] >= 1 and bits[1] >= 0
    require(right, f"takes bits of exponent, at least 1, and of mantissa, not {list(bits)}")
    exponent, mantissa = bits
    return Kernel(partial(_round_to, exponent, mantissa), elementwise=True)


def _round_to(exponent: int, mantissa: int, x: Array, out: Array) -> Action:
    """On the bits: half of the last place that is left and the place's own bit are added, then the rest is cut off."""
    width, own = 8 * x.dtype.itemsize, _MANTISSA_BITS[x.dtype]
    own_exponent, lost = width - 1 - own, max(own - mantissa, 0)
    bias, limit = (1 << own_exponent - 1) - 1, (1 << min(exponent, own_exponent) - 1) - 1
    word = np.dtype(f"u{x.dtype.itemsize}").type
    sign, rest = word(1 << width - 1), word((1 << lost) - 1)
    infinity = word((1 << own_exponent) - 1 << own)
    largest = word((bias + limit << own) | (((1 << own) - 1) & ~int(rest)))
    smallest = word(bias - limit + 1 << own)

    def run() -> None:
        bits = unsigned(np.asarray(x, order="C"))
        sizes = bits & ~sign
        rounded = sizes
        if lost:
            rounded = (sizes + (rest >> word(1)) + ((sizes >> word(lost)) & word(1))) & ~rest
        rounded = np.where(rounded > largest, infinity, rounded)
        if exponent < own_exponent:
            rounded = np.where(rounded < smallest, word(0), rounded)
        np.copyto(out, np.where(sizes > infinity, bits, rounded | (bits & sign)).view(x.dtype))

    return run


REPRESENTATION: dict[str, Builder] = {
    "real": _part(lambda x: x.real),
    "imag": _part(lambda x: x.imag),
    "complex": _complex,
    "bitcast_convert": _bitcast,
    "reduce_precision": _reduce_precision,
}
