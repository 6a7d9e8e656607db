import subprocess
import sys
import threading
import time

import pytest

from iree.runtime.vm import workers
from iree.runtime.vm.workers import Workers

SECONDS = 60


def run_all(pool: Workers, count: int) -> set[threading.Thread]:
    """The threads that run `count` tasks."""
    threads: set[threading.Thread] = set()
    left = threading.Semaphore(0)

    def task() -> None:
        threads.add(threading.current_thread())
        time.sleep(0.001)
        left.release()

    for _ in range(count):
        pool.start(task)
    for _ in range(count):
        assert left.acquire(timeout=SECONDS)
    return threads


def test_as_many_threads_as_there_are_tasks() -> None:
    pool, together = Workers(), threading.Barrier(21)
    for _ in range(20):
        pool.start(lambda: together.wait(SECONDS) and None)
    together.wait(SECONDS)
    pool.join(time.monotonic() + SECONDS)


def test_no_more_than_most() -> None:
    pool = Workers(most=3)
    assert len(run_all(pool, 50)) <= 3


def test_tasks_of_one_thread_run_in_order() -> None:
    pool, done = Workers(most=1), []
    for number in range(100):
        pool.start(lambda number=number: done.append(number))  # type: ignore[misc]
    pool.join(time.monotonic() + SECONDS)
    assert done == list(range(100))


def test_threads_are_used_again_and_end_when_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_IDLE_SECONDS", 0.2)
    pool = Workers()
    (first,) = run_all(pool, 1)
    pool.join(time.monotonic() + SECONDS)
    assert run_all(pool, 1) == {first}
    first.join(SECONDS)
    assert not first.is_alive()
    assert first not in run_all(pool, 1)


def test_join_gives_up() -> None:
    pool, go = Workers(), threading.Event()
    pool.start(lambda: go.wait(SECONDS) and None)
    pool.join(time.monotonic() + 0.01)
    go.set()
    pool.join(time.monotonic() + SECONDS)


def test_no_more_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    pool = Workers()
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            pool.start(lambda: None)
    assert len(run_all(pool, 1)) == 1


PROGRAM = """
import time
from iree.runtime.vm.workers import ENDING, WAITING
from iree.runtime.vm.interrupts import interrupts_held_back

def task():
    with interrupts_held_back() as answer:
        try:
            while True:
                answer()
                time.sleep(0.001)
        except SystemExit:
            print("ended")

WAITING.start(task)
"""


def test_what_goes_on_for_long_ends_with_python() -> None:
    program = [sys.executable, "-c", PROGRAM]
    ended = subprocess.run(program, env={"PYTHONPATH": ":".join(sys.path)}, timeout=SECONDS, stdout=subprocess.PIPE)
    assert ended.stdout == b"ended\n"
