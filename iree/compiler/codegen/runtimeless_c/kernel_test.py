"""A scheduled kernel as C text, and what it refuses. What kernels compute is tested in kernels_test.py."""

import textwrap

import pytest
from xdsl.dialects.func import FuncOp

from iree.compiler.codegen.runtimeless_c.kernel import Kernel, wrapped, write_kernel
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import ops_of
from iree.testing.ir import parse

SUM = """
func.func @f(%a: memref<4xf32>, %b: memref<4xf32>, %out: memref<1xf32>) {
  %0 = arith.constant 0 : index
  %1 = arith.constant 1 : index
  %2 = arith.constant 4 : index
  %3 = arith.constant 0.0 : f32
  %4 = scf.for %x = %0 to %2 step %1 iter_args(%sum = %3) -> (f32) {
    %5 = memref.load %a[%x] : memref<4xf32>
    %6 = arith.addf %sum, %5 : f32
    scf.yield %6 : f32
  }
  memref.store %4, %out[%0] : memref<1xf32>
  iree.return
}
"""


def kernel_of(text: str, sharing: tuple[int, ...] | None = None) -> Kernel:
    return write_kernel(ops_of(parse(text), FuncOp)[0], "f", sharing)


def test_a_loop_that_carries_a_number_and_an_argument_that_nothing_reads() -> None:
    kernel = kernel_of(SUM)
    assert (list(kernel.used), list(kernel.types), kernel.written) == ([0, 2], ["float", "float"], frozenset({2}))
    assert kernel.text == textwrap.dedent("""\
        static void f(const float *restrict a, float *restrict out) {
          float sum = 0.0f;
          for (int32_t x = 0; x < 4; ++x) {
            sum = sum + a[x];
          }
          out[0] = sum;
        }
        """)


def test_a_buffer_that_is_read_and_written_is_one_argument() -> None:
    kernel = kernel_of(SUM.replace("memref<1xf32>", "memref<4xf32>"), (0, 1, 0))
    assert (list(kernel.used), kernel.written) == ([0], frozenset({0}))
    assert kernel.text.startswith("static void f(float *restrict a) {\n")


def test_a_buffer_of_a_type_that_c_lacks_is_refused() -> None:
    text = SUM.replace("%b: memref<4xf32>", "%b: memref<4xi128>")
    assert kernel_of(text).used == [0, 2]  # nothing reads it
    text = """
    func.func @f(%a: memref<1xi128>, %out: memref<1xi128>) {
      %0 = arith.constant 0 : index
      %1 = memref.load %a[%0] : memref<1xi128>
      memref.store %1, %out[%0] : memref<1xi128>
      iree.return
    }
    """
    with pytest.raises(CompileError, match=r"test.mlir:2:\d+: .*has a buffer of i128, which C99 does not have"):
        kernel_of(text)


def test_lists_are_wrapped_at_120_characters() -> None:
    assert wrapped("f(", [], ")") == "f(void)"
    text = wrapped("f(", [f"argument{number}" for number in range(40)], ")")
    assert all(len(line) <= 120 for line in text.splitlines())
    assert text.replace("\n    ", " ") == f"f({', '.join(f'argument{number}' for number in range(40))})"
