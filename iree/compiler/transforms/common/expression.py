"""Expression: a tensor under construction that is written like a number.

    def build(x: Expression) -> Expression:
        return where(x < 0.0, -x, x.apply(mhlo.Sqrt)) * 2.0

    expand(op, build)

puts the ops that `build` made in the place of `op`. Python numbers become scalar constants, broadcast to the other
operand's shape: a large tensor then costs no large constants. Operators are StableHLO's: integers wrap and divide
towards zero; `<` and the like give false for NaN.
"""

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from xdsl.dialects.builtin import ComplexType, TensorType
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.dialects.mhlo import Direction
from iree.compiler.ir.constants import Array, dense, dtype_of
from iree.compiler.ir.rewriting import replace

Number: TypeAlias = "Expression | complex"


class Emitter:
    """Collects new ops, in order; a number of one type is made once."""

    def __init__(self) -> None:
        self.ops: list[Operation] = []
        self._numbers: dict[tuple[Attribute, bytes], Expression] = {}

    def add(self, op: Operation) -> "Expression":
        """The only result of a new op."""
        self.ops.append(op)
        return Expression(self, op.results[0])

    def constant(self, array: Array, element: Attribute) -> "Expression":
        """A constant with these numbers, rounded to the element type."""
        values = np.asarray(array).astype(dtype_of(element))
        return self.add(mhlo.Constant(dense(values, TensorType(element, values.shape))))

    def number(self, value: complex, type_: mhlo.Tensor) -> "Expression":
        """A tensor of the type whose elements all are one number."""
        with np.errstate(over="ignore"):
            array = np.array(value, dtype_of(type_.element_type))
        key = (type_, array.tobytes())
        if key not in self._numbers:
            self._numbers[key] = self.constant(array, type_.element_type).broadcast(type_.get_shape(), ())
        return self._numbers[key]

    def bits_of(self, number: float, element: Attribute) -> int:
        """A number's bits as an element of the type, read as an integer."""
        return int.from_bytes(np.array(number, dtype_of(element)).tobytes(), "little")

    def region(self, types: Sequence[Attribute], build: Callable[..., Sequence["Expression"]]) -> Region:
        """A region that takes values of these types and returns what `build` makes of them, or of values around it."""
        around = self.ops, self._numbers
        self.ops, self._numbers = [], dict(self._numbers)
        block = Block(arg_types=types)
        results = build(*(Expression(self, argument) for argument in block.args))
        block.add_ops([*self.ops, mhlo.Return([result.value for result in results])])
        self.ops, self._numbers = around
        return Region(block)

    def iota(self, element: Attribute, shape: Sequence[int], dimension: int) -> "Expression":
        """0, 1, 2, .. along a dimension."""
        return self.add(mhlo.Iota(dimension, TensorType(element, shape)))


class Expression:
    """An SSA value of tensor type, with the emitter that collects what is made of it."""

    def __init__(self, emitter: Emitter, value: SSAValue) -> None:
        self.emitter = emitter
        self.value = value

    @property
    def type(self) -> mhlo.Tensor:
        """Its tensor type."""
        return mhlo.tensor(self.value)

    @property
    def element(self) -> Attribute:
        """The type of its elements."""
        return mhlo.element_of(self.value)

    @property
    def shape(self) -> tuple[int, ...]:
        """Its sizes."""
        return mhlo.shape_of(self.value)

    def like(self, number: Number) -> "Expression":
        """A number as a tensor of this type; an expression as it is."""
        return number if isinstance(number, Expression) else self.emitter.number(number, self.type)

    def apply(self, op: Callable[..., Operation], *others: Number) -> "Expression":
        """The result of an op of this value and others of its type."""
        return self.emitter.add(op(self.value, *(self.like(other).value for other in others)))

    # Arithmetic and bits.

    def __add__(self, other: Number) -> "Expression":
        return self.apply(mhlo.Add, other)

    def __sub__(self, other: Number) -> "Expression":
        return self.apply(mhlo.Subtract, other)

    def __mul__(self, other: Number) -> "Expression":
        return self.apply(mhlo.Multiply, other)

    def __truediv__(self, other: Number) -> "Expression":
        return self.apply(mhlo.Divide, other)

    def __mod__(self, other: Number) -> "Expression":
        return self.apply(mhlo.Remainder, other)

    def __pow__(self, other: Number) -> "Expression":
        return self.apply(mhlo.Power, other)

    def __radd__(self, other: complex) -> "Expression":
        return self.like(other) + self

    def __rsub__(self, other: complex) -> "Expression":
        return self.like(other) - self

    def __rmul__(self, other: complex) -> "Expression":
        return self.like(other) * self

    def __rtruediv__(self, other: complex) -> "Expression":
        return self.like(other) / self

    def __neg__(self) -> "Expression":
        return self.apply(mhlo.Negate)

    def __abs__(self) -> "Expression":
        return self.apply(mhlo.Abs)

    def __and__(self, other: Number) -> "Expression":
        return self.apply(mhlo.And, other)

    def __or__(self, other: Number) -> "Expression":
        return self.apply(mhlo.Or, other)

    def __xor__(self, other: Number) -> "Expression":
        return self.apply(mhlo.Xor, other)

    def __invert__(self) -> "Expression":
        return self.apply(mhlo.Not)

    def __lshift__(self, other: Number) -> "Expression":
        return self.apply(mhlo.ShiftLeft, other)

    def __rshift__(self, other: Number) -> "Expression":
        """Zeros are shifted in."""
        return self.apply(mhlo.ShiftRightLogical, other)

    # Comparison.

    def _compare(self, direction: Direction, other: Number) -> "Expression":
        return self.emitter.add(mhlo.Compare(self.value, self.like(other).value, direction))

    def __lt__(self, other: Number) -> "Expression":
        return self._compare(Direction.LT, other)

    def __le__(self, other: Number) -> "Expression":
        return self._compare(Direction.LE, other)

    def __gt__(self, other: Number) -> "Expression":
        return self._compare(Direction.GT, other)

    def __ge__(self, other: Number) -> "Expression":
        return self._compare(Direction.GE, other)

    def equals(self, other: Number) -> "Expression":
        """False for NaN."""
        return self._compare(Direction.EQ, other)

    def differs(self, other: Number) -> "Expression":
        """True for NaN."""
        return self._compare(Direction.NE, other)

    def is_nan(self) -> "Expression":
        """Whether it is no number."""
        return self.differs(self)

    # Shapes and types.

    def convert(self, element: Attribute) -> "Expression":
        """The same values in another element type."""
        return self if element == self.element else self.emitter.add(mhlo.Convert(self.value, element))

    def reshape(self, shape: Sequence[int]) -> "Expression":
        """The same elements under another shape."""
        return self if tuple(shape) == self.shape else self.emitter.add(mhlo.Reshape(self.value, shape))

    def broadcast(self, shape: Sequence[int], dimensions: Sequence[int]) -> "Expression":
        """Own dimension i becomes dimension `dimensions[i]` of the shape."""
        if tuple(shape) == self.shape:
            return self
        type_ = mhlo.with_shape(self.type, shape)
        return self.emitter.add(mhlo.BroadcastInDim(self.value, dimensions, type_))

    def transpose(self, permutation: Sequence[int]) -> "Expression":
        """Dimension i is own dimension `permutation[i]`."""
        if list(permutation) == list(range(len(self.shape))):
            return self
        return self.emitter.add(mhlo.Transpose(self.value, permutation))

    def slice(self, dimension: int, start: int, limit: int, stride: int = 1) -> "Expression":
        """Part of it along one dimension."""
        shape = self.shape
        if (start, limit, stride) == (0, shape[dimension], 1):
            return self
        starts, limits, strides = [0] * len(shape), list(shape), [1] * len(shape)
        starts[dimension], limits[dimension], strides[dimension] = start, limit, stride
        return self.emitter.add(mhlo.Slice(self.value, starts, limits, strides))

    def take(self, dimension: int, index: "Expression") -> "Expression":
        """What stands at an index, a number without dimensions, along one dimension; its size there is 1."""
        sizes = [1 if dim == dimension else size for dim, size in enumerate(self.shape)]
        return self.emitter.add(mhlo.DynamicSlice(self.value, self._starts(dimension, index), sizes))

    def put(self, part: "Expression", dimension: int, index: "Expression") -> "Expression":
        """With `part` at an index along one dimension."""
        return self.emitter.add(mhlo.DynamicUpdateSlice(self.value, part.value, self._starts(dimension, index)))

    def _starts(self, dimension: int, index: "Expression") -> list[SSAValue]:
        return [(index if dim == dimension else index.like(0)).value for dim in range(len(self.shape))]

    def conjugate(self) -> "Expression":
        """With the imaginary parts negated, of complex numbers; others as they are."""
        return self.apply(mhlo.Conj) if isinstance(self.element, ComplexType) else self

    def reverse(self, *dimensions: int) -> "Expression":
        """The other way round along dimensions."""
        return self.emitter.add(mhlo.Reverse(self.value, dimensions))

    def pad(
        self, low: Sequence[int], high: Sequence[int], interior: Sequence[int] | None = None, filler: Number = 0
    ) -> "Expression":
        """With zeros, or another number, around it and, if so asked, between its elements."""
        if not isinstance(filler, Expression):
            filler = self.emitter.number(filler, TensorType(self.element, ()))
        between = [0] * len(low) if interior is None else interior
        return self.emitter.add(mhlo.Pad(self.value, filler.value, low, high, between))

    def dot(self, other: "Expression", numbers: mhlo.DotNumbers) -> "Expression":
        """Products summed over dimensions."""
        return self.emitter.add(mhlo.DotGeneral(self.value, other.value, numbers))

    def sum(self, *dimensions: int) -> "Expression":
        """Added up along dimensions."""
        return self._reduce(mhlo.Add, 0, dimensions)

    def maximum(self, *dimensions: int) -> "Expression":
        """The largest along dimensions; of nothing the smallest number."""
        dtype = dtype_of(self.element)
        return self._reduce(mhlo.Maximum, -math.inf if dtype.kind == "f" else int(np.iinfo(dtype).min), dimensions)

    def minimum(self, *dimensions: int) -> "Expression":
        """The smallest along dimensions; of nothing the largest number."""
        dtype = dtype_of(self.element)
        return self._reduce(mhlo.Minimum, math.inf if dtype.kind == "f" else int(np.iinfo(dtype).max), dimensions)

    def _reduce(self, applied: Callable[..., mhlo.Binary], start: float, dimensions: Sequence[int]) -> "Expression":
        scalar = TensorType(self.element, ())
        block = Block(arg_types=[scalar, scalar])
        combined = applied(*block.args)
        block.add_ops([combined, mhlo.Return([combined.result])])
        first = self.emitter.number(start, scalar)
        return self.emitter.add(mhlo.Reduce([self.value], [first.value], dimensions, Region(block)))


def where(condition: Expression, true: Number, false: Number) -> Expression:
    """`true` where the condition holds, `false` elsewhere. At least one of the two is an expression."""
    model = true if isinstance(true, Expression) else false
    assert isinstance(model, Expression)
    select = mhlo.Select(condition.value, model.like(true).value, model.like(false).value)
    return condition.emitter.add(select)


def concatenate(parts: Sequence[Expression], dimension: int) -> Expression:
    """One after the other along a dimension."""
    if len(parts) == 1:
        return parts[0]
    return parts[0].emitter.add(mhlo.Concatenate([part.value for part in parts], dimension))


def polynomial(x: Expression, coefficients: Sequence[float]) -> Expression:
    """c0 + c1 x + c2 x^2 + .., by Horner's rule."""
    result = x.like(coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        result = result * x + coefficient
    return result


def expand(op: Operation, build: Callable[..., Expression | Sequence[Expression]]) -> None:
    """Replaces an op by what `build` makes of its operands, as many expressions as the op has results."""
    emitter = Emitter()
    built = build(*(Expression(emitter, operand) for operand in op.operands))
    results = [built] if isinstance(built, Expression) else built
    replace(op, emitter.ops, [result.value for result in results])
