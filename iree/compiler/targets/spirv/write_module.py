"""A spirv.module as SPIR-V words, checked by the tests with spirv-val.

Beyond what the ops say the words hold: Block, Offset and ArrayStride of each buffer, NonWritable on a buffer that no
function stores to and that is no other one as well, NoContraction on float arithmetic, and the names of functions and
variables.
"""

import numpy as np
import numpy.typing as npt
from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation, SSAValue

from iree.compiler.dialects.spirv import memory, structure
from iree.compiler.dialects.spirv.types import STORAGE_BUFFER, STORAGE_CLASSES
from iree.compiler.ir.diagnostics import fail
from iree.compiler.targets.spirv import opcodes
from iree.compiler.targets.spirv.binary import Binary, Section, string_words
from iree.compiler.targets.spirv.opcodes import Decoration, Op
from iree.compiler.targets.spirv.write_function import FunctionWriter


def version_word(module: structure.Module) -> int:
    """The SPIR-V version as its header holds it: 0x00010000 for v1.0."""
    minor = module.requirements.version.data.partition(".")[2]
    return 1 << 16 | int(minor) << 8


def module_words(module: structure.Module) -> npt.NDArray[np.uint32]:
    """The words of the module. Raises CompileError for an op or name that has none."""
    binary = Binary()
    _write_requirements(binary, module)
    ops = list(module.body.block.ops)
    stored = _stored_variables(module)
    global_ids: dict[str, int] = {}
    for op in ops:
        if isinstance(op, structure.GlobalVariable):
            name = op.sym_name.data
            global_ids[name] = _write_variable(binary, op, name in stored)
    function_ids = {op.sym_name.data: binary.new_id() for op in ops if isinstance(op, FuncOp)}
    for op in ops:
        match op:
            case structure.GlobalVariable():
                pass
            case FuncOp():
                function_id = function_ids[op.sym_name.data]
                binary.name(function_id, op.sym_name.data)
                FunctionWriter(binary, global_ids).write(op, function_id)
            case structure.EntryPoint() | structure.ExecutionMode():
                _write_entry_point(binary, op, function_ids, global_ids)
            case _:
                fail(op, "has no place in a spirv.module")
    return binary.words(version_word(module))


def _write_requirements(binary: Binary, module: structure.Module) -> None:
    for capability in module.requirements.capabilities:
        number = _number(module, opcodes.CAPABILITIES, capability.data, "capability")
        binary.emit(Section.CAPABILITIES, Op.CAPABILITY, number)
    for extension in module.requirements.extensions:
        binary.emit(Section.EXTENSIONS, Op.EXTENSION, *string_words(extension.data))
    addressing = _number(module, opcodes.ADDRESSING_MODELS, module.addressing_model.data, "addressing model")
    memory_model = _number(module, opcodes.MEMORY_MODELS, module.memory_model.data, "memory model")
    binary.emit(Section.MEMORY_MODEL, Op.MEMORY_MODEL, addressing, memory_model)


def _write_variable(binary: Binary, op: structure.GlobalVariable, is_stored: bool) -> int:
    type_id = binary.type_id(op.type_)
    variable = binary.new_id()
    storage_class = op.type_.storage_class.data
    binary.emit(Section.GLOBALS, Op.VARIABLE, type_id, variable, STORAGE_CLASSES[storage_class])
    binary.name(variable, op.sym_name.data)
    if op.built_in is not None:
        number = _number(op, opcodes.BUILT_INS, op.built_in.data, "built-in value")
        binary.decorate(variable, Decoration.BUILT_IN, number)
    if op.descriptor_set is not None and op.binding is not None:
        binary.decorate(variable, Decoration.DESCRIPTOR_SET, op.descriptor_set.data)
        binary.decorate(variable, Decoration.BINDING, op.binding.data)
    if op.aliased is not None:
        binary.decorate(variable, Decoration.ALIASED)
    elif storage_class == STORAGE_BUFFER and not is_stored:
        binary.decorate(variable, Decoration.NON_WRITABLE)
    return variable


def _write_entry_point(
    binary: Binary,
    op: structure.EntryPoint | structure.ExecutionMode,
    function_ids: dict[str, int],
    global_ids: dict[str, int],
) -> None:
    name = op.function.root_reference.data
    if name not in function_ids:
        fail(op, f"there is no function @{name}; there are {', '.join(function_ids) or 'none'}")
    if isinstance(op, structure.ExecutionMode):
        mode = _number(op, opcodes.EXECUTION_MODES, op.mode.data, "execution mode")
        values = (value.data for value in op.values)
        binary.emit(Section.EXECUTION_MODES, Op.EXECUTION_MODE, function_ids[name], mode, *values)
        return
    model = _number(op, opcodes.EXECUTION_MODELS, op.execution_model.data, "execution model")
    interface = [global_ids[variable.root_reference.data] for variable in op.interface]
    binary.emit(Section.ENTRY_POINTS, Op.ENTRY_POINT, model, function_ids[name], *string_words(name), *interface)


def _stored_variables(module: structure.Module) -> set[str]:
    """The names of the global variables that something is stored through."""
    stores = (op for op in module.walk() if isinstance(op, memory.Store))
    return {name for store in stores if (name := _variable_of(store.pointer)) is not None}


def _variable_of(pointer: SSAValue) -> str | None:
    match pointer.owner:
        case memory.AccessChain() as chain:
            return _variable_of(chain.pointer)
        case structure.AddressOf() as address:
            return address.variable.root_reference.data
    return None


def _number(op: Operation, table: dict[str, int], name: str, what: str) -> int:
    if name not in table:
        fail(op, f"unknown {what} {name}; known: {', '.join(table)}")
    return table[name]
