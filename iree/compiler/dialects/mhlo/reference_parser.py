"""MLIR's own parser and verifier of StableHLO, MHLO and CHLO, from jaxlib, as the judge of ours. For tests only.

It runs in a process of its own: what it does not expect, it answers with an abort.
"""

import json
import os
import subprocess
import sys


def judge(texts: list[str]) -> list[tuple[str | None, str | None]]:
    """For each text: its generic form as StableHLO and None, or None and why MLIR refuses it.

    RuntimeError: jaxlib died of one of them.
    """
    finished = subprocess.run(
        [sys.executable, "-P", __file__],  # -P: this folder's types.py is not the standard library's
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    if finished.returncode != 0:
        raise RuntimeError(f"the reference parser ended with {finished.returncode}: {finished.stderr[-2000:]}")
    return [(generic, reason) for generic, reason in json.loads(finished.stdout)]


def _answer(texts: list[str]) -> list[tuple[str | None, str | None]]:
    from jaxlib.mlir import ir
    from jaxlib.mlir._mlir_libs import _jax_mlir_ext, _mlirHlo
    from jaxlib.mlir.dialects import chlo, mhlo, stablehlo
    from jaxlib.mlir.passmanager import PassManager

    registry = ir.DialectRegistry()
    _jax_mlir_ext.register_dialects(registry)
    _mlirHlo.register_mhlo_passes()
    answers: list[tuple[str | None, str | None]] = []
    with ir.Context() as context:
        context.append_dialect_registry(registry)
        context.load_all_available_dialects()
        mhlo.register_mhlo_dialect(context)
        stablehlo.register_dialect(context)
        chlo.register_dialect(context)
        for text in texts:
            try:
                module = ir.Module.parse(text)
                PassManager.parse("builtin.module(hlo-legalize-to-stablehlo)").run(module.operation)
                answers.append((str(module.operation.get_asm(print_generic_op_form=True)), None))
            except Exception as error:  # jaxlib's own MLIRError, or what its bindings raise
                answers.append((None, str(error)))
    return answers


if __name__ == "__main__":
    json.dump(_answer(json.load(sys.stdin)), sys.stdout)
