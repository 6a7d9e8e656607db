"""Kernels as the HAL calls them: each by its bindings, in place where two of them are one buffer."""

from iree.compiler.codegen.hal_cpp.cpu_kernels import cpu_kernels
from iree.compiler.dialects.registry import make_context
from iree.compiler.importers.mlir_text import import_text
from iree.compiler.pipeline import Options, run_pipeline

IN_PLACE = """
func.func @f(%a: tensor<2000xf32>, %b: tensor<2000x2000xf32>) -> tensor<2000xf32> {
  %0 = stablehlo.dot %a, %b : (tensor<2000xf32>, tensor<2000x2000xf32>) -> tensor<2000xf32>
  %1 = stablehlo.sort %0 : (tensor<2000xf32>) -> tensor<2000xf32>
  return %1 : tensor<2000xf32>
}
"""


def text_of(program: str) -> tuple[str, list[str]]:
    module = import_text(program, "model.mlir", make_context())
    run_pipeline(module, Options(compile_to="ll-seq"))
    found = cpu_kernels(module, "model")
    return found.text, list(found.functions.values())


def test_bindings_are_passed_in_order() -> None:
    text, functions = text_of("""
    func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
      %0 = stablehlo.subtract %b, %a : tensor<4xf32>
      return %0 : tensor<4xf32>
    }
    """)
    assert functions == ["model_cpu_f_rgn_dispatch_0"]
    assert "static void f_rgn_dispatch_0(const float *restrict b, const float *restrict a, float *restrict out)" in text
    assert (
        """
void model_cpu_f_rgn_dispatch_0(void *const *bindings, const int64_t *sizes) {
  (void)sizes;
  f_rgn_dispatch_0(bindings[0], bindings[1], bindings[2]);
}
"""
        in text
    )
