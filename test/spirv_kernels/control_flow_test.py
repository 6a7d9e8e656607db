"""Loops, branches and indices of several dimensions."""

import numpy as np
import pytest

from test.spirv_kernels.kernel_runner import run_kernel

COUNT = 50


def test_loops_and_branches_in_each_other() -> None:
    body = f"""
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %c3 = arith.constant 3 : index
        %zero = arith.constant 0 : i32
        %five = arith.constant 5 : i32
        %true = arith.constant true
        %sum, %flag = scf.for %i = %c0 to %x step %c1 iter_args(%acc = %zero, %odd = %true) -> (i32, i1) {{
          %v = memref.load %a[%i] : memref<{COUNT}xi32>
          %large = arith.cmpi sgt, %v, %five : i32
          %w = scf.if %large -> (i32) {{
            %q = scf.for %j = %c0 to %c3 step %c1 iter_args(%inner = %acc) -> (i32) {{
              %n = arith.index_cast %j : index to i32
              %next = arith.addi %inner, %n : i32
              scf.yield %next : i32
            }}
            scf.yield %q : i32
          }} else {{
            %q = arith.subi %acc, %v : i32
            scf.yield %q : i32
          }}
          %flipped = arith.xori %odd, %large : i1
          scf.yield %w, %flipped : i32, i1
        }}
        memref.store %sum, %b[%x] : memref<{COUNT}xi32>
        scf.if %flag {{
          memref.store %true, %c[%x] : memref<{COUNT}xi1>
        }}
    """
    arguments = [f"%a: memref<{COUNT}xi32>", f"%b: memref<{COUNT}xi32>", f"%c: memref<{COUNT}xi1>"]
    given = np.arange(COUNT, dtype=np.int32) % 13
    _, sums, flags = run_kernel(arguments, body, [given, np.zeros(COUNT, np.int32), np.zeros(COUNT, bool)])
    steps = np.where(given > 5, 3, -given)
    assert np.array_equal(sums, np.concatenate([[0], np.cumsum(steps)[:-1]]))
    assert np.array_equal(flags, np.concatenate([[True], np.cumsum(given > 5)[:-1] % 2 == 0]))


@pytest.mark.parametrize(("start", "end", "step"), [(0, 0, 1), (3, 1, 1), (0, 7, 3), (-2, 2, 1), (2, -1, 1)])
def test_how_often_a_loop_runs(start: int, end: int, step: int) -> None:
    body = f"""
        %start = arith.constant {start} : index
        %end = arith.constant {end} : index
        %step = arith.constant {step} : index
        %zero = arith.constant 0 : i32
        %one = arith.constant 1 : i32
        %count = scf.for %i = %start to %end step %step iter_args(%acc = %zero) -> (i32) {{
          %next = arith.addi %acc, %one : i32
          scf.yield %next : i32
        }}
        memref.store %count, %a[%x] : memref<1xi32>
    """
    (got,) = run_kernel(["%a: memref<1xi32>"], body, [np.full(1, -1, np.int32)])
    assert got[0] == len(range(start, end, step))


def test_values_that_swap_in_a_loop() -> None:
    """Each turn hands over both values at once."""
    body = """
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %p = arith.constant 1 : i32
        %q = arith.constant 2 : i32
        %r, %s = scf.for %i = %c0 to %x step %c1 iter_args(%u = %p, %v = %q) -> (i32, i32) {
          scf.yield %v, %u : i32, i32
        }
        memref.store %r, %a[%x] : memref<4xi32>
        memref.store %s, %b[%x] : memref<4xi32>
    """
    first, second = run_kernel(["%a: memref<4xi32>", "%b: memref<4xi32>"], body, [np.zeros(4, np.int32)] * 2)
    assert first.tolist() == [1, 2, 1, 2]
    assert second.tolist() == [2, 1, 2, 1]


@pytest.mark.parametrize("shape", [(), (5,), (1, 5), (2, 3, 4), (2, 1, 3, 1, 2, 2)])
def test_a_transpose_of_any_rank(shape: tuple[int, ...]) -> None:
    """Reads row-major by division of the position, writes the dimensions the other way round."""
    given = np.arange(np.prod(shape, dtype=int), dtype=np.int32).reshape(shape) * 3
    lines, names, rest = [], [], "%x"
    for dim, size in reversed(list(enumerate(shape))):
        lines.append(f"%size{dim} = arith.constant {size} : index")
        lines.append(f"%i{dim} = arith.remui {rest}, %size{dim} : index")
        lines.append(f"%rest{dim} = arith.divui {rest}, %size{dim} : index")
        rest = f"%rest{dim}"
        names.append(f"%i{dim}")
    types = [f"memref<{''.join(f'{size}x' for size in order)}i32>" for order in (shape, shape[::-1])]
    lines.append(f"%v = memref.load %a[{', '.join(names[::-1])}] : {types[0]}")
    lines.append(f"memref.store %v, %b[{', '.join(names)}] : {types[1]}")
    arguments = [f"%a: {types[0]}", f"%b: {types[1]}"]
    _, got = run_kernel(arguments, "\n".join(lines), [given, np.zeros(shape[::-1], np.int32)])
    assert np.array_equal(got, given.T)


def test_a_matrix_product() -> None:
    body = """
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %rows = arith.constant 3 : index
        %inner = arith.constant 5 : index
        %columns = arith.constant 4 : index
        %zero = arith.constant 0.0 : f32
        %i = arith.divui %x, %columns : index
        %j = arith.remui %x, %columns : index
        %sum = scf.for %k = %c0 to %inner step %c1 iter_args(%acc = %zero) -> (f32) {
          %p = memref.load %a[%i, %k] : memref<3x5xf32>
          %q = memref.load %b[%k, %j] : memref<5x4xf32>
          %product = arith.mulf %p, %q : f32
          %next = arith.addf %acc, %product : f32
          scf.yield %next : f32
        }
        memref.store %sum, %c[%i, %j] : memref<3x4xf32>
    """
    random = np.random.default_rng(1)
    a, b = random.integers(-9, 9, (3, 5)).astype(np.float32), random.integers(-9, 9, (5, 4)).astype(np.float32)
    arguments = ["%a: memref<3x5xf32>", "%b: memref<5x4xf32>", "%c: memref<3x4xf32>"]
    got = run_kernel(arguments, body, [a, b, np.zeros((3, 4), np.float32)], workload=12)[2]
    assert np.array_equal(got, a @ b)


def test_a_counter_that_would_wrap_ends_the_loop() -> None:
    """The step is so large that the counter would come out negative, below the end."""
    body = """
        %step = arith.constant 2000000000 : index
        %end = arith.constant 2000000001 : index
        %zero = arith.constant 0 : i32
        %one = arith.constant 1 : i32
        %count = scf.for %i = %x to %end step %step iter_args(%acc = %zero) -> (i32) {
          %next = arith.addi %acc, %one : i32
          scf.yield %next : i32
        }
        memref.store %count, %a[%x] : memref<2xi32>
    """
    (got,) = run_kernel(["%a: memref<2xi32>"], body, [np.zeros(2, np.int32)])
    assert got.tolist() == [2, 1]
