"""Writes docs/op_support.md: which op runs with which element type on which driver, as found by running each.

bazel run //test/op_support:generate
"""

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from absl import app

from test.op_support.cases import ELEMENT_TYPES, Case
from test.op_support.support import Verdict, verdicts

PATH = "docs/op_support.md"

HEADER = """\
# What runs where

<!-- Written by `./bazelw run //test/op_support:generate`; a test fails when running gives another table. -->

Each op was compiled and run with each element type that MLIR's verifier accepts in it, on each driver, and its results
were compared with StableHLO's reference interpreter, or NumPy and SciPy where that does not know the op. A result that
is neither right nor refused would have ended the run: there is no third kind.

**●** right on interpreter and Vulkan; **i** right on the interpreter, refused for Vulkan; **v** the other way round;
**x** refused; empty: the op has no such elements. Numbers say why, below. Exact: the same bits, but for
the sign of a zero in a complex number; else the distance allowed from the oracle, in units of the last place of the
largest result.

"""


def render(found: Iterable[Verdict]) -> str:
    """The page."""
    rows: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
    for verdict in found:
        case = verdict.case
        row = rows.setdefault((_label(case), _allowed(case.ulps)), {})
        row.setdefault(verdict.element_type, {})[verdict.driver] = _general(verdict.refusal)
    reasons: dict[str, int] = {}
    lines = []
    for (label, allowed), by_type in rows.items():
        cells = [_cell(by_type.get(element_type), reasons) for element_type in ELEMENT_TYPES]
        lines.append(f"| {label} | {' | '.join(cells)} | {allowed} |\n")
    heads = [element_type.replace("<", "&lt;") for element_type in ELEMENT_TYPES]
    table = f"| op | {' | '.join(heads)} | allowed |\n|---|{'---|' * (len(heads) + 1)}\n" + "".join(lines)
    notes = "".join(f"{number}. {reason}\n" for reason, number in reasons.items())
    return HEADER + table + (f"\nWhy not:\n\n{notes}" if notes else "")


def _label(case: Case) -> str:
    """The op's name, and what tells it from other rows of that op."""
    kind = re.search(r"fft_type (\w+)", case.attributes)
    return f"`{case.name}` {kind[1]}" if kind else f"`{case.name}`"


def _allowed(ulps: float) -> str:
    return f"{ulps:g} ulp" if ulps else "exact"


def _general(refusal: str) -> str:
    """A reason without the sizes of one program."""
    text = re.sub(r"(tensor|memref)<[0-9x?]*x(?=[a-z])", r"\1<..x", refusal)
    return text.replace("|", "\\|").replace("<", "&lt;").replace("%", "")


def _cell(by_driver: dict[str, str] | None, reasons: dict[str, int]) -> str:
    if by_driver is None:
        return ""
    refusals = [reason for reason in by_driver.values() if reason]
    notes = sorted({reasons.setdefault(reason, len(reasons) + 1) for reason in refusals})
    right = [driver for driver, reason in by_driver.items() if not reason]
    symbol = "●" if not refusals else {"interpreter": "i", "vulkan": "v"}[right[0]] if right else "x"
    return " ".join([symbol, *map(str, notes)])


def main(argv: list[str]) -> None:
    del argv
    path = Path(os.environ.get("BUILD_WORKSPACE_DIRECTORY", "")) / PATH
    path.write_text(render(verdicts(progress=_show)), encoding="utf-8")
    print(f"wrote {path}")


def _show(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done + 1} of {of}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    app.run(main)
