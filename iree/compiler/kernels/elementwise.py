"""Rules of lower-to-linalg: elementwise ops and constants."""

from typing import Any

from xdsl.dialects.builtin import AnyFloat, ArrayAttr, ComplexType, FloatAttr, IntegerAttr, IntegerType
from xdsl.ir import Attribute, Operation

from iree.compiler.dialects import mhlo
from iree.compiler.ir.constants import Array, array_of, is_splat
from iree.compiler.ir.diagnostics import fail
from iree.compiler.kernels import index_maps
from iree.compiler.kernels.emitter import Number
from iree.compiler.kernels.lowering import Lowering
from iree.compiler.kernels.nests import Body, everywhere, identity
from iree.compiler.kernels.scalar import Scalar, where
from iree.compiler.kernels.scalar_bodies import scalar_result, signless

LARGEST_TABLE = 16  # elements of a constant that a kernel can choose from


def lower_elementwise(lowering: Lowering, op: Operation) -> None:
    """Each element of the result from those at the same place of the operands, or from their only one."""
    (result,) = op.results
    shape = mhlo.shape_of(result)
    types = [mhlo.element_of(operand) for operand in op.operands]
    sources = [
        lowering.read(operand, identity(len(shape)) if mhlo.shape_of(operand) == shape else everywhere(len(shape)))
        for operand in op.operands
    ]
    lowering.nest(op, shape, sources, lambda body: [scalar_result(op, body.values, types)])


def lower_constant(lowering: Lowering, op: Operation) -> None:
    """One number for all elements, or a choice by position among few."""
    value = op.properties["value"]
    (result,) = op.results
    array = array_of(value)
    element = signless(mhlo.element_of(result))
    if array.size == 0 or is_splat(value):
        lowering.set_number(result, number_of(array.reshape(-1)[0] if array.size else 0, element))
        return
    if array.size > LARGEST_TABLE:
        fail(op, f"a constant of {array.size} different elements in a kernel; pass it to the dispatch as an operand")
    _lower_table(lowering, op, array, element)


def lower_sizes(lowering: Lowering, op: Operation) -> None:
    """Sizes of the call, chosen by position."""
    assert isinstance(op, mhlo.Sizes)
    shape = mhlo.shape_of(op.value)
    if len(op.sizes.data) > LARGEST_TABLE:
        fail(op, f"{len(op.sizes.data)} sizes in a kernel, of {LARGEST_TABLE} at most")

    def fill(body: Body) -> list[Scalar]:
        indices = [body.index(dim).value for dim in range(len(shape))]
        linear = index_maps.linearize(index_maps.dims(len(shape)), shape)
        position = Scalar(body.emitter, index_maps.apply(body.emitter, linear, indices))
        element = signless(mhlo.element_of(op.value))
        first, *others = (Scalar(body.emitter, body.emitter.constant(size, element)) for size in op.sizes.data)
        for i, other in enumerate(others, 1):
            first = where(position.equals(i), other, first)
        return [first]

    lowering.nest(op, shape, [], fill)


def _lower_table(lowering: Lowering, op: Operation, array: Array, element: Attribute) -> None:
    def fill(body: Body) -> list[Scalar]:
        indices = [body.index(dim).value for dim in range(array.ndim)]
        linear = index_maps.linearize(index_maps.dims(array.ndim), array.shape)
        position = Scalar(body.emitter, index_maps.apply(body.emitter, linear, indices))
        first, *others = (body.emitter.constant_of(number_of(value, element)) for value in array.reshape(-1))
        result = Scalar(body.emitter, first)
        for i, other in enumerate(others, 1):
            result = where(position.equals(i), Scalar(body.emitter, other), result)
        return [result]

    lowering.nest(op, array.shape, [], fill)


def number_of(value: Any, element: Attribute) -> Number:
    """An element of a constant as an attribute of a type without sign."""
    if isinstance(element, ComplexType):
        return ArrayAttr([FloatAttr(float(part), element.element_type) for part in (value.real, value.imag)])
    if isinstance(element, AnyFloat):
        return FloatAttr(float(value), element)
    assert isinstance(element, IntegerType)
    return IntegerAttr(int(value), element, truncate_bits=True)
