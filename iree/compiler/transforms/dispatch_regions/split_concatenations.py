"""split-concatenations: what has more operands than a dispatch may use buffers is put together in groups first.

    %0 = mhlo.concatenate %a, %b, %c, %d, %e, dim = 0 : (..) -> tensor<5xf32>
  becomes, where a dispatch may use four buffers,
    %1 = mhlo.concatenate %a, %b, %c, dim = 0 : (..) -> tensor<3xf32>
    %2 = mhlo.concatenate %d, %e, dim = 0 : (..) -> tensor<2xf32>
    %0 = mhlo.concatenate %1, %2, dim = 0 : (..) -> tensor<5xf32>

A device would refuse such a dispatch. Each element is copied once more for each level of groups.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of, replace
from iree.compiler.targets.description import TargetDescription


@dataclass
class SplitConcatenations(Pass):
    name = "split-concatenations"
    reads = ("builtin", "func", "mhlo")
    leaves = ("builtin", "func", "mhlo")

    targets: Sequence[TargetDescription] = ()

    def run(self, module: ModuleOp) -> None:
        most = min((target.max_bindings for target in self.targets), default=None)
        if most is not None:
            for op in ops_of(module, mhlo.Concatenate):
                if len(set(op.inputs)) >= most:
                    _split(op, max(2, most - 1))


def _split(op: mhlo.Concatenate, most: int) -> None:
    """`most`: how many operands each has at most."""
    along = op.dimension.value.data
    level: list[SSAValue] = list(op.inputs)
    new: list[mhlo.Concatenate] = []
    while len(level) > 1:
        groups = [level[start : start + most] for start in range(0, len(level), most)]
        level = []
        for group in groups:
            if len(group) > 1:
                new.append(mhlo.Concatenate(group, along))
                group = [new[-1].result]
            level += group
    replace(op, new)
