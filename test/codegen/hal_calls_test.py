"""The VM and the generated classes ask the HAL for the same: call for call, on devices that write them down.

What differs, and why, says call_logs.py.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from iree.compiler.dialects.registry import make_context
from iree.compiler.importers.mlir_text import import_text
from test.codegen.call_logs import MADE, Log, Logs, check_branching, check_looping, in_cpp, logs_of, straight

ONE_DISPATCH = """
func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.multiply %a, %b : tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""
CHAIN = """
func.func @f(%a: tensor<4x8xf32>, %b: tensor<8x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %k = stablehlo.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]> : tensor<8xf32>
  %c = stablehlo.broadcast_in_dim %k, dims = [1] : (tensor<8xf32>) -> tensor<4x8xf32>
  %0 = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0]
    : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %1 = stablehlo.dot_general %0, %b, contracting_dims = [1] x [0]
    : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %2 = stablehlo.add %1, %c : tensor<4x8xf32>
  %3 = stablehlo.dot_general %2, %b, contracting_dims = [1] x [0]
    : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  return %3, %a : tensor<4x8xf32>, tensor<4x8xf32>
}
"""
COUNTER = """
ml_program.global private mutable @count(dense<0> : tensor<i32>) : tensor<i32>
func.func @f(%by: tensor<i32>) -> tensor<i32> {
  %before = ml_program.global_load @count : tensor<i32>
  %after = stablehlo.add %before, %by : tensor<i32>
  ml_program.global_store @count = %after : tensor<i32>
  return %before : tensor<i32>
}
"""
TWO_CHANGE_PLACES = """
ml_program.global private mutable @x(dense<1> : tensor<i32>) : tensor<i32>
ml_program.global private mutable @y(dense<2> : tensor<i32>) : tensor<i32>
ml_program.global private mutable @z(dense<3> : tensor<i32>) : tensor<i32>
func.func @f(%by: tensor<i32>) -> tensor<i32> {
  %x = ml_program.global_load @x : tensor<i32>
  %y = ml_program.global_load @y : tensor<i32>
  %z = ml_program.global_load @z : tensor<i32>
  %0 = stablehlo.add %z, %by : tensor<i32>
  ml_program.global_store @z = %0 : tensor<i32>
  ml_program.global_store @y = %x : tensor<i32>
  ml_program.global_store @x = %y : tensor<i32>
  return %x : tensor<i32>
}
"""
LOOP = """
func.func @f(%n: tensor<i32>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %0:2 = stablehlo.while(%i = %zero, %y = %x) : tensor<i32>, tensor<4xf32>
   cond {
    %1 = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  } do {
    %1 = stablehlo.add %i, %one : tensor<i32>
    %2 = stablehlo.add %y, %x : tensor<4xf32>
    stablehlo.return %1, %2 : tensor<i32>, tensor<4xf32>
  }
  return %0#1 : tensor<4xf32>
}
"""
BRANCH = """
func.func @f(%p: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = "stablehlo.if"(%p) ({
    %k = stablehlo.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
    %1 = stablehlo.dot_general %x, %k, contracting_dims = [] x [] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4x4xf32>
    %2 = stablehlo.dot_general %1, %x, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4xf32>) -> tensor<4xf32>
    stablehlo.return %2 : tensor<4xf32>
  }, {
    stablehlo.return %x : tensor<4xf32>
  }) : (tensor<i1>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""


def numbers(*shape: int) -> np.ndarray:
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


def integer(value: int) -> np.ndarray:
    return np.asarray(value, np.int32)


def logged(text: str, folder: Path, *calls: Sequence[np.ndarray], driver: str = "cpu") -> Logs:
    return logs_of(import_text(text, "<string>", make_context()), "f", calls, folder, driver)


def commands(lines: Sequence[str]) -> list[str]:
    return [line.partition(" ")[0] for line in lines if not line.startswith(MADE)]


@pytest.mark.parametrize("driver", ["cpu", "vulkan"])
def test_one_dispatch(driver: str, tmp_path: Path) -> None:
    logs = logged(ONE_DISPATCH, tmp_path, *[(numbers(4), numbers(4))] * 2, driver=driver)
    assert straight(logs.python) == straight(logs.vm)
    assert in_cpp(logs.python) == logs.cpp
    assert commands(logs.cpp[0]) == ["begin", "dispatch", "barrier", "end", "submit", "wait"]
    assert logs.cpp[1] == ["submit ['c0'] after 0, signals 0, fence to 2", "wait for 2"]


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        (CHAIN, (numbers(4, 8), numbers(8, 8))),
        (COUNTER, (integer(1),)),
        (TWO_CHANGE_PLACES, (integer(1),)),
    ],
    ids=["chain", "counter", "two_change_places"],
)
def test_memory_of_its_own(text: str, arguments: Sequence[np.ndarray], tmp_path: Path) -> None:
    logs = logged(text, tmp_path, arguments, arguments)
    assert straight(logs.python, keeps_apart=True) == straight(logs.vm)
    assert in_cpp(logs.python) == logs.cpp


def test_a_loop(tmp_path: Path) -> None:
    logs = logged(LOOP, tmp_path, *[(integer(n), numbers(4)) for n in (0, 1, 2, 5)])
    assert in_cpp(logs.python) == logs.cpp
    check_looping(logs.vm, logs.python, results=1)
    assert [commands(lines).count("wait") for lines in logs.cpp] == [2, 3, 4, 7]  # whether to go on, and the end


def test_a_branch(tmp_path: Path) -> None:
    logs = logged(BRANCH, tmp_path, *[(np.asarray(choice), numbers(4)) for choice in (True, False, True)])
    assert in_cpp(logs.python) == logs.cpp
    check_branching(logs.vm, logs.python)
    for what, log in changed(logs.python):
        if what.startswith(("without dispatch", "without copy", "without barrier")):
            with pytest.raises(AssertionError):
                check_branching(logs.vm, log)


def changed(log: Log) -> list[tuple[str, Log]]:
    """A log with a call left out, or two in another order, in every way; what is made has no order."""
    found: list[tuple[str, Log]] = []
    for number, lines in enumerate(log):
        for at, line in enumerate(lines):
            without = [*lines[:at], *lines[at + 1 :]]
            others = [(f"without {line}", without)]
            if at and commands(lines[at - 1 : at]) and commands([line]) and lines[at - 1] != line:
                others.append((f"{line} first", [*lines[: at - 1], line, lines[at - 1], *lines[at + 1 :]]))
            found += [(what, [*log[:number], other, *log[number + 1 :]]) for what, other in others]
    return found


def test_what_is_left_out_or_in_another_order_is_seen(tmp_path: Path) -> None:
    arguments = (numbers(4, 8), numbers(8, 8))
    logs = logged(CHAIN, tmp_path, arguments, arguments)
    assert len(changed(logs.python)) > 30
    for what, log in changed(logs.python):
        assert in_cpp(log) != logs.cpp, what
        with pytest.raises(AssertionError):
            assert straight(log, keeps_apart=True) == straight(logs.vm), what


def test_so_it_is_in_a_loop(tmp_path: Path) -> None:
    logs = logged(LOOP, tmp_path, (integer(3), numbers(4)))
    for what, log in changed(logs.python):
        if commands([what.removeprefix("without ")]) and not what.startswith("begin"):
            with pytest.raises(AssertionError):
                check_looping(logs.vm, log, results=1)
