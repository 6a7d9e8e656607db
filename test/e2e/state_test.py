"""Variables of a module on every driver: what a call stores, the next one finds; what was loaded stays what it was."""

import threading
from typing import Any

import numpy as np
import pytest

import iree.compiler
import iree.runtime
from iree.runtime import ArgumentError
from test.e2e.programs import DRIVERS, validated

EVERY_DRIVER = pytest.mark.parametrize("driver", DRIVERS)


def load(text: str, driver: str) -> Any:
    return iree.runtime.load_vm_flatbuffer(validated(iree.compiler.compile_str(text)), driver=driver)


COUNTER = """
ml_program.global public mutable @count(dense<0> : tensor<i32>) : tensor<i32>
func.func @increase(%by: tensor<i32>) -> (tensor<i32>, tensor<i32>) {
  %before = ml_program.global_load @count : tensor<i32>
  %after = mhlo.add %before, %by : tensor<i32>
  ml_program.global_store @count = %after : tensor<i32>
  return %before, %after : tensor<i32>, tensor<i32>
}
func.func @value() -> tensor<i32> {
  %0 = ml_program.global_load @count : tensor<i32>
  return %0 : tensor<i32>
}
"""


@EVERY_DRIVER
def test_a_counter(driver: str) -> None:
    module = load(COUNTER, driver)
    assert module.value() == 0
    total = 0
    for by in (1, 5, -2):
        before, after = module.increase(np.int32(by))
        assert (before, after) == (total, total + by)
        total += by
        assert module.value() == module.variables["count"] == total


@EVERY_DRIVER
def test_each_context_has_its_own(driver: str) -> None:
    data = iree.compiler.compile_str(COUNTER)
    one, two = (iree.runtime.load_vm_flatbuffer(data, driver=driver) for _ in range(2))
    one.increase(np.int32(3))
    assert (one.value(), two.value()) == (3, 0)


@EVERY_DRIVER
def test_variables_by_name(driver: str) -> None:
    module = load(COUNTER, driver)
    assert dict(module.variables) == {"count": 0}
    module.value()
    module.variables["count"] = 40
    module.increase(np.int32(2))
    assert module.value() == 42
    with pytest.raises(ArgumentError, match="variable 'count' has shape"):
        module.variables["count"] = [1, 2]
    for action in (lambda: module.variables["cuont"], lambda: module.variables.__setitem__("cuont", 1)):
        with pytest.raises(KeyError, match="has no variable .*cuont.*; it has count"):
            action()
    taken = module.variables["count"]
    taken += 1
    assert len(module.variables) == 1
    assert module.value() == 42


@EVERY_DRIVER
def test_threads_take_turns(driver: str) -> None:
    module = load(COUNTER, driver)
    seen: list[int] = []

    def work() -> None:
        for _ in range(25):
            seen.append(int(module.increase(np.int32(1))[1]))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(1, 101))
    assert module.value() == 100


CALLED = """
ml_program.global private mutable @v(dense<[1, 2]> : tensor<2xi32>) : tensor<2xi32>
func.func @f(%set: tensor<i32>) -> tensor<2xi32> {
  %zero = mhlo.constant dense<0> : tensor<i32>
  %v = ml_program.global_load @v : tensor<2xi32>
  %0 = mhlo.custom_call @double(%v) : (tensor<2xi32>) -> tensor<2xi32>
  %p = mhlo.compare NE, %set, %zero : (tensor<i32>, tensor<i32>) -> tensor<i1>
  "mhlo.if"(%p) ({
    ml_program.global_store @v = %0 : tensor<2xi32>
    mhlo.return
  }, {
    mhlo.return
  }) : (tensor<i1>) -> ()
  return %0 : tensor<2xi32>
}
func.func @read() -> tensor<2xi32> {
  %v = ml_program.global_load @v : tensor<2xi32>
  %0 = mhlo.custom_call @double(%v) : (tensor<2xi32>) -> tensor<2xi32>
  return %0 : tensor<2xi32>
}
"""


@EVERY_DRIVER
def test_functions_of_the_host_read_variables(driver: str) -> None:
    data = iree.compiler.compile_str(CALLED)
    module = iree.runtime.load_vm_flatbuffer(data, driver=driver, custom_calls={"double": lambda v: v * np.int32(2)})
    np.testing.assert_array_equal(module.read(), [2, 4])
    np.testing.assert_array_equal(module.f(np.int32(0)), [2, 4])
    np.testing.assert_array_equal(module.f(np.int32(1)), [2, 4])
    np.testing.assert_array_equal(module.read(), [4, 8])


HANDED_AROUND = """
ml_program.global private mutable @a(dense<[1, 2]> : tensor<2xi32>) : tensor<2xi32>
ml_program.global private mutable @b(dense<[3, 4]> : tensor<2xi32>) : tensor<2xi32>
func.func @swap() -> (tensor<2xi32>, tensor<2xi32>) {
  %a = ml_program.global_load @a : tensor<2xi32>
  %b = ml_program.global_load @b : tensor<2xi32>
  ml_program.global_store @a = %b : tensor<2xi32>
  ml_program.global_store @b = %a : tensor<2xi32>
  return %a, %b : tensor<2xi32>, tensor<2xi32>
}
func.func @store_twice(%x: tensor<2xi32>) -> (tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) {
  %before = ml_program.global_load @a : tensor<2xi32>
  ml_program.global_store @a = %x : tensor<2xi32>
  %between = ml_program.global_load @a : tensor<2xi32>
  %sum = mhlo.add %before, %between : tensor<2xi32>
  ml_program.global_store @a = %sum : tensor<2xi32>
  ml_program.global_store @b = %sum : tensor<2xi32>
  return %before, %between, %sum : tensor<2xi32>, tensor<2xi32>, tensor<2xi32>
}
"""


@EVERY_DRIVER
def test_what_was_loaded_stays_what_it_was(driver: str) -> None:
    module = load(HANDED_AROUND, driver)
    a, b = [1, 2], [3, 4]
    for _ in range(3):
        np.testing.assert_array_equal(module.swap(), [a, b])
        a, b = b, a
    np.testing.assert_array_equal(module.store_twice(np.int32([10, 20])), [a, [10, 20], [13, 24]])
    np.testing.assert_array_equal(module.swap(), [[13, 24], [13, 24]])


# Stores in the condition, in the body and in branches; what each sees is what the last one stored.
EVERYWHERE = """
ml_program.global private mutable @asked(dense<0> : tensor<i32>) : tensor<i32>
ml_program.global private mutable @sum(dense<0> : tensor<i32>) : tensor<i32>
ml_program.global private mutable @last(dense<0> : tensor<i32>) : tensor<i32>
ml_program.global private @one(dense<1> : tensor<i32>) : tensor<i32>
func.func @f(%n: tensor<i32>, %reset: tensor<i1>) -> (tensor<i32>, tensor<i32>, tensor<i32>) {
  %zero = mhlo.constant dense<0> : tensor<i32>
  %one = ml_program.global_load @one : tensor<i32>
  "mhlo.if"(%reset) ({
    ml_program.global_store @asked = %zero : tensor<i32>
    mhlo.return
  }, {
    %s = ml_program.global_load @sum : tensor<i32>
    ml_program.global_store @last = %s : tensor<i32>
    mhlo.return
  }) : (tensor<i1>) -> ()
  %0 = mhlo.while(%i = %zero) : tensor<i32>
  cond {
    %c = ml_program.global_load @asked : tensor<i32>
    %d = mhlo.add %c, %one : tensor<i32>
    ml_program.global_store @asked = %d : tensor<i32>
    %go = mhlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    mhlo.return %go : tensor<i1>
  } do {
    %s = ml_program.global_load @sum : tensor<i32>
    %c = ml_program.global_load @asked : tensor<i32>
    %t = mhlo.add %s, %c : tensor<i32>
    ml_program.global_store @sum = %t : tensor<i32>
    ml_program.global_store @last = %i : tensor<i32>
    %next = mhlo.add %i, %one : tensor<i32>
    mhlo.return %next : tensor<i32>
  }
  %a = ml_program.global_load @asked : tensor<i32>
  %b = ml_program.global_load @sum : tensor<i32>
  %c = ml_program.global_load @last : tensor<i32>
  return %a, %b, %c : tensor<i32>, tensor<i32>, tensor<i32>
}
"""


@EVERY_DRIVER
def test_state_in_control_flow(driver: str) -> None:
    module = load(EVERYWHERE, driver)
    asked = total = last = 0
    for n, reset in ((0, False), (1, False), (2, True), (3, False), (0, True), (5, False), (4, True)):
        if reset:
            asked = 0
        else:
            last = total
        for i in range(n + 1):
            asked += 1
            if i < n:
                total, last = total + asked, i
        np.testing.assert_array_equal(module.f(np.int32(n), np.bool_(reset)), [asked, total, last])


# A body that stores what it carries, and carries what it loads.
CROSSED = """
ml_program.global private mutable @v(dense<1> : tensor<i32>) : tensor<i32>
func.func @f(%n: tensor<i32>, %x: tensor<i32>) -> (tensor<i32>, tensor<i32>) {
  %zero = mhlo.constant dense<0> : tensor<i32>
  %one = mhlo.constant dense<1> : tensor<i32>
  %r:2 = mhlo.while(%i = %zero, %y = %x) : tensor<i32>, tensor<i32>
  cond {
    %go = mhlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    mhlo.return %go : tensor<i1>
  } do {
    %v = ml_program.global_load @v : tensor<i32>
    ml_program.global_store @v = %y : tensor<i32>
    %next = mhlo.add %i, %one : tensor<i32>
    %sum = mhlo.add %v, %y : tensor<i32>
    mhlo.return %next, %sum : tensor<i32>, tensor<i32>
  }
  %v = ml_program.global_load @v : tensor<i32>
  return %r#1, %v : tensor<i32>, tensor<i32>
}
"""


@EVERY_DRIVER
@pytest.mark.parametrize("returned", ["%sum", "%v"])
def test_state_and_carried_values_cross(returned: str, driver: str) -> None:
    module = load(CROSSED.replace("mhlo.return %next, %sum", f"mhlo.return %next, {returned}"), driver)
    v = 1
    for n in (0, 1, 2, 3, 6, 7):
        y = 5
        for _ in range(n):
            v, y = y, (v + y if returned == "%sum" else v)
        np.testing.assert_array_equal(module.f(np.int32(n), np.int32(5)), [y, v])
