"""CommandQueue: runs submissions of a device, one after the other."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from iree.hal.command_category import CommandCategory
from iree.hal.fence import FenceValue
from iree.hal.submission_batch import SubmissionBatch


class CommandQueue(ABC):
    """A driver implements submit_batches and wait_idle. Any thread may submit.

    Batches run in the order of submission: one that waits for a semaphore holds up all behind it. What goes wrong
    while a batch runs fails its fence and its semaphores, and everything submitted later fails with the same cause.
    """

    device_key: object = None  # set by the device

    def __init__(self, name: str, categories: CommandCategory):
        self.name = name
        self.categories = categories

    @property
    def can_transfer(self) -> bool:
        """Whether it runs fills, updates and copies."""
        return bool(self.categories & CommandCategory.TRANSFER)

    @property
    def can_dispatch(self) -> bool:
        """Whether it runs dispatches."""
        return bool(self.categories & CommandCategory.DISPATCH)

    def submit(self, batches: Sequence[SubmissionBatch], fence: FenceValue | None = None) -> None:
        """Queues the batches; when the last is complete, `fence` is set to its value.

        Raises only what is wrong with the submission itself, and then nothing of it is queued.
        FailedPrecondition: a command buffer is not ready. InvalidArgument: one is another device's, or the fence value
        does not increase.
        """
        for batch in batches:
            for commands in batch.command_buffers:
                commands.impl.check_submittable(self.categories, self.device_key)
        if fence is not None:
            fence.fence.check_increase(fence.value)
        self.submit_batches(batches, fence)
        for batch in batches:
            for commands in batch.command_buffers:
                commands.impl.mark_submitted()

    @abstractmethod
    def submit_batches(self, batches: Sequence[SubmissionBatch], fence: FenceValue | None) -> None:
        """Hook: queues checked batches. Use commands.impl; raise only what is wrong with the semaphores."""

    @abstractmethod
    def wait_idle(self, timeout: float | None = None) -> None:
        """Blocks until all submitted work is done. Raises what the queue failed with. DeadlineExceeded: time is up."""
