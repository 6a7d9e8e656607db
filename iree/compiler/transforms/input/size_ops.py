"""Ops that take sizes as data, once the sizes are known, as ops that have them in their types.

mhlo.dynamic_reshape %x, %s            ->  mhlo.reshape %x
mhlo.dynamic_broadcast_in_dim %x, %s   ->  mhlo.broadcast_in_dim %x
mhlo.dynamic_iota %s                   ->  mhlo.iota
mhlo.real_dynamic_slice %x, ..         ->  mhlo.slice %x
mhlo.dynamic_pad %x, %c, ..            ->  mhlo.pad %x, %c
mhlo.dynamic_gather %x, %i, %s         ->  mhlo.gather %x, %i
shape.assuming %w -> (..) { .. }       ->  what it holds
shape.cstr_broadcastable, cstr_eq      ->  the sizes are the same
stablehlo.custom_call @shape_assertion ->  a condition of the function
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from xdsl.dialects import tensor
from xdsl.dialects.builtin import StringAttr, SymbolRefAttr, TensorType
from xdsl.ir import Operation, SSAValue

from iree.compiler.dialects import mhlo, shape, tf
from iree.compiler.ir import sizes
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.location import location_of
from iree.compiler.ir.rewriting import erase, inherit, replace
from iree.compiler.transforms.input.size_facts import SizeFacts, values_array
from iree.compiler.transforms.input.size_shapes import result_shapes


def dissolve(op: Operation, facts: SizeFacts) -> "Operation | bool | None":
    """Replaces such an op. Returns the first op in its place that has to be looked at, True if none has, None if the
    op is no such op. CompileError: its sizes depend on data."""
    rule = _RULES.get(op.name)
    if rule is None and op.name == "mhlo.custom_call" and _target_of(op) == "shape_assertion":
        rule = _shape_assertion
    return None if rule is None else rule(op, facts)


def _sizes(op: Operation, value: SSAValue, facts: SizeFacts) -> list[int]:
    """The sizes that an operand holds. CompileError: it depends on data."""
    values = facts.values.get(value)
    if values is None:
        maker = value.owner
        while isinstance(maker, Operation) and (data := [v for v in maker.operands if v not in facts.values]):
            maker = data[0].owner
        what = f"{maker.name} at {location_of(maker)}" if isinstance(maker, Operation) else "an argument"
        fail(
            op,
            f"a size of its result is data, given by {what}; sizes have to follow from those of arguments",
        )
    return [int(size) for size in values.reshape(-1).tolist()]


def _stated(op: Operation, shape_: list[int], facts: SizeFacts) -> list[int]:
    """The shape, where the result's type agrees."""
    type_ = op.results[0].type
    assert isinstance(type_, TensorType)
    if len(type_.get_shape()) != len(shape_):
        fail(op, f"the result is {type_}, but has the sizes {sizes.shape_text(shape_)}")
    for size, wanted in zip(shape_, type_.get_shape(), strict=True):
        if wanted != mhlo.DYNAMIC:
            facts.equate(size, wanted, op, f"the result is {type_}")
    return shape_


def _reshape(op: Any, facts: SizeFacts) -> Operation | bool:
    wanted = _sizes(op, op.operands[1], facts)
    operand = mhlo.shape_of(op.operands[0])
    if wanted.count(-1) == 1:  # TensorFlow's
        rest = -math.prod(wanted)
        count = math.prod(operand)
        if not rest or not sizes.divides(rest, count):
            fail(op, f"{sizes.shape_text(operand)} elements do not fill the shape {sizes.shape_text(wanted)}")
        wanted[wanted.index(-1)] = count // rest
    wanted = _stated(op, wanted, facts)
    operand = mhlo.shape_of(op.operands[0])
    if math.prod(operand) != math.prod(wanted):
        _equate_counts(op, operand, wanted, facts)
        wanted, operand = _sizes_again(op, facts, wanted), mhlo.shape_of(op.operands[0])
    new = mhlo.Reshape(op.operands[0], wanted)
    replace(op, new)
    return new


def _sizes_again(op: Operation, facts: SizeFacts, before: list[int]) -> list[int]:
    return _sizes(op, op.operands[1], facts) if -1 not in before else before


def _equate_counts(op: Operation, operand: tuple[int, ...], wanted: list[int], facts: SizeFacts) -> None:
    """Sizes that both shapes have are left out; what is left has to be the same."""
    one, other = list(operand), list(wanted)
    for size in operand:
        if size in other and size in one:
            one.remove(size)
            other.remove(size)
    what = f"{sizes.shape_text(operand)} under the shape {sizes.shape_text(wanted)}"
    facts.equate(math.prod(one), math.prod(other), op, what)


def _broadcast_in_dim(op: Any, facts: SizeFacts) -> Operation | bool:
    wanted = _stated(op, _sizes(op, op.output_dimensions, facts), facts)
    dims = mhlo.ints(op.broadcast_dimensions)
    for size, dim in zip(mhlo.shape_of(op.operand), dims, strict=True):
        if size != 1:
            facts.equate(wanted[dim], size, op, f"operand {op.operand.type} along dimension {dim} of the result")
    type_ = mhlo.with_shape(mhlo.tensor(op.result), _sizes(op, op.output_dimensions, facts))
    return _replaced(op, mhlo.BroadcastInDim(op.operand, dims, type_))


def _iota(op: Any, facts: SizeFacts) -> Operation | bool:
    wanted = _stated(op, _sizes(op, op.output_shape, facts), facts)
    return _replaced(op, mhlo.Iota(op.along, mhlo.with_shape(mhlo.tensor(op.result), wanted)))


def _slice(op: Any, facts: SizeFacts) -> Operation | bool:
    lists = [_sizes(op, operand, facts) for operand in op.operands[1:]]
    return _replaced(op, mhlo.Slice(op.operand, *lists), facts)


def _strided_slice(op: Any, facts: SizeFacts) -> Operation | bool:
    """What Python's slices mean, of which those that drop a dimension are reshaped after the slice."""
    from_first, to_last, drops = (_mask(op, name) for name in ("begin_mask", "end_mask", "shrink_axis_mask"))
    if _mask(op, "ellipsis_mask") or _mask(op, "new_axis_mask"):
        fail(op, "has an ellipsis or a new axis, which is supported only where all sizes are known")
    begins, ends, steps = (_sizes(op, operand, facts) for operand in (op.begin, op.end, op.strides))
    runs = []
    for dim, size in enumerate(mhlo.shape_of(op.operand)):
        if dim >= len(begins):
            runs.append((0, size, 1))
            continue
        first = 0 if from_first >> dim & 1 else _from_the_end(begins[dim], size)
        last = size if to_last >> dim & 1 else _from_the_end(ends[dim], size)
        if drops >> dim & 1:
            first = _from_the_end(begins[dim], size)
            last = first + 1
        elif steps[dim] < 1:
            fail(op, f"has a stride of {sizes.text(steps[dim])}; reverse the dimension instead")
        elif sizes.are_known((first, last, size)):
            first, last = max(0, min(first, size)), max(0, min(last, size))
            last = max(first, last)
        runs.append((first, last, 1 if drops >> dim & 1 else steps[dim]))
    new = mhlo.Slice(op.operand, *(list(values) for values in zip(*runs, strict=True)))
    inherit(new, op)
    found = result_shapes(new, facts)
    assert found is not None
    kept = [size for dim, size in enumerate(found[0]) if not drops >> dim & 1]
    if (known := facts.values.get(op.operand)) is not None:
        part: Any = known[tuple(slice(*run) for run in runs)]
        facts.values[op.result] = part.reshape(kept)
        return True
    _stated(op, kept, facts)
    replace(op, [new, mhlo.Reshape(new.result, kept)])
    return new


def _mask(op: Any, name: str) -> int:
    attribute = getattr(op, name)
    return 0 if attribute is None else int(attribute.value.data)


def _from_the_end(place: int, size: int) -> int:
    """A place of Python's, which counts from the end where it is negative."""
    return size + place if sizes.is_known(place) and place < 0 else place


def _split_at(op: Any, facts: SizeFacts) -> Operation | bool:
    values = values_array(_sizes(op, op.operand, facts), (len(_sizes(op, op.operand, facts)),))
    (place,) = _sizes(op, op.index, facts)
    facts.values[op.head], facts.values[op.tail] = values[:place], values[place:]
    return True


def _pad(op: Any, facts: SizeFacts) -> Operation | bool:
    lists = [_sizes(op, operand, facts) for operand in op.operands[2:]]
    return _replaced(op, mhlo.Pad(op.operand, op.padding_value, *lists), facts)


def _gather(op: Any, facts: SizeFacts) -> Operation | bool:
    slice_sizes = _sizes(op, op.operands[2], facts)
    new = mhlo.Gather(op.operand, op.start_indices, op.dimension_numbers.data, slice_sizes)
    return _replaced(op, new, facts)


def _replaced(op: Operation, new: Operation, facts: SizeFacts | None = None) -> Operation | bool:
    """Puts `new` in the place of `op`; with `facts`, its sizes have to be those that op states."""
    if facts is not None:
        inherit(new, op)
        shapes = result_shapes(new, facts)
        assert shapes is not None
        _stated(op, list(shapes[0]), facts)
    replace(op, new)
    return new


def _assuming(op: Any, facts: SizeFacts) -> Operation | bool:
    """What may be computed if something holds is computed: what has to hold is stated already."""
    block, outer = op.body.block, op.parent
    assert outer is not None
    last = block.last_op
    assert last is not None
    values, first = list(last.operands), block.first_op
    erase(last)
    for inner in list(block.ops):
        inner.detach()
        outer.insert_op_before(inner, op)
    replace(op, [], values)
    return first if first is not last and first is not None else True


def _broadcastable(op: Any, facts: SizeFacts) -> Operation | bool:
    """Shapes whose sizes of 1 are not known to be such are the same."""
    shapes = [_sizes(op, operand, facts) for operand in op.shapes]
    rank = max(map(len, shapes), default=0)
    for place in range(1, rank + 1):
        column = [one[-place] for one in shapes if len(one) >= place and one[-place] != 1]
        for size in column[1:]:
            facts.equate(column[0], size, op, f"shapes {' and '.join(map(sizes.shape_text, shapes))}")
        shapes = [_sizes(op, operand, facts) for operand in op.shapes]
    return True


def _equal(op: Any, facts: SizeFacts) -> Operation | bool:
    for operand in op.shapes[1:]:
        pairs = zip(_sizes(op, op.shapes[0], facts), _sizes(op, operand, facts), strict=True)
        for one, other in pairs:
            facts.equate(one, other, op, "shapes")
    return True


def _nothing(op: Operation, facts: SizeFacts) -> Operation | bool:
    return True


def _dim(op: Any, facts: SizeFacts) -> Operation | bool:
    (place,) = _sizes(op, op.index, facts)
    facts.values[op.result] = values_array([mhlo.shape_of(op.source)[place]], ())
    return True


def _target_of(op: Operation) -> str:
    match op.properties.get("call_target_name", op.attributes.get("call_target_name")):
        case StringAttr(data=name) | SymbolRefAttr(root_reference=StringAttr(data=name)):
            return name
    return ""


def _shape_assertion(op: Operation, facts: SizeFacts) -> Operation | bool:
    """JAX states what it assumes of its symbols: that they are 1 or more, most often."""
    compare = op.operands[0].owner
    message = op.properties.get("error_message", op.attributes.get("error_message"))
    text = message.data.partition(" Using the following")[0] if isinstance(message, StringAttr) else "shape_assertion"
    known = facts.values.get(op.operands[0])
    if known is not None:
        if not all(known.reshape(-1).tolist()):
            fail(op, text)
    elif isinstance(compare, mhlo.Compare):
        (lhs,), (rhs,) = (_sizes(op, operand, facts) for operand in compare.operands)
        direction = compare.direction.value
        if direction == "EQ":
            facts.equate(lhs, rhs, op, text)
        elif direction == "NE":
            fail(op, f"only that sizes are equal, or ordered, can be asserted: {text}")
        else:
            small, large = (lhs, rhs) if direction in ("LE", "LT") else (rhs, lhs)
            facts.conditions.append((large - small - int(direction in ("LT", "GT")), text))
    else:
        fail(op, f"asserts something else than a comparison of sizes: {text}")
    erase(op)
    return True


_RULES: Mapping[str, Callable[[Any, SizeFacts], Operation | bool]] = {
    mhlo.DynamicReshape.name: _reshape,
    mhlo.DynamicBroadcastInDim.name: _broadcast_in_dim,
    mhlo.DynamicIota.name: _iota,
    mhlo.RealDynamicSlice.name: _slice,
    mhlo.DynamicPad.name: _pad,
    mhlo.DynamicGather.name: _gather,
    tf.Reshape.name: _reshape,
    tf.StridedSlice.name: _strided_slice,
    shape.SplitAt.name: _split_at,
    shape.Assuming.name: _assuming,
    shape.CstrBroadcastable.name: _broadcastable,
    shape.CstrEq.name: _equal,
    shape.ConstWitness.name: _nothing,
    shape.AssumingAll.name: _nothing,
    tensor.DimOp.name: _dim,
}
