"""lower-checks: expectations become calls of the host's functions of the same names.

  check.expect_almost_eq_const(%0, dense<1.0> : tensor<4xf32>, atol 0.01) : tensor<4xf32>
becomes
  %1 = mhlo.constant dense<1.0> : tensor<4xf32>
  mhlo.custom_call @check.expect_almost_eq(%0, %1) {backend_config = "{\\22atol\\22: 0.01}"}
      : (tensor<4xf32>, tensor<4xf32>) -> ()
"""

import json

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, ModuleOp
from xdsl.ir import Operation

from iree.compiler.dialects import check, mhlo
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of, replace

# Settings that have another name on the host.
NAMES = {"tolerance": "atol", "min_ulp_difference": "min_ulp", "max_ulp_difference": "max_ulp"}


class LowerChecks(Pass):
    name = "lower-checks"
    reads = ("builtin", "func", "arith", "math", "mhlo", "check")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for expectation in ops_of(module, check.Expectation):
            _lower(expectation)


def _lower(op: check.Expectation) -> None:
    settings = {NAMES.get(name, name): number for name, number in op.given_settings.items()}
    config = json.dumps(settings) if settings else ""
    value = op.properties.get("value")
    constants: list[Operation] = []
    operands = [*op.operands]
    if isinstance(value, DenseIntOrFPElementsAttr):
        constant = mhlo.Constant(value)
        constants, operands = [constant], [*operands, constant.result]
    replace(op, [*constants, mhlo.CustomCall(op.name.removesuffix("_const"), operands, [], config)], [])
