"""Where locals live: what is a view, what goes straight to an output, and which temporaries share memory."""

import numpy as np

from iree.hal.cts.interp_executables import tensor
from iree.hal.interpreter.decode import Source, decode
from iree.hal.interpreter.layout import Layout
from iree.hal.interpreter.plan import build_kernels
from iree.schemas.interpreter_bytecode import INTERPRETER

encode = INTERPRETER.encode
F32 = tensor("f32").element_type.number
I64 = tensor("i64").element_type.number


def laid_out(arguments: list[str], *code: bytes) -> Layout:
    types = [tensor(text) for text in arguments]
    source = Source("f", [(t.element_type.number, t.shape) for t in types], 64, b"".join(code) + encode("return"), [])
    function = decode(source)
    return Layout(function, build_kernels(function))


def names(layout: Layout) -> list[str]:
    """What is left to do."""
    return [work.step.name for work in layout.work]


def temporary(local: int, *shape: int) -> bytes:
    return encode("alloc_heap", F32, shape, local)


def whole_copy(source: int, target: int, shape: tuple[int, ...], first_local: int) -> bytes:
    """The copy that ends an executable, with its indices."""
    rank = len(shape)
    zeros, lengths = np.zeros(rank, np.int64).tobytes(), np.array(shape, np.int64).tobytes()
    return (
        encode("constant", I64, (rank,), zeros, first_local)
        + encode("constant", I64, (rank,), lengths, first_local + 1)
        + encode("dynamic_copy", source, first_local, target, first_local, first_local + 1)
    )


def test_temporary_that_is_copied_to_an_output_is_computed_there() -> None:
    layout = laid_out(["4xf32", "4xf32"], temporary(2, 4), encode("exp_f", 0, 2), whole_copy(2, 1, (4,), 3))
    assert names(layout) == ["exp_f"]
    assert layout.argument_of(2) == 1
    assert not layout.slots


def test_of_two_outputs_the_second_is_a_copy() -> None:
    layout = laid_out(
        ["4xf32", "4xf32", "4xf32"], temporary(3, 4), encode("exp_f", 0, 3), encode("copy", 3, 1), encode("copy", 3, 2)
    )
    assert names(layout) == ["exp_f", "copy"]
    assert layout.argument_of(3) == 1


def test_output_that_is_read_is_not_written_early() -> None:
    """The sum needs what the output held before."""
    layout = laid_out(
        ["4xf32", "4xf32"], temporary(2, 4), encode("exp_f", 0, 2), encode("add_f", 1, 2, 2), encode("copy", 2, 1)
    )
    assert names(layout) == ["exp_f", "add_f", "copy"]


def test_part_of_an_output_is_copied() -> None:
    layout = laid_out(["2xf32", "4xf32"], temporary(2, 2), encode("exp_f", 0, 2), *part_copy())
    assert names(layout) == ["exp_f", "dynamic_copy"]


def part_copy() -> tuple[bytes, ...]:
    zero, two = np.zeros(1, np.int64).tobytes(), np.array([2], np.int64).tobytes()
    return (
        encode("constant", I64, (1,), zero, 3),
        encode("constant", I64, (1,), two, 4),
        encode("dynamic_copy", 2, 3, 1, 4, 4),
    )


def test_views_are_no_work() -> None:
    layout = laid_out(
        ["2x3xf32", "3x2xf32"],
        temporary(2, 3, 2),
        encode("transpose", 0, (1, 0), 2),
        temporary(3, 3, 2),
        encode("reverse", 2, (0,), 3),
        encode("exp_f", 3, 1),
    )
    assert names(layout) == ["exp_f"]
    assert layout.argument_of(3) == 0
    assert [derivation.local for derivation in layout.derivations] == [2, 3]


def test_view_of_what_is_written_again_is_a_copy() -> None:
    layout = laid_out(
        ["2xf32", "2xf32"],
        temporary(2, 2),
        encode("exp_f", 0, 2),
        temporary(3, 2),
        encode("copy", 2, 3),
        encode("neg_f", 0, 2),
        encode("add_f", 2, 3, 1),
    )
    assert names(layout) == ["exp_f", "copy", "neg_f", "add_f"]


def test_view_that_is_written_twice_is_a_copy() -> None:
    layout = laid_out(
        ["2xf32", "2xf32"], temporary(2, 2), encode("copy", 0, 2), encode("exp_f", 2, 2), encode("neg_f", 2, 1)
    )
    assert names(layout) == ["copy", "exp_f", "neg_f"]


def test_reshape_of_a_view_without_that_shape_is_a_copy() -> None:
    layout = laid_out(
        ["2x3xf32", "6xf32"],
        temporary(2, 3, 2),
        encode("transpose", 0, (1, 0), 2),
        encode("reshape", 2, (6,), 3),
        encode("exp_f", 3, 1),
    )
    assert names(layout) == ["reshape", "exp_f"]
    assert 3 in layout.slots


def test_reshape_of_memory_is_no_work() -> None:
    layout = laid_out(
        ["6xf32", "6xf32"],
        temporary(2, 2, 3),
        encode("reshape", 2, (6,), 3),
        encode("exp_f", 0, 3),
        encode("reshape", 2, (6,), 4),
        encode("neg_f", 4, 1),
    )
    assert names(layout) == ["exp_f", "neg_f"]
    assert list(layout.slots) == [2]


def test_temporaries_that_are_not_alive_at_once_share_a_slot() -> None:
    """A reduction writes no element where it reads another, so it cannot take its operand's slot; the third can."""
    code = [encode("constant", F32, (), bytes(4), 2), temporary(3, 4, 4), encode("exp_f", 0, 3)]
    code += [temporary(4, 4), encode("reduce_sum_f", 3, 2, (0,), 4)]
    code += [temporary(5, 4), encode("logistic_f", 4, 5), encode("neg_f", 5, 1)]
    layout = laid_out(["4x4xf32", "4xf32"], *code)
    assert layout.slots[3] != layout.slots[4]
    assert layout.slots[5] == layout.slots[3]
    assert layout.slot_sizes == [64, 16]


def test_elementwise_step_overwrites_the_operand_that_ends() -> None:
    code = [temporary(2, 4), encode("exp_f", 0, 2), temporary(3, 4), encode("neg_f", 2, 3), encode("add_f", 3, 3, 1)]
    layout = laid_out(["4xf32", "4xf32"], *code)
    assert layout.slots[2] == layout.slots[3]
    assert layout.slot_sizes == [16]


def test_operand_that_is_still_needed_is_not_overwritten() -> None:
    code = [temporary(2, 4), encode("exp_f", 0, 2), temporary(3, 4), encode("neg_f", 2, 3), encode("add_f", 2, 3, 1)]
    layout = laid_out(["4xf32", "4xf32"], *code)
    assert layout.slots[2] != layout.slots[3]


def test_operand_seen_the_other_way_round_is_not_overwritten() -> None:
    code = [temporary(2, 4), encode("exp_f", 0, 2), temporary(3, 4), encode("reverse", 2, (0,), 3)]
    code += [temporary(4, 4), encode("neg_f", 3, 4), encode("exp_f", 4, 1)]
    layout = laid_out(["4xf32", "4xf32"], *code)
    assert layout.slots[2] != layout.slots[4]
