import random
import re
from pathlib import Path
from typing import Any

import flatbuffers
import pytest

from iree.schemas import flatbuffer_verifier
from iree.schemas import interp_executable_def_generated as fb
from iree.schemas.flatbuffer_verifier import INTERP_TABLES, MODULE_TABLES, SPIRV_TABLES, FlatBufferError, verify

FOLDER = Path(flatbuffer_verifier.__file__).parent
IDENTIFIER = b"IREE"


def executable() -> bytearray:
    function, argument, location = fb.InterpFunctionDefT(), fb.InterpTypeDefT(), fb.InterpLocationDefT()
    argument.elementType, argument.shape = 12, [4, 2]
    location.bytecodeOffset, location.source = 3, "a.mlir:1:1"
    function.name, function.bytecode, function.localCount = "fn", [1, 2, 3], 3
    function.arguments, function.locations = [argument, argument], [location]
    definition = fb.InterpExecutableDefT()
    definition.functions = [function, function]
    builder = flatbuffers.Builder()
    builder.Finish(definition.Pack(builder), file_identifier=IDENTIFIER)
    return bytearray(builder.Output())


def check(data: bytes | bytearray) -> None:
    verify(memoryview(data), INTERP_TABLES, "InterpExecutableDef", IDENTIFIER)


def read_all(data: bytes | bytearray) -> Any:
    root = fb.InterpExecutableDefT.InitFromObj(fb.InterpExecutableDef.GetRootAs(data))
    return [
        (f.name, [(a.elementType, list(a.shape)) for a in f.arguments], bytes(f.bytecode), len(f.locations))
        for f in root.functions
    ]


@pytest.mark.parametrize(
    ("schema", "tables"),
    [("module_def", MODULE_TABLES), ("interp_executable_def", INTERP_TABLES), ("spirv_executable_def", SPIRV_TABLES)],
)
def test_tables_are_those_of_the_schema(schema: str, tables: flatbuffer_verifier.Tables) -> None:
    text = re.sub(r"//.*", "", (FOLDER / f"{schema}.fbs").read_text())
    found = {}
    for name, body in re.findall(r"table (\w+) \{(.*?)\}", text, re.DOTALL):
        fields = re.findall(r"(\w+):\s*(\[?\w+\]?(?: \(required\))?);", body)
        found[name] = list(fields)
    assert found == {name: list(fields.items()) for name, fields in tables.items()}


def test_what_flatc_wrote_is_accepted() -> None:
    check(executable())


def test_a_table_without_fields_is_accepted() -> None:
    builder = flatbuffers.Builder()
    builder.Finish(fb.InterpExecutableDefT().Pack(builder), file_identifier=IDENTIFIER)
    check(builder.Output())


def test_every_truncation_is_refused_or_cuts_only_padding() -> None:
    data = executable()
    for length in range(len(data)):
        try:
            check(data[:length])
        except FlatBufferError:
            continue
        assert read_all(data[:length]) == read_all(data)


def test_what_passes_can_be_read() -> None:
    """Bytes changed at random: refused, or every field can be read without leaving the file."""
    good, chance = executable(), random.Random(1)
    refused = 0
    for _ in range(3000):
        data = bytearray(good)
        for _ in range(chance.choice((1, 1, 3))):
            data[chance.randrange(len(data))] = chance.choice((0, 1, 4, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        try:
            check(data)
        except FlatBufferError:
            refused += 1
            continue
        fb.InterpExecutableDefT.InitFromObj(fb.InterpExecutableDef.GetRootAs(data))
    assert refused > 300


def test_another_identifier_is_refused() -> None:
    with pytest.raises(FlatBufferError, match=r"b'IREE' stands where b'SPVE' should"):
        verify(memoryview(executable()), SPIRV_TABLES, "SpirvExecutableDef", b"SPVE")


def test_a_required_field_must_be_there() -> None:
    builder = flatbuffers.Builder()
    fb.InterpFunctionDefStart(builder)
    function = fb.InterpFunctionDefEnd(builder)
    fb.InterpExecutableDefStartFunctionsVector(builder, 1)
    builder.PrependUOffsetTRelative(function)
    functions = builder.EndVector()
    fb.InterpExecutableDefStart(builder)
    fb.InterpExecutableDefAddFunctions(builder, functions)
    builder.Finish(fb.InterpExecutableDefEnd(builder), file_identifier=IDENTIFIER)
    with pytest.raises(FlatBufferError, match="has no name"):
        check(builder.Output())


def changed(find: bytes, replace: bytes) -> bytes:
    data = bytes(executable())
    assert data.count(find) >= 1
    return data.replace(find, replace, 1)


def test_a_string_must_end() -> None:
    with pytest.raises(FlatBufferError, match="does not end inside the file"):
        check(changed(b"\x02\0\0\0fn\0", b"\x02\0\0\0fnx"))


def test_a_string_must_be_utf8() -> None:
    with pytest.raises(FlatBufferError, match="not UTF-8"):
        check(changed(b"\x02\0\0\0fn\0", b"\x02\0\0\0\xff\xfe\0"))


def test_a_vector_must_fit() -> None:
    with pytest.raises(FlatBufferError, match=r"InterpFunctionDef.bytecode .* 4194307 elements do not fit"):
        check(changed(b"\x03\0\0\0\x01\x02\x03", b"\x03\0\x40\0\x01\x02\x03"))


def test_tables_that_share_without_end_are_given_up() -> None:
    """An offset of 0 leads to itself."""
    data = executable()
    data[0:4] = bytes(4)
    with pytest.raises(FlatBufferError, match="leads nowhere"):
        check(data)


@pytest.mark.parametrize(
    ("offset", "text"),
    [(b"\xff\xff\xff\x7f", "vtable lies before the file"), (b"\0\0\0\0", "vtable is damaged")],
)
def test_a_vtable_must_lie_in_the_file(offset: bytes, text: str) -> None:
    data = executable()
    root = int.from_bytes(data[0:4], "little")
    data[root : root + 4] = offset
    with pytest.raises(FlatBufferError, match=text):
        check(data)


def test_a_field_must_lie_in_its_table() -> None:
    data = executable()
    root = int.from_bytes(data[0:4], "little")
    vtable = root - int.from_bytes(data[root : root + 4], "little", signed=True)
    data[vtable + 4] = 200
    with pytest.raises(FlatBufferError, match=r"InterpExecutableDef\.functions at byte .* lies outside of its table"):
        check(data)
