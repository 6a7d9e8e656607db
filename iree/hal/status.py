# ruff: noqa: N818  (the names are those of the status codes)
"""Errors of the HAL: one class for each status code, so that callers catch what they can handle.

An error that happens while a device works is stored by the fence and the semaphores that would have been signalled,
and raised wherever one of them is waited for or queried.
"""


class HalError(Exception):
    """Anything the HAL refuses or fails to do. The text says what, where, what exists and how to fix it."""

    def again(self) -> "HalError":
        """The same error, to be raised `from` this one: an error that is stored may be raised many times."""
        return type(self)(*self.args)


class InvalidArgument(HalError):
    """The arguments are wrong whatever the state of the object."""


class OutOfRange(HalError):
    """An offset, length or index reaches past the end."""


class PermissionDenied(HalError):
    """The buffer was not made for this: its memory type, usage or access forbids it."""


class FailedPrecondition(HalError):
    """Right call, wrong moment: the object is not in the state that it needs."""


class NotFound(HalError):
    """No such driver, device, entry point."""


class AlreadyExists(HalError):
    """There is one already."""


class Unavailable(HalError):
    """The driver cannot run on this machine."""


class DeadlineExceeded(HalError):
    """The timeout passed before it happened. It may still happen."""


class ResourceExhausted(HalError):
    """Out of memory, or past a limit of the device."""


class Unimplemented(HalError):
    """This driver does not do that."""


class DataLoss(HalError):
    """Bytes that cannot have been written by this version's compiler: cut, flipped or foreign."""


class Internal(HalError):
    """A bug of ours, or of the device's driver."""


def as_hal_error(error: BaseException) -> HalError:
    """What a fence fails with when work ended with `error`."""
    if isinstance(error, HalError):
        return error
    if isinstance(error, MemoryError):
        return ResourceExhausted(f"out of memory: {error}")
    internal = Internal(f"{type(error).__name__}: {error}")
    internal.__cause__ = error
    return internal
