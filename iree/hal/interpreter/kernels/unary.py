"""Elementwise instructions of one operand."""

from collections.abc import Callable
from functools import partial

import numpy as np

from iree.hal.interpreter.kernels import complex_functions
from iree.hal.interpreter.kernels.kernel import (
    BOOL,
    Action,
    Array,
    Bind,
    Builder,
    Kernel,
    Operation,
    call,
    copy_into,
    in_order,
    is_bits,
    is_complex,
    is_float,
    is_integer,
    require,
    require_all,
    same,
    through_f32,
    unsigned,
)
from iree.hal.interpreter.kernels.representation import require_part


def _builder(bind: Bind, allowed: Callable[[np.dtype], bool], kind: str, elementwise: bool = False) -> Builder:
    def build(op: Operation) -> Kernel:
        require_all(op, allowed, kind)
        return Kernel(bind, elementwise=elementwise)

    return build


def _float(function: Callable[..., object]) -> Builder:
    return _builder(call(function), is_float, "floats", elementwise=True)


def _number(real: Builder) -> Builder:
    """The builder, and for complex numbers their own function of that name."""

    def build(op: Operation) -> Kernel:
        if not is_complex(op.output.dtype):
            return real(op)
        require_all(op, is_complex, "numbers")
        return Kernel(complex_functions.UNARY[op.name], elementwise=True)

    return build


def _abs(op: Operation) -> Kernel:
    """Of complex numbers, their distance from zero."""
    (value,) = op.inputs
    if not is_complex(value.dtype):
        return _float(np.absolute)(op)
    require_part(value, op.output)
    return Kernel(call(np.absolute))


def _integer(function: Callable[..., object]) -> Builder:
    return _builder(call(function), is_integer, "integers", elementwise=True)


def _rsqrt(x: Array, out: Array) -> Action:
    return in_order(partial(np.sqrt, x, out), partial(np.divide, out.dtype.type(1), out, out))


def _logistic(x: Array, out: Array) -> Action:
    """1 / (1 + e^-x), as e^min(x, 0) / (1 + e^-|x|): no power overflows and small results stay exact."""
    one, zero = out.dtype.type(1), out.dtype.type(0)
    power = np.empty(x.shape, x.dtype)
    return in_order(
        partial(np.absolute, x, power),
        partial(np.negative, power, power),
        partial(np.exp, power, power),
        partial(np.add, power, one, power),
        partial(np.minimum, x, zero, out=out),
        partial(np.exp, out, out),
        partial(np.divide, out, power, out),
    )


def _round_away(x: Array, out: Array) -> Action:
    """The nearest integer; halves go away from zero. x - trunc(x) is exact, where x + 0.5 may round up to the next."""
    whole, step = np.empty(x.shape, x.dtype), np.empty(x.shape, x.dtype)

    def run() -> None:
        np.trunc(x, whole)
        np.subtract(x, whole, step)
        np.absolute(step, step)
        np.greater_equal(step, 0.5, step)
        np.copysign(step, x, step)
        np.add(whole, step, out)

    return run


def _sign(x: Array, out: Array) -> Action:
    return in_order(partial(np.sign, x, out), partial(np.copysign, out, x, out))


def _clz(x: Array, out: Array) -> Action:
    """Spreads the highest set bit over all bits below it, then counts the others."""
    bits = 8 * x.dtype.itemsize
    source, target = unsigned(x), unsigned(out)
    spread, shifted = np.empty(x.shape, source.dtype), np.empty(x.shape, source.dtype)

    def run() -> None:
        np.copyto(spread, source)
        distance = 1
        while distance < bits:
            np.right_shift(spread, distance, shifted)
            np.bitwise_or(spread, shifted, spread)
            distance *= 2
        np.bitwise_count(spread, target)
        np.subtract(bits, target, target)

    return run


def _popcnt(x: Array, out: Array) -> Action:
    return partial(np.bitwise_count, unsigned(x), unsigned(out))


def _is_finite(op: Operation) -> Kernel:
    (value,) = op.inputs
    require(is_float(value.dtype), f"is for floats, not {value}")
    require(op.output.dtype == BOOL and op.output.shape == value.shape, f"of {value} gives i1s, not {op.output}")
    return Kernel(call(np.isfinite))


def _copy(op: Operation) -> Kernel:
    require(op.inputs[0] == op.output, f"copies {op.inputs[0]} to the same type, not to {op.output}")
    return Kernel(lambda x, out: copy_into(out, x), view=same)


UNARY: dict[str, Builder] = {
    "abs_f": _abs,
    "abs_i": _integer(np.absolute),
    "neg_f": _number(_float(np.negative)),
    "neg_i": _integer(np.negative),
    "exp_f": _number(_float(np.exp)),
    "expm1_f": _number(_float(np.expm1)),
    "log_f": _number(_float(np.log)),
    "log1p_f": _number(_float(np.log1p)),
    "sqrt_f": _number(_float(np.sqrt)),
    "rsqrt_f": _number(_builder(through_f32(_rsqrt), is_float, "floats")),
    "cbrt_f": _number(_float(np.cbrt)),
    "sin_f": _number(_float(np.sin)),
    "cos_f": _number(_float(np.cos)),
    "tan_f": _number(_float(np.tan)),
    "tanh_f": _number(_float(np.tanh)),
    "logistic_f": _number(_builder(through_f32(_logistic), is_float, "floats")),
    "floor_f": _float(np.floor),
    "ceil_f": _float(np.ceil),
    "round_even_f": _float(np.rint),
    "round_away_f": _builder(through_f32(_round_away), is_float, "floats"),
    "sign_f": _number(_builder(_sign, is_float, "floats")),
    "sign_i": _integer(np.sign),
    "is_finite_f": _is_finite,
    "not": _builder(call(np.invert), is_bits, "integers and i1", elementwise=True),
    "popcnt": _builder(_popcnt, is_integer, "integers"),
    "clz": _builder(_clz, is_integer, "integers"),
}

COPY: dict[str, Builder] = {"copy": _copy}
