"""Scalar: a value under construction that is written like a number.

    r = x - n * 0.693359375
    y = where(r > 1.0, r, 1.0 / r)

Python numbers become constants of the other operand's type. `<` and the like compare floats ordered, integers signed.
"""

from collections.abc import Callable

from xdsl.dialects.builtin import AnyFloat, ComplexType, IndexType, IntegerType, f32, f64
from xdsl.ir import Attribute, SSAValue

from iree.compiler.kernels.emitter import Emitter


class Scalar:
    """An SSA value of scalar type, with the emitter that adds to its block."""

    def __init__(self, emitter: Emitter, value: SSAValue) -> None:
        self.emitter = emitter
        self.value = value

    @property
    def type(self) -> Attribute:
        """The element type."""
        return self.value.type

    @property
    def is_float(self) -> bool:
        """Whether arithmetic on it is floating-point."""
        return isinstance(self.type, AnyFloat)

    @property
    def is_complex(self) -> bool:
        """Whether it has a real and an imaginary part."""
        return isinstance(self.type, ComplexType)

    @property
    def real(self) -> "Scalar":
        """The real part of a complex number."""
        return self.pure("complex.re")

    @property
    def imaginary(self) -> "Scalar":
        """The imaginary part of a complex number."""
        return self.pure("complex.im")

    @property
    def width(self) -> int:
        """Bits of an integer or float."""
        assert isinstance(self.type, IntegerType | AnyFloat)
        return self.type.bitwidth

    def like(self, number: "Number") -> "Scalar":
        """`number` as a constant of this type; a Scalar as it is."""
        if isinstance(number, Scalar):
            return number
        return Scalar(self.emitter, self.emitter.constant(number, self.type))

    def pure(self, name: str, *others: "Number", type_: Attribute | None = None) -> "Scalar":
        """The op `name` of this value and others."""
        operands = [self.value, *(self.like(other).value for other in others)]
        return Scalar(self.emitter, self.emitter.pure(name, operands, type_))

    def _binary(self, kind: str, other: "Number") -> "Scalar":
        if self.is_complex:
            return _COMPLEX[kind](self, self.like(other))
        return self.pure(f"arith.{kind}{'f' if self.is_float else 'i'}", other)

    def __add__(self, other: "Number") -> "Scalar":
        return self._binary("add", other)

    def __sub__(self, other: "Number") -> "Scalar":
        return self._binary("sub", other)

    def __mul__(self, other: "Number") -> "Scalar":
        return self._binary("mul", other)

    def __truediv__(self, other: "Number") -> "Scalar":
        return self.pure("arith.divf", other)

    def __radd__(self, other: float) -> "Scalar":
        return self.like(other) + self

    def __rsub__(self, other: float) -> "Scalar":
        return self.like(other) - self

    def __rmul__(self, other: float) -> "Scalar":
        return self.like(other) * self

    def __rtruediv__(self, other: float) -> "Scalar":
        return self.like(other) / self

    def __neg__(self) -> "Scalar":
        if self.is_complex:
            return complex_of(-self.real, -self.imaginary)
        return self.pure("arith.negf") if self.is_float else 0 - self

    def __and__(self, other: "Number") -> "Scalar":
        return self.pure("arith.andi", other)

    def __or__(self, other: "Number") -> "Scalar":
        return self.pure("arith.ori", other)

    def __xor__(self, other: "Number") -> "Scalar":
        return self.pure("arith.xori", other)

    def __lshift__(self, other: "Number") -> "Scalar":
        return self.pure("arith.shli", other)

    def __rshift__(self, other: "Number") -> "Scalar":
        """The sign is shifted in."""
        return self.pure("arith.shrsi", other)

    def shift_right_logical(self, other: "Number") -> "Scalar":
        """Zeros are shifted in."""
        return self.pure("arith.shrui", other)

    def _compare(self, ordered: str, signed: str, other: "Number") -> "Scalar":
        predicate = ordered if self.is_float else signed
        return Scalar(self.emitter, self.emitter.compare(predicate, self.value, self.like(other).value))

    def __lt__(self, other: "Number") -> "Scalar":
        return self._compare("olt", "slt", other)

    def __le__(self, other: "Number") -> "Scalar":
        return self._compare("ole", "sle", other)

    def __gt__(self, other: "Number") -> "Scalar":
        return self._compare("ogt", "sgt", other)

    def __ge__(self, other: "Number") -> "Scalar":
        return self._compare("oge", "sge", other)

    def equals(self, other: "Number") -> "Scalar":
        """False for NaN."""
        return self._compare("oeq", "eq", other)

    def differs(self, other: "Number") -> "Scalar":
        """True for NaN."""
        return self._compare("une", "ne", other)

    def below(self, other: "Number") -> "Scalar":
        """Unsigned less-than of integers."""
        return self._compare("", "ult", other)

    def is_nan(self) -> "Scalar":
        """Whether it is no number."""
        return self._compare("uno", "", self)

    def __abs__(self) -> "Scalar":
        return self.pure("math.absf") if self.is_float else where(self < 0, -self, self)

    def bits(self) -> "Scalar":
        """A float's bits as a signless integer."""
        return self.pure("arith.bitcast", type_=IntegerType(self.width))

    def as_float(self) -> "Scalar":
        """An i32's bits as f32, an i64's as f64."""
        return self.pure("arith.bitcast", type_=_FLOATS[self.width])

    def to_integer(self) -> "Scalar":
        """The whole number that a float holds, as an integer as wide as the float."""
        return self.pure("arith.fptosi", type_=IntegerType(self.width))

    def to_float(self) -> "Scalar":
        """An i32 as f32, an i64 as f64, rounded."""
        return self.pure("arith.sitofp", type_=_FLOATS[self.width])

    def to_index(self) -> "Scalar":
        """An integer as an index."""
        return self if isinstance(self.type, IndexType) else self.pure("arith.index_cast", type_=IndexType())


Number = Scalar | float


def complex_of(real: Scalar, imaginary: Number) -> Scalar:
    """The complex number of two parts."""
    assert isinstance(real.type, AnyFloat)
    return real.pure("complex.create", imaginary, type_=ComplexType(real.type))


def _complex_product(a: Scalar, b: Scalar) -> Scalar:
    real = a.real * b.real - a.imaginary * b.imaginary
    return complex_of(real, a.real * b.imaginary + a.imaginary * b.real)


_COMPLEX: dict[str, Callable[[Scalar, Scalar], Scalar]] = {
    "add": lambda a, b: complex_of(a.real + b.real, a.imaginary + b.imaginary),
    "sub": lambda a, b: complex_of(a.real - b.real, a.imaginary - b.imaginary),
    "mul": _complex_product,
}
_FLOATS: dict[int, Attribute] = {32: f32, 64: f64}


def where(condition: Scalar, true: Number, false: Number) -> Scalar:
    """`condition ? true : false`. At least one of the two is a Scalar."""
    model = true if isinstance(true, Scalar) else false
    assert isinstance(model, Scalar)
    chosen = condition.emitter.select(condition.value, model.like(true).value, model.like(false).value)
    return Scalar(condition.emitter, chosen)


def polynomial(x: Scalar, coefficients: tuple[float, ...]) -> Scalar:
    """c0 + c1 x + c2 x^2 + ..., by Horner's rule."""
    result = x.like(coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        result = result * x + coefficient
    return result
