"""Takes executable bodies through the kernel passes and runs them after each.

    check_kernel("%2 = arith.mulf %0, %1 : tensor<4xf32>", [a, b], {"%2": a * b})

The inputs are %0, %1, ...; the body is the text of tensor ops.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray
from xdsl.dialects import func
from xdsl.dialects.builtin import MemRefType, ModuleOp
from xdsl.ir import Attribute

from iree.compiler.dialects.registry import make_context
from iree.compiler.dialects.workload import workload_of
from iree.compiler.ir.constants import dtype_of, mlir_type_of
from iree.compiler.ir.parser import parse_module
from iree.compiler.ir.pass_manager import Pass, run_passes
from iree.compiler.kernels.expand_math import ExpandMath
from iree.compiler.kernels.fuse_producers import FuseProducers
from iree.compiler.kernels.lower_to_linalg import LowerToLinalg
from iree.compiler.kernels.parameters import KernelParameters
from iree.compiler.kernels.schedule_kernels import WORKGROUP_TILE, ScheduleKernels
from iree.compiler.kernels.split_complex import SplitComplex
from iree.compiler.kernels.stage_rows import StageRows
from iree.compiler.kernels.widen_accumulators import WidenAccumulators
from iree.compiler.kernels.widen_scalars import WidenScalars
from iree.testing.kernel_evaluator import run_kernel
from iree.testing.linalg_evaluator import run_nests

Array = NDArray[Any]

_HALVES = (np.dtype(np.float16), np.dtype(ml_dtypes.bfloat16))


def shaped(array: Array) -> str:
    """An array's shape and element type as in a tensor type: 4x5xf32."""
    return "x".join([*map(str, array.shape), str(mlir_type_of(array.dtype))])


def kernel_text(
    body: str, inputs: Sequence[Array], results: Mapping[str, Array], workload: Sequence[int] | None = None
) -> str:
    """An executable's function: loads of the inputs, the body, stores of the results."""
    arrays = [*inputs, *results.values()]
    if workload is None:
        workload = workload_of(arrays[len(inputs)].shape)
    arguments = ", ".join(f"%arg{number}: memref<{shaped(array)}>" for number, array in enumerate(arrays))
    attributes = f"iree.executable.export, iree.executable.workload = dense<{list(workload)}> : tensor<3xi32>"
    lines = [f"func.func @f({arguments}) attributes {{{attributes}, iree.ordinal = 0 : i32}} {{"]
    for number, array in enumerate(inputs):
        text = shaped(array)
        lines.append(f"  %{number} = iree.load_input(%arg{number} : memref<{text}>) : tensor<{text}>")
    lines.append(body)
    for number, (name, array) in enumerate(results.items(), len(inputs)):
        text = shaped(array)
        lines.append(f"  iree.store_output({name} : tensor<{text}>, %arg{number} : memref<{text}>)")
    return "\n".join([*lines, "  iree.return", "}"])


def kernel_function(module: ModuleOp) -> func.FuncOp:
    """The only function of a module."""
    (function,) = (op for op in module.walk() if isinstance(op, func.FuncOp))
    return function


def kernel_passes(parameters: KernelParameters | None = None) -> list[Pass]:
    """All passes from tensor ops to scheduled kernels."""
    schedule = ScheduleKernels(parameters or KernelParameters())
    nests = [LowerToLinalg(), WidenAccumulators(), StageRows(), FuseProducers(), ExpandMath()]
    return [*nests, schedule, SplitComplex(), WidenScalars()]


def parse_kernel(text: str) -> ModuleOp:
    """A module with a function as kernel_text writes it."""
    return parse_module(text, "kernel.mlir", make_context())


def check_kernel(
    body: str,
    inputs: Sequence[Array],
    results: Mapping[str, Array],
    *,
    workload: Sequence[int] | None = None,
    parameters: KernelParameters | None = None,
    rtol: float = 0.0,
    atol: float = 0.0,
) -> ModuleOp:
    """Fails unless the nests, the fused nests and the scheduled kernel all give `results`. The scheduled module."""
    module = parse_kernel(kernel_text(body, inputs, results, workload))
    passes = kernel_passes(parameters)
    for pass_ in passes:
        run_passes(module, [pass_])
        if isinstance(pass_, LowerToLinalg) and any(array.dtype in _HALVES for array in results.values()):
            continue  # sums of them are still rounded at each step
        function = kernel_function(module)
        run = run_kernel if WORKGROUP_TILE in function.attributes else run_nests
        arguments = function.body.block.args
        # Kernels hold unsigned integers without their sign, and small floats as integers: the same bits.
        found = run(function, [_held(array, argument.type) for array, argument in zip(inputs, arguments, strict=False)])
        for (name, expected), actual in zip(results.items(), found, strict=True):
            actual = actual.reshape(-1).view(expected.dtype).reshape(expected.shape)
            assert actual.dtype == expected.dtype
            note = f"{name} after {pass_.name}"
            np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol, err_msg=note, strict=True)
    return module


def _held(array: Array, type_: Attribute) -> Array:
    assert isinstance(type_, MemRefType)
    return array.reshape(-1).view(dtype_of(type_.element_type)).reshape(type_.get_shape())
