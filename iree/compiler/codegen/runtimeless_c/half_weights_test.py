"""Half weights: which constants become f16, and which numbers are too large for it."""

import numpy as np
import pytest
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp

from iree.compiler.codegen.runtimeless_c.half_weights import halve_weights
from iree.compiler.dialects import ll_seq
from iree.compiler.dialects.registry import make_context
from iree.compiler.importers.mlir_text import import_text
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.pipeline import LL_SEQ, Options, run_pipeline

PROGRAM = """
func.func @f(%x: tensor<2xf32>, %n: tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>, tensor<2xf32>, tensor<2xf32>) {
  %read = stablehlo.constant dense<[1.0, READ]> : tensor<2xf32>
  %counts = stablehlo.constant dense<[1, 2]> : tensor<2xi32>
  %given = stablehlo.constant dense<[3.0, 1e9]> : tensor<2xf32>
  %both = stablehlo.constant dense<[4.0, 1e8]> : tensor<2xf32>
  %0 = stablehlo.multiply %x, %read : tensor<2xf32>
  %1 = stablehlo.add %n, %counts : tensor<2xi32>
  %2 = stablehlo.divide %0, %both : tensor<2xf32>
  return %2, %1, %given, %both : tensor<2xf32>, tensor<2xi32>, tensor<2xf32>, tensor<2xf32>
}
"""


def compiled(read: str) -> tuple[ModuleOp, list[FuncOp]]:
    module = import_text(PROGRAM.replace("READ", read), "model.mlir", make_context())
    run_pipeline(module, Options(compile_to=LL_SEQ))
    return module, [op for op in module.ops if isinstance(op, FuncOp)]


def test_what_kernels_read_becomes_f16() -> None:
    module, functions = compiled("0.1")
    halve_weights(functions)
    found = {str(array[0]): array for array in (array_of(op.value) for op in ops_of(module, ll_seq.Constant))}
    assert {first: str(array.dtype) for first, array in found.items()} == {
        "1.0": "float16", "1": "int32", "3.0": "float32", "4.0": "float32"
    }  # fmt: skip
    assert found["1.0"].tolist() == [1, np.float16(0.1)]


@pytest.mark.parametrize("value", ["0x7F800000", "0xFF800000", "65519.0", "1e-30"])
def test_what_f16_has_is_taken(value: str) -> None:
    _, functions = compiled(value)
    halve_weights(functions)


def test_what_f16_lacks_is_refused() -> None:
    _, functions = compiled("65520.0")
    with pytest.raises(
        CompileError,
        match=r"model.mlir:3:11: iree_ll_seq.constant: tensor<2xf32> holds 65520.0 at \[1\], and f16 ends at 65504; "
        "scale it in the program, or leave weights in f32: --c_float=f32",
    ):
        halve_weights(functions)
