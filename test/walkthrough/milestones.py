"""The walkthrough's six listings, and the pipeline's own IR where each of them stands."""

from dataclasses import dataclass
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.dialects.iree import Executable
from iree.compiler.importers.tensorflow.graphdef import import_graphdef
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.pipeline import Options, run_pipeline
from test.walkthrough import program


@dataclass(frozen=True)
class Milestone:
    """One listing of the document: its heading, its file, and the pipeline's milestone that it shows."""

    heading: str
    listing: str
    milestone: str
    text: str
    format: str | None = None  # the listing shows the executable of this format alone


LISTINGS = (
    Milestone(
        "XLA HLO",
        "1_xla_hlo.mlir",
        "mhlo",
        "TensorFlow's bridge turns the graph into mhlo; placeholders become arguments, the fetched array the result.",
    ),
    Milestone(
        "Dispatch Region Identification",
        "2_dispatch_region.mlir",
        "dispatch-regions",
        "Operations that run as one dispatch are grouped, with the workload: how many elements in x, y and z.",
    ),
    Milestone(
        "Executable Outlining and High-level Sequencer IR",
        "3_hl_seq.mlir",
        "hl-seq",
        "What is computed goes into executables. What stays is the order of dispatches, over buffers.",
    ),
    Milestone(
        "Low-level Sequencer IR",
        "4_ll_seq.mlir",
        "ll-seq",
        "Workloads are constants, names have ordinals: one op is one instruction of the VM.",
    ),
    Milestone(
        "Executable Lowering to SPIR-V",
        "5_spirv.mlir",
        "spirv-executables",
        "One invocation computes one element. A grid of fewer than 32 elements has workgroups of one invocation.",
        "SPIRV",
    ),
    Milestone(
        "Final Module",
        "6_final_module.mlir",
        "final",
        "Every executable for every target, and the function that dispatches them.",
    ),
)

# What differs on purpose between the document's text and ours, and is the same structure once it is read.
DIFFERENCES = (
    ("`func`, `return`, `constant`, `mulf`", "`func.func`, `return`, `arith.constant`, `arith.mulf`", "today's MLIR"),
    ("`mhlo.multiply(%arg0, %arg1) : T`", "`mhlo.multiply %arg0, %arg1 : T`", "today's MLIR"),
    ("`spv.`, `spv.globalVariable`, `spv._address_of`, ...", "`spirv.`, `spirv.GlobalVariable`, ...", "today's MLIR"),
    (
        "`iree_interp.constant` in the sequencer",
        "`iree.constant`",
        "a slip of the document: a renaming of the interpreter's dialect caught one op too many",
    ),
)


def run_to_every_milestone(graphdef: Path) -> dict[str, ModuleOp]:
    """The IR at each milestone, from the walkthrough's GraphDef in a file."""
    module = import_graphdef(graphdef, program.INPUT_ARRAYS, program.OUTPUT_ARRAYS, function_name=program.FUNCTION_NAME)
    reached: dict[str, ModuleOp] = {}
    run_pipeline(module, Options(), lambda milestone, at: reached.update({milestone: at.clone()}))
    return reached


def shown_in(listing: Milestone, reached: dict[str, ModuleOp]) -> ModuleOp:
    """The part of the pipeline's IR that a listing shows."""
    module = reached[listing.milestone]
    if listing.format is None:
        return module
    (executable,) = [op for op in ops_of(module, Executable) if op.format.data == listing.format]
    return ModuleOp([op.clone() for op in executable.body.block.ops])


def listing_text(listing: Milestone) -> str:
    """The listing as it stands in the document."""
    return (Path(__file__).parent / "listings" / listing.listing).read_text(encoding="utf-8")
