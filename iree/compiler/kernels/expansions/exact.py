"""Functions that need no approximation: the larger and smaller of two, rounding half away, counting bits."""

from iree.compiler.kernels.expansions.exponentials import with_sign_of
from iree.compiler.kernels.scalar import Scalar, where


def maximumf(a: Scalar, b: Scalar) -> Scalar:
    """The larger; NaN where one is; +0 is larger than -0."""
    return _extreme(a, b, a > b, a.bits() & b.bits())


def minimumf(a: Scalar, b: Scalar) -> Scalar:
    """The smaller; NaN where one is; -0 is smaller than +0."""
    return _extreme(a, b, a < b, a.bits() | b.bits())


def rsqrt(x: Scalar) -> Scalar:
    """1 / sqrt(x)."""
    return 1.0 / x.pure("math.sqrt")


def round_away(x: Scalar) -> Scalar:
    """The nearest whole number, halves away from zero."""
    whole = x.pure("math.trunc")
    away = where(abs(x - whole) >= 0.5, abs(whole) + 1.0, abs(whole))
    return with_sign_of(away, x)


def popcount(x: Scalar) -> Scalar:
    """How many bits are set: sums of pairs, of fours, of bytes, ..."""
    total, size = x, 1
    while size < x.width:
        mask = x.like(_alternating(size, x.width))
        total = (total & mask) + (total.shift_right_logical(size) & mask)
        size *= 2
    return total


def leading_zeros(x: Scalar) -> Scalar:
    """How many zeros there are above the highest set bit: set all below it, count what is left."""
    size = 1
    while size < x.width:
        x = x | x.shift_right_logical(size)
        size *= 2
    return x.like(x.width) - popcount(x)


def _extreme(a: Scalar, b: Scalar, a_wins: Scalar, tie: Scalar) -> Scalar:
    """Where the two are equal they differ at most in their sign, which `tie` has right."""
    chosen = where(a_wins, a, b)
    chosen = where(a.equals(b), tie.pure("arith.bitcast", type_=a.type), chosen)
    return where(a.is_nan(), a, where(b.is_nan(), b, chosen))


def _alternating(size: int, width: int) -> int:
    """`size` ones above `size` zeros, repeated, the lowest bit set."""
    return sum(((1 << size) - 1) << start for start in range(0, width, 2 * size))
