"""Interpreter executables for tests, written with the bytecode's own encoder.

mul = function("simple_mul", [F4, F4, F4], 3, encode("mul_f", 0, 1, 2))
spec = executable(mul)
"""

from collections.abc import Sequence

import flatbuffers

from iree.hal.executable import ExecutableSpec
from iree.hal.interpreter.tensor_type import TensorType
from iree.schemas import interp_executable_def_generated as generated
from iree.schemas.element_types import from_name
from iree.schemas.file_format import ExecutableFormat
from iree.schemas.interpreter_bytecode import INTERPRETER

encode = INTERPRETER.encode


def tensor(text: str) -> TensorType:
    """ "2x3xf32" as a type."""
    start = text.find("complex") if "complex" in text else len(text)
    *sizes, name = text[:start].split("x")
    name += text[start:]
    return TensorType(from_name(name), tuple(int(size) for size in sizes))


def function(
    name: str, arguments: Sequence[TensorType], local_count: int, *bytecode: bytes
) -> generated.InterpFunctionDefT:
    """One entry point; the return is added."""
    definition = generated.InterpFunctionDefT()
    definition.name = name
    definition.arguments = [_type(argument) for argument in arguments]
    definition.localCount = local_count
    definition.bytecode = list(b"".join(bytecode) + encode("return"))
    return definition


def _type(kind: TensorType) -> generated.InterpTypeDefT:
    definition = generated.InterpTypeDefT()
    definition.elementType = kind.element_type.number
    definition.shape = list(kind.shape)
    return definition


def executable(*functions: generated.InterpFunctionDefT) -> ExecutableSpec:
    """The spec of an executable of these entry points."""
    definition = generated.InterpExecutableDefT()
    definition.functions = list(functions)
    builder = flatbuffers.Builder()
    builder.Finish(definition.Pack(builder), file_identifier=b"IREE")
    return ExecutableSpec(ExecutableFormat.INTERP, memoryview(bytes(builder.Output())), "test")
