"""Rules of lower-to-linalg: bitcast_convert, bits as elements of another width."""

from xdsl.dialects.builtin import AnyFloat, ComplexType, IntegerType
from xdsl.ir import Attribute, Operation

from iree.compiler.dialects import mhlo
from iree.compiler.ir.diagnostics import fail
from iree.compiler.kernels.lowering import Lowering
from iree.compiler.kernels.nests import Body
from iree.compiler.kernels.scalar import Scalar


def lower_bitcast_convert(lowering: Lowering, op: Operation) -> None:
    """An element of the result is part of an element of the operand, or made of several."""
    assert isinstance(op, mhlo.BitcastConvert)
    source, target = (_computed(mhlo.element_of(value)) for value in (op.operand, op.result))
    if source == target:
        lowering.alias(op, [lowering.value(op.operand)])
        return
    if isinstance(source, ComplexType) or isinstance(target, ComplexType):
        fail(op, f"{op.operand.type} to {op.result.type} is not compiled; interpreter-bytecode runs it")
    bits = _bits(source), _bits(target)
    rank = len(mhlo.shape_of(op.result))

    def fill(body: Body) -> list[Scalar]:
        places = [body.index(dim) for dim in range(rank)]
        if bits[0] > bits[1]:
            whole = _as_bits(lowering.element(body, op.operand, places[:-1]))
            return [_from_bits(_part(whole, places[-1], bits[1]), target)]
        if bits[0] == bits[1]:
            return [_from_bits(_as_bits(lowering.element(body, op.operand, places)), target)]
        counters = (Scalar(body.emitter, body.emitter.index(number)) for number in range(bits[1] // bits[0]))
        parts = [_as_bits(lowering.element(body, op.operand, [*places, counter])) for counter in counters]
        return [_from_bits(_joined(parts, bits[1]), target)]

    lowering.nest(op, mhlo.shape_of(op.result), [], fill)


def _part(whole: Scalar, number: Scalar, bits: int) -> Scalar:
    """The number'th so many bits, from the lowest on."""
    distance = number.pure("arith.index_cast", type_=whole.type) * bits
    return whole.shift_right_logical(distance).pure("arith.trunci", type_=IntegerType(bits))


def _joined(parts: list[Scalar], bits: int) -> Scalar:
    """The inverse: so many bits in all."""
    first, *others = (part.pure("arith.extui", type_=IntegerType(bits)) for part in parts)
    for number, other in enumerate(others, 1):
        first = first | other << number * (bits // len(parts))
    return first


def _computed(element: Attribute) -> Attribute:
    return IntegerType(element.bitwidth) if isinstance(element, IntegerType) else element


def _bits(element: Attribute) -> int:
    assert isinstance(element, IntegerType | AnyFloat)
    return element.bitwidth


def _as_bits(x: Scalar) -> Scalar:
    return x.bits() if x.is_float else x


def _from_bits(x: Scalar, element: Attribute) -> Scalar:
    return x.pure("arith.bitcast", type_=element) if isinstance(element, AnyFloat) else x
