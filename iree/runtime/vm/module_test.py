import dataclasses
import mmap
import random
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iree import runtime
from iree.hal.status import DataLoss, FailedPrecondition, HalError, InvalidArgument, NotFound
from iree.runtime.vm.checked_bytes import Check
from iree.runtime.vm.module import VmModule
from iree.schemas import module_def_generated as fb
from iree.schemas.file_format import FORMAT_VERSION, TRAILER_SIZE, Trailer
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.testing.hand_built import (
    F32,
    VECTOR,
    Constant,
    Module,
    Variable,
    binary_executable,
    one_function,
    save,
    simple_mul,
    to_bytes,
)

A = np.array([1, 2, 3, 4], np.float32)
B = np.array([5, 6, 7, 8], np.float32)
SCALE = np.array([10, 20, 30, 40], np.float32)


def scaled_mul() -> Module:
    """@f(x0, x1) = x0 * x1 * SCALE: all kinds of section are in its file."""
    code = [
        SEQUENCER.encode("constant", 0, 2),
        SEQUENCER.encode("alloc_heap", F32.number, (4,), 3),
        SEQUENCER.encode("static_dispatch", (0, 0), (4, 1, 1), (0, 1), (3,)),
        SEQUENCER.encode("alloc_heap", F32.number, (4,), 4),
        SEQUENCER.encode("static_dispatch", (0, 0), (4, 1, 1), (3, 2), (4,)),
        SEQUENCER.encode("return", (4,)),
    ]
    return one_function(code, [VECTOR] * 2, [VECTOR], executables=[binary_executable("mul_f")], constants=[SCALE])


def with_definition(data: bytes, change: Callable[[bytearray], None]) -> bytes:
    """The file with its definition changed, and a checksum that fits."""
    trailer = Trailer.unpack(data[-TRAILER_SIZE:])
    assert trailer is not None
    definition = bytearray(data[: trailer.definition_length])
    change(definition)
    trailer = trailer._replace(definition_crc=zlib.crc32(definition))
    return bytes(definition) + data[len(definition) : -TRAILER_SIZE] + trailer.pack()


def put(definition: bytearray, table: Any, slot: int, value: int, width: int) -> None:
    """Writes a scalar field of a FlatBuffer table."""
    at = table._tab.Pos + table._tab.Offset(slot)
    definition[at : at + width] = value.to_bytes(width, "little")


def refuse(data: bytes, error: type[HalError], match: str) -> None:
    with pytest.raises(error, match=match):
        VmModule.from_flatbuffer(data)


def test_tables() -> None:
    module = VmModule.from_flatbuffer(to_bytes(scaled_mul()))
    assert module.name == "hand"
    assert dict(module.exports) == {"f": 0}
    assert [str(of) for of in module.functions[0].arguments] == ["4xf32", "4xf32"]
    assert module.file.executables[0].entry_points == ("mul_f",)
    constant = module.file.constants[0]
    assert str(constant.type) == "4xf32"
    np.testing.assert_array_equal(np.frombuffer(constant.contents.use(), np.float32), SCALE)
    assert repr(module) == "<VmModule hand: f>"


def test_locations() -> None:
    function = VmModule.from_flatbuffer(to_bytes(simple_mul())).functions[0]
    assert [function.location_of(offset) for offset in (0, 13, 14, 20)] == ["math.mlir:2:3"] * 2 + ["math.mlir:3:8"] * 2
    assert VmModule.from_flatbuffer(to_bytes(scaled_mul())).functions[0].location_of(0) == ""


def test_a_mapped_file_is_used_where_it_lies(tmp_path: Path) -> None:
    save(scaled_mul(), tmp_path / "m.emod")
    module = VmModule.mmap(tmp_path / "m.emod")
    data = module.file.constants[0].contents.use()
    assert isinstance(data.obj, mmap.mmap)
    assert np.frombuffer(data, np.uint8).ctypes.data % 64 == 0
    assert data.readonly


def test_any_bytes_like() -> None:
    data = to_bytes(simple_mul())
    for form in (bytearray(data), memoryview(data), np.frombuffer(data, np.uint8)):
        assert VmModule.from_flatbuffer(form).name == "math"  # type: ignore[arg-type]


def test_not_bytes() -> None:
    with pytest.raises(InvalidArgument, match=r"'m\.emod' is a path: use load_vm_flatbuffer_file"):
        VmModule.from_flatbuffer("m.emod")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="given as bytes, not as list"):
        VmModule.from_flatbuffer([1, 2])  # type: ignore[arg-type]


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"none\.emod: cannot be read: No such file"):
        VmModule.mmap(tmp_path / "none.emod")
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(InvalidArgument, match="empty: not a module file: it is empty"):
        VmModule.mmap(tmp_path / "empty")


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"", "not a module file: it is empty"),
        (b"func @f() {\n}" * 9, "looks like a program's text; compile it first"),
        (b"PK\x03\x04" * 30, "zip archive"),
        (b"\x7fELF" * 30, "it starts with 7f 45 4c 46"),
    ],
)
def test_foreign_files(data: bytes, match: str) -> None:
    refuse(data, InvalidArgument, match)


def test_a_cut_file_says_so() -> None:
    refuse(to_bytes(simple_mul())[:-1], DataLoss, "do not end in a trailer; copy it again")


def test_something_added_in_the_middle() -> None:
    data = to_bytes(scaled_mul())
    refuse(data[:4096] + bytes(64) + data[4096:], DataLoss, "do not make up its")


def test_damage_names_the_section() -> None:
    data = bytearray(to_bytes(scaled_mul()))
    data[-TRAILER_SIZE - 1] ^= 1
    refuse(bytes(data), DataLoss, "module of .* bytes: constant 0 is damaged: checksum")
    trailer = Trailer.unpack(bytes(data[-TRAILER_SIZE:]))
    assert trailer is not None
    data = bytearray(to_bytes(scaled_mul()))
    data[trailer.executables_offset + 20] ^= 1
    refuse(bytes(data), DataLoss, r'executable "ex_mul_f" \(IREE\) is damaged: checksum')
    data = bytearray(to_bytes(scaled_mul()))
    data[60] ^= 1
    refuse(bytes(data), DataLoss, "its definition is damaged: checksum")


@pytest.mark.parametrize(
    ("version", "advice"), [(FORMAT_VERSION + 1, "update iree-runtime"), (0, "compile it again with this version")]
)
def test_versions_say_what_to_do(version: int, advice: str) -> None:
    def change(definition: bytearray) -> None:
        put(definition, fb.ModuleDef.GetRootAs(definition), 4, version, 4)

    match = f"has format version {version}; this runtime reads format version {FORMAT_VERSION}: {advice}"
    refuse(with_definition(to_bytes(simple_mul()), change), FailedPrecondition, match)


@pytest.mark.parametrize(("digit", "advice"), [(b"9", "update iree-runtime"), (b"1", "compile it again")])
def test_another_trailer_is_another_version(digit: bytes, advice: str) -> None:
    data = to_bytes(simple_mul())[:-1] + digit
    refuse(data, FailedPrecondition, f"has a trailer EMODEND{digit.decode()}; this runtime reads format .*: {advice}")


def test_a_definition_without_a_root() -> None:
    def change(definition: bytearray) -> None:
        definition[0:4] = b"\xff\xff\xff\x7f"

    refuse(with_definition(to_bytes(simple_mul()), change), DataLoss, "no module definition: .*; compile it again")


def test_structure_is_verified() -> None:
    def change(definition: bytearray) -> None:
        definition[definition.index(b"simple_mul\0") + 10] = 1

    refuse(with_definition(to_bytes(simple_mul()), change), DataLoss, "does not end inside the file; compile it again")


def test_exports_have_names_of_their_own() -> None:
    refuse(to_bytes(Module("m", [simple_mul().functions[0]] * 2)), DataLoss, "two exports have one name")


def test_exports_exist() -> None:
    def change(definition: bytearray) -> None:
        table = fb.ModuleDef.GetRootAs(definition)._tab
        at = table.Vector(table.Offset(12))
        definition[at : at + 4] = (7).to_bytes(4, "little")

    refuse(with_definition(to_bytes(simple_mul()), change), DataLoss, "export of function 7; there are 1")


def change_constant(slot: int, value: int) -> bytes:
    """A file whose second constant, 4xf32 at byte 64, says something else in its table entry."""

    def change(definition: bytearray) -> None:
        put(definition, fb.ModuleDef.GetRootAs(definition).Constants(1), slot, value, 8)

    constants = [Constant(np.zeros(1, np.int8)), Constant(SCALE)]
    return with_definition(to_bytes(Module("m", [], constants=constants)), change)


def test_constants_fit_their_types() -> None:
    refuse(change_constant(8, 12), DataLoss, "constant 1 of type 4xf32 has 12 bytes")


@pytest.mark.parametrize("offset", [65, 128, 1 << 60])
def test_constants_lie_in_their_segment(offset: int) -> None:
    refuse(change_constant(6, offset), DataLoss, f"constant 1 at byte {offset} does not lie in its section of 80 bytes")


@pytest.mark.parametrize(
    ("variables", "match"),
    [
        ([Variable("v", 1)], "@v starts as constant 1; there are 1"),
        ([Variable("v", 0), Variable("v", 0)], "two variables have one name"),
    ],
)
def test_variables(variables: list[Variable], match: str) -> None:
    refuse(to_bytes(Module("m", [], constants=[Constant(SCALE)], variables=variables)), DataLoss, match)


def test_a_constant_without_a_type() -> None:
    def change(definition: bytearray) -> None:
        table = fb.ModuleDef.GetRootAs(definition).Constants(0)._tab
        vtable = table.Pos - int.from_bytes(definition[table.Pos : table.Pos + 4], "little", signed=True)
        definition[vtable + 4 : vtable + 6] = bytes(2)

    data = to_bytes(Module("m", [], constants=[Constant(SCALE)]))
    refuse(with_definition(data, change), DataLoss, "constant 0 has no type")


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file counts as large."""
    monkeypatch.setattr("iree.runtime.vm.module.CHECKED_WHOLE_UP_TO", 0)


@pytest.mark.usefixtures("large")
def test_functions_of_large_files_are_checked_when_used() -> None:
    bad = dataclasses.replace(simple_mul().functions[0], bytecode=b"\x99")
    data = to_bytes(Module("m", [bad]))
    module = VmModule.from_flatbuffer(data)
    with pytest.raises(DataLoss, match="no opcode 0x99"):
        _ = runtime.load_vm_module(module).simple_mul
    with pytest.raises(DataLoss, match="no opcode 0x99"):
        VmModule.from_flatbuffer(data, Check.AT_ONCE)


@pytest.mark.usefixtures("large")
def test_constants_of_large_files_are_checked_when_used() -> None:
    data = bytearray(to_bytes(scaled_mul()))
    data[-TRAILER_SIZE - 1] ^= 0x80  # the sign of the last element
    damaged = "constant 0 is damaged"
    module = VmModule.from_flatbuffer(data)
    f = runtime.load_vm_module(module)["f"]
    for _ in range(2):
        with pytest.raises(DataLoss, match=damaged):
            f(A, B)
    with pytest.raises(DataLoss, match=damaged):
        module.verify()
    with pytest.raises(DataLoss, match=damaged):
        VmModule.from_flatbuffer(data, Check.AT_ONCE)
    unchecked = VmModule.from_flatbuffer(data, Check.EXECUTABLES_ONLY)
    np.testing.assert_array_equal(runtime.load_vm_module(unchecked)["f"](A, B), A * B * SCALE * [1, 1, 1, -1])


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("check", [Check.WHEN_USED, Check.EXECUTABLES_ONLY])
def test_executables_of_large_files_are_checked_before_they_are_used(check: Check) -> None:
    data = bytearray(to_bytes(scaled_mul()))
    trailer = Trailer.unpack(bytes(data[-TRAILER_SIZE:]))
    assert trailer is not None
    data[trailer.executables_offset + 20] ^= 1
    module = VmModule.from_flatbuffer(data, check)
    with pytest.raises(DataLoss, match="is damaged"):
        runtime.load_vm_module(module)


def test_every_truncation_is_refused() -> None:
    data = to_bytes(scaled_mul())
    for length in [*range(1200), *range(1200, len(data) - 200, 97), *range(len(data) - 200, len(data))]:
        with pytest.raises((DataLoss, InvalidArgument)):
            VmModule.from_flatbuffer(data[:length])


def test_flipped_bits_are_refused_or_harmless() -> None:
    good, chance = to_bytes(scaled_mul()), random.Random(2)
    for _ in range(600):
        data, bit = bytearray(good), chance.randrange(8 * len(good))
        data[bit // 8] ^= 1 << bit % 8
        try:
            result = runtime.load_vm_flatbuffer(bytes(data))["f"](A, B)
        except (DataLoss, InvalidArgument):
            continue
        np.testing.assert_array_equal(result, A * B * SCALE)


def test_definitions_changed_at_random_never_crash() -> None:
    """With checksums that fit, so that only the verifiers stand between the bytes and the device."""
    good, chance = to_bytes(scaled_mul()), random.Random(3)
    ran = refused = 0

    def change(definition: bytearray) -> None:
        definition[chance.randrange(len(definition))] = chance.choice((0, 1, 3, 0x7F, 0xFF, chance.randrange(256)))

    for _ in range(400):
        try:
            module = runtime.load_vm_flatbuffer(with_definition(good, change))
            for name in module:
                module[name](A, B)
            ran += 1
        except HalError:
            refused += 1
    assert ran > 50
    assert refused > 50
