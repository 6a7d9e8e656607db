"""opt: run passes on MLIR text by their names. Every pass of pipeline.py and of the targets can be named.

opt --passes=legalize-to-std,identify-dispatch-regions model.mlir
"""

import importlib
import sys
from collections.abc import Callable

from iree.compiler.ir import main as opt_main
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.pipeline import STAGES
from iree.compiler.targets.registry import create_targets, target_names


def known_passes() -> dict[str, Callable[[], Pass]]:
    """How each pass is made, by its name."""
    passes: dict[str, Callable[[], Pass]] = {}
    for stage in STAGES:
        for path, _ in stage.passes:
            module, _, name = path.partition(":")
            cls = getattr(importlib.import_module(module), name)
            passes[cls.name] = cls
    for target in create_targets(target_names()):
        for pass_ in target.passes:
            passes[pass_.name] = lambda made=pass_: made
    return passes


def main() -> None:
    """The tool iree-opt."""
    sys.exit(opt_main.run(sys.argv[1:], known_passes()))


if __name__ == "__main__":
    main()
