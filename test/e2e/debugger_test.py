"""The step debugger on every driver: a loop with a choice in it, a variable, and sizes that only a call knows."""

from typing import Any

import numpy as np
import pytest

import iree.compiler
import iree.runtime
from iree.runtime import Debugger, Resume, Stop
from test.e2e.programs import DRIVERS

EVERY_DRIVER = pytest.mark.parametrize("driver", DRIVERS)

LOOP = """
ml_program.global public mutable @total(dense<1> : tensor<4xi32>) : tensor<4xi32>
ml_program.global public mutable @last(dense<0> : tensor<4xi32>) : tensor<4xi32>
func.func @advance(%x: tensor<4xi32>, %times: tensor<i32>) -> tensor<4xi32> {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %n, %y = stablehlo.while(%i = %zero, %v = %x) : tensor<i32>, tensor<4xi32>
    cond {
      %more = stablehlo.compare LT, %i, %times : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %more : tensor<i1>
    } do {
      %next = stablehlo.add %i, %one : tensor<i32>
      %odd = stablehlo.and %i, %one : tensor<i32>
      %w = "stablehlo.case"(%odd) ({
        %even = stablehlo.add %v, %x : tensor<4xi32>
        stablehlo.return %even : tensor<4xi32>
      }, {
        ml_program.global_store @last = %v : tensor<4xi32>
        %other = stablehlo.multiply %v, %v : tensor<4xi32>
        stablehlo.return %other : tensor<4xi32>
      }) : (tensor<i32>) -> tensor<4xi32>
      stablehlo.return %next, %w : tensor<i32>, tensor<4xi32>
    }
  %before = ml_program.global_load @total : tensor<4xi32>
  %after = stablehlo.add %before, %y : tensor<4xi32>
  ml_program.global_store @total = %after : tensor<4xi32>
  return %after : tensor<4xi32>
}
"""
X = np.array([1, 2, -3, 0], np.int32)


def load(text: str, driver: str) -> Any:
    return iree.runtime.load_vm_flatbuffer(iree.compiler.compile_str(text), driver=driver)


def expected(times: int) -> list[Any]:
    """What the loop carries before each iteration, and after the last."""
    values = [X]
    for i in range(times):
        values.append(values[-1] * values[-1] if i % 2 else values[-1] + X)
    return values


@EVERY_DRIVER
def test_iterations_are_counted_and_hold_their_values(driver: str) -> None:
    module = load(LOOP, driver)
    seen: list[Any] = []

    def look(stop: Stop) -> Resume:
        body = stop.frame
        if body.role == "body of while" and body.offset == 0:
            assert body.turn == len(seen) + 1
            assert [frame.function for frame in stop.frames[1:]] == ["advance"]
            seen.append(stop.read(body.local("v")))
            assert stop.read(body.local("i")) == body.turn - 1
        return Resume.STEP

    result = Debugger(module.advance, look).function(X, np.int32(5))
    values = expected(5)
    np.testing.assert_array_equal(result, 1 + values[-1])
    np.testing.assert_array_equal(seen, values[:-1])
    np.testing.assert_array_equal(module.variables["total"], 1 + values[-1])


@EVERY_DRIVER
def test_branches_of_a_choice(driver: str) -> None:
    roles = []

    def look(stop: Stop) -> Resume:
        if stop.frame.role.startswith("branch") and stop.frame.offset == 0:
            roles.append((stop.frame.role, stop.frames[1].turn))
        return Resume.STEP

    Debugger(load(LOOP, driver).advance, look).function(X, np.int32(3))
    assert roles == [("branch 0 of case", 1), ("branch 1 of case", 2), ("branch 0 of case", 3)]


@EVERY_DRIVER
def test_a_loop_is_one_step_for_its_function(driver: str) -> None:
    names = []

    def look(stop: Stop) -> Resume:
        names.append((stop.frame.function, stop.frame.instruction.name))
        return Resume.NEXT

    Debugger(load(LOOP, driver).advance, look).function(X, np.int32(3))
    assert {function for function, _ in names} == {"advance"}
    assert [name for _, name in names].count("while") == 1


@EVERY_DRIVER
def test_a_variable_holds_what_the_call_stored(driver: str) -> None:
    module = load(LOOP, driver)
    held = []

    def look(stop: Stop) -> Resume:
        held.append(stop.read_variable(0))
        return Resume.NEXT

    result = Debugger(module.advance, look).function(X, np.int32(2))
    np.testing.assert_array_equal(held[0], np.ones(4))
    np.testing.assert_array_equal(held[-1], result)


class _QuitError(Exception):
    pass


@EVERY_DRIVER
def test_a_call_that_is_ended_stores_nothing(driver: str) -> None:
    module = load(LOOP, driver)

    def look(stop: Stop) -> Resume:
        if stop.frame.instruction.name == "return" and len(stop.frames) == 1:
            raise _QuitError
        return Resume.NEXT

    with pytest.raises(_QuitError):
        Debugger(module.advance, look).function(X, np.int32(2))
    np.testing.assert_array_equal(module.variables["total"], np.ones(4))
    np.testing.assert_array_equal(module.advance(X, np.int32(0)), 1 + X)


ANY_SIZE = """
func.func @double(%x: tensor<?xf32>) -> tensor<?xf32> {
  %y = stablehlo.add %x, %x : tensor<?xf32>
  return %y : tensor<?xf32>
}
"""


@EVERY_DRIVER
def test_sizes_are_those_of_the_call(driver: str) -> None:
    types = []

    def look(stop: Stop) -> Resume:
        types.append(str(stop.frame.local("x").view.type))
        return Resume.CONTINUE

    debugger = Debugger(load(ANY_SIZE, driver).double, look)
    for size in (3, 5):
        debugger.begin()
        np.testing.assert_array_equal(debugger.function(np.ones(size, np.float32)), np.full(size, 2))
    assert types == ["3xf32", "5xf32"]
