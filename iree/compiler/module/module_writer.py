"""Plain data to the bytes of a module file: the definition, the executables, the constants, the trailer.

    module = Module("math", functions=[...], executables=[...], constants=[Constant(weights)])
    save(module, "math.emod")

Ordinals are positions in these lists: bytecode that was encoded against the lists stays right. The bytes depend on the
data alone, so two writes of one module are equal. Constants are not copied: they stream from their arrays to the file.
"""

import dataclasses
import hashlib
import io
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple, cast

import flatbuffers
import numpy as np

from iree.schemas import element_types
from iree.schemas import module_def_generated as fb
from iree.schemas.element_types import ElementType
from iree.schemas.file_format import (
    CONSTANT_ALIGNMENT,
    EXECUTABLE_ALIGNMENT,
    FORMAT_VERSION,
    MODULE_IDENTIFIER,
    Trailer,
)

PRODUCER = "iree-compiler"


@dataclasses.dataclass(frozen=True)
class Type:
    """A buffer's type. A size in `shape` that only a call knows is named as iree/schemas/sizes.py says."""

    element_type: ElementType
    shape: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Function:
    """One function: `bytecode` is the SEQUENCER's, `locations` are (bytecode offset, "file:line:col")."""

    name: str
    arguments: Sequence[Type]
    results: Sequence[Type]
    argument_names: Sequence[str]
    abi: str | None  # iree/schemas/abi.py; None: flat
    local_count: int
    bytecode: bytes
    locations: Sequence[tuple[int, str]] = ()
    exported: bool = True
    symbol_count: int = 0  # sizes that the caller chooses
    sizes: Sequence[Sequence[int]] = ()  # what iree/schemas/sizes.py encodes
    donated: Sequence[int] = ()  # arguments whose memory it may write
    conditions: Sequence[tuple[int, str]] = ()  # the row of sizes that must not be negative, and what is wrong if so


@dataclasses.dataclass(frozen=True)
class Executable:
    """All translations of one executable, best first, as (FourCC, bytes)."""

    name: str
    entry_points: Sequence[str]
    variants: Sequence[tuple[int, bytes]]


@dataclasses.dataclass(frozen=True)
class Constant:
    """An array that the module holds."""

    array: np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class Variable:
    """A variable that the module's functions share; `initial` is the ordinal of the constant that it starts with."""

    name: str
    initial: int


@dataclasses.dataclass(frozen=True)
class Module:
    """Everything that one module file holds."""

    name: str
    functions: Sequence[Function]
    executables: Sequence[Executable] = ()
    constants: Sequence[Constant] = ()
    imports: Sequence[str] = ()  # names of the host's functions that custom calls need
    variables: Sequence[Variable] = ()
    producer: str = PRODUCER


def to_bytes(module: Module) -> bytes:
    """The module file as bytes."""
    file = io.BytesIO()
    write_to(module, file)
    return file.getvalue()


def save(module: Module, path: str | os.PathLike[str]) -> None:
    """Writes the file at `path`, whole or not at all."""
    write_whole(path, lambda file: write_to(module, file))


def write_whole(path: str | os.PathLike[str], write: Callable[[BinaryIO], object]) -> None:
    """Makes the file at `path` of what `write` writes; whoever reads `path` before it is done finds the old file.

    A device or a pipe, such as /dev/null, is written to as it is: no file may take its place.
    """
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "wb") as file:
            write(file)
        return
    temporary = f"{os.fspath(path)}.{os.getpid()}.tmp"
    try:
        with open(temporary, "xb") as file:
            write(file)
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise


def write_to(module: Module, file: BinaryIO) -> None:
    """Writes the module file from the file's present position on, front to back."""
    variants = [np.frombuffer(contents, np.uint8) for e in module.executables for _, contents in e.variants]
    arrays = [_stored(constant.array) for constant in module.constants]
    executables = _Section(variants, EXECUTABLE_ALIGNMENT)
    constants = _Section([_bytes_of(array) for array in arrays], CONSTANT_ALIGNMENT)
    definition = _definition(module, arrays, executables, constants)
    trailer = Trailer(
        definition_length=len(definition),
        executables_length=executables.length,
        constants_length=constants.length,
        definition_crc=zlib.crc32(definition),
    )
    file.write(definition)
    file.write(bytes(trailer.executables_offset - len(definition)))
    executables.write_to(file)
    file.write(bytes(trailer.constants_offset - trailer.executables_offset - executables.length))
    constants.write_to(file)
    file.write(trailer.pack())


class _Place(NamedTuple):
    """Where something lies in its section, and the CRC-32 of its bytes."""

    offset: int
    length: int
    crc: int


class _Section:
    """Where each of several contents lies; equal bytes lie there once."""

    def __init__(self, contents: Sequence[np.ndarray[Any, Any]], alignment: int):
        self.places: list[_Place] = []
        self.length = 0
        self._unique: list[tuple[int, np.ndarray[Any, Any]]] = []
        seen: dict[bytes, _Place] = {}
        for each in contents:
            digest = hashlib.sha256(each.data).digest()
            place = seen.get(digest)
            if place is None:
                offset = -(-self.length // alignment) * alignment
                place = seen[digest] = _Place(offset, each.nbytes, zlib.crc32(each.data))
                self._unique.append((offset, each))
                self.length = offset + each.nbytes
            self.places.append(place)

    def write_to(self, file: BinaryIO) -> None:
        """Writes the section."""
        position = 0
        for offset, contents in self._unique:
            file.write(bytes(offset - position))
            file.write(contents.data)
            position = offset + contents.nbytes


def _stored(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """`array` as it lies in the file: little-endian, row by row. The same object where it is so already."""
    array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return array if array.flags.c_contiguous else np.ascontiguousarray(array)


def _bytes_of(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return array.reshape(-1).view(np.uint8)


def _definition(
    module: Module, arrays: Sequence[np.ndarray[Any, Any]], executables_at: _Section, constants_at: _Section
) -> bytes:
    """The ModuleDef FlatBuffer. `arrays`: the constants."""
    builder = flatbuffers.Builder(4096)
    entries = [_function(builder, function) for function in module.functions]
    functions = _offsets(builder, fb.ModuleDefStartFunctionsVector, entries)
    places = iter(executables_at.places)
    entries = [_executable(builder, executable, places) for executable in module.executables]
    executables = _offsets(builder, fb.ModuleDefStartExecutablesVector, entries)
    entries = [_constant(builder, *each) for each in zip(arrays, constants_at.places, strict=True)]
    constants = _offsets(builder, fb.ModuleDefStartConstantsVector, entries)
    imports = _offsets(builder, fb.ModuleDefStartImportsVector, [_import(builder, name) for name in module.imports])
    entries = [_variable(builder, variable) for variable in module.variables]
    variables = _offsets(builder, fb.ModuleDefStartVariablesVector, entries)
    exported = [ordinal for ordinal, function in enumerate(module.functions) if function.exported]
    exports = builder.CreateNumpyVector(np.array(exported, np.uint32))
    name = builder.CreateString(module.name)
    producer = builder.CreateString(module.producer)
    fb.ModuleDefStart(builder)
    fb.ModuleDefAddFormatVersion(builder, FORMAT_VERSION)
    fb.ModuleDefAddName(builder, name)
    fb.ModuleDefAddProducer(builder, producer)
    fb.ModuleDefAddFunctions(builder, functions)
    fb.ModuleDefAddExports(builder, exports)
    fb.ModuleDefAddExecutables(builder, executables)
    fb.ModuleDefAddConstants(builder, constants)
    fb.ModuleDefAddImports(builder, imports)
    fb.ModuleDefAddVariables(builder, variables)
    builder.Finish(fb.ModuleDefEnd(builder), file_identifier=MODULE_IDENTIFIER)
    return bytes(builder.Output())


def _function(builder: Any, function: Function) -> int:
    arguments = _types(builder, fb.FunctionDefStartArgumentsVector, function.arguments)
    results = _types(builder, fb.FunctionDefStartResultsVector, function.results)
    names = _strings(builder, fb.FunctionDefStartArgumentNamesVector, function.argument_names)
    entries = [_location(builder, offset, source) for offset, source in function.locations]
    locations = _offsets(builder, fb.FunctionDefStartLocationsVector, entries)
    bytecode = builder.CreateByteVector(function.bytecode)
    abi = None if function.abi is None else builder.CreateString(function.abi)
    sizes = _offsets(builder, fb.FunctionDefStartSizesVector, [_size(builder, row) for row in function.sizes])
    entries = [_condition(builder, row, text) for row, text in function.conditions]
    conditions = _offsets(builder, fb.FunctionDefStartConditionsVector, entries)
    name = builder.CreateString(function.name)
    donated = builder.CreateNumpyVector(np.array(function.donated, np.uint16)) if function.donated else None
    fb.FunctionDefStart(builder)
    fb.FunctionDefAddName(builder, name)
    fb.FunctionDefAddArguments(builder, arguments)
    fb.FunctionDefAddResults(builder, results)
    fb.FunctionDefAddArgumentNames(builder, names)
    if abi is not None:
        fb.FunctionDefAddAbi(builder, abi)
    fb.FunctionDefAddLocalCount(builder, function.local_count)
    fb.FunctionDefAddBytecode(builder, bytecode)
    fb.FunctionDefAddLocations(builder, locations)
    if donated is not None:
        fb.FunctionDefAddDonated(builder, donated)
    if function.symbol_count:
        fb.FunctionDefAddSymbolCount(builder, function.symbol_count)
        fb.FunctionDefAddSizes(builder, sizes)
        fb.FunctionDefAddConditions(builder, conditions)
    return cast(int, fb.FunctionDefEnd(builder))


def _size(builder: Any, row: Sequence[int]) -> int:
    terms = builder.CreateNumpyVector(np.array(row, np.int64))
    fb.SizeDefStart(builder)
    fb.SizeDefAddTerms(builder, terms)
    return cast(int, fb.SizeDefEnd(builder))


def _condition(builder: Any, row: int, text: str) -> int:
    said = builder.CreateString(text)
    fb.ConditionDefStart(builder)
    fb.ConditionDefAddSize(builder, row)
    fb.ConditionDefAddText(builder, said)
    return cast(int, fb.ConditionDefEnd(builder))


def _executable(builder: Any, executable: Executable, places: Iterator[_Place]) -> int:
    variants = []
    for fourcc, _ in executable.variants:
        place = next(places)
        fb.ExecutableDefStart(builder)
        fb.ExecutableDefAddFormat(builder, fourcc)
        fb.ExecutableDefAddOffset(builder, place.offset)
        fb.ExecutableDefAddLength(builder, place.length)
        fb.ExecutableDefAddCrc(builder, place.crc)
        variants.append(fb.ExecutableDefEnd(builder))
    variants_at = _offsets(builder, fb.MultiArchExecutableDefStartExecutablesVector, variants)
    entry_points = _strings(builder, fb.MultiArchExecutableDefStartEntryPointsVector, executable.entry_points)
    name = builder.CreateString(executable.name)
    fb.MultiArchExecutableDefStart(builder)
    fb.MultiArchExecutableDefAddName(builder, name)
    fb.MultiArchExecutableDefAddEntryPoints(builder, entry_points)
    fb.MultiArchExecutableDefAddExecutables(builder, variants_at)
    return cast(int, fb.MultiArchExecutableDefEnd(builder))


def _constant(builder: Any, array: np.ndarray[Any, Any], place: _Place) -> int:
    of = _type(builder, Type(element_types.from_dtype(array.dtype), array.shape))
    fb.ConstantDefStart(builder)
    fb.ConstantDefAddType(builder, of)
    fb.ConstantDefAddOffset(builder, place.offset)
    fb.ConstantDefAddLength(builder, place.length)
    fb.ConstantDefAddCrc(builder, place.crc)
    return cast(int, fb.ConstantDefEnd(builder))


def _variable(builder: Any, variable: Variable) -> int:
    name = builder.CreateString(variable.name)
    fb.VariableDefStart(builder)
    fb.VariableDefAddName(builder, name)
    fb.VariableDefAddInitial(builder, variable.initial)
    return cast(int, fb.VariableDefEnd(builder))


def _import(builder: Any, name: str) -> int:
    text = builder.CreateString(name)
    fb.ImportDefStart(builder)
    fb.ImportDefAddName(builder, text)
    return cast(int, fb.ImportDefEnd(builder))


def _type(builder: Any, of: Type) -> int:
    shape = builder.CreateNumpyVector(np.array(of.shape, np.int64))
    fb.TypeDefStart(builder)
    fb.TypeDefAddElementType(builder, of.element_type.number)
    fb.TypeDefAddShape(builder, shape)
    return cast(int, fb.TypeDefEnd(builder))


def _types(builder: Any, start: Any, types: Sequence[Type]) -> int:
    return _offsets(builder, start, [_type(builder, of) for of in types])


def _strings(builder: Any, start: Any, strings: Sequence[str]) -> int:
    return _offsets(builder, start, [builder.CreateString(string) for string in strings])


def _location(builder: Any, offset: int, source: str) -> int:
    text = builder.CreateSharedString(source)
    fb.LocationDefStart(builder)
    fb.LocationDefAddBytecodeOffset(builder, offset)
    fb.LocationDefAddSource(builder, text)
    return cast(int, fb.LocationDefEnd(builder))


def _offsets(builder: Any, start: Any, offsets: Sequence[int]) -> int:
    """A vector of offsets, in order."""
    start(builder, len(offsets))
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return cast(int, builder.EndVector())
