"""Semaphores: what one queue's work waits for and another's signals."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

from iree.hal.status import HalError


class Semaphore(ABC):
    """A timeline: a value that only grows. Waiting for N ends when the value is N or more."""

    @abstractmethod
    def query(self) -> int:
        """The value now. Raises what the semaphore failed with."""

    @abstractmethod
    def signal(self, value: int) -> None:
        """Sets the value, from the host. InvalidArgument: it is not greater than the one now."""

    @abstractmethod
    def fail(self, error: HalError) -> None:
        """Every wait, now and later, raises `error`. The first failure stays."""

    @abstractmethod
    def wait(self, value: int, timeout: float | None = None) -> None:
        """Blocks the host until the value is reached. DeadlineExceeded: `timeout` seconds passed."""


class BinarySemaphore:
    """Signalled or not, by queues only. Each signal is taken by exactly one wait."""


class SemaphoreValue(NamedTuple):
    """What a batch waits for or signals; a binary semaphore has no value."""

    semaphore: Semaphore | BinarySemaphore
    value: int = 0
