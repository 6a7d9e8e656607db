"""AsyncCall: a call that goes on while its caller does something else.

    call = module.predict.invoke_async(x, wait=[(uploaded, 1)], signal=[(predicted, 1)])
    call.result()    blocks until it is done and gives the results, or raises what went wrong
    await call       the same in asyncio, without blocking

It is a concurrent.futures.Future: `done`, `exception`, `add_done_callback`, and what else takes such, work with it.
"""

import asyncio
import contextvars
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from functools import partial
from typing import Any, Final, TypeAlias

from iree.hal.semaphore import Semaphore
from iree.hal.status import DeadlineExceeded, HalError, as_hal_error
from iree.runtime.vm.arguments import ArgumentError
from iree.runtime.vm.workers import COMPUTING, ENDING, WAITING

_LOOKS_UP_SECONDS: Final = 0.25  # how often a wait asks whether Python ends

Values: TypeAlias = tuple[tuple[Semaphore, int], ...]


class AsyncCall(Future[Any]):
    """Made by Function.invoke_async. It cannot be cancelled: what a device has begun it ends."""

    def __init__(self, name: str):
        super().__init__()
        self._name = name
        self.set_running_or_notify_cancel()

    def __await__(self) -> Generator[Any, None, Any]:
        return asyncio.wrap_future(self).__await__()

    def __repr__(self) -> str:
        state = "running" if not self.done() else "failed" if self.exception() else "done"
        return f"<AsyncCall of {self._name}, {state}>"


def semaphore_values(name: str, given: Iterable[tuple[Semaphore, int]]) -> Values:
    """What a call waits for or signals, checked. ArgumentError: it is no list of timeline semaphores with values."""
    try:
        values = tuple((semaphore, value) for semaphore, value in given)
    except (TypeError, ValueError):
        raise ArgumentError(f"{name} takes pairs of a semaphore and a value, not {given!r}") from None
    for semaphore, value in values:
        if not isinstance(semaphore, Semaphore) or not isinstance(value, int):
            raise ArgumentError(
                f"{name} takes pairs of a semaphore and a value, not ({semaphore!r}, {value!r}): "
                "device.create_semaphore() makes one"
            )
    return values


def start_call(
    name: str, compute: Callable[[], Any], waits: Values, signals: Values, calls_host: bool = False
) -> AsyncCall:
    """Has `compute` run once all waits are over, and signals when it is done. `calls_host`: it may wait for another.

    HalError: a semaphore that it should signal has failed. ArgumentError: one has reached that value.
    """
    for semaphore, value in signals:
        if value <= (now := semaphore.query()):
            raise ArgumentError(f"{name} cannot signal {value}: the semaphore is at {now} and can only grow")
    call = AsyncCall(name)
    workers = WAITING if calls_host or waits else COMPUTING
    workers.start(partial(contextvars.copy_context().run, _run, call, compute, waits, signals))
    return call


def _run(call: AsyncCall, compute: Callable[[], Any], waits: Values, signals: Values) -> None:
    try:
        for semaphore, value in waits:
            _wait(semaphore, value)
        result = compute()
        for semaphore, value in signals:
            semaphore.signal(value)
    except BaseException as error:  # whoever asks for the result gets it
        for semaphore, _ in signals:
            semaphore.fail(as_hal_error(error))
        call.set_exception(error)
        del call  # which holds the error, whose traceback holds this frame
    else:
        call.set_result(result)


def _wait(semaphore: Semaphore, value: int) -> None:
    while True:
        try:
            semaphore.wait(value, _LOOKS_UP_SECONDS)
            return
        except DeadlineExceeded:
            if ENDING.is_set():
                raise HalError(f"Python ended while a call waited for value {value} of a semaphore") from None
