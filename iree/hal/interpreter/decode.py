"""Decodes the bytecode of one function into steps on typed locals, and refuses what no compiler wrote.

Afterwards every local is defined before it is used, by the function's arguments or by one instruction, and every step
reads and writes locals that exist. What a step's types must be is its kernel's affair.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from iree.hal.interpreter.kernels.kernel import Array
from iree.hal.interpreter.tensor_type import TensorType
from iree.hal.status import DataLoss
from iree.schemas import element_types
from iree.schemas.instruction import BytecodeError, Instruction, Operand
from iree.schemas.interpreter_bytecode import INTERPRETER
from iree.schemas.sizes import FIRST, Polynomial, evaluate, substituted

MAX_RANK = 32  # NumPy allows 64; some kernels need more dimensions than their operands have
_MAX_BYTES = 1 << 62


class Step(NamedTuple):
    """One instruction: the locals that it reads, the one that it writes or defines, and its other operands."""

    where: str  # for errors
    name: str
    inputs: tuple[int, ...]
    output: int
    attributes: tuple[Operand, ...]


class Function(NamedTuple):
    """Locals are numbers; arguments come first. `steps` has neither constants, allocations nor the return.

    A reshape's result is the memory of its source: roots says whose memory a local is, for all locals.
    """

    name: str
    arguments: tuple[TensorType, ...]
    types: dict[int, TensorType]
    constants: dict[int, Array]
    allocations: frozenset[int]
    roots: dict[int, int]
    steps: tuple[Step, ...]


class Source(NamedTuple):
    """What the file says of a function."""

    name: str
    arguments: Sequence[tuple[int, tuple[int, ...]]]  # element type's number, shape
    local_count: int
    bytecode: bytes
    locations: Sequence[tuple[int, str]]  # bytecode offset, "model.mlir:4:8"
    symbol_count: int = 0  # sizes that each dispatch says
    sizes: tuple[Polynomial, ...] = ()  # rows that shapes and bytecode name: what follows from those

    def at(self, symbols: tuple[int, ...]) -> "Source":
        """The function for the sizes of a dispatch. DataLoss: it can be none."""

        def known(number: int) -> int:
            return self._value(number - FIRST, symbols) if number >= FIRST else number

        arguments = [(number, tuple(map(known, shape))) for number, shape in self.arguments]
        try:
            code = substituted(self.bytecode, INTERPRETER, lambda row: self._value(row, symbols))
        except BytecodeError as error:
            raise DataLoss(f"function {self.name}: {error}") from None
        return self._replace(arguments=arguments, bytecode=code, sizes=())

    def _value(self, row: int, symbols: tuple[int, ...]) -> int:
        try:
            return evaluate(self.sizes[row], symbols)
        except (IndexError, ValueError) as error:
            raise DataLoss(f"function {self.name}: size {row} for sizes {symbols}: {error}") from None


def decode(source: Source) -> Function:
    """The function, checked. DataLoss: malformed."""
    return _Decoder(source).decode()


class _Decoder:
    def __init__(self, source: Source):
        self.source = source
        self.locations = dict(source.locations)
        self.where = f"function {source.name}"
        self.types: dict[int, TensorType] = {}
        self.constants: dict[int, Array] = {}
        self.allocations: set[int] = set()
        self.roots: dict[int, int] = {}
        self.written: set[int] = set()  # roots
        self.steps: list[Step] = []

    def decode(self) -> Function:
        arguments = tuple(self.type_of(number, shape) for number, shape in self.source.arguments)
        for index, argument in enumerate(arguments):
            self.define(index, argument)
        self.written.update(range(len(arguments)))
        try:
            ended = self.instructions()
        except BytecodeError as error:
            raise DataLoss(f"function {self.source.name}: {error}") from None
        self.require(ended, "the bytecode does not end with a return")
        allocations = frozenset(self.allocations)
        return Function(
            self.source.name, arguments, self.types, self.constants, allocations, self.roots, tuple(self.steps)
        )

    def instructions(self) -> bool:
        """Whether the last one was a return."""
        ended = False
        for offset, instruction, operands in INTERPRETER.decode(self.source.bytecode):
            place = self.locations.get(offset)
            at = f" ({place})" if place else ""
            self.where = f"function {self.source.name} at byte {offset}{at}: {instruction.name}"
            self.require(not ended, "instructions follow the return")
            match instruction.name:
                case "return":
                    ended = True
                case "constant":
                    self.constant(*operands)
                case "sizes":
                    self.sizes(*operands)
                case "alloc_heap":
                    self.alloc_heap(*operands)
                case "reshape":
                    self.reshape(*operands)
                case _:
                    self.step(instruction, operands)
        return ended

    def constant(self, number: Operand, shape: Operand, data: Operand, local: Operand) -> None:
        assert isinstance(number, int)
        assert isinstance(shape, tuple)
        assert isinstance(data, bytes)
        assert isinstance(local, int)
        kind = self.type_of(number, shape)
        self.define(local, kind)
        if kind.element_type.name == "i1":
            self.require(not data.strip(b"\0\1"), "an i1 is neither 0 nor 1")
        elements = np.frombuffer(data, kind.dtype) if len(data) % kind.dtype.itemsize == 0 else np.empty(0)
        if len(data) == kind.byte_length:
            value = elements.reshape(kind.shape)
        else:
            self.require(len(data) == kind.dtype.itemsize, f"{kind} needs {kind.byte_length} bytes, not {len(data)}")
            value = np.broadcast_to(elements.reshape(()), kind.shape)
        self.constants[local] = value

    def sizes(self, number: Operand, shape: Operand, values: Operand, local: Operand) -> None:
        assert isinstance(number, int)
        assert isinstance(shape, tuple)
        assert isinstance(values, tuple)
        assert isinstance(local, int)
        kind = self.type_of(number, shape)
        self.require(kind.dtype.kind in "iu" and len(values) == math.prod(shape), f"{len(values)} sizes for {kind}")
        limits = np.iinfo(kind.dtype)
        for value in values:
            self.require(limits.min <= value <= limits.max, f"the size {value} is no {kind.element_type.name}")
        self.define(local, kind)
        self.constants[local] = np.array(values, kind.dtype).reshape(shape)

    def alloc_heap(self, number: Operand, shape: Operand, local: Operand) -> None:
        assert isinstance(number, int)
        assert isinstance(shape, tuple)
        assert isinstance(local, int)
        self.define(local, self.type_of(number, shape))
        self.allocations.add(local)

    def step(self, instruction: Instruction, operands: Sequence[Operand]) -> None:
        inputs: list[int] = []
        output = -1
        attributes: list[Operand] = []
        for letter, operand in zip(instruction.operands, operands, strict=True):
            if letter == "s" and isinstance(operand, int):
                inputs.append(operand)
            elif letter == "S" and isinstance(operand, tuple):
                inputs.extend(operand)
            elif letter in "or" and isinstance(operand, int):
                output = operand
            else:
                attributes.append(operand)
        for local in inputs:
            self.read(local)
        self.write(output)
        self.steps.append(Step(self.where, instruction.name, tuple(inputs), output, tuple(attributes)))

    def reshape(self, source: Operand, shape: Operand, local: Operand) -> None:
        assert isinstance(source, int)
        assert isinstance(shape, tuple)
        assert isinstance(local, int)
        self.require(source in self.types, f"reshapes local {source}, which is not defined")
        old = self.types[source]
        kind = self.type_of(old.element_type.number, shape)
        self.require(math.prod(shape) == math.prod(old.shape), f"{old} has not as many elements as {kind}")
        if source in self.constants:
            self.define(local, kind)
            self.constants[local] = self.constants[source].reshape(shape)
        else:
            self.define(local, kind, self.roots[source])
            self.steps.append(Step(self.where, "reshape", (source,), local, ()))

    def read(self, local: int) -> None:
        self.require(local in self.types, f"reads local {local}, which is not defined")
        root = self.roots[local]
        known = root in self.constants or root in self.written or not self.types[local].byte_length
        self.require(known, f"reads local {local} before anything was written to it")

    def write(self, local: int) -> None:
        self.require(local in self.types, f"writes local {local}, which is not defined")
        self.require(local not in self.constants, f"writes local {local}, which is a constant")
        self.written.add(self.roots[local])

    def define(self, local: int, kind: TensorType, root: int | None = None) -> None:
        count = self.source.local_count
        self.require(local < count, f"defines local {local} of {count}")
        self.require(local not in self.types, f"defines local {local} again")
        self.types[local] = kind
        self.roots[local] = local if root is None else root

    def type_of(self, number: int, shape: tuple[int, ...]) -> TensorType:
        try:
            element_type = element_types.from_number(number)
        except KeyError:
            raise DataLoss(f"{self.where}: no element type has number {number}") from None
        self.require(len(shape) <= MAX_RANK, f"rank {len(shape)} is over {MAX_RANK}")
        self.require(all(size >= 0 for size in shape), f"shape {list(shape)} has a negative size")
        kind = TensorType(element_type, shape)
        self.require(math.prod(max(size, 1) for size in shape) < _MAX_BYTES // 16, f"{kind} is larger than any memory")
        return kind

    def require(self, condition: bool, text: str) -> None:
        """DataLoss: `text`, with the place, unless the condition holds."""
        if not condition:
            raise DataLoss(f"{self.where}: {text}")
