"""StableHLO's reference interpreter, from jaxlib: what a program must compute. For tests only.

It runs in a process of its own: what it does not expect, it answers with an abort.
"""

import json
import os
import subprocess
import sys
from typing import Any


def outputs(texts: list[str]) -> list[list[str]]:
    """What each program's @main gives, as text of constants, on arguments that depend on nothing but their types.

    RuntimeError: jaxlib died of one of the programs, or refused it.
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
        raise RuntimeError(f"the reference interpreter ended with {finished.returncode}: {finished.stderr[-2000:]}")
    answers: list[list[str]] = json.loads(finished.stdout)
    return answers


def _answer(texts: list[str]) -> list[list[str]]:
    import numpy as np
    from jaxlib.mlir import ir
    from jaxlib.mlir._mlir_libs import _jax_mlir_ext, _stablehlo
    from jaxlib.mlir.dialects import chlo, stablehlo
    from jaxlib.mlir.passmanager import PassManager

    def argument(index: int, tensor: Any) -> ir.Attribute:
        rng = np.random.default_rng(index)
        values = {
            "f32": lambda: rng.normal(size=tensor.shape).round(3),
            "i32": lambda: rng.integers(1, 9, tensor.shape),
            "i1": lambda: rng.integers(0, 2, tensor.shape).astype(bool),
        }[str(tensor.element_type)]()
        return ir.Attribute.parse(f"dense<{json.dumps(values.tolist())}> : {tensor}")

    registry = ir.DialectRegistry()
    _jax_mlir_ext.register_dialects(registry)
    _stablehlo.register_stablehlo_passes()
    with ir.Context() as context:
        context.append_dialect_registry(registry)
        context.load_all_available_dialects()
        stablehlo.register_dialect(context)
        chlo.register_dialect(context)
        answers = []
        for text in texts:
            module = ir.Module.parse(text)
            if "chlo." in text:
                PassManager.parse("builtin.module(func.func(chlo-legalize-to-stablehlo))").run(module.operation)
            main: Any = next(op for op in module.body.operations if str(op.attributes["sym_name"]) == '"main"')
            arguments = [argument(index, type_) for index, type_ in enumerate(main.type.inputs)]
            answers.append([str(result) for result in _stablehlo.eval_module(module, arguments)])
    return answers


if __name__ == "__main__":
    json.dump(_answer(json.load(sys.stdin)), sys.stdout)
