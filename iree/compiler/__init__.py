"""The compiler: TensorFlow, StableHLO and MHLO programs to one deployable module.

    import iree.compiler
    module = iree.compiler.compile_str(text, target_backends=["interpreter-bytecode", "vulkan-spirv"])

iree.compiler.tf compiles TensorFlow programs. pipeline.py tells what happens in between.
"""

from iree.compiler.compile import compile_file, compile_str
from iree.compiler.ir.diagnostics import CompileError

__all__ = ["CompileError", "compile_file", "compile_str"]
