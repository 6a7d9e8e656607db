"""Where two modules differ, as a sentence. Names of values and locations do not count, nor the order of attributes."""

from collections.abc import Mapping

from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from iree.compiler.ir.diagnostics import shortened
from iree.compiler.ir.printer import print_attribute

LARGEST_PRINTED = 16  # elements of a constant that a difference shows

Twins = dict[SSAValue | Block, SSAValue | Block]


def difference(a: Operation, b: Operation) -> str | None:
    """The first difference between two operations and all that is in them, in the order of the text; None: equal."""
    return _difference(a, b, _twins(a, b), a.name)


def _twins(a: Operation, b: Operation) -> Twins:
    """Which value and block of `b` stands where one of `a` does. Shapes that differ are found later, by _difference."""
    twins: Twins = {}
    for one, other in zip(a.walk(), b.walk(), strict=False):
        twins.update(zip(one.results, other.results, strict=False))
        for region, twin_region in zip(one.regions, other.regions, strict=False):
            for block, twin in zip(region.blocks, twin_region.blocks, strict=False):
                twins[block] = twin
                twins.update(zip(block.args, twin.args, strict=False))
    return twins


def _difference(a: Operation, b: Operation, twins: Twins, path: str) -> str | None:
    if a.name != b.name:
        return f"{path}: {a.name} against {b.name}"
    found = (
        _attribute_difference("property", a.properties, b.properties)
        or _attribute_difference("attribute", a.attributes, b.attributes)
        or _operand_difference(a, b, twins)
        or _type_difference("result", a.results, b.results)
    )
    if found is not None:
        return f"{path}: {found}"
    if len(a.regions) != len(b.regions):
        return f"{path}: {len(a.regions)} regions against {len(b.regions)}"
    if [twins.get(block) for block in a.successors] != list(b.successors):
        return f"{path}: other successors"
    for one, other in zip(a.regions, b.regions, strict=True):
        if (found := _region_difference(one, other, twins, path)) is not None:
            return found
    return None


def _attribute_difference(what: str, a: Mapping[str, Attribute], b: Mapping[str, Attribute]) -> str | None:
    for name in (*a, *(name for name in b if name not in a)):
        if name not in b or name not in a:
            return f"{what} {name} is only in the {'first' if name in a else 'second'}"
        if a[name] != b[name]:
            texts = (shortened(print_attribute(x[name], elide_large=LARGEST_PRINTED)) for x in (a, b))
            return f"{what} {name}: {' against '.join(texts)}"
    return None


def _operand_difference(a: Operation, b: Operation, twins: Twins) -> str | None:
    if len(a.operands) != len(b.operands):
        return f"{len(a.operands)} operands against {len(b.operands)}"
    for index, (one, other) in enumerate(zip(a.operands, b.operands, strict=True)):
        if twins.get(one, one) is not other:
            return f"operand {index} is another value"
    return None


def _type_difference(what: str, a: tuple[SSAValue, ...], b: tuple[SSAValue, ...]) -> str | None:
    if len(a) != len(b):
        return f"{len(a)} {what}s against {len(b)}"
    for index, (one, other) in enumerate(zip(a, b, strict=True)):
        if one.type != other.type:
            return f"{what} {index}: {one.type} against {other.type}"
    return None


def _region_difference(a: Region, b: Region, twins: Twins, path: str) -> str | None:
    if len(a.blocks) != len(b.blocks):
        return f"{path}: {len(a.blocks)} blocks against {len(b.blocks)}"
    for one, other in zip(a.blocks, b.blocks, strict=True):
        found = _type_difference("argument", tuple(one.args), tuple(other.args))
        if found is not None:
            return f"{path}: {found}"
        ops, others = list(one.ops), list(other.ops)
        for index, (op, twin) in enumerate(zip(ops, others, strict=False)):
            if (found := _difference(op, twin, twins, f"{path} > {_label(op, index)}")) is not None:
                return found
        if len(ops) != len(others):
            extra = (ops if len(ops) > len(others) else others)[min(len(ops), len(others))]
            return f"{path}: {len(ops)} operations against {len(others)}; the first that is only in one is {extra.name}"
    return None


def _label(op: Operation, index: int) -> str:
    symbol = op.get_attr_or_prop("sym_name")
    return f"{op.name} {index}" if symbol is None else f"{op.name} @{str(symbol)[1:-1]}"
