"""verify(module): every rule a module must obey before a pass may read it.

operations   what their classes declare and their verify_ methods check
values       each is defined on every way to its use, and none comes from outside an isolated operation
symbols      each @name that an attribute refers to exists
"""

from collections.abc import Iterator

from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, StringAttr, SymbolRefAttr
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue
from xdsl.traits import NoTerminator
from xdsl.utils.exceptions import VerifyException

from iree.compiler.ir import xdsl_fixes  # noqa: F401
from iree.compiler.ir.diagnostics import CompileError, RuleError, shortened
from iree.compiler.ir.location import location_of
from iree.compiler.ir.suggestions import nearest

Dominators = dict[Block, set[Block]]  # of each block that can be reached, the blocks on every way to it


def verify(module: Operation) -> None:
    """Raises CompileError with the location of the first operation that breaks a rule, inner operations first."""
    _verify_operations(module)
    _verify_values(module)
    _verify_symbols(module)


def _verify_operations(module: Operation) -> None:
    for op in module.walk(region_first=True):
        try:
            _verify_blocks(op)
            op.verify(verify_nested_ops=False)
        except CompileError:
            raise
        except RuleError as error:
            raise CompileError(str(error), location_of(error.op)) from None
        except VerifyException as error:
            raise CompileError(f"{op.name}: {shortened(str(error))}", location_of(op)) from None
        except Exception as error:  # a rule met what it did not expect
            text = f"{error}" or type(error).__name__
            raise CompileError(f"{op.name}: {shortened(text)}", location_of(op)) from error


def _verify_blocks(op: Operation) -> None:
    for region in op.regions:
        if len(region.blocks) == 1 and region.block.last_op is None and not op.has_trait(NoTerminator):
            raise CompileError(f"{op.name}: its body is empty, but needs a terminator", location_of(op))


def _verify_values(module: Operation) -> None:
    order = {op: index for index, op in enumerate(module.walk())}
    dominance: dict[Region, Dominators] = {}
    for op in order:
        for operand in op.operands:
            owner = operand.owner
            if isinstance(owner, Operation) and owner.parent is op.parent and op.parent is not None:
                if order.get(owner, len(order)) < order[op]:
                    continue
            elif _dominates(operand, op, order, dominance):
                continue
            raise CompileError(f"{op.name}: {_describe(operand)}", location_of(op))


def _dominates(
    value: SSAValue, op: Operation, order: dict[Operation, int], dominance: dict[Region, Dominators]
) -> bool:
    """Whether every way to `op`, which is not beside the definition, passes the definition of `value`."""
    owner = value.owner
    block = owner.parent if isinstance(owner, Operation) else owner
    region = None if block is None else block.parent
    user: Operation | None = op
    while user is not None and (user.parent is None or user.parent.parent is not region):
        user = user.parent_op()
    if user is None or user.parent is None or region is None:
        return False
    if user.parent is block:
        return not isinstance(owner, Operation) or order.get(owner, len(order)) < order[user]
    if region not in dominance:
        dominance[region] = _dominators(region)
    dominators = dominance[region].get(user.parent)
    return dominators is None or block in dominators  # what cannot be reached may use anything


def _dominators(region: Region) -> Dominators:
    """A block is one of its own dominators."""
    entry = region.blocks.first
    if entry is None:
        return {}
    successors = {block: block.last_op.successors if block.last_op else () for block in region.blocks}
    reached, stack = {entry}, [entry]
    while stack:
        for block in successors[stack.pop()]:
            if block in successors and block not in reached:
                reached.add(block)
                stack.append(block)
    blocks = [block for block in region.blocks if block in reached]
    predecessors: dict[Block, list[Block]] = {block: [] for block in blocks}
    for block in blocks:
        for successor in successors[block]:
            if successor in predecessors:
                predecessors[successor].append(block)
    dominators = {block: set(blocks) for block in blocks}
    dominators[entry] = {entry}
    changed = True
    while changed:
        changed = False
        for block in blocks[1:]:
            new = set.intersection(*(dominators[p] for p in predecessors[block])) | {block}
            if new != dominators[block]:
                dominators[block], changed = new, True
    return dominators


def _describe(value: SSAValue) -> str:
    name = f"%{value.name_hint}" if value.name_hint else "a value"
    owner = value.owner
    if isinstance(owner, Operation):
        place = location_of(owner)
        by = f"{owner.name}{f' at {place}' if place else ''}"
        return f"uses {name} of {by}, which is not defined before it on every way here"
    return f"uses {name}, an argument of a block that does not lead here"


def _verify_symbols(module: Operation) -> None:
    tables: dict[Operation, dict[str, Operation]] = {}
    for op in module.walk():
        for attribute in (*op.properties.values(), *op.attributes.values()):
            for reference in _references(attribute):
                _verify_reference(op, reference, tables)


def _references(attribute: Attribute) -> Iterator[SymbolRefAttr]:
    match attribute:
        case SymbolRefAttr():
            yield attribute
        case ArrayAttr():
            for item in attribute.data:
                yield from _references(item)
        case DictionaryAttr():
            for item in attribute.data.values():
                yield from _references(item)


def _verify_reference(op: Operation, reference: SymbolRefAttr, tables: dict[Operation, dict[str, Operation]]) -> None:
    root, *nested = (reference.root_reference.data, *(name.data for name in reference.nested_references))
    known: list[str] = []
    around = op.parent_op()
    while around is not None:
        if around not in tables:
            tables[around] = _symbols(around)
        if root in tables[around]:
            break
        known += tables[around]
        around = around.parent_op()
    else:
        raise CompileError(f"{op.name}: there is no @{root}{nearest(root, known)}", location_of(op))
    inside = {name for inner in tables[around][root].walk() if (name := _symbol_name(inner)) is not None}
    for name in nested:
        if name not in inside:
            text = f"{op.name}: there is no @{name} in @{root}{nearest(name, inside)}"
            raise CompileError(text, location_of(op))


def _symbols(table: Operation) -> dict[str, Operation]:
    children = (op for region in table.regions for block in region.blocks for op in block.ops)
    return {name: op for op in children if (name := _symbol_name(op)) is not None}


def _symbol_name(op: Operation) -> str | None:
    name = op.get_attr_or_prop("sym_name")
    return name.data if isinstance(name, StringAttr) else None
