"""call-math as text."""

from iree.compiler.codegen.runtimeless_c.call_math import CallMath
from iree.testing.ir import check_pass


def test_functions_become_calls() -> None:
    check_pass(
        CallMath(),
        before="""
        func.func @f(%a: memref<1xf32>, %b: memref<1xf64>) {
          %i = arith.constant 0 : index
          %0 = memref.load %a[%i] : memref<1xf32>
          %1 = memref.load %b[%i] : memref<1xf64>
          %2 = math.tanh %0 : f32
          %3 = math.tanh %2 : f32
          %4 = math.powf %1, %1 : f64
          memref.store %3, %a[%i] : memref<1xf32>
          memref.store %4, %b[%i] : memref<1xf64>
          iree.return
        }
        """,
        after="""
        func.func @f(%a: memref<1xf32>, %b: memref<1xf64>) {
          %i = arith.constant 0 : index
          %0 = memref.load %a[%i] : memref<1xf32>
          %1 = memref.load %b[%i] : memref<1xf64>
          %2 = call @tanh_f32(%0) : (f32) -> f32
          %3 = call @tanh_f32(%2) : (f32) -> f32
          %4 = call @pow_f64(%1, %1) : (f64, f64) -> f64
          memref.store %3, %a[%i] : memref<1xf32>
          memref.store %4, %b[%i] : memref<1xf64>
          iree.return
        }
        func.func private @tanh_f32(f32) -> f32
        func.func private @pow_f64(f64, f64) -> f64
        """,
    )
