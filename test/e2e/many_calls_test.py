"""Many calls, from many threads, in every way that there is: right results, and memory that does not grow.

IREE_LONG_TESTS=1 makes 100,000 calls of each kind before memory is compared, on every driver: minutes.
"""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import iree.compiler
import iree.runtime
from test.e2e.programs import DRIVERS, validated

EVERY_DRIVER = pytest.mark.parametrize("driver", DRIVERS)
THREADS, CALLS_OF_EACH = 8, 1000
LONG = bool(os.environ.get("IREE_LONG_TESTS"))
CALLS = 100_000 if LONG else 20_000
GROWTH = 3 << 19  # bytes: Python takes memory by the MiB

PROGRAM = """
func.func @scale(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.multiply %x, %y : tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @power(%x: tensor<4xf32>, %n: tensor<i32>) -> tensor<4xf32> {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %ones = stablehlo.constant dense<1.0> : tensor<4xf32>
  %0:2 = stablehlo.while(%i = %zero, %y = %ones) : tensor<i32>, tensor<4xf32>
    cond {
      %1 = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    } do {
      %1 = stablehlo.add %i, %one : tensor<i32>
      %2 = stablehlo.multiply %y, %x : tensor<4xf32>
      stablehlo.return %1, %2 : tensor<i32>, tensor<4xf32>
    }
  return %0#1 : tensor<4xf32>
}
func.func @called(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.custom_call @add(%x, %y) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = stablehlo.multiply %0, %y : tensor<4xf32>
  return %1 : tensor<4xf32>
}
ml_program.global public mutable @count(dense<0> : tensor<i32>) : tensor<i32>
func.func @increase(%by: tensor<i32>) -> tensor<i32> {
  %before = ml_program.global_load @count : tensor<i32>
  %after = mhlo.add %before, %by : tensor<i32>
  ml_program.global_store @count = %after : tensor<i32>
  return %after : tensor<i32>
}
func.func @never_ends(%x: tensor<i32>) {
  %0 = stablehlo.while(%i = %x) : tensor<i32>
    cond {
      %1 = stablehlo.constant dense<true> : tensor<i1>
      %2 = stablehlo.compare EQ, %i, %x : (tensor<i32>, tensor<i32>) -> tensor<i1>
      %3 = stablehlo.or %1, %2 : tensor<i1>
      stablehlo.return %3 : tensor<i1>
    } do {
      %1 = ml_program.global_load @count : tensor<i32>
      %2 = stablehlo.add %i, %1 : tensor<i32>
      ml_program.global_store @count = %2 : tensor<i32>
      stablehlo.return %2 : tensor<i32>
    }
  return
}
func.func @any_size(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = stablehlo.add %x, %x : tensor<?xf32>
  return %0 : tensor<?xf32>
}
"""

ONE = np.int32(1)
Array = np.ndarray[Any, Any]


def compiled() -> bytes:
    return validated(iree.compiler.compile_str(PROGRAM))


def load(data: bytes, driver: str) -> iree.runtime.BoundModule:
    return iree.runtime.load_vm_flatbuffer(data, driver=driver, custom_calls={"add": np.add})


def vector(number: int) -> Array:
    return np.arange(4, dtype=np.float32) + np.float32(number)


def scaled(module: Any, number: int) -> None:
    x = vector(number)
    np.testing.assert_array_equal(module.scale(x, x), x * x)


def scaled_on_the_device(module: Any, number: int) -> None:
    x = iree.runtime.asdevicearray(module.scale.device, vector(number))
    for _ in range(3):
        x = module.scale(x, iree.runtime.asdevicearray(module.scale.device, np.full(4, 2, np.float32)))
    np.testing.assert_array_equal(x, 8 * vector(number))


def scaled_meanwhile(module: Any, number: int) -> None:
    x = vector(number)
    np.testing.assert_array_equal(module.scale.invoke_async(x, x).result(), x * x)


def looped(module: Any, number: int) -> None:
    x = vector(number % 5)
    np.testing.assert_array_equal(module.power(x, np.int32(number % 4)), x ** (number % 4))


def called(module: Any, number: int) -> None:
    x = vector(number)
    np.testing.assert_array_equal(module.called(x, x), 2 * x * x)


def called_meanwhile(module: Any, number: int) -> None:
    x = vector(number)
    np.testing.assert_array_equal(module.called.invoke_async(x, x).result(), 2 * x * x)


def increased(module: Any, number: int) -> None:
    assert module.increase(ONE) > 0


def of_any_size(module: Any, number: int) -> None:
    x = np.arange(number % 10, dtype=np.float32)
    np.testing.assert_array_equal(module.any_size(x), 2 * x)


KINDS: tuple[Callable[[Any, int], None], ...] = (
    scaled,
    scaled_on_the_device,
    scaled_meanwhile,
    looped,
    called,
    called_meanwhile,
    increased,
    of_any_size,
)


@EVERY_DRIVER
@pytest.mark.parametrize("shared", [True, False], ids=["one context", "a context each"])
def test_many_threads(driver: str, shared: bool) -> None:
    data, failures, counted = compiled(), list[BaseException](), [0] * THREADS
    common = load(data, driver)
    modules = [common if shared else load(data, driver) for _ in range(THREADS)]

    def work(thread: int) -> None:
        try:
            for number in range(CALLS_OF_EACH):
                kind = KINDS[(number + thread) % len(KINDS)]
                kind(modules[thread], number + thread)
                counted[thread] += kind is increased
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    found = [int(module.variables["count"]) for module in modules]
    assert found == ([sum(counted)] * THREADS if shared else counted)


def resident() -> int:
    """Bytes of memory that this process has."""
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def printed(statement: str) -> int:
    """The number that a new process prints which runs this with all names of this file."""
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    environment = {**os.environ, "PYTHONPATH": path, "LP_NUM_THREADS": "0", "IREE_VULKAN_VALIDATION": "0"}
    program = f"from test.e2e.many_calls_test import *; {statement}"
    run = subprocess.run([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, check=True)
    return int(run.stdout)


def grow(driver: str, kind: Callable[[Any, int], None], calls: int) -> None:
    """Prints by how many bytes this process has grown after so many calls."""
    module = load(compiled(), driver)
    for number in range(2000 + calls // 4):
        kind(module, number)
    before = resident()
    for number in range(calls):
        kind(module, number)
    print(resident() - before)


@EVERY_DRIVER
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_memory_stays_as_it_is(driver: str, kind: Callable[[Any, int], None]) -> None:
    calls = CALLS if LONG or kind is scaled else CALLS // 10
    assert printed(f"grow({driver!r}, {kind.__name__}, {calls})") < GROWTH


def interrupt(driver: str) -> None:
    """Prints how often Ctrl-C, pressed all the time, has ended a call of any kind; then all kinds are right again."""
    module, calling = load(compiled(), driver), False
    interrupted = number = 0
    until = time.monotonic() + 3

    def press(*_: object) -> None:
        if calling:
            signal.raise_signal(signal.SIGINT)

    signal.signal(signal.SIGALRM, press)
    signal.setitimer(signal.ITIMER_REAL, 0.003, 0.003)
    while time.monotonic() < until:
        try:
            calling = True
            number += 1
            KINDS[number % len(KINDS)](module, number)
            calling = False
        except KeyboardInterrupt:
            calling = False
            interrupted += 1
    signal.setitimer(signal.ITIMER_REAL, 0)
    count = module.variables["count"]
    for kind in KINDS:
        kind(module, 7)
    assert module.variables["count"] == count + 1
    print(interrupted)


@EVERY_DRIVER
def test_interrupts_leave_everything_usable(driver: str) -> None:
    """At any moment of any kind of call; and variables are never half written."""
    assert printed(f"interrupt({driver!r})") > 20


@EVERY_DRIVER
def test_an_interrupt_ends_what_never_ends(driver: str) -> None:
    module = load(compiled(), driver)
    module.increase(ONE)
    for _ in range(2):
        presser = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
        presser.start()
        with pytest.raises(KeyboardInterrupt):
            module.never_ends(ONE)
        presser.join()
    assert module.variables["count"] == 1
    assert module.increase(ONE) == 2
