"""Checks that bytes are a FlatBuffer of a given schema before anything reads them.

flatc's Python code trusts every offset. After `verify` it can: tables, vectors and strings lie inside the bytes, what
is required is there, strings are UTF-8. The schemas stand here again, in the words of the .fbs files; a test compares.
"""

import struct
from collections.abc import Mapping
from typing import NamedTuple

Tables = Mapping[str, Mapping[str, str]]

MODULE_TABLES: Tables = {
    "TypeDef": {"element_type": "ubyte", "shape": "[long]"},
    "SizeDef": {"terms": "[long]"},
    "ConditionDef": {"size": "uint", "text": "string"},
    "ConstantDef": {"type": "TypeDef", "offset": "ulong", "length": "ulong", "crc": "uint"},
    "LocationDef": {"bytecode_offset": "uint", "source": "string"},
    "FunctionDef": {
        "name": "string (required)", "arguments": "[TypeDef]", "results": "[TypeDef]", "argument_names": "[string]",
        "abi": "string", "local_count": "uint", "bytecode": "[ubyte]", "locations": "[LocationDef]",
        "symbol_count": "ubyte", "sizes": "[SizeDef]", "conditions": "[ConditionDef]", "donated": "[ushort]",
    },
    "ExecutableDef": {"format": "uint", "offset": "ulong", "length": "ulong", "crc": "uint"},
    "MultiArchExecutableDef": {
        "name": "string (required)", "entry_points": "[string]", "executables": "[ExecutableDef]",
    },
    "VariableDef": {"name": "string (required)", "initial": "uint"},
    "ImportDef": {"name": "string (required)"},
    "ModuleDef": {
        "format_version": "uint", "name": "string (required)", "producer": "string", "functions": "[FunctionDef]",
        "exports": "[uint]", "executables": "[MultiArchExecutableDef]", "constants": "[ConstantDef]",
        "imports": "[ImportDef]", "variables": "[VariableDef]",
    },
}  # fmt: skip

INTERP_TABLES: Tables = {
    "InterpTypeDef": {"element_type": "ubyte", "shape": "[long]"},
    "InterpSizeDef": {"terms": "[long]"},
    "InterpLocationDef": {"bytecode_offset": "uint", "source": "string"},
    "InterpFunctionDef": {
        "name": "string (required)", "arguments": "[InterpTypeDef]", "local_count": "uint", "bytecode": "[ubyte]",
        "locations": "[InterpLocationDef]", "symbol_count": "ubyte", "sizes": "[InterpSizeDef]",
    },
    "InterpExecutableDef": {"functions": "[InterpFunctionDef]"},
}  # fmt: skip

SPIRV_TABLES: Tables = {
    "SpirvRequirementDef": {"terms": "[long]", "text": "string"},
    "SpirvEntryPointDef": {
        "name": "string (required)", "binding_count": "uint", "workgroup_size": "[uint]", "workgroup_tile": "[uint]",
        "shared_memory_bytes": "uint", "symbol_count": "ubyte", "requirements": "[SpirvRequirementDef]",
    },
    "SpirvExecutableDef": {
        "entry_points": "[SpirvEntryPointDef]", "code": "[uint]", "version": "uint", "capabilities": "[string]",
        "extensions": "[string]", "subgroup_size": "uint",
    },
}  # fmt: skip

_SCALARS = {"bool": 1, "ubyte": 1, "ushort": 2, "uint": 4, "int": 4, "long": 8, "ulong": 8, "float": 4, "double": 8}
_U16 = struct.Struct("<H").unpack_from
_U32 = struct.Struct("<I").unpack_from
_I32 = struct.Struct("<i").unpack_from


class FlatBufferError(ValueError):
    """Bytes that are not what their schema says."""


class _Field(NamedTuple):
    name: str
    vector: bool
    scalar: int  # bytes of one; 0: an offset to what `table` says
    table: str  # "string" or a table's name
    required: bool


def verify(data: memoryview, tables: Tables, root: str, identifier: bytes) -> None:
    """Returns if `data` is a FlatBuffer whose root is a `root`. FlatBufferError: what is wrong, and at which byte."""
    if len(data) < 8 or bytes(data[4:8]) != identifier:
        raise FlatBufferError(f"not a {root}: {bytes(data[4:8])!r} stands where {identifier!r} should")
    verifier = _Verifier(data, {name: [_field(n, t) for n, t in fields.items()] for name, fields in tables.items()})
    try:
        verifier.reference(0, root)
    except struct.error:
        raise FlatBufferError(f"{root}: an offset leads out of its {len(data)} bytes") from None


def _field(name: str, text: str) -> _Field:
    kind, _, attribute = text.partition(" ")
    element = kind.strip("[]")
    return _Field(name, kind != element, _SCALARS.get(element, 0), element, attribute == "(required)")


class _Verifier:
    def __init__(self, data: memoryview, tables: Mapping[str, list[_Field]]):
        self.data = data
        self.tables = tables
        self.budget = len(data)  # no honest file has more objects than bytes: ends walks that share without end

    def reference(self, position: int, table: str) -> None:
        """The offset at `position` leads to a string or a table."""
        target = position + _U32(self.data, position)[0]
        self.budget -= 1
        if target == position or self.budget < 0:
            raise FlatBufferError(f"{table} at byte {position}: its offset leads nowhere")
        if table == "string":
            self.string(target)
        else:
            self.table(target, table)

    def table(self, position: int, name: str) -> None:
        vtable = position - _I32(self.data, position)[0]
        if vtable < 0:
            raise FlatBufferError(f"{name} at byte {position}: its vtable lies before the file")
        size, table_size = _U16(self.data, vtable)[0], _U16(self.data, vtable + 2)[0]
        if size < 4 or size % 2 or vtable + size > len(self.data) or position + table_size > len(self.data):
            raise FlatBufferError(f"{name} at byte {position}: its vtable is damaged")
        for index, field in enumerate(self.tables[name]):
            slot = 4 + 2 * index
            offset = _U16(self.data, vtable + slot)[0] if slot < size else 0
            if offset:
                self.field(position + offset, offset, table_size, name, field)
            elif field.required:
                raise FlatBufferError(f"{name} at byte {position} has no {field.name}")

    def field(self, position: int, offset: int, table_size: int, name: str, field: _Field) -> None:
        width = 4 if field.vector or not field.scalar else field.scalar
        if offset < 4 or offset + width > table_size:
            raise FlatBufferError(f"{name}.{field.name} at byte {position} lies outside of its table")
        if field.vector:
            self.vector(position + _U32(self.data, position)[0], name, field)
        elif not field.scalar:
            self.reference(position, field.table)

    def vector(self, position: int, name: str, field: _Field) -> None:
        count = _U32(self.data, position)[0]
        if position + 4 + count * (field.scalar or 4) > len(self.data):
            raise FlatBufferError(f"{name}.{field.name} at byte {position}: {count} elements do not fit into the file")
        if not field.scalar:
            for index in range(count):
                self.reference(position + 4 + 4 * index, field.table)

    def string(self, position: int) -> None:
        end = position + 4 + _U32(self.data, position)[0]
        if end >= len(self.data) or self.data[end]:
            raise FlatBufferError(f"the string at byte {position} does not end inside the file")
        try:
            str(self.data[position + 4 : end], "utf-8")
        except UnicodeDecodeError:
            raise FlatBufferError(f"the string at byte {position} is not UTF-8") from None
