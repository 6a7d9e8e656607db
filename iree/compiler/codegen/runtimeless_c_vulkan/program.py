"""Program: what the functions of a program share on the device: kernels, rows of bindings, constants, variables.

One buffer holds it all: constants, then variables, then the arena that calls work in.
"""

from collections.abc import Sequence

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, ModuleOp
from xdsl.dialects.func import FuncOp

from iree.compiler.codegen.runtimeless_c.constants import Constant, Constants
from iree.compiler.codegen.runtimeless_c.interface import Interface
from iree.compiler.codegen.runtimeless_c.plan import called
from iree.compiler.codegen.runtimeless_c_vulkan.executables import Kernel, kernels_of
from iree.compiler.codegen.runtimeless_c_vulkan.places import MODEL, Place
from iree.compiler.dialects import iree, ll_seq
from iree.compiler.dialects.buffers import byte_length, memref_of
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.rewriting import ops_of

ALIGNMENT = 256  # of what dispatches bind: Vulkan has no device that asks for more

Bindings = tuple[tuple[int, int], ...]  # offset and length of each


class Program:
    """A program in the making. `kernels`: those that are launched; `bindings`: on what, each row once.

    `codes`: what C calls the SPIR-V of an executable.
    """

    def __init__(self, module: ModuleOp, interface: Interface, external_weights: bool) -> None:
        self.interface = interface
        self.constants = Constants(interface.names, external_weights)
        self.kernels: list[Kernel] = []
        self.bindings: list[Bindings] = []
        self.codes: dict[str, str] = {}
        self.uploads: dict[Constant, Place] = {}  # what the device has to have
        self.variables: dict[str, Place] = {}
        self.starts: dict[str, Place | None] = {}  # what variables start with; None: zeros
        self._all_kernels = kernels_of(module)
        self._size = 0  # of what has its place
        reached = self._reached()
        for function in reached:
            for op in ops_of(function, ll_seq.Constant):
                if op.buffer.first_use is not None and byte_length(op.buffer.type):
                    self._upload(op.value, op.buffer.name_hint or "constant")
        for variable in ops_of(module, iree.Global):
            name = variable.sym_name.data
            self.variables[name] = self._new(byte_length(memref_of(variable.value.type)))
            starts_at_zero = not array_of(variable.value).any()
            self.starts[name] = None if starts_at_zero else self._upload(variable.value, name)
        self.arena = self.size = self._size

    def constant(self, value: DenseIntOrFPElementsAttr) -> Place:
        """Where a constant lies; one of no elements lies anywhere."""
        if not byte_length(memref_of(value.type)):
            return Place(MODEL, 0, 0)
        return self.uploads[self.constants.add(value, "constant")]

    def own(self, start: int, bytes_: int) -> Place:
        """Bytes of the arena."""
        self.size = max(self.size, self.arena + start + bytes_)
        return Place(MODEL, self.arena + start, bytes_)

    def kernel(self, executable: str, name: str) -> tuple[int, Kernel]:
        """A kernel that is launched, and its number."""
        kernel = self._all_kernels[executable, name]
        if kernel not in self.kernels:
            self.kernels.append(kernel)
        if executable not in self.codes:
            self.codes[executable] = self.interface.names.new(f"{executable}_code")
        return self.kernels.index(kernel), kernel

    def bound(self, places: Sequence[Place]) -> int:
        """The number of a row of bindings."""
        row = tuple((place.start, -(-place.bytes // 4) * 4 or 4) for place in places)
        self.size = max([self.size, *(start + length for start, length in row)])
        if row not in self.bindings:
            self.bindings.append(row)
        return self.bindings.index(row)

    def _upload(self, value: DenseIntOrFPElementsAttr, wanted: str) -> Place:
        constant = self.constants.add(value, wanted)
        if constant not in self.uploads:
            self.uploads[constant] = self._new(byte_length(memref_of(value.type)))
        return self.uploads[constant]

    def _new(self, bytes_: int) -> Place:
        start = self._size
        self._size += -(-bytes_ // ALIGNMENT) * ALIGNMENT
        return Place(MODEL, start, bytes_)

    def _reached(self) -> list[FuncOp]:
        """The functions that exports need."""
        found = list(self.interface.exports)
        for function in found:
            for op in function.body.block.ops:
                for name in called(op):
                    if self.interface.functions[name] not in found:
                        found.append(self.interface.functions[name])
        return found
