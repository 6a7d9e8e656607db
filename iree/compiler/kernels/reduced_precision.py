"""reduce_precision: floats rounded to those of fewer bits, on their own bits."""

from collections.abc import Sequence

from xdsl.dialects.builtin import BFloat16Type
from xdsl.ir import Attribute, Operation

from iree.compiler.dialects import mhlo
from iree.compiler.kernels.scalar import Scalar, where

_EXPONENT_BITS = {16: 5, 32: 8, 64: 11}


def reduce_precision(op: Operation, operands: Sequence[Scalar], types: Sequence[Attribute]) -> Scalar:
    """On the bits: half of the last place that is left and the place's own bit are added, then the rest is cut off.

    What is then too large for the exponent is infinite, what is too small is zero; NaN stays.
    """
    assert isinstance(op, mhlo.ReducePrecision)
    (x,) = operands
    exponent, mantissa = op.exponent_bits.value.data, op.mantissa_bits.value.data
    own_exponent = 8 if isinstance(types[0], BFloat16Type) else _EXPONENT_BITS[x.width]
    own = x.width - 1 - own_exponent
    lost = max(own - mantissa, 0)
    bias, limit = (1 << own_exponent - 1) - 1, (1 << min(exponent, own_exponent) - 1) - 1
    rest, infinity = (1 << lost) - 1, (1 << own_exponent) - 1 << own
    largest = (bias + limit << own) | (((1 << own) - 1) & ~rest)
    bits = x.bits()
    size = bits & (1 << x.width - 1) - 1
    result = size
    if lost:
        result = (size + (rest >> 1) + ((size >> lost) & 1)) & ~rest
    result = where(result > largest, infinity, result)
    if exponent < own_exponent:
        result = where(result < (bias - limit + 1 << own), 0, result)
    result = where(size > infinity, bits, result | (bits & -(1 << x.width - 1)))
    return result.pure("arith.bitcast", type_=x.type)
