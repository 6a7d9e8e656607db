"""Whether an operation may be removed or shared: whether anything but its results can be seen of it.

A loop counts as its body: one that nobody needs may go, even if it would never end.
"""

from xdsl.ir import Operation
from xdsl.traits import IsTerminator, MemoryEffectKind, SymbolOpInterface, get_effects, is_side_effect_free

from iree.compiler.dialects.registry import DIALECTS

EVERY_DIALECT = tuple(DIALECTS)


def is_pure(op: Operation) -> bool:
    """Whether the op does nothing but give results; what is not known about it counts against it."""
    bound = op.has_trait(IsTerminator) or op.has_trait(SymbolOpInterface) or bool(op.successors)
    return bool(op.results) and not bound and is_side_effect_free(op)


def is_dead(op: Operation) -> bool:
    """Whether nothing uses the op's results, and it does nothing else but read."""
    return bool(op.results) and all(result.first_use is None for result in op.results) and _only_reads(op)


def _only_reads(op: Operation) -> bool:
    if is_pure(op):
        return True
    effects = get_effects(op)
    return bool(effects) and all(effect.kind is MemoryEffectKind.READ for effect in effects or ())
