"""MLIR's own parser and verifier of StableHLO and MHLO, from jaxlib, as the judge of ours. For tests only.

It runs in a process of its own: what it does not expect, it answers with an abort.
"""

import json
import subprocess
import sys

_PROGRAM = """
import json, sys
from jaxlib.mlir import ir
from jaxlib.mlir.passmanager import PassManager
from jaxlib.mlir._mlir_libs import _jax_mlir_ext, _mlirHlo
from jaxlib.mlir.dialects import chlo, mhlo, stablehlo

registry = ir.DialectRegistry()
_jax_mlir_ext.register_dialects(registry)
_mlirHlo.register_mhlo_passes()
with ir.Context() as context:
    context.append_dialect_registry(registry)
    context.load_all_available_dialects()
    mhlo.register_mhlo_dialect(context)
    stablehlo.register_dialect(context)
    chlo.register_dialect(context)
    answers = []
    for text in json.load(sys.stdin):
        try:
            module = ir.Module.parse(text)
            PassManager.parse("builtin.module(hlo-legalize-to-stablehlo)").run(module.operation)
            answers.append([module.operation.get_asm(print_generic_op_form=True), None])
        except Exception as error:
            answers.append([None, str(error)])
json.dump(answers, sys.stdout)
"""


def judge(texts: list[str]) -> list[tuple[str | None, str | None]]:
    """For each text: its generic form as StableHLO and None, or None and why MLIR refuses it."""
    finished = subprocess.run(
        [sys.executable, "-c", _PROGRAM], input=json.dumps(texts), capture_output=True, text=True, check=False
    )
    if finished.returncode != 0:
        raise RuntimeError(f"the reference parser ended with {finished.returncode}: {finished.stderr[-2000:]}")
    return [(generic, reason) for generic, reason in json.loads(finished.stdout)]
