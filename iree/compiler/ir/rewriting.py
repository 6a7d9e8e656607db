"""How a pass changes a module: find operations, put others in their place, keep their locations."""

from collections.abc import Sequence
from typing import Any, TypeVar

from numpy.typing import NDArray
from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, FloatAttr, IntegerAttr
from xdsl.ir import Attribute, Operation, SSAValue

from iree.compiler.ir.constants import array_of
from iree.compiler.ir.location import is_known

_Op = TypeVar("_Op", bound=Operation)


def ops_of(root: Operation, cls: type[_Op]) -> list[_Op]:
    """Every operation of a class in and below `root`, in the order of the text.

    A list, so that the pass may change the module while it goes through it.
    """
    return [op for op in root.walk() if isinstance(op, cls)]


def inherit(new: _Op, old: Operation) -> _Op:
    """Hands the location of `old` to `new` and to everything in it that has none. Returns `new`."""
    for op in new.walk():
        if not is_known(op.location):
            op.location = old.location
    return new


def replace(op: Operation, new: Operation | Sequence[Operation], results: Sequence[SSAValue] | None = None) -> None:
    """Puts operations in the place of `op`, which is erased; they inherit its location.

    Uses of op's results become uses of `results`: those of the last new operation unless given.
    ValueError: the number of results differs, or op is in no block.
    """
    ops = [new] if isinstance(new, Operation) else list(new)
    if results is None:
        results = ops[-1].results if ops else ()
    if len(results) != len(op.results):
        raise ValueError(f"{op.name} has {len(op.results)} results, its replacement has {len(results)}")
    insert_before(op, *ops)
    for old, value in zip(op.results, results, strict=True):
        old.replace_all_uses_with(value)
    erase(op)


def insert_before(anchor: Operation, *ops: Operation) -> None:
    """Adds operations in front of `anchor`; they inherit its location. ValueError: anchor is in no block."""
    if anchor.parent is None:
        raise ValueError(f"{anchor.name} is in no block")
    for op in ops:
        inherit(op, anchor)
    anchor.parent.insert_ops_before(ops, anchor)


def move_before(anchor: Operation, *ops: Operation) -> None:
    """Takes operations from where they are and puts them in front of `anchor`. ValueError: anchor is in no block."""
    if anchor.parent is None:
        raise ValueError(f"{anchor.name} is in no block")
    for op in ops:
        op.detach()
        anchor.parent.insert_op_before(op, anchor)


def move_to_front(op: Operation) -> None:
    """Puts an operation at the beginning of its block. ValueError: it is in no block."""
    if op.parent is None:
        raise ValueError(f"{op.name} is in no block")
    first = op.parent.first_op
    if first is not None and first is not op:
        move_before(first, op)


def erase(op: Operation) -> None:
    """Takes an operation out of its block and deletes it. ValueError: its results are still used."""
    for result in op.results:
        if result.first_use is not None:
            raise ValueError(f"{op.name} cannot be erased: {result.first_use.operation.name} uses its result")
    op.detach()
    op.erase()


def constant_value(value: SSAValue) -> NDArray[Any] | None:
    """The numbers a value is known to hold, read-only: those of the constant that defines it. None: not known."""
    op = value.owner
    if not isinstance(op, Operation) or op.operands or op.name.rpartition(".")[2].lower() != "constant":
        return None
    attribute = op.properties.get("value", op.attributes.get("value"))
    if isinstance(attribute, DenseIntOrFPElementsAttr | IntegerAttr | FloatAttr):
        return array_of(attribute)
    return None


def set_type(value: SSAValue, type_: Attribute) -> None:
    """Gives a value another type where it stands. Whoever calls it sees to all operations that use it."""
    value._type = type_
