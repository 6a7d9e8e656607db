"""Model: a program as C is written from it: its functions, what is recorded for them, and how much memory it has."""

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp

from iree.compiler.codegen.runtimeless_c.buffers import bytes_of
from iree.compiler.codegen.runtimeless_c.interface import Interface, Signature, returned
from iree.compiler.codegen.runtimeless_c.names import Names, identifier
from iree.compiler.codegen.runtimeless_c.reserved_names import LIBRARY
from iree.compiler.codegen.runtimeless_c_vulkan.decisions import Decisions
from iree.compiler.codegen.runtimeless_c_vulkan.export import ExportWriter
from iree.compiler.codegen.runtimeless_c_vulkan.places import STAGE, Place
from iree.compiler.codegen.runtimeless_c_vulkan.program import Program
from iree.compiler.codegen.runtimeless_c_vulkan.recording import Recording
from iree.compiler.codegen.runtimeless_c_vulkan.requirements import requirements_of

_TAKEN = (
    "TRY MAKE KERNELS BOUND BINDINGS SETS BUFFER_BYTES STAGE_BYTES ALIGNED barrier copy dispatch begin run submit "
    "upload allocate make_memory make_pipeline make_sets make_commands check prepare "
    "model commands physical device queue weights turn"
)
_LARGEST_PART = 2**24  # bytes of a constant that are brought to the device at once


@dataclass(frozen=True)
class Entry:
    """An exported function. `arguments`, `results`: their places in the stage; `body`: the statements of a call.

    `record`: the C function that records it, where the host decides nothing in it; `bound`: what that calls the places
    of arguments and results.
    """

    function: FuncOp
    signature: Signature
    arguments: Sequence[Place]
    results: Sequence[Place]
    body: Sequence[str]
    record: str | None = None
    bound: Sequence[Place] = ()


class Model:
    """A program. `file`: what its files are called; `type`: what C calls it.

    `recordings`: its command buffers, each with the function that records it.
    """

    def __init__(self, module: ModuleOp, file: str, external_weights: bool) -> None:
        self.file = file
        self.name = name = identifier(file)
        self.type = f"{name}_model"
        taken = {*_TAKEN.split(), self.type, *(f"{name}_{verb}" for verb in ("create", "destroy", "reset"))}
        self.names = Names({*LIBRARY, *taken})
        self.interface = Interface(module, file, self.names, taken)
        self.program = Program(module, self.interface, external_weights)
        self._exchanged = self._exchanged_bytes()
        self.recordings: list[tuple[str, Recording]] = []  # which function records it
        self.entries: list[Entry] = []
        self._add_reset()
        for function in self.interface.exports:
            self.entries.append(self._entry(function))
        launched = [recording.launched for _, recording in self.recordings]
        groups = [each for some in launched for each in some]
        self.requirements = requirements_of(self.program.kernels, self.program.bindings, groups, self.buffer_bytes)

    def recorded_by(self, name: str) -> Entry | None:
        """The entry that a C function records all of."""
        return next((entry for entry in self.entries if entry.record == name), None)

    @property
    def stage_bytes(self) -> int:
        """The memory that the host and the device see."""
        largest = max((place.bytes for place in self.program.uploads.values()), default=0)
        decides = 8 if any(entry.record is None for entry in self.entries) else 0
        return max(self._exchanged + decides, min(largest, _LARGEST_PART), 4)

    @property
    def buffer_bytes(self) -> int:
        """The memory that the device works in."""
        return max(self.program.size, 4)

    def _exchanged_bytes(self) -> int:
        sizes = [0]
        for function in self.interface.exports:
            values = [*function.body.block.args, *returned(function)]
            sizes.append(sum(_aligned(bytes_of(value)) for value in values))
        return max(sizes)

    def _add_reset(self) -> None:
        """The commands that give variables the values that they start with."""
        recording = Recording()
        for name, place in self.program.variables.items():
            start = self.program.starts[name]
            if start is None:
                recording.clear(place, f"iree.global @{name}")
            else:
                recording.copy(start, place, f"iree.global @{name}")
        if not recording.is_empty:
            recording.last_barrier()
            self.recordings.append((self.names.new("record_reset"), recording))

    def _entry(self, function: FuncOp) -> Entry:
        own = function.sym_name.data
        signature = self.interface.signatures[own]
        places, start = [], 0
        for value in [*function.body.block.args, *returned(function)]:
            places.append(Place(STAGE, start, bytes_of(value)))
            start += _aligned(bytes_of(value))
        count = len(signature.arguments)
        arguments, results = places[:count], places[count:]
        decision = Place(STAGE, self._exchanged, 8)
        writer = ExportWriter(self.program, function, decision, len(self.recordings))
        if not Decisions(self.interface.functions).is_straight(own):
            writer.write(arguments, results)
            self.recordings += [(self.names.new(f"record_{own}"), recording) for recording in writer.recordings]
            return Entry(function, signature, arguments, results, writer.body)
        record = self.names.new(f"{signature.name}_record")
        named = self.names.inner({*signature.arguments, *signature.results})
        bound = [
            Place(value, 0, place.bytes, named.new(f"{value}_offset"))
            for value, place in zip((*signature.arguments, *signature.results), places, strict=True)
        ]
        writer.write(bound[:count], bound[count:])
        self.recordings += [(record, recording) for recording in writer.recordings]
        return Entry(function, signature, arguments, results, writer.body, record, bound)


def _aligned(bytes_: int) -> int:
    return -(-bytes_ // 64) * 64
