"""The evaluator of kernels finds what kernels must not do."""

import numpy as np
import pytest

from iree.testing.ir import parse
from iree.testing.kernel_evaluator import run_kernel
from iree.testing.kernel_stages import kernel_function
from iree.testing.scalar_evaluator import KernelError


def run(body: str, workload: int = 4, size: int = 1) -> list[np.ndarray]:
    """The results of a kernel with a buffer %a of four numbers and a result %r of four, at %x."""
    module = parse(f"""
        func.func @f(%a: memref<4xi32>, %r: memref<4xi32>) attributes {{
            iree.executable.workload = dense<[{workload}, 1, 1]> : tensor<3xi32>,
            iree.executable.workgroup_size = dense<[{size}, 1, 1]> : tensor<3xi32>,
            iree.executable.workgroup_tile = dense<[{size}, 1, 1]> : tensor<3xi32>}} {{
          %x = "gpu.global_id"() <{{dimension = #gpu<dim x>}}> : () -> index
          %one = arith.constant 1 : index
          %zero = arith.constant 0 : index
          %n = arith.constant 5 : i32
          {body}
          iree.return
        }}
    """)
    return run_kernel(kernel_function(module), [np.arange(4, dtype=np.int32)])


COPY = "%v = memref.load %a[%x] : memref<4xi32>\n memref.store %v, %r[%x] : memref<4xi32>"


def test_every_invocation_runs() -> None:
    (result,) = run(COPY)
    assert result.tolist() == [0, 1, 2, 3]


def test_branches_and_loops() -> None:
    (result,) = run("""
        %first = arith.cmpi slt, %x, %one : index
        %v = scf.if %first -> (i32) {
          scf.yield %n : i32
        } else {
          %w = memref.load %a[%x] : memref<4xi32>
          scf.yield %w : i32
        }
        %s = scf.for %i = %zero to %x step %one iter_args(%t = %v) -> (i32) {
          %u = arith.addi %t, %n : i32
          scf.yield %u : i32
        }
        memref.store %s, %r[%x] : memref<4xi32>
    """)
    assert result.tolist() == [5, 6, 12, 18]


@pytest.mark.parametrize(
    ("body", "workload", "size", "text"),
    [
        (COPY, 5, 1, "memref.load is out of bounds: 0 to 4 of 4"),
        (COPY, 3, 1, r"elements are written \[0, 1\] times"),
        (COPY + "\n memref.store %n, %r[%zero] : memref<4xi32>", 4, 1, "an element is written by two invocations"),
        (COPY, 0, 1, "leaves a result unwritten"),
        ("memref.store %n, %a[%x] : memref<4xi32>", 4, 1, "an input is written"),
        ("%t = tensor.empty() : tensor<4xi32>", 4, 1, "tensor.empty is not evaluated"),
        ("%v = memref.load %a[%x] : memref<4xi32>\n %q = arith.divsi %n, %v : i32", 4, 1, "divides by zero"),
        ("%v = memref.load %a[%x] : memref<4xi32>\n %k = arith.constant 31 : i32\n %m = arith.addi %v, %k : i32\n"
         " %q = arith.shli %n, %m : i32", 4, 1, "shifts by the width or more"),
        ("%f = arith.constant 3.0e9 : f32\n %q = arith.fptosi %f : f32 to i32", 4, 1, "outside the integer type"),
        ("%k = arith.constant -2147483648 : i32\n %m = arith.constant -1 : i32\n"
         " %q = arith.divsi %k, %m : i32", 4, 1, "overflows"),
        ("%k = arith.constant 2147483647 : index\n %q = arith.addi %k, %x : index", 4, 1, "an index leaves 32 bits"),
        ("%k = arith.subi %zero, %one : index\n %q = arith.divui %k, %one : index", 4, 1, "an index is negative"),
    ],
)  # fmt: skip
def test_faults_are_found(body: str, workload: int, size: int, text: str) -> None:
    with pytest.raises(KernelError, match=text):
        run(body, workload, size)


def test_what_does_not_run_may_be_out_of_bounds() -> None:
    (result,) = run(
        f"""
        %four = arith.constant 4 : index
        %inside = arith.cmpi slt, %x, %four : index
        scf.if %inside {{
          {COPY}
        }}
        """,
        workload=4,
        size=3,
    )
    assert result.tolist() == [0, 1, 2, 3]
