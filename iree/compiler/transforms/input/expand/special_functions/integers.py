"""Integer functions that need more bits than their type has."""

from xdsl.dialects.builtin import IntegerType

from iree.compiler.dialects import mhlo
from iree.compiler.transforms.common.expression import Expression, where


def mulhi(x: Expression, y: Expression) -> Expression:
    """The upper half of the bits of a product.

    Of four products of halves, which fit the type as numbers without sign. Where an operand with a sign is negative,
    that has counted its upper bit as +2^n and not as -2^n: the other operand is taken away once for it.
    """
    element = x.element
    assert isinstance(element, IntegerType)
    half = element.bitwidth // 2
    mask: int = 2**half - 1
    x_low, x_high, y_low, y_high = x & mask, x >> half, y & mask, y >> half
    low = x_low * y_low
    middle = x_high * y_low + (low >> half)
    other = x_low * y_high + (middle & mask)
    high = x_high * y_high + (middle >> half) + (other >> half)
    if mhlo.elements_of(element) is mhlo.Elements.UNSIGNED:
        return high
    return high - where(x < 0, y, 0) - where(y < 0, x, 0)
