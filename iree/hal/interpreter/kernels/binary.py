"""Elementwise arithmetic, bitwise instructions and shifts of two operands."""

from collections.abc import Callable
from functools import partial

import numpy as np

from iree.hal.interpreter.kernels import complex_functions
from iree.hal.interpreter.kernels.kernel import (
    BOOL,
    Bind,
    Builder,
    Kernel,
    Operation,
    View,
    call,
    is_bits,
    is_complex,
    is_float,
    is_integer,
    require_all,
    signed,
    unsigned,
)


def _builder(bind: Bind, allowed: Callable[[np.dtype], bool], kind: str) -> Builder:
    def build(op: Operation) -> Kernel:
        require_all(op, allowed, kind)
        return Kernel(bind, elementwise=True)

    return build


def _float(ufunc: np.ufunc) -> Builder:
    return _builder(call(ufunc), is_float, "floats")


def _number(ufunc: np.ufunc) -> Builder:
    """Of floats, and of complex numbers by their own function of that name."""
    real = _float(ufunc)

    def build(op: Operation) -> Kernel:
        if not is_complex(op.output.dtype):
            return real(op)
        require_all(op, is_complex, "numbers")
        return Kernel(complex_functions.BINARY[op.name], elementwise=True)

    return build


def _bits(ufunc: np.ufunc) -> Builder:
    return _builder(call(ufunc), is_bits, "integers and i1")


def _shift(ufunc: np.ufunc, cast: View) -> Builder:
    """NumPy's shifts give what is wanted past the width too: 0, or the sign where it is shifted in."""
    return _builder(lambda a, b, out: partial(ufunc, cast(a), cast(b), cast(out)), is_integer, "integers")


def _subtract(op: Operation) -> Kernel:
    """Of i1s it is their difference modulo 2; NumPy has no subtract for them."""
    require_all(op, is_bits, "integers and i1")
    return Kernel(call(np.logical_xor if op.output.dtype == BOOL else np.subtract), elementwise=True)


# Of i1s a sum is `or` and a product `and`, as in StableHLO and in NumPy.
BINARY: dict[str, Builder] = {
    "add_f": _number(np.add),
    "add_i": _bits(np.add),
    "sub_f": _number(np.subtract),
    "sub_i": _subtract,
    "mul_f": _number(np.multiply),
    "mul_i": _bits(np.multiply),
    "div_f": _number(np.divide),
    "rem_f": _float(np.fmod),
    "pow_f": _number(np.power),
    "atan2_f": _number(np.arctan2),
    "and": _bits(np.bitwise_and),
    "or": _bits(np.bitwise_or),
    "xor": _bits(np.bitwise_xor),
    "sll": _shift(np.left_shift, unsigned),
    "srl": _shift(np.right_shift, unsigned),
    "sra": _shift(np.right_shift, signed),
}
