"""The floats beside a float, found by its bits: of positive numbers, the next larger one has the next larger bits."""

import math

from xdsl.dialects.builtin import AnyFloat, IntegerType

from iree.compiler.dialects import mhlo
from iree.compiler.transforms.common.expression import Expression, where


def next_after(x: Expression, target: Expression) -> Expression:
    """x one step towards the target; the target where they are equal, NaN where one is.

    Everything is decided on integers: a device that flushes subnormal numbers sees the same cases.
    """
    element = x.element
    assert isinstance(element, AnyFloat)
    sign, infinity = -(2 ** (element.bitwidth - 1)), x.emitter.bits_of(math.inf, element)
    bits, target_bits = _bits(x), _bits(target)
    size, target_size = bits & ~sign, target_bits & ~sign
    is_zero, is_target = size.equals(0), bits.equals(target_bits) | (size | target_size).equals(0)
    shrinks = (size > target_size) | ((bits ^ target_bits) < 0)
    moved = where(is_zero, (target_bits & sign) | 1, bits + where(shrinks, bits.like(-1), 1))
    moved = where(is_target, target_bits, moved)
    is_nan = (size > infinity) | (target_size > infinity)
    quiet = infinity | (infinity >> 1)
    result = where(is_nan, moved.like(quiet), moved)
    return result.emitter.add(mhlo.BitcastConvert(result.value, x.type))


def _bits(x: Expression) -> Expression:
    element = x.element
    assert isinstance(element, AnyFloat)
    type_ = mhlo.with_elements(x.type, IntegerType(element.bitwidth))
    return x.emitter.add(mhlo.BitcastConvert(x.value, type_))
