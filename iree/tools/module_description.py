"""What a module file holds, as plain data: dump_module prints it, as text or as JSON."""

import json
from typing import Any

from iree.hal.status import DataLoss
from iree.runtime.vm.function_def import FunctionDef
from iree.runtime.vm.module import VmModule
from iree.runtime.vm.module_file import ModuleFile, Variant
from iree.schemas import element_types
from iree.schemas import interp_executable_def_generated as interp_fb
from iree.schemas import spirv_executable_def_generated as spirv_fb
from iree.schemas.file_format import FORMAT_VERSION, ExecutableFormat
from iree.schemas.flatbuffer_verifier import INTERP_TABLES, SPIRV_TABLES, FlatBufferError, verify
from iree.schemas.instruction import Operand
from iree.schemas.interpreter_bytecode import INTERPRETER
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.tools.disassembler import Names, disassemble, disassemble_spirv

Description = dict[str, Any]


def describe_module(module: VmModule) -> Description:
    """The module; all values are strings, numbers, lists and dicts."""
    file = module.file
    return {
        "name": file.name,
        "producer": file.producer,
        "format_version": FORMAT_VERSION,
        "bytes": {
            "file": file.byte_length,
            "definition": file.trailer.definition_length,
            "executables": file.trailer.executables_length,
            "constants": file.trailer.constants_length,
        },
        "imports": list(file.imports),
        "functions": [_describe_function(file, function) for function in file.functions],
        "variables": [
            {"name": variable.name, "type": str(variable.type), "initial": variable.initial}
            for variable in file.variables
        ],
        "constants": [_describe_constant(file, ordinal) for ordinal in range(len(file.constants))],
        "executables": [
            {
                "name": executable.name,
                "entry_points": list(executable.entry_points),
                "variants": [describe_variant(variant) for variant in executable.variants],
            }
            for executable in file.executables
        ],
    }


def describe_variant(variant: Variant) -> Description:
    """One translation of an executable, with its code where this version knows the format."""
    description: Description = {"format": variant.format_text, "bytes": len(variant.contents)}
    try:
        match variant.format:
            case ExecutableFormat.INTERP:
                return description | _describe_interp(variant.contents.use())
            case ExecutableFormat.SPIRV:
                return description | _describe_spirv(variant.contents.use())
    except (DataLoss, FlatBufferError, KeyError, ValueError) as error:
        return description | {"error": str(error)}
    return description


def sequencer_names(file: ModuleFile) -> Names:
    """How to say in an instruction what it names of its module."""

    def entry_point(value: Operand) -> str:
        assert isinstance(value, tuple)
        executable = file.executables[value[0]]
        return f"@{executable.name}::{executable.entry_points[value[1]]}"

    def callee(value: Operand) -> str:
        assert isinstance(value, int)
        return f"@{file.functions[value].name}"

    def callees(value: Operand) -> str:
        assert isinstance(value, tuple)
        return f"[{', '.join(map(callee, value))}]"

    def variable(value: Operand) -> str:
        assert isinstance(value, int)
        return f"@{file.variables[value].name}"

    def imported(value: Operand) -> str:
        assert isinstance(value, int)
        return f"@{file.imports[value]}"

    def text(value: Operand) -> str:
        assert isinstance(value, bytes)
        return json.dumps(value.decode())

    return {"d": entry_point, "f": callee, "F": callees, "g": variable, "n": imported, "x": text}


def _describe_function(file: ModuleFile, function: FunctionDef) -> Description:
    arguments = zip(function.argument_names, function.arguments, strict=True)
    names = sequencer_names(file)
    return {
        "name": function.name,
        "exported": function.name in file.exports,
        "arguments": [{"name": name, "type": str(of)} for name, of in arguments],
        "results": [str(of) for of in function.results],
        "local_count": function.local_count,
        "bytes": len(function.bytecode),
        "instructions": [
            {"offset": offset, "text": text, "location": function.location_of(offset)}
            for offset, text in disassemble(SEQUENCER, function.bytecode, names)
        ],
    }


def _describe_constant(file: ModuleFile, ordinal: int) -> Description:
    constant = file.constants[ordinal]
    return {"type": str(constant.type), "bytes": len(constant.contents)}


def _describe_interp(contents: memoryview) -> Description:
    verify(contents, INTERP_TABLES, "InterpExecutableDef", b"IREE")
    root = interp_fb.InterpExecutableDef.GetRootAs(contents)
    functions = []
    for function in (root.Functions(i) for i in range(root.FunctionsLength())):
        code = b"" if function.BytecodeIsNone() else function.BytecodeAsNumpy().tobytes()
        entries = [function.Locations(i) for i in range(function.LocationsLength())]
        locations = {entry.BytecodeOffset(): (entry.Source() or b"").decode() for entry in entries}
        functions.append(
            {
                "name": function.Name().decode(),
                "arguments": [_interp_type(function.Arguments(i)) for i in range(function.ArgumentsLength())],
                "local_count": function.LocalCount(),
                "instructions": [
                    {"offset": offset, "text": text, "location": locations.get(offset, "")}
                    for offset, text in disassemble(INTERPRETER, code)
                ],
            }
        )
    return {"functions": functions}


def _interp_type(of: interp_fb.InterpTypeDef) -> str:
    name = element_types.from_number(of.ElementType()).name
    return "x".join([*(str(of.Shape(i)) for i in range(of.ShapeLength())), name])


def _describe_spirv(contents: memoryview) -> Description:
    verify(contents, SPIRV_TABLES, "SpirvExecutableDef", b"SPVE")
    root = spirv_fb.SpirvExecutableDef.GetRootAs(contents)
    entries = [root.EntryPoints(i) for i in range(root.EntryPointsLength())]
    code = b"" if root.CodeIsNone() else root.CodeAsNumpy().tobytes()
    return {
        "spirv_version": f"{root.Version() >> 16 & 0xFF}.{root.Version() >> 8 & 0xFF}",
        "capabilities": [root.Capabilities(i).decode() for i in range(root.CapabilitiesLength())],
        "extensions": [root.Extensions(i).decode() for i in range(root.ExtensionsLength())],
        "subgroup_size": root.SubgroupSize(),
        "entry_points": [
            {
                "name": entry.Name().decode(),
                "bindings": entry.BindingCount(),
                "workgroup_size": [entry.WorkgroupSize(i) for i in range(entry.WorkgroupSizeLength())],
                "workgroup_tile": [entry.WorkgroupTile(i) for i in range(entry.WorkgroupTileLength())],
                "shared_memory_bytes": entry.SharedMemoryBytes(),
            }
            for entry in entries
        ],
        "disassembly": disassemble_spirv(code),
    }
