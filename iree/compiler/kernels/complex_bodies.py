"""What elementwise ops do with complex numbers: real arithmetic on their parts.

Functions are put together from real ones so that nothing overflows or cancels on the way where the result does not:
    |z|      the larger part times sqrt(1 + (smaller / larger)^2)
    a / b    by the quotient of b's parts (Smith), infinities and zeros as C has them
    sqrt     of (|x| + |z|) / 2, and the other part from that
    tanh     with t = e^(-2|x|): (1 - t^2 + 4 i t sin y cos y) / ((1 - t)^2 + 4 t cos^2 y)
"""

import math
from collections.abc import Callable, Sequence

from xdsl.ir import Operation

from iree.compiler.dialects import mhlo
from iree.compiler.ir.diagnostics import fail
from iree.compiler.kernels.expansions.exact import maximumf, minimumf
from iree.compiler.kernels.expansions.exponentials import with_sign_of
from iree.compiler.kernels.scalar import Scalar, complex_of, where


def magnitude(z: Scalar) -> Scalar:
    """|z|; infinite where a part is."""
    x, y = abs(z.real), abs(z.imaginary)
    large, small = where(x < y, y, x), where(x < y, x, y)
    ratio = small / where(large.equals(0.0), large.like(1.0), large)
    result = large * (1.0 + ratio * ratio).pure("math.sqrt")
    result = where(large.equals(0.0), large, result)
    is_infinite = x.equals(math.inf) | y.equals(math.inf)
    return where(is_infinite, x.like(math.inf), where(y.is_nan(), y, result))


def quotient(a: Scalar, b: Scalar) -> Scalar:
    """a / b."""
    x, y = b.real, b.imaginary
    is_flat = abs(x) >= abs(y)
    large, small = where(is_flat, x, y), where(is_flat, y, x)
    ratio = small / large
    scale = large + small * ratio
    first, second = where(is_flat, a.real, a.imaginary), where(is_flat, a.imaginary, a.real)
    real = (first + second * ratio) / scale
    crossed = (second - first * ratio) / scale
    imaginary = where(is_flat, crossed, -crossed)
    both_nan = real.is_nan() & imaginary.is_nan()
    for condition, parts in _exceptions(a, b):
        applies = both_nan & condition
        real, imaginary = where(applies, parts[0], real), where(applies, parts[1], imaginary)
    return complex_of(real, imaginary)


def _exceptions(a: Scalar, b: Scalar) -> list[tuple[Scalar, tuple[Scalar, Scalar]]]:
    """Quotients that come out as NaN and are something else: x / 0, infinity / x, x / infinity."""
    has_number = (a.real.is_nan() & a.imaginary.is_nan()) ^ 1
    by_zero = b.real.equals(0.0) & b.imaginary.equals(0.0) & has_number
    endless = with_sign_of(b.real.like(math.inf), b.real)
    (a_real, a_imaginary), (b_real, b_imaginary) = _boxed(a), _boxed(b)
    real = a_real * b.real + a_imaginary * b.imaginary
    imaginary = a_imaginary * b.real - a_real * b.imaginary
    lost_real = a.real * b_real + a.imaginary * b_imaginary
    lost_imaginary = a.imaginary * b_real - a.real * b_imaginary
    return [
        (by_zero, (endless * a.real, endless * a.imaginary)),
        (_is_infinite(a) & _is_finite(b), (real * math.inf, imaginary * math.inf)),
        (_is_infinite(b) & _is_finite(a), (lost_real * 0.0, lost_imaginary * 0.0)),
    ]


def _boxed(z: Scalar) -> tuple[Scalar, Scalar]:
    """Each part as 1 where it is infinite, as 0 elsewhere, with its sign."""

    def box(part: Scalar) -> Scalar:
        return with_sign_of(where(abs(part).equals(math.inf), part.like(1.0), 0.0), part)

    return box(z.real), box(z.imaginary)


def _is_infinite(z: Scalar) -> Scalar:
    return abs(z.real).equals(math.inf) | abs(z.imaginary).equals(math.inf)


def _is_finite(z: Scalar) -> Scalar:
    return (abs(z.real) < math.inf) & (abs(z.imaginary) < math.inf)


def _real_function(name: str) -> Callable[[Scalar], Scalar]:
    return lambda x: x.pure(f"math.{name}")


_exp, _expm1, _log, _log1p, _sin, _cos, _sqrt = map(
    _real_function, ("exp", "expm1", "log", "log1p", "sin", "cos", "sqrt")
)


def exponential(z: Scalar) -> Scalar:
    """e^x (cos y + i sin y); real for a real z, however large."""
    size, angle = _exp(z.real), z.imaginary
    is_real = angle.equals(0.0)
    return complex_of(where(is_real, size, size * _cos(angle)), where(is_real, angle, size * _sin(angle)))


def exponential_minus_one(z: Scalar) -> Scalar:
    """e^z - 1: (e^x - 1) cos y - 2 sin^2(y / 2), e^x sin y."""
    half = _sin(z.imaginary * 0.5)
    is_real = z.imaginary.equals(0.0)
    raised = _expm1(z.real)
    real = raised * _cos(z.imaginary) - 2.0 * (half * half)
    return complex_of(where(is_real, raised, real), where(is_real, z.imaginary, _exp(z.real) * _sin(z.imaginary)))


def logarithm(z: Scalar) -> Scalar:
    """log|z| + i angle. Where |z| is near 1, log|z| is half of log1p(|z|^2 - 1)."""
    x, y = abs(z.real), abs(z.imaginary)
    large, small = maximumf(x, y), minimumf(x, y)
    is_near = (large > 0.5) & (large < 1.5)
    near = 0.5 * _log1p((large - 1.0) * (large + 1.0) + small * small)
    return complex_of(where(is_near, near, _log(magnitude(z))), _angle(z))


def log_plus_one(z: Scalar) -> Scalar:
    """log(1 + z), relatively exact near 0."""
    x, y = z.real, z.imaginary
    is_small = (abs(x) < 0.5) & (abs(y) < 0.5)
    shifted = complex_of(1.0 + x, y)
    near = 0.5 * _log1p(x * (2.0 + x) + y * y)
    return complex_of(where(is_small, near, logarithm(shifted).real), _angle(shifted))


def _angle(z: Scalar) -> Scalar:
    return z.imaginary.pure("math.atan2", z.real)


def square_root(z: Scalar) -> Scalar:
    """With the real part not negative. Numbers whose size would overflow or lose bits are scaled by powers of four."""
    x, y = abs(z.real), abs(z.imaginary)
    large = where(x < y, y, x)
    is_large, is_small = large > 1e30, large < 1e-30
    scale = where(is_large, x.like(0.0625), where(is_small, x.like(2.0**40), 1.0))
    back = where(is_large, x.like(4.0), where(is_small, x.like(2.0**-20), 1.0))
    scaled = complex_of(x * scale, y * scale)
    root = _sqrt((scaled.real + magnitude(scaled)) * 0.5)
    other = scaled.imaginary / where(root.equals(0.0), root.like(1.0), root + root)
    root, other = root * back, other * back
    is_right = z.real >= 0.0
    real, imaginary = where(is_right, root, other), where(is_right, other, root)
    endless = y.equals(math.inf)
    real = where(endless, y, real)
    imaginary = where(endless, y, where(x.equals(math.inf) & is_right & (y < math.inf), y.like(0.0), imaginary))
    return complex_of(real, with_sign_of(imaginary, z.imaginary))


def reciprocal_root(z: Scalar) -> Scalar:
    """1 / sqrt(z)."""
    return quotient(z.like(1.0), square_root(z))


def hyperbolic_tangent(z: Scalar) -> Scalar:
    """See above."""
    x, y = z.real, z.imaginary
    size = abs(x)
    t = _exp(size * -2.0)
    cosine = _cos(y)
    gap = _expm1(size * -2.0)
    below = gap * gap + 4.0 * t * (cosine * cosine)
    real = -_expm1(size * -4.0) / below
    imaginary = 4.0 * t * (_sin(y) * cosine) / below
    is_far = size > 40.0
    real = where(is_far, real.like(1.0), real)
    is_real = y.equals(0.0)
    return complex_of(with_sign_of(real, x), where(is_real, y, imaginary))


def tangent(z: Scalar) -> Scalar:
    """-i tanh(i z)."""
    turned = hyperbolic_tangent(complex_of(-z.imaginary, z.real))
    return complex_of(turned.imaginary, -turned.real)


def sine(z: Scalar) -> Scalar:
    """sin x cosh y + i cos x sinh y."""
    cosh, sinh = _cosh_and_sinh(z.imaginary)
    return complex_of(_sin(z.real) * cosh, _cos(z.real) * sinh)


def cosine(z: Scalar) -> Scalar:
    """cos x cosh y - i sin x sinh y."""
    cosh, sinh = _cosh_and_sinh(z.imaginary)
    return complex_of(_cos(z.real) * cosh, -(_sin(z.real) * sinh))


def _cosh_and_sinh(x: Scalar) -> tuple[Scalar, Scalar]:
    """Of e = e^(|x| / 2), so that e^2 / 2 overflows no sooner than the result; sinh near 0 by e^x - 1."""
    half = _exp(abs(x) * 0.5)
    large, small = (half * 0.5) * half, 0.5 / half / half
    raised = _expm1(abs(x))
    near = 0.5 * (raised + raised / (raised + 1.0))
    return large + small, with_sign_of(where(abs(x) < 1.0, near, large - small), x)


def logistic(z: Scalar) -> Scalar:
    """1 / (1 + e^-z), with an exponential that cannot overflow: for a negative real part as e^z / (1 + e^z)."""
    is_left = z.real < 0.0
    raised = exponential(where(is_left, z, -z))
    return quotient(where(is_left, raised, raised.like(1.0)), raised.like(1.0) + raised)


def power(a: Scalar, b: Scalar) -> Scalar:
    """e^(b log a); 1 for b = 0, 0 for a = 0 and a b with a positive real part."""
    logarithm_ = logarithm(a)
    result = exponential(logarithm_ * b)
    is_zero = a.real.equals(0.0) & a.imaginary.equals(0.0)
    result = where(is_zero & (b.real > 0.0), a.like(0.0), result)
    return where(b.real.equals(0.0) & b.imaginary.equals(0.0), a.like(1.0), result)


def sign(z: Scalar) -> Scalar:
    """z / |z|, 0 for 0."""
    size = magnitude(z)
    is_zero = size.equals(0.0)
    divisor = where(is_zero, size.like(1.0), size)
    return complex_of(z.real / divisor, z.imaginary / divisor)


def cube_root(z: Scalar) -> Scalar:
    """The principal one: a third of the angle."""
    size, angle = magnitude(z).pure("math.cbrt"), _angle(z) / 3.0
    return complex_of(size * _cos(angle), size * _sin(angle))


def _compare(op: Operation, operands: Sequence[Scalar]) -> Scalar:
    assert isinstance(op, mhlo.Compare)
    a, b = operands
    if op.direction.value not in ("EQ", "NE"):
        fail(op, "complex numbers have no order; they are compared by EQ and NE")
    if op.direction.value == "EQ":
        return a.real.equals(b.real) & a.imaginary.equals(b.imaginary)
    return a.real.differs(b.real) | a.imaginary.differs(b.imaginary)


def _of(function: Callable[..., Scalar]) -> "ComplexBody":
    return lambda op, operands: function(*operands)


ComplexBody = Callable[[Operation, Sequence[Scalar]], Scalar]

COMPLEX_BODIES: dict[type[Operation], ComplexBody] = {
    mhlo.Abs: _of(magnitude),
    mhlo.Add: _of(lambda a, b: a + b),
    mhlo.Cbrt: _of(cube_root),
    mhlo.Compare: _compare,
    mhlo.Cosine: _of(cosine),
    mhlo.Divide: _of(quotient),
    mhlo.Exponential: _of(exponential),
    mhlo.ExponentialMinusOne: _of(exponential_minus_one),
    mhlo.Imag: _of(lambda z: z.imaginary),
    mhlo.Log: _of(logarithm),
    mhlo.LogPlusOne: _of(log_plus_one),
    mhlo.Logistic: _of(logistic),
    mhlo.Multiply: _of(lambda a, b: a * b),
    mhlo.Negate: _of(lambda a: -a),
    mhlo.Power: _of(power),
    mhlo.Real: _of(lambda z: z.real),
    mhlo.Rsqrt: _of(reciprocal_root),
    mhlo.Sign: _of(sign),
    mhlo.Sine: _of(sine),
    mhlo.Sqrt: _of(square_root),
    mhlo.Square: _of(lambda a: a * a),
    mhlo.Subtract: _of(lambda a, b: a - b),
    mhlo.Tan: _of(tangent),
    mhlo.Tanh: _of(hyperbolic_tangent),
}
