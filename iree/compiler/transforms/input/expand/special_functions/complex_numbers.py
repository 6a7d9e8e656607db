"""Inverse trigonometric functions and hyperbolic ones of complex numbers, by Kahan's formulas.

All of them are of real and imaginary parts apart: what cancels in one part does not spoil the other, and the sign of a
zero part says on which side of a branch cut a number lies.
"""

from iree.compiler.dialects import mhlo
from iree.compiler.transforms.common.expression import Expression
from iree.compiler.transforms.input.expand.special_functions import elementary


def cosh(z: Expression) -> Expression:
    """cosh x cos y + i sinh x sin y."""
    x, y = _parts(z)
    return _joined(
        elementary.cosh(x) * y.apply(mhlo.Cosine),
        elementary.sinh(x) * y.apply(mhlo.Sine),
    )


def sinh(z: Expression) -> Expression:
    """sinh x cos y + i cosh x sin y."""
    x, y = _parts(z)
    return _joined(
        elementary.sinh(x) * y.apply(mhlo.Cosine),
        elementary.cosh(x) * y.apply(mhlo.Sine),
    )


def acos(z: Expression) -> Expression:
    """Twice the angle of (Re sqrt(1 + z), Re sqrt(1 - z)); asinh of Im(conj(sqrt(1 + z)) sqrt(1 - z))."""
    (a, b), (c, d) = _root_of_sum(z, 1.0), _root_of_sum(_negated(z), 1.0)
    return _joined(c.apply(mhlo.Atan2, a) * 2.0, elementary.asinh(a * d - b * c))


def acosh(z: Expression) -> Expression:
    """asinh of Re(conj(sqrt(z - 1)) sqrt(z + 1)); twice the angle of (Re sqrt(z + 1), Im sqrt(z - 1))."""
    (a, b), (c, d) = _root_of_sum(z, -1.0), _root_of_sum(z, 1.0)
    return _joined(elementary.asinh(a * c + b * d), b.apply(mhlo.Atan2, c) * 2.0)


def asin(z: Expression) -> Expression:
    """The angle of (Re(sqrt(1 - z) sqrt(1 + z)), x); asinh of Im(conj(sqrt(1 - z)) sqrt(1 + z))."""
    return _joined(*_asin(*_parts(z)))


def asinh(z: Expression) -> Expression:
    """-i asin(i z)."""
    x, y = _parts(z)
    real, imaginary = _asin(-y, x)
    return _joined(imaginary, -real)


def atanh(z: Expression) -> Expression:
    """log1p(4 |x| / ((1 - |x|)^2 + y^2)) / 4 with the sign of x; half the angle of ((1 - |x|) (1 + |x|) - y^2, 2 y)."""
    return _joined(*_atanh(*_parts(z)))


def atan(z: Expression) -> Expression:
    """-i atanh(i z)."""
    x, y = _parts(z)
    real, imaginary = _atanh(-y, x)
    return _joined(imaginary, -real)


def _asin(x: Expression, y: Expression) -> tuple[Expression, Expression]:
    (a, b), (c, d) = _root_of_sum(_joined(-x, -y), 1.0), _root_of_sum(_joined(x, y), 1.0)
    return x.apply(mhlo.Atan2, a * c - b * d), elementary.asinh(a * d - b * c)


def _atanh(x: Expression, y: Expression) -> tuple[Expression, Expression]:
    size, square = abs(x), y * y
    below = 1.0 - size
    real = x.apply(mhlo.Sign) * (4.0 * size / (below * below + square)).apply(mhlo.LogPlusOne) * 0.25
    return real, (2.0 * y).apply(mhlo.Atan2, below * (1.0 + size) - square) * 0.5


def _parts(z: Expression) -> tuple[Expression, Expression]:
    return z.apply(mhlo.Real), z.apply(mhlo.Imag)


def _joined(real: Expression, imaginary: Expression) -> Expression:
    return real.apply(mhlo.Complex, imaginary)


def _negated(z: Expression) -> Expression:
    x, y = _parts(z)
    return _joined(-x, -y)


def _root_of_sum(z: Expression, number: float) -> tuple[Expression, Expression]:
    """The parts of sqrt(z + number), with the imaginary part of z left as it is: the sign of its 0 counts."""
    x, y = _parts(z)
    return _parts(_joined(x + number, y).apply(mhlo.Sqrt))
