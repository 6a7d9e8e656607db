"""cse: compute the same thing once.

    %0 = arith.addf %a, %b : tensor<4xf32>
    %1 = arith.addf %a, %b : tensor<4xf32>
  becomes the first, which all uses of %1 then use.

Operations are shared within a block, and never across the edge of a region: a region stays as self-contained as it was.
"""

from typing import TypeAlias

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Attribute, Block, Operation, SSAValue

from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import erase
from iree.compiler.transforms.common.effects import EVERY_DIALECT, is_pure

_Attributes: TypeAlias = frozenset[tuple[str, Attribute]]
_Key: TypeAlias = tuple[str, tuple[SSAValue, ...], tuple[Attribute, ...], _Attributes, _Attributes]


class Cse(Pass):
    name = "cse"
    reads = EVERY_DIALECT
    leaves = EVERY_DIALECT

    def run(self, module: ModuleOp) -> None:
        for op in reversed(list(module.walk())):  # inner regions first, so that equal ones have become equal
            for region in op.regions:
                for block in region.blocks:
                    _share(block)


def _share(block: Block) -> None:
    known: dict[_Key, list[Operation]] = {}
    for op in list(block.ops):
        if not is_pure(op):
            continue
        same = known.setdefault(_key(op), [])
        first = next((other for other in same if _same_regions(op, other)), None)
        if first is None:
            same.append(op)
            continue
        for result, shared in zip(op.results, first.results, strict=True):
            result.replace_all_uses_with(shared)
        erase(op)


def _key(op: Operation) -> _Key:
    types = tuple(result.type for result in op.results)
    return op.name, tuple(op.operands), types, frozenset(op.properties.items()), frozenset(op.attributes.items())


def _same_regions(op: Operation, other: Operation) -> bool:
    pairs = zip(op.regions, other.regions, strict=True)
    return len(op.regions) == len(other.regions) and all(one.is_structurally_equivalent(two) for one, two in pairs)
