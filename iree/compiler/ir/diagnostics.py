"""Errors a user can act on: where, which operation, which rule, why.

    model.mlir:12:8: iree_hl_seq.alloc_heap C1: memref<?xf32> has a dynamic size

Rules of operations call `require`, passes call `fail`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn

from xdsl.ir import Operation
from xdsl.utils.exceptions import VerifyException

from iree.compiler.ir.location import location_of

SHOWN_PLACES = 4  # of a kind of problem, besides the first
LONGEST_TEXT = 2000  # characters of one message: a constant's text may be megabytes

_SIZES = re.compile(r"\b(tensor|memref|vector)<(?:[\d?]+x)+")


class CompileError(Exception):
    """The program cannot be compiled. `str()` is `location: message`, then one line for each note.

    `op`: the name of the operation that is refused; `target`: the target that refuses it, where others may not.
    """

    op = ""
    target = ""

    def __init__(self, message: str, location: str = "", notes: tuple[str, ...] = ()):
        super().__init__(message)
        self.message = shortened(message)
        self.location = location
        self.notes = notes

    @property
    def problems(self) -> tuple["CompileError", ...]:
        """Everything that is wrong, one by one."""
        return (self,)

    def with_note(self, note: str) -> "CompileError":
        """The same error with one more line of what was going on."""
        self.notes = (*self.notes, note)
        return self

    def __str__(self) -> str:
        head = f"{self.location}: {self.message}" if self.location else self.message
        return "\n".join((head, *self.notes))


class CompileReportError(CompileError):
    """Several problems in one error, each kind once.

    3 problems of 2 kinds
    model.mlir:3:10: mhlo.add: tensor<4xi128> is not supported
      and at model.mlir:4:10
    model.mlir:9:3: mhlo.fft: ...
    """

    def __init__(self, problems: Sequence[CompileError]):
        self._problems = tuple(problems)
        self.kinds = kinds_of(problems)
        count, kinds = len(self._problems), len(self.kinds)
        of = "" if kinds == count else f" of {kinds} kind{'s' * (kinds != 1)}"
        super().__init__(f"{count} problems{of}")

    @property
    def problems(self) -> tuple[CompileError, ...]:
        """Everything that is wrong, one by one."""
        return self._problems

    def __str__(self) -> str:
        return "\n".join((self.message, *(text for kind in self.kinds for text in _kind_lines(kind)), *self.notes))


def kinds_of(problems: Iterable[CompileError]) -> list[list[CompileError]]:
    """The problems that differ in nothing but their place and the sizes of tensors, together."""
    kinds: dict[tuple[str, str, str], list[CompileError]] = {}
    for problem in problems:
        kinds.setdefault((problem.op, problem.target, _SIZES.sub(r"\1<", problem.message)), []).append(problem)
    return list(kinds.values())


def places_of(kind: Sequence[CompileError]) -> list[str]:
    """Where the problems of a kind are, each place once."""
    return list(dict.fromkeys(problem.location for problem in kind if problem.location))


def _kind_lines(kind: Sequence[CompileError]) -> Iterator[str]:
    yield str(kind[0])
    _, *others = places_of(kind) or [""]
    if others:
        more = len(others) - SHOWN_PLACES
        yield f"  and at {', '.join(others[:SHOWN_PLACES])}{f' and {more} more places' if more > 0 else ''}"


def as_json(error: CompileError) -> dict[str, Any]:
    """The error for other programs: its text, and each kind of problem with all its places."""
    return {
        "error": str(error),
        "problems": [
            {
                "op": kind[0].op,
                "message": kind[0].message,
                "target": kind[0].target,
                "count": len(kind),
                "places": places_of(kind),
            }
            for kind in kinds_of(error.problems)
        ],
        "notes": [note.strip() for note in error.notes],
    }


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
    error = CompileError(f"{op.name}: {text}", location_of(op))
    error.op = op.name
    return error


def raise_all(errors: Sequence[CompileError]) -> None:
    """Raises one CompileError that holds the problems of every error, in order; returns when there are none."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise CompileReportError([problem for error in errors for problem in error.problems])


def shortened(text: str) -> str:
    """The text, with the middle left out where it is too long to read."""
    if len(text) <= LONGEST_TEXT:
        return text
    half = LONGEST_TEXT // 2
    return f"{text[:half]} ... {len(text) - 2 * half} characters ... {text[-half:]}"
