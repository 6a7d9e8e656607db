"""Functions of complex numbers. All are computed in complex<f64> and rounded once.

Where C says what comes of infinities, NaN and signed zeros, so it is here: of division in its Annex G.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from iree.hal.interpreter.kernels.kernel import Action, Array, Bind

_LARGE = 1e100  # squares of larger parts may overflow


def wide(function: Callable[..., Array]) -> Bind:
    """Binds a function of complex<f64> arrays to arrays of complex numbers."""

    def bind(*arrays: Array) -> Action:
        *inputs, out = arrays

        def run() -> None:
            np.copyto(out, function(*(x.astype(np.complex128) for x in inputs)), "unsafe")

        return run

    return bind


def divide(a: Array, b: Array) -> Array:
    """a / b. By zero it is infinite, and so is an infinite a by a finite b; a finite a by an infinite b is zero."""
    quotient: Array = np.divide(a, b)
    zero = b == 0
    lost = np.isnan(quotient.real) & np.isnan(quotient.imag)
    if not (zero.any() or lost.any()):
        return quotient
    inf = np.copysign(np.inf, b.real)
    quotient = np.where(zero, _of(inf * a.real, inf * a.imag), quotient)
    unit = _unit(a)
    infinite = _product(unit, np.conj(b))
    infinite = _of(np.inf * infinite.real, np.inf * infinite.imag)
    quotient = np.where(lost & ~zero & np.isinf(a) & np.isfinite(b), infinite, quotient)
    none = _product(a, np.conj(_unit(b)))
    return np.where(lost & ~zero & np.isfinite(a) & np.isinf(b), _of(0 * none.real, 0 * none.imag), quotient)


def _of(real: Array, imaginary: Array) -> Array:
    result: Array = np.empty(np.broadcast_shapes(np.shape(real), np.shape(imaginary)), np.complex128)
    result.real, result.imag = real, imaginary
    return result


def _unit(x: Array) -> Array:
    """The infinite parts as 1, the others as 0, with their signs."""
    return _of(np.copysign(np.isinf(x.real), x.real), np.copysign(np.isinf(x.imag), x.imag))


def _product(a: Array, b: Array) -> Array:
    return _of(a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real)


def log_plus_one(x: Array) -> Array:
    """log(1 + x); its real part is half the log of |1 + x|^2, which is 1 + re (2 + re) + im^2, exact near 0."""
    real, imaginary = x.real, x.imag
    length = np.hypot(1 + real, imaginary)
    squares = real * (2 + real) + imaginary * imaginary
    near = (length > 0.5) & (length < _LARGE)
    return _of(np.where(near, 0.5 * np.log1p(squares), np.log(length)), np.arctan2(imaginary, 1 + real))


def expm1(x: Array) -> Array:
    """exp(x) - 1; its real part is expm1(re) cos(im) + cos(im) - 1, and cos(im) - 1 is -2 sin(im / 2)^2."""
    real, imaginary = x.real, x.imag
    half = np.sin(imaginary / 2)
    result = _of(
        np.expm1(real) * np.cos(imaginary) - 2 * half * half,
        np.where(imaginary == 0, imaginary, np.exp(real) * np.sin(imaginary)),
    )
    return np.where(real == -np.inf, -1, result)


def cbrt(x: Array) -> Array:
    """The cubic root with the smallest angle."""
    length, angle = np.cbrt(np.abs(x)), np.angle(x) / 3
    return _of(length * np.cos(angle), length * np.sin(angle))


def logistic(x: Array) -> Array:
    """1 / (1 + e^-x), as e^x / (1 + e^x) for a negative real part: no power overflows."""
    negative = x.real < 0
    power = np.exp(np.where(negative, x, -x))
    return divide(np.where(negative, power, 1), 1 + power)


def rsqrt(x: Array) -> Array:
    """1 / sqrt(x)."""
    return divide(np.ones(x.shape, np.complex128), np.sqrt(x))


def atan2(y: Array, x: Array) -> Array:
    """-i log((x + i y) / sqrt(x^2 + y^2))."""
    result: Array = -1j * np.log(divide(x + 1j * y, np.sqrt(x * x + y * y)))
    return result


UNARY: dict[str, Bind] = {
    "exp_f": wide(np.exp),
    "expm1_f": wide(expm1),
    "log_f": wide(np.log),
    "log1p_f": wide(log_plus_one),
    "sqrt_f": wide(np.sqrt),
    "rsqrt_f": wide(rsqrt),
    "cbrt_f": wide(cbrt),
    "sin_f": wide(np.sin),
    "cos_f": wide(np.cos),
    "tan_f": wide(np.tan),
    "tanh_f": wide(np.tanh),
    "logistic_f": wide(logistic),
    "sign_f": wide(np.sign),
    "neg_f": partial(partial, np.negative),
}

BINARY: dict[str, Bind] = {
    "add_f": partial(partial, np.add),
    "sub_f": partial(partial, np.subtract),
    "mul_f": partial(partial, np.multiply),
    "div_f": wide(divide),
    "pow_f": wide(np.power),
    "atan2_f": wide(atan2),
}
