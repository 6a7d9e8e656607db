"""ModuleFile: the sections and tables of a module file, read where they lie.

Opening checks that the file is whole: trailer, identifier, the definition's checksum, and that every offset in it leads
somewhere. It reads no function body, no executable and no constant. file_format.py draws the file.
"""

from typing import NamedTuple

from iree.hal.status import DataLoss, FailedPrecondition, InvalidArgument
from iree.runtime.vm.checked_bytes import Check, CheckedBytes
from iree.runtime.vm.function_def import BufferType, FunctionDef, type_of
from iree.schemas import module_def_generated as fb
from iree.schemas.file_format import (
    CONSTANT_ALIGNMENT,
    EXECUTABLE_ALIGNMENT,
    FORMAT_VERSION,
    MODULE_IDENTIFIER,
    TRAILER_MAGIC,
    TRAILER_SIZE,
    Trailer,
    fourcc_text,
)
from iree.schemas.flatbuffer_verifier import MODULE_TABLES, FlatBufferError, verify


class Variant(NamedTuple):
    """One translation of an executable."""

    format: int  # FourCC
    contents: CheckedBytes

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
    offset: int  # in the constant segment
    contents: CheckedBytes


class ModuleVariable(NamedTuple):
    """A variable; `initial` is the constant that it starts with."""

    name: str
    type: BufferType
    initial: int


class ModuleFile:
    """Positions in `functions`, `constants`, `variables` and `executables` are the file's ordinals.

    `constant_segment`: the bytes that all constants lie in.
    """

    def __init__(self, data: memoryview, source: str, check: Check = Check.WHEN_USED):
        """InvalidArgument: not a module. DataLoss: cut or damaged. FailedPrecondition: of another version."""
        self.source = source
        self.byte_length = len(data)
        self.trailer = _read_trailer(data, source)
        definition = data[: self.trailer.definition_length]
        self.constant_segment = data[self.trailer.constants_offset :][: self.trailer.constants_length]
        CheckedBytes(definition, self.trailer.definition_crc, f"{source}: its definition is").verify()
        self._root = _read_definition(definition, source)
        self._executable_bytes = _Section(
            data[self.trailer.executables_offset :][: self.trailer.executables_length], EXECUTABLE_ALIGNMENT
        )
        self._constant_bytes = _Section(self.constant_segment, CONSTANT_ALIGNMENT, check is not Check.EXECUTABLES_ONLY)
        self.name: str = self._root.Name().decode()
        self.producer: str = (self._root.Producer() or b"").decode()
        try:
            self._read_tables()
        except ValueError as error:
            raise DataLoss(f"{source}: {error}; compile it again") from None

    def verify_contents(self) -> None:
        """Compares executables and constants with their checksums. DataLoss: they are damaged."""
        self._executable_bytes.verify()
        self._constant_bytes.verify()

    def _read_tables(self) -> None:
        root = self._root
        self.functions = tuple(FunctionDef(root.Functions(i)) for i in range(root.FunctionsLength()))
        self.executables = tuple(self._executable(root.Executables(i)) for i in range(root.ExecutablesLength()))
        ordinals = [root.Exports(i) for i in range(root.ExportsLength())]
        for ordinal in ordinals:
            if ordinal >= len(self.functions):
                raise ValueError(f"export of function {ordinal}; there are {len(self.functions)}")
        self.exports = {self.functions[ordinal].name: ordinal for ordinal in ordinals}
        if len(self.exports) != len(ordinals):
            raise ValueError("two exports have one name")
        self.imports = tuple(root.Imports(i).Name().decode() for i in range(root.ImportsLength()))
        self.constants = tuple(self._constant(i, root.Constants(i)) for i in range(root.ConstantsLength()))
        self.variables = tuple(self._variable(root.Variables(i)) for i in range(root.VariablesLength()))
        if len({variable.name for variable in self.variables}) != len(self.variables):
            raise ValueError("two variables have one name")

    def _variable(self, entry: fb.VariableDef) -> ModuleVariable:
        name = entry.Name().decode()
        if entry.Initial() >= len(self.constants):
            raise ValueError(f"@{name} starts as constant {entry.Initial()}; there are {len(self.constants)}")
        return ModuleVariable(name, self.constants[entry.Initial()].type, entry.Initial())

    def _constant(self, ordinal: int, entry: fb.ConstantDef) -> ModuleConstant:
        if entry.Type() is None:
            raise ValueError(f"constant {ordinal} has no type")
        of = type_of(entry.Type())
        if of.byte_length != entry.Length():
            raise ValueError(f"constant {ordinal} of type {of} has {entry.Length()} bytes")
        return ModuleConstant(of, entry.Offset(), self._constant_bytes.at(entry, f"constant {ordinal}", self.source))

    def _executable(self, entry: fb.MultiArchExecutableDef) -> MultiArchExecutable:
        name = entry.Name().decode()
        variants = []
        for variant in (entry.Executables(i) for i in range(entry.ExecutablesLength())):
            label = f'executable "{name}" ({fourcc_text(variant.Format())})'
            variants.append(Variant(variant.Format(), self._executable_bytes.at(variant, label, self.source)))
        entry_points = tuple(entry.EntryPoints(i).decode() for i in range(entry.EntryPointsLength()))
        return MultiArchExecutable(name, entry_points, tuple(variants))


class _Section:
    """A section and what lies in it: each stretch once, whoever refers to it."""

    def __init__(self, data: memoryview, alignment: int, check: bool = True):
        self._data = data
        self._alignment = alignment
        self._check = check
        self._known: dict[tuple[int, int, int], CheckedBytes] = {}

    def at(self, entry: fb.ConstantDef | fb.ExecutableDef, label: str, source: str) -> CheckedBytes:
        """The bytes that a table says. ValueError: they lie elsewhere."""
        place = offset, length, crc = entry.Offset(), entry.Length(), entry.Crc()
        if place not in self._known:
            if offset % self._alignment or offset + length > len(self._data):
                raise ValueError(f"{label} at byte {offset} does not lie in its section of {len(self._data)} bytes")
            data = self._data[offset : offset + length]
            self._known[place] = CheckedBytes(data, crc, f"{source}: {label} is", self._check)
        return self._known[place]

    def verify(self) -> None:
        """Compares all of it with its checksums. DataLoss: it is damaged."""
        for contents in self._known.values():
            contents.verify()


def _read_trailer(data: memoryview, source: str) -> Trailer:
    """The trailer, with sections that fill the file. InvalidArgument: foreign. DataLoss: cut."""
    if bytes(data[4:8]) != MODULE_IDENTIFIER:
        raise InvalidArgument(f"{source}: not a module file{_what_it_may_be(bytes(data[:64]))}")
    trailer = Trailer.unpack(bytes(data[-TRAILER_SIZE:]))
    if trailer is None:
        end = bytes(data[-len(TRAILER_MAGIC) :])
        if end[:-1] == TRAILER_MAGIC[:-1] and end != TRAILER_MAGIC:
            raise _wrong_version(source, f"a trailer {end.decode(errors='replace')}", end > TRAILER_MAGIC)
        raise DataLoss(
            f"{source}: cut off, or something was added: its {len(data)} bytes do not end in a trailer; copy it again"
        )
    if trailer.file_length != len(data):
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
        raise _wrong_version(source, f"format version {version}", version > FORMAT_VERSION)
    try:
        verify(definition, MODULE_TABLES, "ModuleDef", MODULE_IDENTIFIER)
    except FlatBufferError as error:
        raise DataLoss(f"{source}: {error}; compile it again") from None
    return fb.ModuleDef.GetRootAs(definition)


def _wrong_version(source: str, what: str, is_newer: bool) -> FailedPrecondition:
    advice = "update iree-runtime" if is_newer else "compile it again with this version"
    return FailedPrecondition(f"{source}: has {what}; this runtime reads format version {FORMAT_VERSION}: {advice}")
