"""Programs as C on a Cortex-M4 and a 64-bit RISC-V, against TensorFlow: each fits into the memory of such a board.

Prints what each takes.
"""

import functools

import numpy as np
import pytest
from xdsl.dialects.builtin import ModuleOp

from iree.compiler.codegen.runtimeless_c.options import COptions
from iree.compiler.importers.tensorflow.module import import_object
from iree.testing.board_programs import call_on
from iree.testing.boards import BOARDS, FLASH_BYTES, RAM_BYTES, Board
from iree.testing.c_programs import sources_of
from test.codegen.models import CASES, Array, Case

SMALL = [case for case in CASES if case.name != "mobile_net"]
OPTIONS = {
    "plain": COptions(),
    "c_arena=external": COptions(external_arena=True),
    "c_weights=blob": COptions(external_weights=True),
    "c_float=f16-storage": COptions(half_weights=True),
    "c_restrict_math": COptions(restrict_math=True),
    "all": COptions(external_arena=True, external_weights=True, half_weights=True, restrict_math=True),
}
HALVES_BOUND = 5e-3  # weights are off by up to 1/2048 of themselves


@functools.cache
def imported(name: str) -> ModuleOp:
    """A case's program at mhlo."""
    (case,) = [case for case in SMALL if case.name == name]
    return import_object(case.source())


@functools.cache
def expected(name: str) -> list[tuple[Array, ...]]:
    """TensorFlow's results."""
    (case,) = [case for case in SMALL if case.name == name]
    return case.expected()


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_it_computes_what_tensorflow_does(case: Case, option: str, board: Board) -> None:
    options = OPTIONS[option]
    sources = sources_of(imported(case.name).clone(), options)
    found, memory = call_on(board, sources, case.function, case.calls, options)
    bound = max(case.bound, HALVES_BOUND) if options.half_weights else case.bound
    for got, wanted in zip(found, expected(case.name), strict=True):
        for array, want in zip(got, wanted, strict=True):
            assert (array.dtype, array.shape) == (want.dtype, want.shape)
            assert np.abs(array - want).max() <= bound * np.abs(want).max()
    print(f"{case.name} on {board.name}, {option}: {memory}")
    assert memory.flash <= FLASH_BYTES
    assert memory.ram <= RAM_BYTES
