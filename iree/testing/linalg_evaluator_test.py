"""The evaluator of nests reads through maps, combines in order, and finds reads out of bounds."""

import numpy as np
import pytest

from iree.testing.ir import parse
from iree.testing.kernel_stages import kernel_function
from iree.testing.linalg_evaluator import run_nests
from iree.testing.scalar_evaluator import KernelError


def run(ops: str, a: np.ndarray) -> list[np.ndarray]:
    module = parse(f"""
        func.func @f(%a: memref<2x3xi32>, %r: memref<2xi32>) {{
          %0 = iree.load_input(%a : memref<2x3xi32>) : tensor<2x3xi32>
          {ops}
          iree.store_output(%2 : tensor<2xi32>, %r : memref<2xi32>)
          iree.return
        }}
    """)
    return run_nests(kernel_function(module), [a])


def test_a_reduction() -> None:
    (result,) = run(
        """
        %1 = tensor.empty() : tensor<2xi32>
        %z = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
          outs(%1 : tensor<2xi32>) {
        ^bb0(%o: i32):
          %c = arith.constant 100 : i32
          linalg.yield %c : i32
        } -> tensor<2xi32>
        %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>],
                             iterator_types = ["parallel", "reduction"]}
          ins(%0 : tensor<2x3xi32>) outs(%z : tensor<2xi32>) {
        ^bb0(%x: i32, %o: i32):
          %c = arith.subi %o, %x : i32
          linalg.yield %c : i32
        } -> tensor<2xi32>
        """,
        np.arange(6, dtype=np.int32).reshape(2, 3),
    )
    assert result.tolist() == [97, 88]


def test_a_read_out_of_bounds_is_found() -> None:
    with pytest.raises(KernelError, match="an element is read out of bounds"):
        run(
            """
            %1 = tensor.empty() : tensor<2xi32>
            %2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
              outs(%1 : tensor<2xi32>) {
            ^bb0(%o: i32):
              %i = linalg.index 0 : index
              %c1 = arith.constant 1 : index
              %j = arith.addi %i, %c1 : index
              %c = tensor.extract %0[%j, %c1] : tensor<2x3xi32>
              linalg.yield %c : i32
            } -> tensor<2xi32>
            """,
            np.zeros((2, 3), np.int32),
        )


def test_what_is_no_nest_is_not_evaluated() -> None:
    with pytest.raises(KernelError, match=r"tensor\.cast is not evaluated"):
        run(
            "%1 = tensor.empty() : tensor<2xi32>\n %2 = tensor.cast %1 : tensor<2xi32> to tensor<2xi32>",
            np.zeros((2, 3), np.int32),
        )
