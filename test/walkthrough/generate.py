"""Writes docs/walkthrough.md: the walkthrough's program at each milestone, as our own compiler prints it.

bazel run //test/walkthrough:generate
"""

import os
import tempfile
from pathlib import Path

from absl import app

from iree.compiler.ir.printer import print_module
from test.walkthrough import program
from test.walkthrough.milestones import DIFFERENCES, LISTINGS, run_to_every_milestone, shown_in

PATH = "docs/walkthrough.md"

HEADER = """\
# The walkthrough

<!-- Written by `./bazelw run //test/walkthrough:generate`; a test fails when the compiler prints something else. -->

One multiplication on its way from TensorFlow to a module, at each milestone of IREE's "Simple IR Walkthrough". Each
text below is what `iree-translate --compile_to=MILESTONE` prints, and has the structure of the document's own listing:
a test reads the listing as it stands there and compares. What is spelled differently on purpose:

| the document | here | why |
|---|---|---|
"""


def generate() -> str:
    """The whole text."""
    with tempfile.TemporaryDirectory() as directory:
        graphdef = Path(directory) / "simple_mul.pbtxt"
        graphdef.write_text(program.GRAPHDEF, encoding="utf-8")
        reached = run_to_every_milestone(graphdef)
    rows = "".join(f"| {document} | {here} | {why} |\n" for document, here, why in DIFFERENCES)
    inputs, outputs = ",".join(program.INPUT_ARRAYS), ",".join(program.OUTPUT_ARRAYS)
    parts = [
        HEADER + rows,
        "## TensorFlow GraphDef\n",
        "What goes in and what comes out is not in a GraphDef; the caller says it:\n",
        f"    iree-translate simple_mul.pbtxt --function_name={program.FUNCTION_NAME} \\\n"
        f"        --input_arrays={inputs} --output_arrays={outputs} -o simple_mul.emod\n",
        f"```protobuf\n{program.GRAPHDEF}```\n",
    ]
    for listing in LISTINGS:
        parts.append(f"## {listing.heading}\n")
        parts.append(f"`--compile_to={listing.milestone}`. {listing.text}\n")
        parts.append(f"```mlir\n{print_module(shown_in(listing, reached))}```\n")
    return "\n".join(parts)


def main(argv: list[str]) -> None:
    del argv
    path = Path(os.environ.get("BUILD_WORKSPACE_DIRECTORY", "")) / PATH
    path.write_text(generate(), encoding="utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    app.run(main)
