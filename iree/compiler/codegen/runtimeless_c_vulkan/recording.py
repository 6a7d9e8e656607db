"""Recording: commands as statements of C that record them, with a barrier wherever one has to wait for another.

/* arith.mulf at simple_mul.mlir:3:8 */
dispatch(model, commands, 0, 0, 1, 1, 1);
barrier(commands);
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from iree.compiler.codegen.runtimeless_c.kernel import wrapped
from iree.compiler.codegen.runtimeless_c_vulkan.executables import Triple
from iree.compiler.codegen.runtimeless_c_vulkan.places import Order, Place


class Recording:
    """The commands of one command buffer. The first barrier is for what ran before it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.launched: list[Triple] = []  # workgroups
        self._depth = 1
        self._order = Order()
        self._waits = True  # before the next command

    @property
    def is_empty(self) -> bool:
        """Whether nothing is recorded."""
        return not self.lines

    def copy(self, source: Place, target: Place, why: str = "") -> None:
        """All of `source`, which lies elsewhere than `target`."""
        if not source.bytes or (source.buffer, source.start, source.base) == (target.buffer, target.start, target.base):
            return
        self._command([source], [target])
        self._say(why)
        parts = ["commands", source.buffer, source.at, target.buffer, target.at, str(source.bytes)]
        self._line(wrapped("copy(", parts, ");"))

    def clear(self, target: Place, why: str) -> None:
        """Zeros; a place ends at a multiple of 4."""
        if target.bytes:
            self._command([], [target])
            self._say(why)
            bytes_ = -(-target.bytes // 4) * 4
            self._line(f"vkCmdFillBuffer(commands, {target.buffer}, {target.at}, {bytes_}, 0);")

    def dispatch(
        self, kernel: int, bound: int, groups: Triple, read: Sequence[Place], written: Sequence[Place], why: str
    ) -> None:
        """A launch of a kernel on a row of bindings, both by number."""
        self._command(read, written)
        self._say(why)
        self.launched.append(groups)
        x, y, z = groups
        self._line(f"dispatch(model, commands, {kernel}, {bound}, {x}, {y}, {z});")

    def barrier(self) -> None:
        """Has whatever comes next wait."""
        self._waits = True

    def last_barrier(self) -> None:
        """Shows the host what was written."""
        self._line("barrier(commands);")

    @contextmanager
    def repeated(self, count: int) -> Iterator[None]:
        """What is recorded inside is, again and again."""
        self._line(f"for (uint32_t turn = 0; turn < {count}; ++turn) {{")
        self._depth += 1
        self._waits = True
        yield
        self._depth -= 1
        self._line("}")
        self._waits = True

    def _command(self, read: Sequence[Place], written: Sequence[Place]) -> None:
        if self._waits or self._order.has_to_wait(read, written):
            self._line("barrier(commands);")
            self._order, self._waits = Order(), False
        self._order.add(read, written)

    def _say(self, why: str) -> None:
        if why:
            self._line(wrapped("/* ", [why.replace("*/", "* /")], " */"))

    def _line(self, text: str) -> None:
        self.lines += ["  " * self._depth + line for line in text.split("\n")]
