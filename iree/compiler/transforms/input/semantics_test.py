"""The input passes change how a program says what it computes, not that: StableHLO's own interpreter is the judge."""

import pathlib
import re

import pytest

from iree.compiler.dialects import mhlo
from iree.compiler.dialects.mhlo.reference_interpreter import outputs
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.ir.printer import print_module
from iree.compiler.transforms.common.cse import Cse
from iree.compiler.transforms.common.dce import Dce
from iree.compiler.transforms.input.canonicalize_input import CanonicalizeInput
from iree.compiler.transforms.input.check_input import CheckInput
from iree.compiler.transforms.input.drop_unreachable_functions import DropUnreachableFunctions
from iree.compiler.transforms.input.expand.expand_broadcasting_ops import ExpandBroadcastingOps
from iree.compiler.transforms.input.fold_trivial_ops import FoldTrivialOps
from iree.compiler.transforms.input.inline_calls import InlineCalls
from iree.compiler.transforms.input.mark_exports import MarkExports
from iree.compiler.transforms.input.strip_annotations import StripAnnotations
from iree.testing.ir import parse

_PASSES = (
    StripAnnotations, MarkExports, InlineCalls, DropUnreachableFunctions, Dce, CheckInput, ExpandBroadcastingOps,
    CanonicalizeInput, FoldTrivialOps, Cse, Dce,
)  # fmt: skip
_DATA = pathlib.Path(mhlo.__file__).parent / "testdata"

_BOOLEANS = """
func.func @main(%p: tensor<5xi1>, %q: tensor<5xi1>, %i: tensor<i1>) -> (tensor<5xi1>, tensor<i1>, tensor<i1>) {
  %0 = stablehlo.add %p, %q : tensor<5xi1>
  %1 = stablehlo.multiply %0, %q : tensor<5xi1>
  %2 = stablehlo.maximum %1, %p : tensor<5xi1>
  %3 = stablehlo.minimum %2, %q : tensor<5xi1>
  %4 = stablehlo.compare GT, %p, %q : (tensor<5xi1>, tensor<5xi1>) -> tensor<5xi1>
  %5 = stablehlo.reduce(%4 init: %i) applies stablehlo.add across dimensions = [0] : (tensor<5xi1>, tensor<i1>) -> tensor<i1>
  %6 = stablehlo.reduce(%q init: %i) applies stablehlo.minimum across dimensions = [0] : (tensor<5xi1>, tensor<i1>) -> tensor<i1>
  return %3, %5, %6 : tensor<5xi1>, tensor<i1>, tensor<i1>
}
"""  # noqa: E501

_FOLDED = """
func.func @main(%x: tensor<2x3xf32>) -> (tensor<3x2xf32>, tensor<2x2xi32>, tensor<3x4xf32>) {
  %c = stablehlo.constant dense<[[1.0, 2.0, 3.0], [-4.0, 5.5, 0x7F800000]]> : tensor<2x3xf32>
  %0 = stablehlo.transpose %c, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %1 = stablehlo.reverse %0, dims = [0] : tensor<3x2xf32>
  %2 = stablehlo.reshape %x : (tensor<2x3xf32>) -> tensor<6xf32>
  %3 = stablehlo.reshape %2 : (tensor<6xf32>) -> tensor<3x2xf32>
  %4 = stablehlo.add %1, %3 : tensor<3x2xf32>
  %5 = stablehlo.slice %c [0:2, 0:3:2] : (tensor<2x3xf32>) -> tensor<2x2xf32>
  %6 = stablehlo.slice %5 [0:2, 0:1] : (tensor<2x2xf32>) -> tensor<2x1xf32>
  %7 = stablehlo.convert %6 : (tensor<2x1xf32>) -> tensor<2x1xi32>
  %8 = stablehlo.concatenate %7, %7, dim = 1 : (tensor<2x1xi32>, tensor<2x1xi32>) -> tensor<2x2xi32>
  %v = stablehlo.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %9 = stablehlo.broadcast_in_dim %v, dims = [1] : (tensor<4xf32>) -> tensor<3x4xf32>
  return %4, %8, %9 : tensor<3x2xf32>, tensor<2x2xi32>, tensor<3x4xf32>
}
"""


def _programs(name: str) -> list[str]:
    """The programs of a file of samples whose entry function, after renaming, is @main."""
    sections = re.split(r"^// -----.*$", (_DATA / name).read_text(), flags=re.MULTILINE)[1:]
    # The interpreter has neither op and aborts; text_test checks that what we make of them has the same type.
    known = [text for text in sections if not re.search(r"stablehlo\.(dot |torch_index_select)", text)]
    return [re.sub(r'@"?__inference_[^(]*', "@main", text) for text in known]


def _through_passes(text: str) -> str | None:
    """The program after the input passes as StableHLO again; None where check-input refuses it."""
    module = parse(text)
    try:
        run_passes(module, [make() for make in _PASSES])
    except CompileError as error:
        if "in pass check-input" not in str(error):
            raise
        return None
    return re.sub(r"\bmhlo\.(?!\w+ =)", "stablehlo.", print_module(module))


@pytest.mark.parametrize("name", ["tensorflow_stablehlo.mlir", "jax_stablehlo.mlir", "own"])
def test_programs_compute_what_they_did(name: str) -> None:
    texts = [_BOOLEANS, _FOLDED] if name == "own" else _programs(name)
    pairs = [(text, after) for text in texts if (after := _through_passes(text)) is not None]
    assert len(pairs) > 0.9 * len(texts)
    results = outputs([text for pair in pairs for text in pair])
    for (text, after), before_result, after_result in zip(pairs, results[::2], results[1::2], strict=True):
        assert after_result == before_result, f"{text}\nbecame\n{after}"


def test_the_reference_interpreter_says_when_it_dies() -> None:
    with pytest.raises(RuntimeError, match="the reference interpreter ended with"):
        outputs(["no program"])
