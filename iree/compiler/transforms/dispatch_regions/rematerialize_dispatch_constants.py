"""rematerialize-dispatch-constants: a splat constant moves into the regions that use it.

    %c = arith.constant dense<2.0> : tensor<4xf32>
    %0 = iree.dispatch_region[%w : ...](%x = %a : tensor<4xf32>, %y = %c : tensor<4xf32>) ... { ... %y ... }
  becomes
    %0 = iree.dispatch_region[%w : ...](%x = %a : tensor<4xf32>) ... {
      %c = arith.constant dense<2.0> : tensor<4xf32>
      ... %c ...
    }

A splat costs a kernel nothing, whatever its shape, and nor do sizes (mhlo.sizes), which a dispatch hands on; other
constants stay operands and are read from the module file in place. A constant without uses is left to dce. After this
pass nothing may merge equal constants until regions are outlined.
"""

from xdsl.dialects import arith
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Block, Operation

from iree.compiler.dialects import mhlo
from iree.compiler.dialects.iree import DispatchRegion
from iree.compiler.ir.constants import is_splat
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import inherit, ops_of


class RematerializeDispatchConstants(Pass):
    name = "rematerialize-dispatch-constants"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree")

    def run(self, module: ModuleOp) -> None:
        for region in ops_of(module, DispatchRegion):
            _rematerialize(region)


def _rematerialize(region: DispatchRegion) -> None:
    block = region.body.block
    kept = []
    for operand, argument in zip(list(region.arguments), list(block.args), strict=True):
        constant = operand.owner
        if not _is_free(constant):
            kept.append(operand)
            continue
        assert isinstance(constant, Operation)
        clone = inherit(constant.clone(), constant)
        assert block.first_op is not None
        block.insert_op_before(clone, block.first_op)
        argument.replace_all_uses_with(clone.results[0])
        block.erase_arg(argument)
    region.operands = [region.workload, *kept]


def _is_free(maker: Operation | Block) -> bool:
    return isinstance(maker, mhlo.Sizes) or (isinstance(maker, arith.ConstantOp) and is_splat(maker.value))
