"""Functions that leave sizes to their callers: what a call chooses, what it is told, and what damaged files say."""

from typing import Any

import numpy as np
import pytest

import iree.runtime
from iree.hal.status import DataLoss, InvalidArgument
from iree.runtime.vm.arguments import ArgumentError
from iree.runtime.vm.function import MOST_SPECIALIZATIONS
from iree.runtime.vm.module import VmModule
from iree.schemas import sizes
from iree.schemas.interpreter_bytecode import INTERPRETER
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.testing.hand_built import (
    F32,
    Executable,
    Function,
    Module,
    Type,
    interp_executable,
    interp_function,
    to_bytes,
)

BATCH, TWICE = (sizes.FIRST, sizes.FIRST + 1)  # d0 and 2*d0
ROWS = [[1, 1, 0], [2, 1, 0], [1, 1, 0, -2, 0]]  # the last one: d0 - 2
VECTOR, LONG = Type(F32, (BATCH,)), Type(F32, (TWICE,))


def _executable(symbols: int = 1) -> Executable:
    """Adds two vectors of the batch's size."""
    entry = interp_function("add", [VECTOR] * 3, 3, INTERPRETER.encode("add_f", 0, 1, 2) + INTERPRETER.encode("return"))
    entry.symbolCount, entry.sizes = symbols, []
    for row in ROWS:
        size = _size_class()()
        size.terms = row
        entry.sizes.append(size)
    return interp_executable("ex", [entry])


def _size_class() -> Any:
    from iree.schemas import interp_executable_def_generated as fb

    return fb.InterpSizeDefT


def _module(**changed: Any) -> Module:
    """@f(x: d0, y: d0) -> d0, which adds; and @g(x: d0, z: 2*d0) -> 2*d0, which gives z back, for d0 of 2 and more."""
    code = [
        SEQUENCER.encode("alloc_heap", F32.number, (BATCH,), 2),
        SEQUENCER.encode("dynamic_dispatch", (0, 0), (BATCH, 1, 1), (BATCH,), (0, 1), (2,)),
        SEQUENCER.encode("return", (2,)),
    ]
    executables = changed.pop("executables", [_executable()])
    fields: dict[str, Any] = {"symbol_count": 1, "sizes": ROWS, **changed}
    arguments = fields.pop("arguments", [VECTOR, VECTOR])
    names = fields.pop("argument_names", ["x", "y"])
    f = Function("f", arguments, [VECTOR], names, None, 3, fields.pop("code", b"".join(code)), **fields)
    conditions = [(2, "at least two")]
    back = SEQUENCER.encode("return", (1,))
    g = Function(
        "g", [VECTOR, LONG], [LONG], ["x", "z"], None, 2, back, symbol_count=1, sizes=ROWS, conditions=conditions
    )
    return Module("m", [f, g], executables)


def _load(**changed: Any) -> Any:
    return iree.runtime.load_vm_flatbuffer(to_bytes(_module(**changed)))


def _vector(size: int) -> np.ndarray[Any, Any]:
    return np.arange(size, dtype=np.float32)


def test_one_function_serves_every_size() -> None:
    f = _load().f
    assert str(f) == "<function f(x: ?xf32, y: ?xf32) -> ?xf32>"
    for size in (3, 0, 1, 1000, 3):
        np.testing.assert_array_equal(f(_vector(size), _vector(size)), 2 * _vector(size))


def test_lists_have_sizes_too() -> None:
    np.testing.assert_array_equal(_load().f([1, 2, 3], [0.5, 1, 2]), [1.5, 3, 5])


def test_sizes_that_do_not_agree_name_their_arguments() -> None:
    module = _load()
    with pytest.raises(ArgumentError) as raised:
        module.f(_vector(3), _vector(4))
    assert str(raised.value) == "f: 'x' is 3xf32 and 'y' is 4xf32, but size 0 of 'y' has to be size 0 of 'x'"
    with pytest.raises(ArgumentError, match=r"'z' is 5xf32, but size 0 of 'z' has to be 2\*size 0 of 'x'"):
        module.g(_vector(3), _vector(5))


def test_a_condition_that_does_not_hold_is_said() -> None:
    module = _load()
    np.testing.assert_array_equal(module.g(_vector(2), _vector(4)), _vector(4))
    with pytest.raises(ArgumentError, match=r"g: at least two, where size 0 of 'x' is 1"):
        module.g(_vector(1), _vector(2))


def test_the_rank_is_not_the_callers_choice() -> None:
    with pytest.raises(ArgumentError, match=r"argument 'y' has shape \(3, 1\), needs \(\?,\) \(\?xf32\)"):
        _load().f(_vector(3), _vector(3).reshape(3, 1))


def test_a_size_beyond_what_executables_count_with() -> None:
    huge = np.broadcast_to(np.float32(1), (1 << 31,))
    with pytest.raises(ArgumentError, match="f: a size of 2147483648 is more than 2147483647"):
        _load().f(huge, huge)


def test_few_choices_are_kept() -> None:
    f = _load().f
    for size in range(2 * MOST_SPECIALIZATIONS):
        f(_vector(size), _vector(size))
    assert len(f._by_shapes) <= MOST_SPECIALIZATIONS


DAMAGED = [
    ({"symbol_count": 9}, "9 sizes of its caller's choice"),
    ({"argument_names": []}, "0 names for"),
    ({"arguments": [Type(F32, (1 << 60,))]}, "larger than any memory"),
    ({"sizes": [[1, 5]]}, "is no sum of products of 1 symbols"),
    ({"sizes": []}, "size 0; there are 0"),
    ({"arguments": [LONG, LONG]}, "no argument says what d0 is"),
    ({"code": b"\x99"}, "no opcode 0x99"),
    ({"conditions": [(7, "?")]}, "size 7; there are 3"),
]


@pytest.mark.parametrize(("changed", "match"), DAMAGED)
def test_damaged_files_are_refused_when_they_are_opened(changed: dict[str, Any], match: str) -> None:
    with pytest.raises(DataLoss, match=f"@f: .*{match}"):
        VmModule.from_flatbuffer(to_bytes(_module(**changed)))


def test_damaged_code_is_refused_when_its_sizes_are_known() -> None:
    wrong = SEQUENCER.encode("alloc_heap", F32.number, (sizes.FIRST + 2,), 2) + SEQUENCER.encode("return", (2,))
    f = _load(code=wrong).f
    with pytest.raises(DataLoss, match="shape .* has a negative dimension"):
        f(_vector(1), _vector(1))
    with pytest.raises(DataLoss, match="results: %2 has type 2xf32, should be 4xf32"):
        f(_vector(4), _vector(4))


def test_a_dispatch_that_says_too_few_sizes() -> None:
    f = _load(executables=[_executable(symbols=2)]).f
    with pytest.raises(InvalidArgument, match="add has to know 2 sizes of a call, 1 are given"):
        f(_vector(1), _vector(1))
