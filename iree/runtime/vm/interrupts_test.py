import signal
import threading

import pytest

from iree.runtime.vm.interrupts import interrupts_held_back


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def test_an_interrupt_waits_until_it_is_asked_for() -> None:
    done = []

    def work() -> None:
        with interrupts_held_back() as answer:
            answer()
            press()
            done.append("went on")
            answer()
            done.append("and on")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["went on"]
    with pytest.raises(KeyboardInterrupt):
        press()


def test_an_interrupt_that_nobody_asked_for_comes_at_the_end() -> None:
    done = []

    def work() -> None:
        with interrupts_held_back():
            press()
            done.append("went on")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["went on"]


def test_an_error_comes_before_an_interrupt() -> None:
    def work() -> None:
        with interrupts_held_back():
            press()
            raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        work()


def test_the_users_handler_answers() -> None:
    calls = []
    before = signal.signal(signal.SIGINT, lambda number, _: calls.append(number))
    try:
        with interrupts_held_back() as answer:
            press()
            assert calls == []
            answer()
            assert calls == [signal.SIGINT]
    finally:
        signal.signal(signal.SIGINT, before)


def test_who_ignores_interrupts_goes_on_to() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interrupts_held_back() as answer:
            press()
            answer()
    finally:
        signal.signal(signal.SIGINT, before)


def test_other_threads_are_left_alone() -> None:
    handlers = []

    def work() -> None:
        with interrupts_held_back() as answer:
            handlers.append(signal.getsignal(signal.SIGINT))
            answer()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert handlers == [signal.default_int_handler]
