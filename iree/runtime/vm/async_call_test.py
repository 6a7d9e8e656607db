"""Calls that go on while their callers do something else, on every driver."""

import asyncio
import concurrent.futures
import contextvars
import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from iree import runtime
from iree.hal.semaphore import Semaphore
from iree.hal.status import DataLoss, HalError, Internal
from iree.runtime import ArgumentError, DeviceArray, asdevicearray, get_device
from iree.runtime.system_api import BoundModule
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.testing.hand_built import (
    F32,
    VECTOR,
    Constant,
    Function,
    Module,
    Variable,
    one_function,
    simple_mul_everywhere,
    to_bytes,
)

A = np.array([1, 2, 3, 4], np.float32)
B = np.array([5, 6, 7, 8], np.float32)
EVERY_DRIVER = pytest.mark.parametrize("driver", ["interpreter", "vulkan"])
SECONDS = 60


def multiplication(driver: str) -> BoundModule:
    return runtime.load_vm_flatbuffer(to_bytes(simple_mul_everywhere()), driver=driver)


def calling(function: Callable[..., Any], driver: str = "interpreter") -> runtime.Function:
    """f(x) = function(x), which runs on the host."""
    code = [
        SEQUENCER.encode("alloc_heap", F32.number, (4,), 1),
        SEQUENCER.encode("custom_call", 0, (0,), (1,), b""),
        SEQUENCER.encode("return", (1,)),
    ]
    module = one_function(code, [VECTOR], [VECTOR])
    module = Module(module.name, module.functions, imports=["function"])
    return runtime.load_vm_flatbuffer(to_bytes(module), driver=driver, custom_calls={"function": function}).f


def semaphore(driver: str, value: int = 0) -> Semaphore:
    return get_device(driver).create_semaphore(value)


@EVERY_DRIVER
def test_the_result_stays_on_the_device(driver: str) -> None:
    f = multiplication(driver).simple_mul
    for call in (f.invoke_async(A, B), f.invoke_async(A, b=asdevicearray(get_device(driver), B))):
        result = call.result(SECONDS)
        assert isinstance(result, DeviceArray)
        np.testing.assert_array_equal(result, A * B)
        assert call.done()
        assert call.exception() is None
        assert not call.cancel()
        assert repr(call) == "<AsyncCall of simple_mul, done>"


@EVERY_DRIVER
def test_arguments_may_change_at_once(driver: str) -> None:
    f, begin = multiplication(driver).simple_mul, semaphore(driver)
    given = A.copy()
    call = f.invoke_async(given, given, wait=[(begin, 1)])
    given[:] = 0
    begin.signal(1)
    np.testing.assert_array_equal(call.result(SECONDS), A * A)


@EVERY_DRIVER
def test_it_waits_and_signals(driver: str) -> None:
    f = multiplication(driver).simple_mul
    first, second, done = semaphore(driver), semaphore(driver, 3), semaphore(driver)
    call = f.invoke_async(A, B, wait=[(first, 2), (second, 3)], signal=[(done, 7)])
    assert not call.done()
    assert repr(call) == "<AsyncCall of simple_mul, running>"
    with pytest.raises(TimeoutError):
        call.result(0.01)
    first.signal(1)
    with pytest.raises(TimeoutError):
        call.result(0.01)
    assert done.query() == 0
    first.signal(2)
    done.wait(7, SECONDS)
    np.testing.assert_array_equal(call.result(SECONDS), A * B)


@EVERY_DRIVER
def test_one_call_may_wait_for_a_later_one(driver: str) -> None:
    f, ready = multiplication(driver).simple_mul, semaphore(driver)
    waiting = [f.invoke_async(A, B, wait=[(ready, 1)]) for _ in range(10)]
    np.testing.assert_array_equal(f(A, A), A * A)
    f.invoke_async(A, A, signal=[(ready, 1)])
    for call in waiting:
        np.testing.assert_array_equal(call.result(SECONDS), A * B)


@EVERY_DRIVER
def test_a_chain_of_calls(driver: str) -> None:
    f, chain = multiplication(driver).simple_mul, semaphore(driver)
    calls = [f.invoke_async(A, B, wait=[(chain, n)], signal=[(chain, n + 1)]) for n in range(50)]
    for call in calls:
        np.testing.assert_array_equal(call.result(SECONDS), A * B)
    assert chain.query() == 50


@EVERY_DRIVER
def test_two_calls_overlap(driver: str) -> None:
    together = threading.Barrier(2, timeout=SECONDS)

    def meet(x: np.ndarray) -> np.ndarray:
        together.wait()
        return 2 * x

    f = calling(meet, driver)
    calls = [f.invoke_async(n * A) for n in range(2)]
    for n, call in enumerate(calls):
        np.testing.assert_array_equal(call.result(SECONDS), 2 * n * A)


@EVERY_DRIVER
def test_many_calls_in_flight(driver: str) -> None:
    f = multiplication(driver).simple_mul
    threads = threading.active_count()
    calls = [f.invoke_async(n * A, B) for n in range(500)]
    assert threading.active_count() <= threads + 4
    for n, call in enumerate(calls):
        np.testing.assert_array_equal(call.result(SECONDS), n * A * B)
    assert len(concurrent.futures.wait(calls, SECONDS).done) == 500


def test_calls_of_the_host_wait_for_each_other() -> None:
    """Many more than there are threads for calls that only compute."""
    together = threading.Barrier(30, timeout=SECONDS)
    f = calling(lambda x: x + 0 * together.wait())
    calls = [f.invoke_async(A) for _ in range(30)]
    for call in calls:
        np.testing.assert_array_equal(call.result(SECONDS), A)


@EVERY_DRIVER
def test_asyncio(driver: str) -> None:
    f, begin = multiplication(driver).simple_mul, semaphore(driver)

    async def work() -> list[Any]:
        ticks = 0
        calls = asyncio.gather(*(f.invoke_async(n * A, B, wait=[(begin, 1)]) for n in range(20)))
        while ticks < 5:  # the loop is free meanwhile
            await asyncio.sleep(0.001)
            ticks += 1
        assert not calls.done()
        begin.signal(1)
        results: list[Any] = await asyncio.wait_for(calls, SECONDS)
        return [*results, await f.invoke_async(A, A)]

    *results, last = asyncio.run(work())
    for n, result in enumerate(results):
        np.testing.assert_array_equal(result, n * A * B)
    np.testing.assert_array_equal(last, A * A)


def test_a_task_that_is_cancelled_leaves_the_call_alone() -> None:
    f, begin = multiplication("interpreter").simple_mul, semaphore("interpreter")
    call = f.invoke_async(A, B, wait=[(begin, 1)])

    async def work() -> None:
        task = asyncio.ensure_future(call)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(work())
    begin.signal(1)
    np.testing.assert_array_equal(call.result(SECONDS), A * B)


@EVERY_DRIVER
def test_what_fails_fails_all_that_waits_for_it_with_the_first_cause(driver: str) -> None:
    f, (first, second) = multiplication(driver).simple_mul, (semaphore(driver) for _ in range(2))
    failing = calling(lambda x: 1 // 0, driver)
    last = f.invoke_async(A, B, wait=[(second, 1)])
    middle = f.invoke_async(A, B, wait=[(first, 1)], signal=[(second, 1)])
    cause = failing.invoke_async(A, signal=[(first, 1)])
    with pytest.raises(ZeroDivisionError):
        cause.result(SECONDS)
    for call in (middle, last):
        with pytest.raises(Internal, match="ZeroDivisionError: integer division"):
            call.result(SECONDS)
    with pytest.raises(Internal, match="ZeroDivisionError"):
        second.wait(1, SECONDS)
    assert repr(cause) == "<AsyncCall of f, failed>"
    np.testing.assert_array_equal(f(A, B), A * B)


@EVERY_DRIVER
def test_a_semaphore_that_failed_fails_the_call(driver: str) -> None:
    f, broken = multiplication(driver).simple_mul, semaphore(driver)
    broken.fail(DataLoss("lost"))
    with pytest.raises(DataLoss, match="lost"):
        f.invoke_async(A, B, wait=[(broken, 1)]).result(SECONDS)
    with pytest.raises(DataLoss, match="lost"):
        f.invoke_async(A, B, signal=[(broken, 1)])
    np.testing.assert_array_equal(f(A, B), A * B)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"wait": 3}, "wait takes pairs of a semaphore and a value, not 3"),
        ({"signal": [(1, 2)]}, r"signal takes pairs of a semaphore and a value, not \(1, 2\): device.create_semaphore"),
        ({"signal": [(semaphore("interpreter", 5), 5)]}, "simple_mul cannot signal 5: the semaphore is at 5 and can"),
        ({"c": A}, r"simple_mul takes 2 arguments \(a, b\), none is named 'c'"),
    ],
)
def test_wrong_calls_are_refused_at_once(options: dict[str, Any], match: str) -> None:
    f = multiplication("interpreter").simple_mul
    with pytest.raises(ArgumentError, match=match):
        f.invoke_async(A, B, **options)
    with pytest.raises(ArgumentError, match="argument 'b' has shape"):
        f.invoke_async(A, B[:2])


def test_a_signal_that_somebody_else_overtakes() -> None:
    f, begin, done = multiplication("interpreter").simple_mul, *(semaphore("interpreter") for _ in range(2))
    call = f.invoke_async(A, B, wait=[(begin, 1)], signal=[(done, 1)])
    done.signal(2)
    begin.signal(1)
    with pytest.raises(HalError, match="signal of value 1"):
        call.result(SECONDS)


@EVERY_DRIVER
def test_calls_with_variables_come_one_after_the_other(driver: str) -> None:
    """@add() adds one to a variable."""
    code = [
        SEQUENCER.encode("global_load", 0, 0),
        SEQUENCER.encode("alloc_heap", F32.number, (4,), 1),
        SEQUENCER.encode("custom_call", 0, (0,), (1,), b""),
        SEQUENCER.encode("global_store", 0, 1),
        SEQUENCER.encode("return", ()),
    ]
    add = Function("add", [], [], [], None, 2, b"".join(code))
    module = Module("m", [add], [], [Constant(A)], ["plus_one"], [Variable("count", 0)])
    m = runtime.load_vm_flatbuffer(to_bytes(module), driver=driver, custom_calls={"plus_one": lambda x: x + 1})
    for call in [m.add.invoke_async() for _ in range(50)]:
        assert call.result(SECONDS) is None
    np.testing.assert_array_equal(m.variables["count"], A + 50)


def test_functions_of_the_host_see_the_callers_context() -> None:
    name: contextvars.ContextVar[float] = contextvars.ContextVar("name")
    f = calling(lambda x: x * np.float32(name.get()))
    name.set(3)
    call = f.invoke_async(A)
    name.set(4)
    np.testing.assert_array_equal(call.result(SECONDS), 3 * A)


@EVERY_DRIVER
def test_nothing_is_kept_of_a_call_that_is_over(driver: str) -> None:
    f = multiplication(driver).simple_mul
    x = asdevicearray(get_device(driver), A)
    watched = weakref.ref(x)
    call = f.invoke_async(x, B)
    np.testing.assert_array_equal(call.result(SECONDS), A * B)
    del x
    f.invoke_async(A, B).result(SECONDS)  # so that the thread has gone on
    gc.collect()
    assert watched() is None


@EVERY_DRIVER
def test_what_a_call_uses_may_be_deleted_meanwhile(driver: str) -> None:
    """Its memory is not used for something else before the call is over."""
    f, begin = multiplication(driver).simple_mul, semaphore(driver)
    calls = []
    for _ in range(10):
        y = f(asdevicearray(get_device(driver), A), B)
        calls += [f.invoke_async(y, B, wait=[(begin, 1)]), f.invoke_async(y, B)]
        y.delete()
        del y
        f(asdevicearray(get_device(driver), B), B)
    begin.signal(1)
    for call in calls:
        np.testing.assert_array_equal(call.result(SECONDS), A * B * B)


PROGRAM = """
import sys
from iree.runtime.vm.async_call_test import A, B, multiplication, semaphore
f = multiplication(sys.argv[1]).simple_mul
calls = [f.invoke_async(A, B, wait=[(semaphore(sys.argv[1]), 1)]), *(f.invoke_async(A, B) for _ in range(100))]
"""


@EVERY_DRIVER
def test_python_ends_though_calls_wait(driver: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, driver],
        env={"PYTHONPATH": ":".join(sys.path)},
        timeout=SECONDS,
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert not ended.stderr
