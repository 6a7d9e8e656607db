"""SpirvModule: what a SPIR-V module says of itself, read from its words.

The executable's table states the same; the two are compared before the words go to a Vulkan driver, which checks
nothing.
"""

import dataclasses
import enum
from collections.abc import Iterator, Sequence
from typing import Final

from iree.hal.status import DataLoss

MAGIC: Final = 0x07230203
MAX_BOUND: Final = 1 << 22  # of ids, by the specification: drivers allocate for as many
_HEADER_WORDS: Final = 5


class _Op(enum.IntEnum):
    EXTENSION = 10
    ENTRY_POINT = 15
    EXECUTION_MODE = 16
    CAPABILITY = 17
    TYPE_BOOL = 20
    TYPE_INT = 21
    TYPE_FLOAT = 22
    TYPE_VECTOR = 23
    TYPE_ARRAY = 28
    TYPE_STRUCT = 30
    TYPE_POINTER = 32
    CONSTANT = 43
    FUNCTION = 54
    FUNCTION_END = 56
    VARIABLE = 59
    DECORATE = 71


_DECLARATIONS: Final = frozenset(int(op) for op in _Op)


class _Word(enum.IntEnum):
    WORKGROUP = 4
    GL_COMPUTE = 5
    LOCAL_SIZE = 17
    BINDING = 33
    DESCRIPTOR_SET = 34


_CAPABILITIES: Final = {
    0: "Matrix", 1: "Shader", 9: "Float16", 10: "Float64", 11: "Int64", 12: "Int64Atomics", 22: "Int16", 39: "Int8",
    61: "GroupNonUniform", 62: "GroupNonUniformVote", 63: "GroupNonUniformArithmetic", 64: "GroupNonUniformBallot",
    65: "GroupNonUniformShuffle", 66: "GroupNonUniformShuffleRelative", 67: "GroupNonUniformClustered",
    68: "GroupNonUniformQuad", 4433: "StorageBuffer16BitAccess", 4434: "UniformAndStorageBuffer16BitAccess",
    4441: "VariablePointersStorageBuffer", 4442: "VariablePointers", 4448: "StorageBuffer8BitAccess",
    4449: "UniformAndStorageBuffer8BitAccess", 4464: "DenormPreserve", 4465: "DenormFlushToZero",
    4466: "SignedZeroInfNanPreserve", 4467: "RoundingModeRTE", 4468: "RoundingModeRTZ", 5345: "VulkanMemoryModel",
    5346: "VulkanMemoryModelDeviceScope", 6016: "DotProductInputAll", 6017: "DotProductInput4x8Bit",
    6018: "DotProductInput4x8BitPacked", 6019: "DotProduct",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class SpirvModule:
    """`local_sizes` has each compute entry point's workgroup size, `bindings` the buffers that the module declares."""

    version: int
    capabilities: frozenset[str]
    extensions: frozenset[str]
    local_sizes: dict[str, tuple[int, ...]]
    bindings: frozenset[tuple[int, int]]  # descriptor set, binding
    shared_memory: int  # bytes of all variables that a workgroup shares


def read_spirv(words: Sequence[int]) -> SpirvModule:
    """Reads a module's declarations. DataLoss: these words are no SPIR-V."""
    if len(words) < _HEADER_WORDS or words[0] != MAGIC:
        raise DataLoss("the code is not SPIR-V: its first word is not the magic number")
    if words[3] > MAX_BOUND:
        raise DataLoss(f"the code has ids up to {words[3]}, of {MAX_BOUND} that there can be")
    capabilities, extensions = set(), set()
    names: dict[int, str] = {}
    sizes: dict[int, tuple[int, ...]] = {}
    sets: dict[int, int] = {}
    numbers: dict[int, int] = {}
    types = _Sizes()
    shared = 0
    for opcode, operands in _declarations(words):
        match opcode, operands:
            case (_Op.CAPABILITY, [capability]):
                capabilities.add(_CAPABILITIES.get(capability, f"capability {capability}"))
            case (_Op.EXTENSION, [*chars]):
                extensions.add(_string(chars))
            case (_Op.ENTRY_POINT, [_Word.GL_COMPUTE, function, *chars]):
                names[function] = _string(chars)
            case (_Op.EXECUTION_MODE, [function, _Word.LOCAL_SIZE, x, y, z]):
                sizes[function] = (x, y, z)
            case (_Op.DECORATE, [variable, _Word.BINDING, number]):
                numbers[variable] = number
            case (_Op.DECORATE, [variable, _Word.DESCRIPTOR_SET, number]):
                sets[variable] = number
            case (_Op.VARIABLE, [pointer, _, _Word.WORKGROUP, *_]):
                shared += types.pointed_to(pointer)
            case _:
                types.read(opcode, operands)
    return SpirvModule(
        version=words[1],
        capabilities=frozenset(capabilities),
        extensions=frozenset(extensions),
        local_sizes={name: sizes.get(function, ()) for function, name in names.items()},
        shared_memory=shared,
        bindings=frozenset((sets.get(variable, 0), number) for variable, number in numbers.items()),
    )


class _Sizes:
    """How many bytes values of each type take, packed."""

    def __init__(self) -> None:
        self._bytes: dict[int, int] = {}
        self._constants: dict[int, int] = {}
        self._pointers: dict[int, int] = {}

    def read(self, opcode: int, operands: Sequence[int]) -> None:
        """Looks at what may declare a type, or the length of an array."""
        match opcode, operands:
            case (_Op.TYPE_BOOL, [name]):
                self._bytes[name] = 4
            case (_Op.TYPE_INT | _Op.TYPE_FLOAT, [name, width, *_]):
                self._bytes[name] = width // 8
            case (_Op.TYPE_VECTOR, [name, element, count]):
                self._bytes[name] = count * self._bytes.get(element, 0)
            case (_Op.TYPE_ARRAY, [name, element, length]):
                self._bytes[name] = self._constants.get(length, 0) * self._bytes.get(element, 0)
            case (_Op.TYPE_STRUCT, [name, *members]):
                self._bytes[name] = sum(self._bytes.get(member, 0) for member in members)
            case (_Op.TYPE_POINTER, [name, _, target]):
                self._pointers[name] = target
            case (_Op.CONSTANT, [_, name, value, *_]):
                self._constants[name] = value

    def pointed_to(self, pointer: int) -> int:
        """The bytes of what a pointer type points to."""
        return self._bytes.get(self._pointers.get(pointer, 0), 0)


def _declarations(words: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Opcode and operands of the instructions that read_spirv looks at; all others are only stepped over.

    DataLoss: an instruction or a function is cut, or functions lie in each other.
    """
    position, end = _HEADER_WORDS, len(words)
    in_function = False
    while position < end:
        count, opcode = words[position] >> 16, words[position] & 0xFFFF
        if not count or position + count > end:
            raise DataLoss(f"the code is cut or damaged: the instruction at word {position} has {count} words")
        if opcode in _DECLARATIONS:
            if opcode in (_Op.FUNCTION, _Op.FUNCTION_END):
                if in_function == (opcode == _Op.FUNCTION):
                    raise DataLoss(f"the code is damaged: a function begins or ends in another one at word {position}")
                in_function = not in_function
            yield opcode, list(words[position + 1 : position + count])
        position += count
    if in_function:
        raise DataLoss("the code is cut: its last function does not end")


def _string(words: Sequence[int]) -> str:
    """A zero-terminated string at the start of these words."""
    return b"".join(word.to_bytes(4, "little") for word in words).split(b"\0")[0].decode("utf-8", "replace")
