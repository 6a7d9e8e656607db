"""Runs passes in order, checks the module between them, and says which pass an error came from.

    run_passes(module, [IdentifyDispatchRegions(), OutlineDispatchRegions()], print_ir_after_all=True)

A pass is a class: see Pass. The order of the compiler's own passes is in pipeline.py.
"""

import sys
import time
from collections.abc import Collection, Iterable, Sequence
from typing import ClassVar, TextIO

from xdsl.dialects.builtin import ModuleOp
from xdsl.utils.exceptions import DiagnosticException

from iree.compiler.ir import sizes
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.location import location_of
from iree.compiler.ir.printer import print_module
from iree.compiler.ir.verifier import verify

ALWAYS_LEGAL = ("builtin", "ml_program")  # modules, and the variables of a program
LARGEST_PRINTED = 16  # elements of a constant that a dump shows


class Pass:
    """One step of the compiler. Its options are fields of a dataclass; `run` changes the module in place.

    `reads` and `leaves` name the dialects a module may hold before and after it.
    """

    name: ClassVar[str]
    reads: ClassVar[tuple[str, ...]]
    leaves: ClassVar[tuple[str, ...]]

    def run(self, module: ModuleOp) -> None:
        """Changes the module. CompileError: the program cannot be compiled."""
        raise NotImplementedError(f"{type(self).__name__}.run")


class Timing:
    """Seconds spent in each pass, in the order of their first run."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def add(self, name: str, seconds: float) -> None:
        """Adds to the time of a pass."""
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds

    def table(self) -> str:
        """A line for each pass and one for all: seconds, share, name."""
        total = sum(self.seconds.values())
        rows = [*self.seconds.items(), ("total", total)]
        return "".join(f"{time_:9.4f} s {100 * time_ / (total or 1):5.1f}%  {name}\n" for name, time_ in rows)


def run_passes(
    module: ModuleOp,
    passes: Iterable[Pass],
    *,
    print_ir_after: Collection[str] = (),
    print_ir_after_all: bool = False,
    timing: Timing | None = None,
    out: TextIO | None = None,
    verify_each: bool = True,
    verified: bool = False,
) -> None:
    """Runs the passes; the module is verified before the first, unless it is `verified`, and after each or after all.

    Dumps go to `out`, stderr unless given, with large constants left out. CompileError: as a pass raised it, with a
    note that names the pass; or the module broke a rule, or holds a dialect that the pass does not read or leave.
    """
    if not verified:
        verify(module)
    names = []
    for pass_ in passes:
        names.append(pass_.name)
        start = time.perf_counter()
        _run_pass(pass_, module, verify_each)
        if timing is not None:
            timing.add(pass_.name, time.perf_counter() - start)
        if print_ir_after_all or pass_.name in print_ir_after:
            text = print_module(module, elide_large=LARGEST_PRINTED)
            (out or sys.stderr).write(f"// ---- IR after {pass_.name} ----\n{text}\n")
    if names and not verify_each:
        try:
            verify(module)
        except CompileError as error:
            raise error.with_note(f"  after {', '.join(names)}; verify_each tells which of them") from None


def _run_pass(pass_: Pass, module: ModuleOp, verify_after: bool) -> None:
    try:
        _check_dialects(module, pass_.reads, f"pass {pass_.name} reads only")
        pass_.run(module)
        _check_dialects(module, pass_.leaves, f"pass {pass_.name} leaves only")
        if verify_after:
            verify(module)
    except CompileError as error:
        raise error.with_note(f"  in pass {pass_.name}") from None
    except (sizes.SizeError, OverflowError) as error:
        text = f"this cannot be compiled for sizes that only a call knows ({error}); give the arguments known sizes"
        raise CompileError(text, location_of(module), (f"  in pass {pass_.name}",)) from error
    except DiagnosticException as error:
        raise CompileError(str(error), location_of(module), (f"  in pass {pass_.name}",)) from error
    except Exception as error:
        error.add_note(f"in pass {pass_.name}")
        raise


def _check_dialects(module: ModuleOp, legal: Sequence[str], claim: str) -> None:
    for op in module.walk():
        dialect = op.dialect_name()
        if dialect not in ALWAYS_LEGAL and dialect not in legal:
            raise CompileError(f"{op.name}: {claim} {', '.join(legal)}", location_of(op))
