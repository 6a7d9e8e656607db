import dataclasses

import pytest

from iree.hal.status import NotFound
from iree.runtime.vm.breakpoints import find_instructions
from iree.runtime.vm.module import VmModule
from iree.testing.hand_built import simple_mul, to_bytes

MODULE = VmModule.from_flatbuffer(to_bytes(simple_mul()))  # math.mlir:2 at byte 0, math.mlir:3 from byte 14 on
OFFSETS = [instruction.offset for instruction in MODULE.decoded(0).instructions]


@pytest.mark.parametrize(
    ("text", "offset"),
    [("simple_mul", 0), ("simple_mul:14", 14), (f"simple_mul:{OFFSETS[-1]}", OFFSETS[-1]), ("math.mlir:3", 14)],
)
def test_what_is_meant(text: str, offset: int) -> None:
    assert find_instructions(MODULE, text) == {(0, offset)}


def test_the_end_of_a_path_is_enough() -> None:
    (function,) = simple_mul().functions
    function = dataclasses.replace(function, locations=[(0, "/home/me/math.mlir:7:1")])
    module = VmModule.from_flatbuffer(to_bytes(dataclasses.replace(simple_mul(), functions=[function])))
    for text in ("math.mlir:7", "me/math.mlir:7", "/home/me/math.mlir:7"):
        assert find_instructions(module, text) == {(0, 0)}
    with pytest.raises(NotFound, match='no file "th.mlir": source files are /home/me/math.mlir'):
        find_instructions(module, "th.mlir:7")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("simple_mull", 'no function "simple_mull"; did you mean "simple_mul"\\?; there are simple_mul'),
        ("simple_mul:x", 'no function "simple_mul:x"'),
        ("simple_mul:15", f"no instruction of @simple_mul is at byte 15: they are at {', '.join(map(str, OFFSETS))}"),
        ("math.mlir:9", "no instruction comes from math.mlir:9: lines are 2, 3"),
        ("other.mlir:2", 'no function and no file "other.mlir": source files are math.mlir'),
    ],
)
def test_what_is_not_there(text: str, match: str) -> None:
    with pytest.raises(NotFound, match=match):
        find_instructions(MODULE, text)
