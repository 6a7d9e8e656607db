"""The decoder takes what the encoder wrote and refuses everything else, with the place in the text."""

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iree.hal.cts.interp_executables import tensor
from iree.hal.interpreter.decode import Function, Source, decode
from iree.hal.interpreter.tensor_type import TensorType
from iree.hal.status import DataLoss
from iree.schemas.interpreter_bytecode import INTERPRETER

encode = INTERPRETER.encode
F32 = tensor("f32").element_type.number
I1 = tensor("i1").element_type.number
V4 = tensor("4xf32")
RETURN = encode("return")


def decoded(*code: bytes, arguments: tuple[TensorType, ...] = (V4, V4), local_count: int = 8) -> Function:
    types = [(argument.element_type.number, argument.shape) for argument in arguments]
    return decode(Source("f", types, local_count, b"".join(code), [(0, "model.mlir:4:8")]))


def test_locals_get_their_types() -> None:
    function = decoded(
        encode("constant", F32, (2,), np.array([1, 2], np.float32).tobytes(), 2),
        encode("alloc_heap", F32, (2, 2), 3),
        encode("copy", 0, 1),
        encode("reshape", 1, (2, 2), 4),
        RETURN,
    )
    assert {local: str(kind) for local, kind in function.types.items()} == {
        0: "4xf32", 1: "4xf32", 2: "2xf32", 3: "2x2xf32", 4: "2x2xf32",
    }  # fmt: skip
    assert function.arguments == (V4, V4)
    assert function.constants[2].tolist() == [1, 2]
    assert function.allocations == {3}
    assert function.roots[4] == 1
    assert [step.name for step in function.steps] == ["copy", "reshape"]
    assert function.steps[0].inputs == (0,)
    assert function.steps[0].output == 1


def test_constants_are_whole_or_splats() -> None:
    one = np.array(7, np.float32).tobytes()
    function = decoded(
        encode("constant", F32, (2, 3), one, 2),
        encode("constant", F32, (), one, 3),
        encode("constant", F32, (0,), b"", 4),
        encode("constant", I1, (2,), b"\0\1", 5),
        encode("reshape", 2, (6,), 6),
        RETURN,
    )
    assert function.constants[2].tolist() == [[7] * 3] * 2
    assert function.constants[3].tolist() == 7
    assert function.constants[4].shape == (0,)
    assert function.constants[5].tolist() == [False, True]
    assert function.constants[6].tolist() == [7] * 6
    assert not function.steps


REFUSED = [
    ([b"\xff"], "interpreter bytecode at byte 0: no opcode 0xff"),
    ([encode("copy", 0, 1)[:-1]], "copy is cut off"),
    ([], "the bytecode does not end with a return"),
    ([encode("copy", 0, 1)], "the bytecode does not end with a return"),
    ([RETURN, encode("copy", 0, 1)], "at byte 1: copy: instructions follow the return"),
    ([RETURN, RETURN], "return: instructions follow the return"),
    ([encode("copy", 5, 1), RETURN], "reads local 5, which is not defined"),
    ([encode("copy", 0, 5), RETURN], "writes local 5, which is not defined"),
    ([encode("alloc_heap", F32, (4,), 2), encode("copy", 2, 1), RETURN], "reads local 2 before anything was written"),
    ([encode("constant", F32, (), bytes(4), 2), encode("copy", 0, 2), RETURN], "writes local 2, which is a constant"),
    ([encode("alloc_heap", F32, (4,), 8), RETURN], "defines local 8 of 8"),
    ([encode("alloc_heap", F32, (4,), 1), RETURN], "defines local 1 again"),
    ([encode("alloc_heap", 99, (4,), 2), RETURN], "no element type has number 99"),
    ([encode("alloc_heap", F32, (-1,), 2), RETURN], r"shape \[-1\] has a negative size"),
    ([encode("alloc_heap", F32, (1,) * 33, 2), RETURN], "rank 33 is over 32"),
    ([encode("alloc_heap", F32, (1 << 40, 1 << 40), 2), RETURN], "is larger than any memory"),
    ([encode("constant", F32, (3,), bytes(8), 2), RETURN], "3xf32 needs 12 bytes, not 8"),
    ([encode("constant", F32, (3,), bytes(7), 2), RETURN], "3xf32 needs 12 bytes, not 7"),
    ([encode("constant", I1, (3,), b"\0\1\2", 2), RETURN], "an i1 is neither 0 nor 1"),
    ([encode("reshape", 0, (5,), 2), RETURN], "4xf32 has not as many elements as 5xf32"),
    ([encode("reshape", 7, (4,), 2), RETURN], "reshapes local 7, which is not defined"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), REFUSED)
def test_what_no_compiler_wrote_is_refused(code: list[bytes], text: str) -> None:
    with pytest.raises(DataLoss, match=text):
        decoded(*code)


def test_error_names_function_place_and_source() -> None:
    with pytest.raises(DataLoss, match=r"^function f at byte 0 \(model.mlir:4:8\): copy: reads local 5"):
        decoded(encode("copy", 5, 1), RETURN)


def test_argument_types_are_checked() -> None:
    with pytest.raises(DataLoss, match="function f: no element type has number 99"):
        decode(Source("f", [(99, (4,))], 1, RETURN, []))
    with pytest.raises(DataLoss, match="function f: defines local 0 of 0"):
        decode(Source("f", [(F32, (4,))], 0, RETURN, []))


def test_nothing_may_be_read_from_a_temporary_of_no_elements() -> None:
    empty = tensor("0xf32")
    assert decoded(encode("alloc_heap", F32, (0,), 2), encode("copy", 2, 0), RETURN, arguments=(empty,)).steps


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_decoded_or_refused(code: bytes) -> None:
    """Nothing but DataLoss comes out."""
    with contextlib.suppress(DataLoss):
        decoded(code)
