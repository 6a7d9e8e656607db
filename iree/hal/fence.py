"""Fence: tells the host how far a queue has come."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

from iree.hal.status import HalError, InvalidArgument


class Fence(ABC):
    """A value that queues set when a submission is complete, and that only grows."""

    @abstractmethod
    def query(self) -> int:
        """The value now. Raises what the fence failed with."""

    @abstractmethod
    def status(self) -> HalError | None:
        """What the fence failed with; None while it has not."""

    @abstractmethod
    def signal(self, value: int) -> None:
        """Sets the value. InvalidArgument: it is not greater than the one now."""

    @abstractmethod
    def fail(self, error: HalError) -> None:
        """Every wait, now and later, raises `error`. The first failure stays."""

    @abstractmethod
    def wait(self, value: int, timeout: float | None = None) -> None:
        """Blocks the host until the value is reached. DeadlineExceeded: `timeout` seconds passed."""

    def check_increase(self, value: int) -> None:
        """InvalidArgument: `value` is not greater than the one now."""
        now = self.query()
        if value <= now:
            raise InvalidArgument(f"fence value {value} does not increase: the fence is at {now}")


class FenceValue(NamedTuple):
    """A fence and the value that a submission sets it to, or that the host waits for."""

    fence: Fence
    value: int
