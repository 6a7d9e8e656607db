"""Rule of lower-to-linalg: bitcast_convert, the same bits as elements of another width.

A wide element is cut into narrow ones, or put together from them, by shifts of integers, the lowest bits first.
"""

from xdsl.dialects.builtin import AnyFloat, ComplexType, IntegerType
from xdsl.ir import Attribute, Operation

from iree.compiler.dialects import mhlo
from iree.compiler.ir.diagnostics import fail
from iree.compiler.kernels import index_maps
from iree.compiler.kernels.lowering import Lowering
from iree.compiler.kernels.nests import Body, identity
from iree.compiler.kernels.scalar import Scalar
from iree.compiler.kernels.scalar_bodies import signless


def lower_bitcast_convert(lowering: Lowering, op: Operation) -> None:
    """A narrower result has one dimension more than the operand, a wider one has one less."""
    assert isinstance(op, mhlo.BitcastConvert)
    source, target = signless(mhlo.element_of(op.operand)), signless(mhlo.element_of(op.result))
    shape = mhlo.shape_of(op.result)
    if source == target:
        lowering.nest(op, shape, [lowering.read(op.operand, identity(len(shape)))], lambda body: body.values)
        return
    if isinstance(source, ComplexType) or isinstance(target, ComplexType):
        fail(op, f"from {source} to {target} is not compiled by compiled targets; interpreter-bytecode runs it")
    if _bits(source) >= _bits(target):
        _cut(lowering, op, target)
    else:
        _join(lowering, op, _bits(target) // _bits(source), target)


def _cut(lowering: Lowering, op: mhlo.BitcastConvert, target: Attribute) -> None:
    shape, kept = mhlo.shape_of(op.result), len(mhlo.shape_of(op.operand))
    source = lowering.read(op.operand, index_maps.make_map(len(shape), index_maps.dims(len(shape))[:kept]))

    def fill(body: Body) -> list[Scalar]:
        whole = _as_bits(body.values[0])
        if kept < len(shape):
            part = body.index(kept).pure("arith.index_cast", type_=whole.type)
            whole = whole.shift_right_logical(part * _bits(target)).pure(
                "arith.trunci", type_=IntegerType(_bits(target))
            )
        return [_from_bits(whole, target)]

    lowering.nest(op, shape, [source], fill)


def _join(lowering: Lowering, op: mhlo.BitcastConvert, count: int, target: Attribute) -> None:
    shape, wide = mhlo.shape_of(op.result), IntegerType(_bits(target))

    def fill(body: Body) -> list[Scalar]:
        place = [body.index(dim) for dim in range(len(shape))]
        parts = [lowering.element(body, op.operand, [*place, body.constant(number)]) for number in range(count)]
        whole, *others = (_as_bits(part).pure("arith.extui", type_=wide) for part in parts)
        for number, other in enumerate(others, 1):
            whole = whole | other << number * (_bits(target) // count)
        return [_from_bits(whole, target)]

    lowering.nest(op, shape, [], fill)


def _bits(type_: Attribute) -> int:
    assert isinstance(type_, IntegerType | AnyFloat)
    return type_.bitwidth


def _as_bits(x: Scalar) -> Scalar:
    return x.bits() if x.is_float else x


def _from_bits(x: Scalar, type_: Attribute) -> Scalar:
    return x if x.type == type_ else x.pure("arith.bitcast", type_=type_)
