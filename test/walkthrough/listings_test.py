"""The walkthrough's six MLIR listings, as they stand in the document, are read, obey all rules and print the same."""

import pathlib

import pytest

from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.compare import difference
from iree.compiler.ir.parser import parse_module
from iree.compiler.ir.printer import print_module
from iree.compiler.ir.verifier import verify

LISTINGS = sorted((pathlib.Path(__file__).parent / "listings").glob("*.mlir"))


def read(text, name):
    module = parse_module(text, name, make_context())
    verify(module)
    return module


def test_there_are_six():
    assert len(LISTINGS) == 6


@pytest.mark.parametrize("path", LISTINGS, ids=lambda path: path.stem)
@pytest.mark.parametrize("generic", [False, True])
def test_listing_is_read_and_printed(path, generic):
    module = read(path.read_text(), path.name)
    text = print_module(module, generic=generic)
    again = read(text, "printed.mlir")
    assert difference(module, again) is None
    assert print_module(again, generic=generic) == text
