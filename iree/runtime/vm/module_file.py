"""ModuleFile: the sections and tables of a module file, read where they lie.

Opening checks that the file is whole: trailer, identifier, the definition's checksum, and that every offset in it leads
somewhere. It reads no function body and no constant. file_format.py draws the file.
"""

import zlib
from typing import NamedTuple

from iree.hal.status import DataLoss, FailedPrecondition, InvalidArgument
from iree.runtime.vm.function_def import BufferType, FunctionDef, type_of
from iree.schemas import module_def_generated as fb
from iree.schemas.file_format import (
    CONSTANT_ALIGNMENT,
    FORMAT_VERSION,
    MODULE_IDENTIFIER,
    PAGE_SIZE,
    TRAILER_SIZE,
    Trailer,
    fourcc_text,
)
from iree.schemas.flatbuffer_verifier import MODULE_TABLES, FlatBufferError, verify


class Variant(NamedTuple):
    """One translation of an executable."""

    format: int  # FourCC
    contents: memoryview

    @property
    def format_text(self) -> str:
        """The FourCC as its four characters."""
        return fourcc_text(self.format)


class MultiArchExecutable(NamedTuple):
    """An executable in all translations that the module holds, best first."""

    name: str
    entry_points: tuple[str, ...]
    variants: tuple[Variant, ...]


class ModuleConstant(NamedTuple):
    """A constant where it lies in the file."""

    type: BufferType
    offset: int  # in the file's constants
    data: memoryview


class ModuleVariable(NamedTuple):
    """A variable; `initial` is the constant that it starts with."""

    name: str
    type: BufferType
    initial: int


class ModuleFile:
    """Positions in `functions`, `variables` and `executables`, and arguments of `constant`, are the file's ordinals.

    `constants`: the bytes that all of them lie in.
    """

    def __init__(self, data: memoryview, source: str):
        """InvalidArgument: not a module. DataLoss: cut or damaged. FailedPrecondition: of another version."""
        self.source = source
        self.byte_length = len(data)
        self.trailer = _read_trailer(data, source)
        definition = data[: self.trailer.definition_length]
        self.constants = data[self.trailer.constants_offset :][: self.trailer.constants_length]
        _check_crc(source, "definition is", definition, self.trailer.definition_crc)
        self._root = _read_definition(definition, source)
        self.name: str = self._root.Name().decode()
        self.producer: str = (self._root.Producer() or b"").decode()
        try:
            self._read_tables()
        except ValueError as error:
            raise DataLoss(f"{source}: {error}; compile it again") from None

    def constant(self, ordinal: int) -> ModuleConstant:
        """A constant of the module."""
        entry = self._root.Constants(ordinal)
        offset = entry.Offset()
        return ModuleConstant(type_of(entry.Type()), offset, self.constants[offset:][: entry.Length()])

    @property
    def constant_count(self) -> int:
        """How many constants the module has."""
        count: int = self._root.ConstantsLength()
        return count

    def check_constants(self) -> None:
        """Compares the constants with their checksum. DataLoss: they are damaged."""
        _check_crc(self.source, "constants are", self.constants, self.trailer.constants_crc)

    def _read_tables(self) -> None:
        root = self._root
        self.functions = tuple(FunctionDef(root.Functions(i)) for i in range(root.FunctionsLength()))
        self.executables = tuple(_executable(root.Executables(i)) for i in range(root.ExecutablesLength()))
        ordinals = [root.Exports(i) for i in range(root.ExportsLength())]
        for ordinal in ordinals:
            if ordinal >= len(self.functions):
                raise ValueError(f"export of function {ordinal}; there are {len(self.functions)}")
        self.exports = {self.functions[ordinal].name: ordinal for ordinal in ordinals}
        if len(self.exports) != len(ordinals):
            raise ValueError("two exports have one name")
        self.imports = tuple(root.Imports(i).Name().decode() for i in range(root.ImportsLength()))
        for ordinal in range(self.constant_count):
            self._check_constant(ordinal)

        self.variables = tuple(self._variable(root.Variables(i)) for i in range(root.VariablesLength()))
        if len({variable.name for variable in self.variables}) != len(self.variables):
            raise ValueError("two variables have one name")

    def _variable(self, entry: fb.VariableDef) -> ModuleVariable:
        name = entry.Name().decode()
        if entry.Initial() >= self.constant_count:
            raise ValueError(f"@{name} starts as constant {entry.Initial()}; there are {self.constant_count}")
        return ModuleVariable(name, self.constant(entry.Initial()).type, entry.Initial())

    def _check_constant(self, ordinal: int) -> None:
        entry = self._root.Constants(ordinal)
        if entry.Type() is None:
            raise ValueError(f"constant {ordinal} has no type")
        of = type_of(entry.Type())
        if of.byte_length != entry.Length():
            raise ValueError(f"constant {ordinal} of type {of} has {entry.Length()} bytes")
        if entry.Offset() % CONSTANT_ALIGNMENT or entry.Offset() + entry.Length() > len(self.constants):
            raise ValueError(f"constant {ordinal} at byte {entry.Offset()} does not lie in the constants")


def _check_crc(source: str, section: str, data: memoryview, expected: int) -> None:
    actual = zlib.crc32(data)
    if actual != expected:
        raise DataLoss(
            f"{source}: its {section} damaged: checksum {actual:08x}, should be {expected:08x}; "
            "copy or compile the file again"
        )


def _read_trailer(data: memoryview, source: str) -> Trailer:
    """The trailer, with sections that fill the file. InvalidArgument: foreign. DataLoss: cut."""
    if bytes(data[4:8]) != MODULE_IDENTIFIER:
        raise InvalidArgument(f"{source}: not a module file{_what_it_may_be(bytes(data[:64]))}")
    trailer = Trailer.unpack(bytes(data[-TRAILER_SIZE:]))
    if trailer is None:
        raise DataLoss(
            f"{source}: cut off, or something was added: its {len(data)} bytes do not end in a trailer; copy it again"
        )
    padding = -trailer.definition_length % PAGE_SIZE if trailer.constants_length else 0
    fits = (
        trailer.definition_offset == 0
        and trailer.constants_offset == trailer.definition_length + padding
        and trailer.constants_offset + trailer.constants_length + TRAILER_SIZE == len(data)
    )
    if not fits:
        raise DataLoss(f"{source}: the sections in its trailer do not make up its {len(data)} bytes; copy it again")
    return trailer


def _what_it_may_be(start: bytes) -> str:
    if not start:
        return ": it is empty"
    if start.startswith(b"PK"):
        return ": it is a zip archive"
    if start.lstrip().startswith((b"//", b"#loc", b"module", b"func", b'"builtin', b"HloModule")):
        return ": it looks like a program's text; compile it first (iree.compiler.compile_str, or translate)"
    return f": it starts with {start[:8].hex(' ')}"


def _read_definition(definition: memoryview, source: str) -> fb.ModuleDef:
    """The root table, once it is known to be sound."""
    try:
        version = fb.ModuleDef.GetRootAs(definition).FormatVersion()
    except Exception as error:  # flatc's code and struct raise whatever they meet on bytes that no one wrote
        raise DataLoss(f"{source}: no module definition: {error}; compile it again") from None
    if version != FORMAT_VERSION:
        advice = "update iree-runtime" if version > FORMAT_VERSION else "compile it again with this version"
        raise FailedPrecondition(
            f"{source}: has format version {version}; this runtime reads version {FORMAT_VERSION}: {advice}"
        )
    try:
        verify(definition, MODULE_TABLES, "ModuleDef", MODULE_IDENTIFIER)
    except FlatBufferError as error:
        raise DataLoss(f"{source}: {error}; compile it again") from None
    return fb.ModuleDef.GetRootAs(definition)


def _executable(entry: fb.MultiArchExecutableDef) -> MultiArchExecutable:
    variants = []
    for i in range(entry.ExecutablesLength()):
        variant = entry.Executables(i)
        contents = b"" if variant.ContentsIsNone() else variant.ContentsAsNumpy().data
        variants.append(Variant(variant.Format(), memoryview(contents)))
    entry_points = tuple(entry.EntryPoints(i).decode() for i in range(entry.EntryPointsLength()))
    return MultiArchExecutable(entry.Name().decode(), entry_points, tuple(variants))
