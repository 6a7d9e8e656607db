"""For tests: kernels from text, and the judges of their words, spirv-val and spirv-dis.

module = convert(kernel_text(["%a: memref<4xf32>"], "..."))
check_words(module_words(module))
"""

import subprocess
import textwrap
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from iree.compiler.dialects.registry import make_context
from iree.compiler.dialects.spirv import structure
from iree.compiler.ir.parser import parse_module
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.targets.spirv.check_spirv_kernel import CheckSpirvKernel
from iree.compiler.targets.spirv.convert_to_spirv import ConvertToSpirv
from iree.compiler.targets.spirv.serialize import spirv_module_of

Words = npt.NDArray[np.uint32]

ENVIRONMENT = "vulkan1.0"


def kernel_text(
    arguments: Sequence[str], body: str, name: str = "f", attributes: str = "iree.ordinal = 0 : i32"
) -> str:
    """A scheduled kernel. Its body has the invocation's position as %x, %y and %z."""
    ids = "".join(f'%{d} = "gpu.global_id"() <{{dimension = #gpu<dim {d}>}}> : () -> index\n' for d in "xyz")
    return (
        f"func.func @{name}({', '.join(arguments)}) attributes {{iree.executable.export, {attributes}}} {{\n"
        f"{ids}{textwrap.dedent(body)}\niree.return\n}}\n"
    )


def convert(text: str) -> structure.Module:
    """The spirv.module of a text's kernels."""
    module = parse_module(text, "test.mlir", make_context())
    run_passes(module, [CheckSpirvKernel(), ConvertToSpirv()])
    return spirv_module_of(module)


def check_words(words: Words) -> None:
    """AssertionError: spirv-val finds a fault in the words. RuntimeError: it is not installed."""
    result = _run_tool(["spirv-val", "--target-env", ENVIRONMENT, "-"], words)
    assert result.returncode == 0, result.stderr.decode()


def disassemble(words: Words) -> str:
    """The words as spirv-dis writes them, without the header. RuntimeError: it is not installed."""
    result = _run_tool(["spirv-dis", "--no-header", "--no-color", "-"], words)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


def _run_tool(command: list[str], words: Words) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(command, input=words.tobytes(), capture_output=True, check=False)
    except FileNotFoundError:
        raise RuntimeError(f"{command[0]} is missing; install spirv-tools (./bazelw does)") from None
