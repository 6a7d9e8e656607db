"""Programs as C without a runtime, called on a board with arrays that are files of its host.

call_on(CORTEX_M4, sources_of(program), "step", [(x,), (y,)])     the results of both calls, and the memory used
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from xdsl.dialects.builtin import MemRefType

from iree.compiler.codegen.runtimeless_c.generate import Sources
from iree.compiler.codegen.runtimeless_c.interface import Export
from iree.compiler.codegen.runtimeless_c.options import COptions
from iree.compiler.codegen.runtimeless_c.types import memory_type
from iree.testing.boards import Board, Memory
from iree.testing.c_programs import NAME, Array, filled, held, write

_MAIN = """\
#include "board.h"
#include "{name}.h"

{arrays}
int main(void) {{
  const int given = board_open("arguments", 0), results = board_open("results", 1);
  uint32_t stack;
  for (int n = 0; n < {calls}; ++n) {{
{reads}
    {symbol}({arguments});
{writes}
  }}
  stack = (uint32_t)board_stack_used();
  board_write(results, &stack, sizeof stack);
  return 0;
}}
"""
_WEIGHTS = """\
__asm__(".section .rodata\\n.balign 64\\n.globl weights\\nweights:\\n.incbin \\"{name}.weights\\"\\n.text");
extern const unsigned char weights[];
"""
_ARENA = "static unsigned char arena[{size}] __attribute__((aligned(64)));\n"


def call_on(
    board: Board,
    sources: Sources,
    function: str,
    calls: Sequence[Sequence[Any]],
    options: COptions | None = None,
    flags: Sequence[str] = ("-Os",),
) -> tuple[list[tuple[Array, ...]], Memory]:
    """The results of each call, in order, and what the program takes. `options`: those that the sources came from."""
    export = next(export for export in sources.exports if export.name == function)
    results = [tuple(filled(type_) for type_ in export.results) for _ in calls]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write(sources, folder)
        (folder / "main.c").write_text(_main_text(export, len(calls), sources.arena, options or COptions()))
        arguments = [held(value, type_) for call in calls for value, type_ in zip(call, export.arguments, strict=True)]
        (folder / "arguments").write_bytes(b"".join(argument.tobytes() for argument in arguments))
        program = board.link(folder, ["main.c", f"{NAME}.c"], flags)
        status, output = board.run(program)
        assert (status, output) == (0, "")
        with (folder / "results").open("rb") as file:
            for result in (result for call in results for result in call):
                result.reshape(-1).view(np.uint8)[:] = np.frombuffer(file.read(result.nbytes), np.uint8)
            stack = int.from_bytes(file.read(), "little")
        return results, board.memory(program, stack)


def _main_text(export: Export, calls: int, arena: int, options: COptions) -> str:
    types = [*export.arguments, *export.results]
    count = len(export.arguments)
    sizes = [filled(type_).nbytes for type_ in types]
    given = [*(["arena"] if options.external_arena else []), *(["weights"] if options.external_weights else [])]
    arrays = [_array(number, type_) for number, type_ in enumerate(types)]
    arrays += [_ARENA.format(size=max(1, arena))] if options.external_arena else []
    arrays += [_WEIGHTS.format(name=NAME)] if options.external_weights else []
    reads = [f"    if (board_read(given, a{n}, {size}) != {size}) return 1;" for n, size in enumerate(sizes[:count])]
    writes = [f"    board_write(results, a{n}, {size});" for n, size in enumerate(sizes) if n >= count]
    return _MAIN.format(
        name=NAME,
        arrays="".join(arrays),
        calls=calls,
        reads="\n".join(reads),
        symbol=export.symbol,
        arguments=", ".join([*given, *(f"a{number}" for number in range(len(types)))]),
        writes="\n".join(writes),
    )


def _array(number: int, type_: MemRefType) -> str:
    """Memory for an argument or a result."""
    element = memory_type(type_.element_type)
    count = max(1, filled(type_).size * (2 if np.iscomplexobj(filled(type_)) else 1))
    return f"static {element} a{number}[{count}] __attribute__((aligned(8)));\n"
