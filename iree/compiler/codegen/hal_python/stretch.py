"""Stretch: commands that nothing of the host stands between; they are recorded by one method, and submitted as one.

    def _record_f(self, commands: CommandBuffer, buffers: Sequence[Buffer]) -> None:
        a, out0 = buffers
        commands.dispatch(DispatchRequest(self._ex, 0, (4, 1, 1), [BufferBinding(a, (4,), F32, READ), ...]))
        commands.execution_barrier(WORK, ExecutionStage.HOST, TO_HOST)

A barrier stands where the IR has one, before a command that needs one of the same stretch, and first where commands
submitted before may still work on memory that this stretch works on.
"""

from collections.abc import Sequence

from iree.compiler.codegen.hal_python.places import Place
from iree.compiler.codegen.hal_python.source import Node, call, comment, docstring, layout, row
from iree.compiler.codegen.hal_python.types import element_name, length_text, shape_text

_IN = "        "


class Stretch:
    """The commands of one, in the making."""

    def __init__(self, starts_with_barrier: bool):
        self.chosen: dict[str, None] = {}  # buffers that each call chooses
        self._lines: list[str] = []
        self._read: list[Place] = []  # since the last barrier
        self._written: list[Place] = []
        self._has_to_wait = starts_with_barrier
        self.is_empty = True

    def barrier(self) -> None:
        """What follows comes after all before it."""
        self._has_to_wait |= not self.is_empty

    def dispatch(
        self,
        matches: str,
        executable: str,
        entry_point: int,
        workload: Node,
        sizes: Node | None,
        read: Sequence[Place],
        written: Sequence[Place],
    ) -> None:
        """Adds a dispatch."""
        self._order(read, written)
        self._lines += comment(_IN, f"Matches IR: {matches}")
        bindings = [self._binding(place, "READ") for place in read] + [self._binding(place) for place in written]
        self._lines += layout(_IN, "bindings = ", row(*bindings))
        request: list[Node] = [executable, str(entry_point), workload, "bindings"]
        request += [sizes] if sizes is not None else []
        self._lines += layout(_IN, "", call("commands.dispatch", call("DispatchRequest", *request)))

    def copy(self, why: str, source: Place, target: Place) -> None:
        """Adds a copy of all of `source`."""
        self._order([source], [target])
        self._lines += comment(_IN, why)
        offsets = (self._use(source), self._use(target), str(source.offset), str(target.offset))
        self._lines += layout(_IN, "", call("commands.copy_buffer", *offsets, length_text(source.type)))

    def method(self, name: str, what: str) -> list[str]:
        """The method that records it."""
        head = [f"    def {name}(self, commands: CommandBuffer, buffers: Sequence[Buffer]) -> None:"]
        names = list(self.chosen)
        take = [f"{_IN}{', '.join(names)} = buffers"] if len(names) > 1 else [f"{_IN}({n},) = buffers" for n in names]
        last = f"{_IN}commands.execution_barrier(WORK, ExecutionStage.HOST, TO_HOST)"
        return [*head, *docstring(_IN, what), *take, *self._lines, last]

    def _order(self, read: Sequence[Place], written: Sequence[Place]) -> None:
        if self._has_to_wait or self._depends(read, written):
            self._lines.append(f"{_IN}commands.execution_barrier(WORK, WORK, BETWEEN_COMMANDS)")
            self._read, self._written, self._has_to_wait = [], [], False
        self._read += read
        self._written += written
        self.is_empty = False

    def _depends(self, read: Sequence[Place], written: Sequence[Place]) -> bool:
        return any(old.meets(new) for old in self._written for new in (*read, *written)) or any(
            old.meets(new) for old in self._read for new in written
        )

    def _binding(self, place: Place, *access: str) -> Node:
        self._use(place)
        return call("BufferBinding", place.text, shape_text(place.type), element_name(place.type), *access)

    def _use(self, place: Place) -> str:
        if not place.is_fixed:
            self.chosen[place.buffer] = None
        return place.buffer
