"""while, if and case on every driver: data decides how often and what runs, and every value stays what it is."""

import signal
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from test.e2e.programs import DRIVERS, check_text

EVERY_DRIVER = pytest.mark.parametrize("driver", DRIVERS)


def check(text: str, inputs: Sequence[Any], expected: Any, driver: str, name: str = "f") -> None:
    """Runs function `name` on i32 and compares exactly."""
    check_text(text, name, [np.int32(value) for value in inputs], np.array(expected, np.int32), driver)


COLLATZ = """
func.func @f(%start: tensor<i32>) -> tensor<i32> {
  %zero = mhlo.constant dense<0> : tensor<i32>
  %one = mhlo.constant dense<1> : tensor<i32>
  %two = mhlo.constant dense<2> : tensor<i32>
  %three = mhlo.constant dense<3> : tensor<i32>
  %r:2 = mhlo.while(%n = %start, %steps = %zero) : tensor<i32>, tensor<i32>
  cond {
    %go = mhlo.compare NE, %n, %one : (tensor<i32>, tensor<i32>) -> tensor<i1>
    mhlo.return %go : tensor<i1>
  } do {
    %bit = mhlo.and %n, %one : tensor<i32>
    %odd = mhlo.compare EQ, %bit, %one : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %next = "mhlo.if"(%odd) ({
      %a = mhlo.multiply %n, %three : tensor<i32>
      %b = mhlo.add %a, %one : tensor<i32>
      mhlo.return %b : tensor<i32>
    }, {
      %a = mhlo.divide %n, %two : tensor<i32>
      mhlo.return %a : tensor<i32>
    }) : (tensor<i1>) -> tensor<i32>
    %more = mhlo.add %steps, %one : tensor<i32>
    mhlo.return %next, %more : tensor<i32>, tensor<i32>
  }
  return %r#1 : tensor<i32>
}
"""


@EVERY_DRIVER
def test_collatz(driver: str) -> None:
    for start, steps in ((1, 0), (2, 1), (6, 8), (7, 16), (27, 111)):
        check(COLLATZ, [start], steps, driver)


# What is carried is two values; `{body}` returns their next ones.
PAIR = """
func.func @f(%n: tensor<i32>, %a0: tensor<2xi32>, %b0: tensor<2xi32>) -> (tensor<4xi32>) {{
  %zero = mhlo.constant dense<0> : tensor<i32>
  %one = mhlo.constant dense<1> : tensor<i32>
  %r:3 = mhlo.while(%i = %zero, %a = %a0, %b = %b0) : tensor<i32>, tensor<2xi32>, tensor<2xi32>
  cond {{
    %go = mhlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    mhlo.return %go : tensor<i1>
  }} do {{
    %next = mhlo.add %i, %one : tensor<i32>
    %sum = mhlo.add %a, %b : tensor<2xi32>
    mhlo.return %next, {body} : tensor<i32>, tensor<2xi32>, tensor<2xi32>
  }}
  %all = mhlo.concatenate %r#1, %r#2, dim = 0 : (tensor<2xi32>, tensor<2xi32>) -> tensor<4xi32>
  return %all : tensor<4xi32>
}}
"""
PAIRS = {
    "%b, %sum": lambda a, b: (b, a + b),  # Fibonacci
    "%b, %a": lambda a, b: (b, a),
    "%sum, %sum": lambda a, b: (a + b, a + b),
    "%sum, %a": lambda a, b: (a + b, a),
    "%a, %a": lambda a, b: (a, a),
    "%a, %sum": lambda a, b: (a, a + b),
    "%b0, %sum": lambda a, b: (np.array([10, 20]), a + b),
}


@EVERY_DRIVER
@pytest.mark.parametrize("body", PAIRS)
def test_what_is_carried_keeps_its_value_wherever_it_goes(body: str, driver: str) -> None:
    text = PAIR.format(body=body)
    for trips in range(6):
        a, b = np.array([1, 2]), np.array([10, 20])
        for _ in range(trips):
            a, b = PAIRS[body](a, b)
        check(text, [trips, [1, 2], [10, 20]], [*a, *b], driver)


ROTATION = """
func.func @f(%n: tensor<i32>, %x: tensor<i32>) -> (tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>) {
  %zero = mhlo.constant dense<0> : tensor<i32>
  %one = mhlo.constant dense<1> : tensor<i32>
  %r:4 = mhlo.while(%i = %zero, %a = %zero, %b = %one, %c = %x) : tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>
  cond {
    %go = mhlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    mhlo.return %go : tensor<i1>
  } do {
    %next = mhlo.add %i, %one : tensor<i32>
    mhlo.return %next, %b, %c, %a : tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>
  }
  return %r#1, %r#2, %r#3, %r#3, %x : tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>
}
"""


@EVERY_DRIVER
def test_three_values_rotate_and_are_returned_twice(driver: str) -> None:
    for trips in range(5):
        a, b, c = np.roll([0, 1, 7], -trips)
        check(ROTATION, [trips, 7], [a, b, c, c, 7], driver)


# Counts how often the inner body runs for each i < n and j < i, when i is odd.
NESTED = """
func.func @f(%n: tensor<i32>) -> tensor<i32> {
  %zero = mhlo.constant dense<0> : tensor<i32>
  %one = mhlo.constant dense<1> : tensor<i32>
  %r:2 = mhlo.while(%i = %zero, %count = %zero) : tensor<i32>, tensor<i32>
  cond {
    %go = mhlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    mhlo.return %go : tensor<i1>
  } do {
    %bit = mhlo.and %i, %one : tensor<i32>
    %more = "mhlo.case"(%bit) ({
      mhlo.return %count : tensor<i32>
    }, {
      %s:2 = mhlo.while(%j = %zero, %inner = %count) : tensor<i32>, tensor<i32>
      cond {
        %on = mhlo.compare LT, %j, %i : (tensor<i32>, tensor<i32>) -> tensor<i1>
        mhlo.return %on : tensor<i1>
      } do {
        %j1 = mhlo.add %j, %one : tensor<i32>
        %t:2 = mhlo.while(%k = %zero, %deep = %inner) : tensor<i32>, tensor<i32>
        cond {
          %on = mhlo.compare LT, %k, %j : (tensor<i32>, tensor<i32>) -> tensor<i1>
          mhlo.return %on : tensor<i1>
        } do {
          %k1 = mhlo.add %k, %one : tensor<i32>
          %plus = mhlo.add %deep, %one : tensor<i32>
          mhlo.return %k1, %plus : tensor<i32>, tensor<i32>
        }
        mhlo.return %j1, %t#1 : tensor<i32>, tensor<i32>
      }
      mhlo.return %s#1 : tensor<i32>
    }) : (tensor<i32>) -> tensor<i32>
    %i1 = mhlo.add %i, %one : tensor<i32>
    mhlo.return %i1, %more : tensor<i32>, tensor<i32>
  }
  return %r#1 : tensor<i32>
}
"""


@EVERY_DRIVER
def test_while_in_while_in_case_in_while(driver: str) -> None:
    for n in (0, 1, 4, 5):
        expected = sum(1 for i in range(n) if i % 2 for j in range(i) for _ in range(j))
        check(NESTED, [n], expected, driver)


CASE = """
func.func @f(%index: tensor<i32>, %x: tensor<3xi32>) -> tensor<6xi32> {
  %c = mhlo.constant dense<[5, 6, 7]> : tensor<3xi32>
  %r:2 = "mhlo.case"(%index) ({
    mhlo.return %x, %x : tensor<3xi32>, tensor<3xi32>
  }, {
    %0 = mhlo.add %x, %c : tensor<3xi32>
    mhlo.return %0, %0 : tensor<3xi32>, tensor<3xi32>
  }, {
    %0 = mhlo.multiply %x, %c : tensor<3xi32>
    mhlo.return %c, %0 : tensor<3xi32>, tensor<3xi32>
  }) : (tensor<i32>) -> (tensor<3xi32>, tensor<3xi32>)
  %all = mhlo.concatenate %r#0, %r#1, dim = 0 : (tensor<3xi32>, tensor<3xi32>) -> tensor<6xi32>
  return %all : tensor<6xi32>
}
"""


@EVERY_DRIVER
def test_case(driver: str) -> None:
    branches = [[1, 2, 3, 1, 2, 3], [6, 8, 10, 6, 8, 10], [5, 6, 7, 5, 12, 21]]
    for index in (0, 1, 2, 3, -1, 2**31 - 1, -(2**31)):
        check(CASE, [index, [1, 2, 3]], branches[index if 0 <= index < 3 else 2], driver)


CALLED = """
func.func private @power(%x: tensor<i32>, %n: tensor<i32>) -> tensor<i32> {
  %zero = mhlo.constant dense<0> : tensor<i32>
  %one = mhlo.constant dense<1> : tensor<i32>
  %r:2 = mhlo.while(%i = %zero, %p = %one) : tensor<i32>, tensor<i32>
  cond {
    %go = mhlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    mhlo.return %go : tensor<i1>
  } do {
    %next = mhlo.add %i, %one : tensor<i32>
    %q = mhlo.multiply %p, %x : tensor<i32>
    mhlo.return %next, %q : tensor<i32>, tensor<i32>
  }
  return %r#1 : tensor<i32>
}
func.func @f(%x: tensor<i32>, %n: tensor<i32>) -> tensor<i32> {
  %0 = call @power(%x, %n) : (tensor<i32>, tensor<i32>) -> tensor<i32>
  %1 = call @power(%0, %n) : (tensor<i32>, tensor<i32>) -> tensor<i32>
  return %1 : tensor<i32>
}
"""


@EVERY_DRIVER
def test_loops_in_called_functions(driver: str) -> None:
    for x, n in ((3, 0), (3, 1), (3, 2), (2, 5)):
        check(CALLED, [x, n], (x**n) ** n, driver)


ENDLESS = """
func.func @f(%n: tensor<i32>) -> tensor<i32> {
  %zero = mhlo.constant dense<0> : tensor<i32>
  %one = mhlo.constant dense<1> : tensor<i32>
  %seven = mhlo.constant dense<7> : tensor<i32>
  %r = mhlo.while(%i = %zero) : tensor<i32>
  cond {
    %go = mhlo.compare NE, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    mhlo.return %go : tensor<i1>
  } do {
    %next = mhlo.add %i, %one : tensor<i32>
    %rest = mhlo.and %next, %seven : tensor<i32>
    mhlo.return %rest : tensor<i32>
  }
  return %r : tensor<i32>
}
"""


@EVERY_DRIVER
def test_a_loop_without_end_can_be_interrupted(driver: str) -> None:
    check(ENDLESS, [5], 5, driver)
    timer = threading.Timer(0.5, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        check(ENDLESS, [8], 8, driver)
    check(ENDLESS, [3], 3, driver)


LONG = """
func.func @f(%x: tensor<2xi32>) -> tensor<2xi32> {
  %zero = mhlo.constant dense<0> : tensor<i32>
  %one = mhlo.constant dense<1> : tensor<i32>
  %end = mhlo.constant dense<1001> : tensor<i32>
  %r:2 = mhlo.while(%i = %zero, %y = %x) : tensor<i32>, tensor<2xi32>
  cond {
    %go = mhlo.compare LT, %i, %end : (tensor<i32>, tensor<i32>) -> tensor<i1>
    mhlo.return %go : tensor<i1>
  } do {
    %next = mhlo.add %i, %one : tensor<i32>
    %flat = mhlo.reverse %y, dims = [0] : tensor<2xi32>
    %wide = mhlo.broadcast_in_dim %i, dims = [] : (tensor<i32>) -> tensor<2xi32>
    %sum = mhlo.subtract %wide, %flat : tensor<2xi32>
    mhlo.return %next, %sum : tensor<i32>, tensor<2xi32>
  }
  return %r#1 : tensor<2xi32>
}
"""


@EVERY_DRIVER
def test_a_long_counted_loop(driver: str) -> None:
    x = np.array([5, -9])
    expected = x
    for i in range(1001):
        expected = i - expected[::-1]
    check(LONG, [x], expected, driver)
