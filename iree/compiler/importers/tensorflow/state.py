"""The variables that functions write: they become variables of the module, which all its functions share.

  %0 = ml_program.global_load @vars.v3 : tensor<f32>
  ml_program.global_store @vars.v3 = %1 : tensor<f32>
become, for a tf.Variable that is called "count",
  ml_program.global public mutable @count(dense<0.0> : tensor<f32>) : tensor<f32>
  %0 = ml_program.global_load @count : tensor<f32>
  ml_program.global_store @count = %1 : tensor<f32>
"""

from collections.abc import Collection

from xdsl.dialects.builtin import ModuleOp, SymbolRefAttr
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects import ml_program
from iree.compiler.importers.tensorflow.variables import Variables
from iree.compiler.ir.rewriting import ops_of


def keep_state(module: ModuleOp, variables: Variables, written: Collection[int]) -> None:
    """Declares the written variables, with the values that they have now, and calls them by the user's names."""
    taken = {function.sym_name.data for function in ops_of(module, FuncOp)}
    renamed: dict[str, str] = {}
    for number in sorted(written):
        variable = variables.variable(number)
        stem = name = variable.name.removesuffix(":0")
        count = 0
        while name in taken:
            count += 1
            name = f"{stem}_{count}"
        taken.add(name)
        renamed[f"vars.v{number}"] = name
        value = variable.attribute
        declared = ml_program.Global(name, value.type, value, mutable=True, visibility="public")
        module.body.block.add_op(declared)
    for op in module.walk():
        if isinstance(op, ml_program.GlobalLoad | ml_program.GlobalStore) and op.variable in renamed:
            op.properties["global"] = SymbolRefAttr(renamed[op.variable])
