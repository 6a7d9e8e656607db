"""What is so of sizes in every call, and nothing else."""

import pytest
from xdsl.ir import Block

from iree.compiler.ir import sizes
from iree.compiler.kernels import folding
from iree.compiler.kernels.emitter import INDEX, Emitter

BATCH = sizes.symbol(0)


def _spelled(value: object) -> str:
    return sizes.text(value) if isinstance(value, int) else str(value)


@pytest.mark.parametrize(
    ("name", "lhs", "rhs", "expected"),
    [
        ("arith.addi", BATCH, 3, BATCH + 3),
        ("arith.muli", BATCH, 4, BATCH * 4),
        ("arith.subi", BATCH, BATCH, 0),
        ("arith.minsi", BATCH, BATCH + 1, BATCH),
        ("arith.maxsi", BATCH, BATCH + 1, BATCH + 1),
        ("arith.maxsi", BATCH, 0, BATCH),
        ("arith.minsi", BATCH, 4, None),
        ("arith.divui", BATCH, 2, None),
        ("arith.remui", BATCH, 2, None),
        ("arith.muli", BATCH**3, BATCH, None),
    ],
    ids=_spelled,
)
def test_arithmetic(name: str, lhs: int, rhs: int, expected: int | None) -> None:
    emitter = Emitter(Block())
    assert folding.fold(name, [emitter.index(lhs), emitter.index(rhs)], {}, None) == expected


@pytest.mark.parametrize(
    ("predicate", "lhs", "rhs", "expected"),
    [
        ("eq", BATCH, BATCH, 1),
        ("eq", BATCH, 4, None),
        ("eq", BATCH, BATCH + 1, 0),
        ("ne", BATCH, BATCH + 1, 1),
        ("ne", BATCH, 0, None),
        ("slt", BATCH, BATCH + 1, 1),
        ("slt", 4, BATCH, None),
        ("slt", BATCH, 0, 0),
        ("sle", 0, BATCH, 1),
        ("sgt", BATCH + 1, BATCH, 1),
        ("sge", BATCH, 1, None),
    ],
    ids=_spelled,
)
def test_comparisons(predicate: str, lhs: int, rhs: int, expected: int | None) -> None:
    emitter = Emitter(Block())
    number = folding.PREDICATES.index(predicate)
    assert folding.fold("arith.cmpi", [emitter.index(lhs), emitter.index(rhs)], {}, number) == expected


def test_an_index_below_4_may_lie_beyond_a_batch() -> None:
    emitter = Emitter(Block(arg_types=[INDEX]))
    index = emitter.bound(emitter._scopes[0].block.args[0], 0, 3)
    slt = folding.PREDICATES.index("slt")
    ranges = {index: (0, 3)}
    assert folding.fold("arith.cmpi", [index, emitter.index(BATCH)], ranges, slt) is None
    assert folding.fold("arith.minsi", [index, emitter.index(BATCH)], ranges, None) is None
    assert folding.fold("arith.maxsi", [index, emitter.index(-1 - BATCH)], ranges, None) is None
