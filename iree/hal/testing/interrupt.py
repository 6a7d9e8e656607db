"""Ctrl-C at each place where Python looks for it: after a call, at the start of a function, at a jump back."""

import dis
import inspect
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeAlias

TraceFunction: TypeAlias = Callable[[FrameType, str, Any], Any]

_LOOKS = ("CALL", "CALL_FUNCTION_EX", "JUMP_BACKWARD")


class Interrupted(KeyboardInterrupt):
    """Stands for the user's Ctrl-C."""


def interrupted_at(step: int, where: str, call: Callable[[], object]) -> bool:
    """Makes a call, interrupted in files whose path contains `where`, after `step` places. Whether it got there."""
    left = [step]
    last: dict[FrameType, str] = {}

    def look() -> None:
        left[0] -= 1
        if left[0] == -1:
            raise Interrupted

    def trace(frame: FrameType, event: str, argument: Any) -> TraceFunction | None:
        if where not in frame.f_code.co_filename or frame.f_code.co_flags & inspect.CO_GENERATOR:
            return None  # what is raised while a generator is thrown away is lost
        frame.f_trace_opcodes = True
        if event == "call":
            look()
        elif event == "opcode":
            before, last[frame] = last.get(frame, ""), dis.opname[frame.f_code.co_code[frame.f_lasti]]
            if before in _LOOKS:
                look()
        return trace

    sys.settrace(trace)
    try:
        call()
    except Interrupted:
        pass
    finally:
        sys.settrace(None)
    return left[0] < 0  # what is raised while an object dies, nobody sees
