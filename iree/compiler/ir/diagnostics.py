"""Errors a user can act on: where, which operation, which rule, why.

    model.mlir:12:8: iree_hl_seq.alloc_heap C1: memref<?xf32> has a dynamic size

Rules of operations call `require`, passes call `fail`.
"""

from typing import NoReturn

from xdsl.ir import Operation
from xdsl.utils.exceptions import VerifyException

from iree.compiler.ir.location import location_of

LONGEST_TEXT = 2000  # characters of one message: a constant's text may be megabytes


class CompileError(Exception):
    """The program cannot be compiled. `str()` is `location: message`, then one line for each note."""

    def __init__(self, message: str, location: str = "", notes: tuple[str, ...] = ()):
        super().__init__(message)
        self.message = shortened(message)
        self.location = location
        self.notes = notes

    def with_note(self, note: str) -> "CompileError":
        """The same error with one more line of what was going on."""
        self.notes = (*self.notes, note)
        return self

    def __str__(self) -> str:
        head = f"{self.location}: {self.message}" if self.location else self.message
        return "\n".join((head, *self.notes))


class RuleError(VerifyException):
    """A labelled rule of an operation's docstring is broken. The verifier turns it into a CompileError."""

    def __init__(self, op: Operation, label: str, text: str):
        super().__init__(f"{op.name} {label}: {shortened(text)}")
        self.op = op


def require(op: Operation, label: str, condition: bool, text: str) -> None:
    """Raises RuleError naming the rule `label` unless the condition holds. For verify_ methods."""
    if not condition:
        raise RuleError(op, label, text)


def fail(op: Operation, text: str) -> NoReturn:
    """Raises the CompileError that `op` cannot be compiled, with its location and name. For passes."""
    raise op_error(op, text)


def op_error(op: Operation, text: str) -> CompileError:
    """The error that `fail` raises, for passes that report several at once with `raise_all`."""
    return CompileError(f"{op.name}: {text}", location_of(op))


def raise_all(errors: list[CompileError]) -> None:
    """Raises one CompileError that holds every error in order; returns when there are none."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise CompileError(f"{len(errors)} errors", notes=tuple(str(error) for error in errors))


def shortened(text: str) -> str:
    """The text, with the middle left out where it is too long to read."""
    if len(text) <= LONGEST_TEXT:
        return text
    half = LONGEST_TEXT // 2
    return f"{text[:half]} ... {len(text) - 2 * half} characters ... {text[-half:]}"
