"""fuse-producers: as text, by what stays, and with what the fused nests compute."""

# ruff: noqa: E501  IR is compared as it is printed

import numpy as np
import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.kernels.fuse_producers import FuseProducers
from iree.compiler.kernels.lower_to_linalg import LowerToLinalg
from iree.testing.ir import check_pass
from iree.testing.kernel_stages import check_kernel, kernel_text, parse_kernel


def nests_left(body: str, result: str, array: np.ndarray) -> int:
    """Nests after fusion of a body with one input like its result."""
    module = parse_kernel(kernel_text(body, [array], {result: array}))
    run_passes(module, [LowerToLinalg(), FuseProducers()])
    return sum(op.name == "linalg.generic" for op in module.walk())


def test_chain_with_composed_maps() -> None:
    check_pass(
        [LowerToLinalg(), FuseProducers()],
        before="""
        func.func @f(%arg0: memref<4xf32>, %arg1: memref<4xf32>) {
          %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
          %1 = math.exp %0 : tensor<4xf32>
          %2 = mhlo.reverse %1, dims = [0] : tensor<4xf32>
          %3 = arith.addf %1, %2 : tensor<4xf32>
          iree.store_output(%3 : tensor<4xf32>, %arg1 : memref<4xf32>)
          iree.return
        }
        """,
        after="""
        func.func @f(%arg0: memref<4xf32>, %arg1: memref<4xf32>) {
          %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
          %1 = tensor.empty() : tensor<4xf32>
          %2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (((d0 * -1) + 3))>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%0, %0 : tensor<4xf32>, tensor<4xf32>) outs(%1 : tensor<4xf32>) {
          ^bb0(%arg2: f32, %arg3: f32, %arg4: f32):
            %3 = math.exp %arg2 : f32
            %4 = math.exp %arg3 : f32
            %5 = arith.addf %3, %4 : f32
            linalg.yield %5 : f32
          } -> tensor<4xf32>
          iree.store_output(%2 : tensor<4xf32>, %arg1 : memref<4xf32>)
          iree.return
        }
        """,
    )


def test_reductions_stay_and_loops_that_only_they_show_keep_their_size() -> None:
    check_pass(
        [LowerToLinalg(), FuseProducers()],
        before="""
        func.func @f(%arg0: memref<8x4xf32>, %arg1: memref<4xf32>) {
          %c = arith.constant dense<0.000000e+00> : tensor<f32>
          %0 = iree.load_input(%arg0 : memref<8x4xf32>) : tensor<8x4xf32>
          %1 = mhlo.slice %0 [0:6:2, 0:4] : (tensor<8x4xf32>) -> tensor<3x4xf32>
          %2 = mhlo.reduce(%1 init: %c) applies mhlo.add across dimensions = [0] : (tensor<3x4xf32>, tensor<f32>) -> tensor<4xf32>
          %3 = arith.negf %2 : tensor<4xf32>
          iree.store_output(%3 : tensor<4xf32>, %arg1 : memref<4xf32>)
          iree.return
        }
        """,
        after="""
        func.func @f(%arg0: memref<8x4xf32>, %arg1: memref<4xf32>) {
          %0 = iree.load_input(%arg0 : memref<8x4xf32>) : tensor<8x4xf32>
          %1 = tensor.empty() : tensor<4xf32>
          %2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%1 : tensor<4xf32>) {
          ^bb0(%arg2: f32):
            %7 = arith.constant 0.000000e+00 : f32
            linalg.yield %7 : f32
          } -> tensor<4xf32>
          %3 = tensor.empty() : tensor<3xi1>
          %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> ((d1 * 2), d0)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%0, %3 : tensor<8x4xf32>, tensor<3xi1>) outs(%2 : tensor<4xf32>) {
          ^bb0(%arg2: f32, %arg3: i1, %arg4: f32):
            %7 = arith.addf %arg4, %arg2 : f32
            linalg.yield %7 : f32
          } -> tensor<4xf32>
          %5 = tensor.empty() : tensor<4xf32>
          %6 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%4 : tensor<4xf32>) outs(%5 : tensor<4xf32>) {
          ^bb0(%arg2: f32, %arg3: f32):
            %7 = arith.negf %arg2 : f32
            linalg.yield %7 : f32
          } -> tensor<4xf32>
          iree.store_output(%6 : tensor<4xf32>, %arg1 : memref<4xf32>)
          iree.return
        }
        """,
    )


def test_a_long_chain_is_one_nest_of_its_length() -> None:
    lines = [f"%{i + 1} = arith.addf %{i}, %{i} : tensor<4xf32>" for i in range(600)]
    assert nests_left("\n".join(lines), "%600", np.zeros(4, np.float32)) == 1


def test_a_diamond_is_not_copied() -> None:
    body = """
    %1 = math.exp %0 : tensor<4xf32>
    %2 = arith.addf %1, %1 : tensor<4xf32>
    %3 = arith.mulf %1, %2 : tensor<4xf32>
    %4 = arith.subf %3, %1 : tensor<4xf32>
    """
    module = parse_kernel(kernel_text(body, [np.zeros(4, np.float32)], {"%4": np.zeros(4, np.float32)}))
    run_passes(module, [LowerToLinalg(), FuseProducers()])
    assert sum(op.name == "math.exp" for op in module.walk()) == 1


def test_a_slice_of_a_producer_reads_less_than_there_is() -> None:
    a = np.arange(10, dtype=np.float32)
    body = """
    %1 = arith.negf %0 : tensor<10xf32>
    %2 = mhlo.slice %1 [0:4] : (tensor<10xf32>) -> tensor<4xf32>
    """
    check_kernel(body, [a], {"%2": -a[:4]})


def test_elements_are_picked_out_of_producers() -> None:
    a = np.arange(6, dtype=np.float32)
    body = """
    %z = arith.constant dense<1.0> : tensor<f32>
    %1 = mhlo.iota dim = 0 : tensor<6xf32>
    %2 = arith.addf %0, %1 : tensor<6xf32>
    %3 = mhlo.pad %2, %z, low = [1], high = [1], interior = [0] : (tensor<6xf32>, tensor<f32>) -> tensor<8xf32>
    %4 = arith.mulf %3, %3 : tensor<8xf32>
    %5 = mhlo.concatenate %4, %3, dim = 0 : (tensor<8xf32>, tensor<8xf32>) -> tensor<16xf32>
    """
    padded = np.pad(a + a, 1, constant_values=1)
    module = check_kernel(body, [a], {"%5": np.concatenate([padded**2, padded])})
    assert not any(op.name == "linalg.generic" for op in module.walk())


def test_what_would_be_read_at_too_many_places_is_refused() -> None:
    lines, size = [], 5**5
    for i in range(4):  # each step reads its operand from three places in one
        size //= 5
        whole, part = f"tensor<{size * 5}xf32>", f"tensor<{size}xf32>"
        for j in range(5):
            lines.append(f"%p{i}{j} = mhlo.slice %{i} [{j}:{size * 5}:5] : ({whole}) -> {part}")
        lines += [f"%s{i}{j + 1} = arith.addf %{'s' if j else 'p'}{i}{j}, %p{i}{j + 1} : {part}" for j in range(4)]
        lines.append(f"%{i + 1} = arith.negf %s{i}4 : {part}")
    a, result = np.zeros(5**5, np.float32), np.zeros(5, np.float32)
    module = parse_kernel(kernel_text("\n".join(lines), [a], {"%4": result}))
    with pytest.raises(
        CompileError, match=r"kernel.mlir:4\d:\d+: linalg.generic: reads tensor<3125xf32> at more than 256"
    ):
        run_passes(module, [LowerToLinalg(), FuseProducers()])


def test_what_would_pick_too_many_elements_is_refused() -> None:
    lines = [
        f"%{i + 1} = mhlo.concatenate %{i}, %{i}, dim = 0 : (tensor<{3 * 2**i}xf32>, tensor<{3 * 2**i}xf32>) -> tensor<{6 * 2**i}xf32>"
        for i in range(12)
    ]
    a, result = np.zeros(3, np.float32), np.zeros(3 * 2**12, np.float32)
    module = parse_kernel(kernel_text("\n".join(lines), [a], {"%12": result}))
    with pytest.raises(CompileError, match=r"kernel.mlir:1[0-9]:\d+: linalg.generic: copies more than 10000 ops"):
        run_passes(module, [LowerToLinalg(), FuseProducers()])
