"""The pipeline, started from the walkthrough's program, has the walkthrough's IR at each milestone."""

from pathlib import Path

import pytest

from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.compare import difference
from iree.compiler.ir.parser import parse_module
from test.walkthrough import generate, program
from test.walkthrough.milestones import LISTINGS, listing_text, run_to_every_milestone, shown_in


@pytest.fixture(scope="module", params=["the Python program", "the GraphDef text"])
def reached(request, tmp_path_factory):
    text = program.GRAPHDEF
    if request.param == "the Python program":
        text = str(program.graph_of_the_python_program())
    path = tmp_path_factory.mktemp("walkthrough") / "simple_mul.pbtxt"
    path.write_text(text)
    return run_to_every_milestone(path)


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.milestone)
def test_the_ir_equals_the_listing(reached, listing):
    document = parse_module(listing_text(listing), listing.listing, make_context())
    assert difference(shown_in(listing, reached), document) is None


def test_the_generated_page_is_fresh():
    page = Path(generate.PATH).read_text()
    assert page == generate.generate(), "run: ./bazelw run //test/walkthrough:generate"
