"""Whether an operation may be removed or shared: whether anything but its results can be seen of it."""

from xdsl.ir import Operation
from xdsl.traits import IsTerminator, SymbolOpInterface, is_side_effect_free

from iree.compiler.dialects.registry import DIALECTS

EVERY_DIALECT = tuple(DIALECTS)


def is_pure(op: Operation) -> bool:
    """Whether the op does nothing but give results; what is not known about it counts against it."""
    bound = op.has_trait(IsTerminator) or op.has_trait(SymbolOpInterface) or bool(op.successors)
    return bool(op.results) and not bound and is_side_effect_free(op)


def is_dead(op: Operation) -> bool:
    """Whether the op is pure and nothing uses its results."""
    return is_pure(op) and all(result.first_use is None for result in op.results)
