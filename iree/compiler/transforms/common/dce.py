"""dce: drop operations whose results nothing uses.

  %0 = arith.addf %a, %b : tensor<4xf32>      // no use of %0
is erased, and with it what only it used.
"""

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import erase
from iree.compiler.transforms.common.effects import EVERY_DIALECT, is_dead


class Dce(Pass):
    name = "dce"
    reads = EVERY_DIALECT
    leaves = EVERY_DIALECT

    def run(self, module: ModuleOp) -> None:
        for op in reversed(list(module.walk())):  # users come before what they use
            if is_dead(op):
                erase(op)
