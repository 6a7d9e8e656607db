"""The emitter: equal values once, nothing inside a loop that can be outside, folding by constants and ranges."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xdsl.dialects.builtin import f32, i32
from xdsl.ir import Block, SSAValue

from iree.compiler.ir import sizes
from iree.compiler.kernels.emitter import Emitter
from iree.compiler.kernels.folding import constant_int


def names(block: Block) -> list[str]:
    return [op.name for op in block.ops]


def start() -> tuple[Emitter, Block, SSAValue, SSAValue]:
    block = Block(arg_types=[i32, f32])
    return Emitter(block), block, block.args[0], block.args[1]


def test_equal_ops_are_one_value() -> None:
    emitter, block, a, _ = start()
    assert emitter.pure("arith.muli", [a, a]) is emitter.pure("arith.muli", [a, a])
    assert names(block) == ["arith.muli"]


def test_zeros_of_different_sign_are_different() -> None:
    emitter, _, _, _ = start()
    assert emitter.constant(0.0, f32) is not emitter.constant(-0.0, f32)
    assert emitter.constant(1.5, f32) is emitter.constant(1.5, f32)


def test_what_does_not_depend_on_a_loop_leaves_it() -> None:
    emitter, block, a, _ = start()
    index = emitter.index
    inner: list[SSAValue] = []

    def body(i: SSAValue, carried: list[SSAValue]) -> list[SSAValue]:
        inner.append(emitter.pure("arith.muli", [a, a]))
        return [emitter.pure("arith.addi", [carried[0], inner[0]])]

    (result,) = emitter.loop(index(0), index(4), index(1), [a], body)  # type: ignore[arg-type]
    assert result.type == i32
    assert names(block) == ["arith.constant", "arith.constant", "arith.constant", "arith.muli", "scf.for"]


def test_nothing_leaves_a_guard() -> None:
    emitter, block, a, _ = start()
    condition = emitter.compare("slt", a, emitter.constant(4, i32))
    emitter.guard(condition, lambda: emitter.append(emitter.pure("arith.muli", [a, a]).owner.clone()))  # type: ignore[union-attr]
    assert names(block) == ["arith.constant", "arith.cmpi", "scf.if"]


def test_a_guard_that_always_holds_is_none() -> None:
    emitter, block, _, _ = start()
    x = emitter.bound(emitter.global_id("x"), 0, 3)
    emitter.guard(emitter.compare("slt", x, emitter.index(4)), lambda: None)
    assert "scf.if" not in names(block)


def test_rounds_of_loops_are_counted() -> None:
    emitter, _, _, _ = start()
    index = emitter.index

    def inner(i: SSAValue, carried: object) -> list[SSAValue]:
        return []

    def outer(i: SSAValue, carried: object) -> list[SSAValue]:
        emitter.loop(index(0), index(7), index(2), (), inner)
        return []

    emitter.loop(index(0), index(3), index(1), (), outer)
    assert emitter.rounds == 3 * (1 + 4 + 1) + 1


@given(st.integers(-20, 20), st.integers(1, 40), st.integers(1, 9))
@settings(max_examples=100, deadline=None)
def test_a_counter_is_known_up_to_the_last_round(lower: int, length: int, step: int) -> None:
    emitter, _, _, _ = start()
    rounds = range(lower, lower + length, step)

    def body(i: SSAValue, carried: object) -> list[SSAValue]:
        for number in range(lower - 2, lower + length + 2):
            answers = {n <= number for n in rounds}
            known = constant_int(emitter.compare("sle", i, emitter.index(number)))
            assert known == (answers.pop() if len(answers) == 1 else None)
        return []

    emitter.loop(emitter.index(lower), emitter.index(lower + length), emitter.index(step), (), body)


@pytest.mark.parametrize(("first", "width"), [(1, 1), (0, 2)])
def test_a_counter_of_a_start_or_step_that_is_not_known_may_be_any_number_below_the_end(first: int, width: int) -> None:
    """A loop from `n` to 8 by 4, where n is 0 or 1, is at 5 if n is 1; one from 0 by 3 or 4 is at 6."""
    emitter, _, _, _ = start()
    lower = emitter.bound(emitter.global_id("x"), 0, first)
    step = emitter.bound(emitter.global_id("y"), 5 - width, 4)

    def body(i: SSAValue, carried: object) -> list[SSAValue]:
        assert constant_int(emitter.compare("sle", i, emitter.index(4))) is None
        assert constant_int(emitter.compare("sle", i, emitter.index(7))) == 1
        return []

    emitter.loop(lower, emitter.index(8), step, (), body)


def test_a_counter_that_starts_at_a_size_of_the_call() -> None:
    emitter, _, _, _ = start()

    def body(i: SSAValue, carried: object) -> list[SSAValue]:
        assert constant_int(emitter.compare("sle", i, emitter.index(4))) is None
        return []

    emitter.loop(emitter.index(sizes.symbol(0)), emitter.index(8), emitter.index(4), (), body)


@pytest.mark.parametrize(
    ("name", "left", "right", "expected"),
    [
        ("arith.addi", 2, 3, 5),
        ("arith.subi", 2, 3, -1),
        ("arith.muli", 2**30, 4, 0),
        ("arith.andi", 6, 3, 2),
        ("arith.ori", 6, 3, 7),
        ("arith.maxsi", 6, 3, 6),
        ("arith.minsi", 6, 3, 3),
        ("arith.divui", 7, 2, 3),
        ("arith.remui", 7, 2, 1),
    ],
)
def test_constants_are_folded(name: str, left: int, right: int, expected: int) -> None:
    emitter, _, _, _ = start()
    assert constant_int(emitter.pure(name, [emitter.constant(left, i32), emitter.constant(right, i32)])) == expected


@pytest.mark.parametrize(
    ("name", "number", "is_same"),
    [
        ("arith.addi", 0, True),
        ("arith.muli", 1, True),
        ("arith.muli", 0, False),
        ("arith.andi", 0, False),
        ("arith.remui", 1, False),
    ],
)
def test_neutral_and_absorbing_elements(name: str, number: int, is_same: bool) -> None:
    emitter, _, a, _ = start()
    folded = emitter.pure(name, [a, emitter.constant(number, i32)])
    assert folded is a if is_same else constant_int(folded) == 0


def test_ranges_decide_comparisons_and_divisions() -> None:
    emitter, _, _, _ = start()
    x = emitter.bound(emitter.global_id("x"), 0, 7)
    eight = emitter.index(8)
    assert emitter.pure("arith.remui", [x, eight]) is x
    assert constant_int(emitter.pure("arith.divui", [x, eight])) == 0
    assert emitter.pure("arith.minsi", [x, eight]) is x
    assert constant_int(emitter.compare("sge", x, eight)) == 0
    assert constant_int(emitter.compare("ne", emitter.pure("arith.addi", [x, eight]), x)) == 1
    assert constant_int(emitter.compare("slt", x, emitter.index(5))) is None
    assert constant_int(emitter.compare("sgt", emitter.pure("arith.addi", [x, eight]), x)) == 1
