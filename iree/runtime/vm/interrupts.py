"""Ctrl-C in a call that may not end: it is answered between two steps, when no driver is in the middle of anything."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

from iree.runtime.vm.workers import ENDING


@contextlib.contextmanager
def interrupts_held_back() -> Iterator[Callable[[], None]]:
    """Gives a function that raises KeyboardInterrupt, or does what the user's handler does, if Ctrl-C was pressed.

    Until it is called, or the block ends, nothing happens. Only the main thread gets signals; for others the function
    raises SystemExit when Python ends.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield _end
        return
    pressed: list[tuple[int, FrameType | None]] = []

    def answer() -> None:
        if pressed:
            handler(*pressed.pop())

    signal.signal(signal.SIGINT, lambda number, frame: pressed.append((number, frame)))
    try:
        yield answer
    finally:
        signal.signal(signal.SIGINT, handler)
    answer()


def _end() -> None:
    if ENDING.is_set():
        raise SystemExit
