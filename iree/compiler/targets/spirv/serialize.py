"""spirv.module -> the bytes of a SpirvExecutableDef: the words, and what loading and launching them takes."""

import itertools
from typing import Any

import flatbuffers
from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation

from iree.compiler.dialects.spirv import structure
from iree.compiler.dialects.spirv.types import ArrayType, StructType
from iree.compiler.ir import sizes
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.kernels.required_sizes import requirements_of
from iree.compiler.kernels.schedule_kernels import WORKGROUP_TILE
from iree.compiler.targets.spirv.convert_to_spirv import SIZES, argument_name
from iree.compiler.targets.spirv.write_module import module_words, version_word
from iree.schemas import sizes as files
from iree.schemas import spirv_executable_def_generated
from iree.schemas.file_format import ExecutableFormat

_fb: Any = spirv_executable_def_generated  # generated code has no types


def serialize_executable(inner: Operation) -> bytes:
    """The executable's file. CompileError: the spirv.module has something that words cannot say."""
    module = spirv_module_of(inner)
    executable = _fb.SpirvExecutableDefT()
    executable.entryPoints = [_encode_entry_point(module, entry) for entry in entry_points_of(inner)]
    executable.code = module_words(module)
    executable.version = version_word(module)
    executable.capabilities = [name.data for name in module.requirements.capabilities]
    executable.extensions = [name.data for name in module.requirements.extensions]
    executable.subgroupSize = 0
    builder = flatbuffers.Builder(1024)
    builder.Finish(executable.Pack(builder), file_identifier=ExecutableFormat.SPIRV.to_bytes(4, "big"))
    return bytes(builder.Output())


def spirv_module_of(inner: Operation) -> structure.Module:
    """The one spirv.module of an executable. CompileError: there is none, or more."""
    modules = ops_of(inner, structure.Module)
    if len(modules) != 1:
        fail(inner, f"a SPIR-V executable holds one spirv.module, this one {len(modules)}")
    return modules[0]


def entry_points_of(inner: Operation) -> list[structure.EntryPoint]:
    """The entry points; a position is an ordinal."""
    return ops_of(spirv_module_of(inner), structure.EntryPoint)


def _encode_entry_point(module: structure.Module, entry: structure.EntryPoint) -> Any:
    name = entry.function.root_reference.data
    size = _local_size(module, entry)
    function = next(op for op in ops_of(module, FuncOp) if op.sym_name.data == name)
    tile = function.attributes.get(WORKGROUP_TILE)
    encoded = _fb.SpirvEntryPointDefT()
    encoded.name = name
    encoded.bindingCount = _binding_count(module, name)
    encoded.workgroupSize = size
    encoded.workgroupTile = size if tile is None else [int(number) for number in array_of(tile)]
    encoded.sharedMemoryBytes = 0
    encoded.symbolCount = _symbol_count(module)
    encoded.requirements = []
    for needed, text in requirements_of(function):
        row = _fb.SpirvRequirementDefT()
        row.terms, row.text = files.encode(sizes.terms(needed)), text
        encoded.requirements.append(row)
    return encoded


def _symbol_count(module: structure.Module) -> int:
    """How many sizes a dispatch has to say."""
    for variable in ops_of(module, structure.GlobalVariable):
        if variable.sym_name.data == SIZES:
            struct = variable.type_.pointee
            assert isinstance(struct, StructType)
            (array,) = struct.members
            assert isinstance(array, ArrayType)
            return array.count.data
    return 0


def _binding_count(module: structure.Module, function: str) -> int:
    """How many variables convert-to-spirv made for the function's arguments."""
    names = {variable.sym_name.data for variable in ops_of(module, structure.GlobalVariable)}
    return next(number for number in itertools.count() if argument_name(function, number) not in names)


def _local_size(module: structure.Module, entry: structure.EntryPoint) -> list[int]:
    modes = (mode for mode in ops_of(module, structure.ExecutionMode) if mode.function == entry.function)
    size = next((mode for mode in modes if mode.mode.data == structure.LOCAL_SIZE), None)
    if size is None:
        fail(entry, "has no spirv.ExecutionMode LocalSize")
    return [value.data for value in size.values]
