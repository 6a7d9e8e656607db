"""Modules made by hand, for tests of the runtime that should not depend on what the compiler makes of a program.

module_bytes = to_bytes(simple_mul())
"""

import dataclasses
from collections.abc import Sequence

import flatbuffers
import numpy as np

from iree.compiler.module.module_writer import Constant, Executable, Function, Module, Type, Variable, save, to_bytes
from iree.hal.cts import spirv_executables
from iree.schemas import element_types
from iree.schemas import interp_executable_def_generated as fb
from iree.schemas.file_format import ExecutableFormat
from iree.schemas.interpreter_bytecode import INTERPRETER
from iree.schemas.sequencer_bytecode import SEQUENCER

# With the writer's names, so that tests of the runtime name nothing of the compiler.
__all__ = [
    "EMPTY_KERNEL",
    "F32",
    "VECTOR",
    "Constant",
    "Executable",
    "Function",
    "Module",
    "Type",
    "Variable",
    "binary_executable",
    "interp_executable",
    "interp_function",
    "one_function",
    "save",
    "simple_mul",
    "simple_mul_everywhere",
    "to_bytes",
]

F32 = element_types.from_name("f32")
VECTOR = Type(F32, (4,))

# SPIR-V that declares what every kernel declares, and no kernel.
EMPTY_KERNEL = (
    0x07230203, 0x00010000, 0, 1, 0,  # header: SPIR-V 1.0, ids below 1
    0x00020011, 1,  # OpCapability Shader
    0x0003000E, 0, 1,  # OpMemoryModel Logical GLSL450
)  # fmt: skip


def simple_mul() -> Module:
    """The walkthrough's program: @simple_mul(a, b) multiplies two 4xf32 in one dispatch on the interpreter."""
    bytecode = [
        SEQUENCER.encode("alloc_heap", F32.number, (4,), 2),
        SEQUENCER.encode("static_dispatch", (0, 0), (4, 1, 1), (0, 1), (2,)),
        SEQUENCER.encode("return", (2,)),
    ]
    locations = [(0, "math.mlir:2:3"), (len(bytecode[0]), "math.mlir:3:8")]
    function = Function(
        "simple_mul", [VECTOR, VECTOR], [VECTOR], ["a", "b"], None, 3, b"".join(bytecode), locations=locations
    )
    return Module("math", [function], [binary_executable("mul_f")])


def simple_mul_everywhere() -> Module:
    """simple_mul with a translation for Vulkan too."""
    module = simple_mul()
    (executable,) = module.executables
    spirv = ExecutableFormat.SPIRV, spirv_executables.simple_mul()
    both = dataclasses.replace(executable, variants=[*executable.variants, spirv])
    return dataclasses.replace(module, executables=[both])


def binary_executable(*operations: str, of: Type = VECTOR) -> Executable:
    """An executable whose entry point number n is the n-th operation on two inputs and one output of a type."""
    entries = [
        interp_function(op, [of, of, of], 3, INTERPRETER.encode(op, 0, 1, 2) + INTERPRETER.encode("return"))
        for op in operations
    ]
    return interp_executable("ex_" + "_".join(operations), entries)


def interp_function(name: str, arguments: Sequence[Type], local_count: int, bytecode: bytes) -> fb.InterpFunctionDefT:
    """One entry point of an interpreter executable."""
    function = fb.InterpFunctionDefT()
    function.name, function.localCount, function.bytecode = name, local_count, list(bytecode)
    function.arguments = []
    for of in arguments:
        argument = fb.InterpTypeDefT()
        argument.elementType, argument.shape = of.element_type.number, list(of.shape)
        function.arguments.append(argument)
    return function


def interp_executable(name: str, functions: Sequence[fb.InterpFunctionDefT]) -> Executable:
    """An executable that has only the interpreter's translation."""
    definition = fb.InterpExecutableDefT()
    definition.functions = list(functions)
    builder = flatbuffers.Builder(1024)
    builder.Finish(definition.Pack(builder), file_identifier=ExecutableFormat.INTERP.to_bytes(4, "big"))
    return Executable(name, [f.name for f in functions], [(ExecutableFormat.INTERP, bytes(builder.Output()))])


def one_function(
    code: Sequence[bytes],
    arguments: Sequence[Type] = (),
    results: Sequence[Type] = (),
    *,
    local_count: int = 16,
    names: Sequence[str] | None = None,
    abi: str | None = None,
    executables: Sequence[Executable] = (),
    constants: Sequence[np.ndarray] = (),
) -> Module:
    """A module with the one function @f of these instructions."""
    names = [f"x{i}" for i in range(len(arguments))] if names is None else names
    function = Function("f", arguments, results, names, abi, local_count, b"".join(code))
    return Module("hand", [function], executables, [Constant(array) for array in constants])
