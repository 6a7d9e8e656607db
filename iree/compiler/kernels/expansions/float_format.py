"""FloatFormat: where sign, exponent and mantissa are in the bits of an f32 or f64."""

from dataclasses import dataclass

from iree.compiler.kernels.scalar import Scalar


@dataclass(frozen=True)
class FloatFormat:
    """`mantissa`: bits of the mantissa that are held; the highest, which is always 1, is not."""

    width: int
    mantissa: int

    @property
    def bias(self) -> int:
        """The exponent of 1, as it is held."""
        return (1 << (self.width - self.mantissa - 2)) - 1

    @property
    def infinity(self) -> int:
        """The bits of infinity; those of NaN are greater."""
        return (2 * self.bias + 1) << self.mantissa

    @property
    def least_normal(self) -> int:
        """The bits of the least normal number, which are the mantissa's highest bit too."""
        return 1 << self.mantissa

    @property
    def fraction(self) -> int:
        """All bits of the mantissa."""
        return self.least_normal - 1

    @property
    def magnitude(self) -> int:
        """All bits but the sign."""
        return (1 << (self.width - 1)) - 1


_FORMATS = {32: FloatFormat(32, 23), 64: FloatFormat(64, 52)}


def format_of(x: Scalar) -> FloatFormat:
    """The format of an f32 or f64, or of an integer that has its bits."""
    return _FORMATS[x.width]
