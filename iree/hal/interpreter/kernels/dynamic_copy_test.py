"""dynamic_copy: boxes at places that are constants or come with the call."""

import numpy as np
import pytest

from iree.hal.cts.interp_executables import tensor
from iree.hal.interpreter.decode import Source, decode
from iree.hal.interpreter.plan import Plan
from iree.hal.interpreter.testing.evaluate import evaluate, type_of
from iree.hal.status import DataLoss, OutOfRange
from iree.schemas.interpreter_bytecode import INTERPRETER

KNOWN = (1, 2, 3)


def copied(
    source: np.ndarray, target: np.ndarray, read: list[int], write: list[int], lengths: list[int], known: bool
) -> np.ndarray:
    """`target` after a copy from `source`."""
    boxes = [np.array(box, np.int64) for box in (read, write, lengths)]
    types = [type_of(source), type_of(target), *([] if known else map(type_of, boxes))]
    code = b""
    for local, box in enumerate(boxes, 2):
        if known:
            kind = type_of(box)
            code += INTERPRETER.encode("constant", kind.element_type.number, kind.shape, box.tobytes(), local)
    code += INTERPRETER.encode("dynamic_copy", 0, 2, 1, 3, 4) + INTERPRETER.encode("return")
    plan = Plan(decode(Source("test", [(t.element_type.number, t.shape) for t in types], 5, code, [])))
    result = target.copy()
    for action in plan.bind([source, result, *([] if known else boxes)]):
        action()
    return result


@pytest.mark.parametrize("known", [True, False])
def test_box_moves(known: bool) -> None:
    source, target = np.arange(12, dtype=np.float32).reshape(3, 4), np.zeros((2, 5), np.float32)
    wanted = target.copy()
    wanted[0:2, 3:5] = source[1:3, 2:4]
    np.testing.assert_array_equal(copied(source, target, [1, 2], [0, 3], [2, 2], known), wanted)


@pytest.mark.parametrize("known", [True, False])
def test_whole_and_nothing_and_scalar(known: bool) -> None:
    source = np.arange(4, dtype=np.float32)
    assert copied(source, np.zeros(4, np.float32), [0], [0], [4], known).tolist() == [0, 1, 2, 3]
    assert copied(source, np.zeros(2, np.float32), [4], [2], [0], known).tolist() == [0, 0]
    assert copied(np.array(5, np.int8), np.array(0, np.int8), [], [], [], known).tolist() == 5


@pytest.mark.parametrize(
    ("read", "write", "lengths"), [([3], [0], [2]), ([0], [1], [2]), ([-1], [0], [1]), ([0], [0], [-1])]
)
def test_leaving_a_tensor_is_refused(read: list[int], write: list[int], lengths: list[int]) -> None:
    source, target = np.zeros(4, np.float32), np.zeros(2, np.float32)
    with pytest.raises(DataLoss, match="leaves one of the two"):
        copied(source, target, read, write, lengths, known=True)
    with pytest.raises(OutOfRange, match="leaves one of the two"):
        copied(source, target, read, write, lengths, known=False)


def test_wrong_types_are_refused() -> None:
    one, two = np.zeros(1, np.int32), np.zeros(2, np.int32)
    x = np.zeros(4, np.float32)
    with pytest.raises(DataLoss, match="dynamic_copy copies one element type, not 4xf32 to 4xi32"):
        evaluate_copy([x, one, one, one], "4xi32")
    with pytest.raises(DataLoss, match="dynamic_copy copies between equal ranks, not 4xf32 to 2x2xf32"):
        evaluate_copy([x, one, one, one], "2x2xf32")
    with pytest.raises(DataLoss, match="dynamic_copy takes 1 integers for rank 1, not 2xi32"):
        evaluate_copy([x, two, one, one], "4xf32")
    with pytest.raises(DataLoss, match="dynamic_copy takes 1 integers for rank 1, not 1xf32"):
        evaluate_copy([x, one, np.zeros(1, np.float32), one], "4xf32")


def evaluate_copy(inputs: list[np.ndarray], output: str) -> None:
    """The operands come as source, its indices, target's indices, lengths."""
    assert tensor(output)
    evaluate("dynamic_copy", inputs, output)
