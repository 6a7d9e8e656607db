"""Layout: where each local of a function lives, so that as little as possible is copied and kept.

constant         where the module file has it
argument         the array that the dispatch gives
derived          in another local's memory: reshape, transpose, slice and the like only look at it in another way,
                 and a copy of the whole of it is the thing itself
output           a temporary that is copied whole to an argument is computed there
slot             any other temporary; those that are not alive at once share one, and an elementwise step may write
                 over the input that it is the last to read
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from iree.hal.interpreter.decode import Function, Step
from iree.hal.interpreter.kernels.kernel import Array, Kernel, View, copy_into, same
from iree.hal.interpreter.tensor_type import TensorType


class Work(NamedTuple):
    """A step that has to be done."""

    step: Step
    kernel: Kernel
    inputs: tuple[int, ...]
    output: int


class Derivation(NamedTuple):
    """`local` is a view of `source`, which has its place already."""

    local: int
    source: int
    view: View


class Layout:
    """Made from a function and the kernels of its steps (None for a reshape)."""

    def __init__(self, function: Function, kernels: list[Kernel | None]):
        self.function = function
        self.work: list[Work] = []
        self.derivations: list[Derivation] = []  # in an order in which they can be made
        self.slots: dict[int, int] = {}  # local -> index into slot_sizes
        self.slot_sizes: list[int] = []
        self._kernels = kernels
        self._argument_count = len(function.arguments)
        self._roots = dict(function.roots)  # whose memory a local has, as far as is known
        self._shapes: dict[int, Array] = {}  # arrays without memory, to see which views there are
        self._temporaries = set(function.allocations)
        self._writers, self._readers = self._accesses()
        self._derived = self._find_derived()
        self._outputs = self._find_outputs()
        self._place()
        self._assign_slots()

    def _accesses(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """The steps that write and that read each root. A reshape counts as a read."""
        writers: dict[int, list[int]] = {}
        readers: dict[int, list[int]] = {}
        for index, step in enumerate(self.function.steps):
            for local in step.inputs:
                readers.setdefault(self._roots[local], []).append(index)
            if self._kernels[index] is not None:
                writers.setdefault(self._roots[step.output], []).append(index)
        return writers, readers

    def _is_settled(self, root: int, index: int) -> bool:
        """Whether nothing writes to `root` from step `index` on."""
        return all(writer < index for writer in self._writers.get(root, ()))

    def _find_derived(self) -> set[int]:
        """Steps that only look: they alone write their temporary, and nothing writes to what they look at later."""
        derived = set()
        for index, (step, kernel) in enumerate(zip(self.function.steps, self._kernels, strict=True)):
            if kernel is None or kernel.view is None:
                continue
            source, target = self._roots[step.inputs[0]], step.output
            if target in self._temporaries and self._writers[target] == [index] and self._is_settled(source, index):
                derived.add(index)
                self._temporaries.discard(target)
        return derived

    def _find_outputs(self) -> dict[int, int]:
        """Step -> temporary, for copies of a whole finished temporary to an argument that nothing else touches."""
        outputs: dict[int, int] = {}
        for index, (step, kernel) in enumerate(zip(self.function.steps, self._kernels, strict=True)):
            if kernel is None or kernel.view is not same or step.output >= self._argument_count:
                continue
            temporary, argument = self._roots[step.inputs[0]], step.output
            untouched = self._writers[argument] == [index] and argument not in self._readers
            if untouched and temporary in self._temporaries and self._is_settled(temporary, index):
                outputs[index] = temporary
                self._temporaries.discard(temporary)
        return outputs

    def _place(self) -> None:
        """Goes through the steps and sorts them into work and derivations."""
        for local, kind in self.function.types.items():
            if self._roots[local] == local:
                self._shapes[local] = self.function.constants.get(local, _without_memory(kind))
        for index, temporary in self._outputs.items():
            self._derive(temporary, self.function.steps[index].output, _reshaped(self.function.types[temporary].shape))
        for index, (step, kernel) in enumerate(zip(self.function.steps, self._kernels, strict=True)):
            if kernel is None:
                self._reshape(step)
            elif index in self._derived:
                assert kernel.view is not None
                self._derive(step.output, step.inputs[0], kernel.view)
            elif index not in self._outputs:
                self.work.append(Work(step, kernel, step.inputs, step.output))

    def _derive(self, local: int, source: int, view: View) -> None:
        self._shapes[local] = view(self._shapes[source])
        self._roots[local] = self._roots[source]
        self.derivations.append(Derivation(local, source, view))

    def _reshape(self, step: Step) -> None:
        """A view; a copy where the source has become a view that has no such shape."""
        (source,), local = step.inputs, step.output
        view = _reshaped(self.function.types[local].shape)
        try:
            self._derive(local, source, view)
        except ValueError:
            shape = self.function.types[source].shape
            kernel = Kernel(lambda x, out: copy_into(out.reshape(shape, copy=False), x))
            self._shapes[local] = _without_memory(self.function.types[local])
            self._roots[local] = local
            self._temporaries.add(local)
            self.work.append(Work(step, kernel, step.inputs, local))

    def _assign_slots(self) -> None:
        """A temporary takes a slot when it is first written and gives it back when it is used for the last time."""
        last = {self._roots[local]: i for i, work in enumerate(self.work) for local in (*work.inputs, work.output)}
        free: list[int] = []
        for index, work in enumerate(self.work):
            target = self._roots[work.output]
            used = dict.fromkeys(self._roots[local] for local in (*work.inputs, work.output))
            dying = [root for root in used if root in self._temporaries and last[root] == index]
            if target in self._temporaries and target not in self.slots:
                overwritten = self._overwritable(work, dying)
                if overwritten is None:
                    self.slots[target] = self._take_slot(self.function.types[target].byte_length, free)
                else:
                    self.slots[target] = self.slots[overwritten]
                    dying.remove(overwritten)
            free.extend(self.slots[root] for root in dying if root in self.slots)

    def _overwritable(self, work: Work, dying: list[int]) -> int | None:
        """A temporary that ends here, and over which an elementwise step may write."""
        size = self.function.types[work.output].byte_length
        if not work.kernel.elementwise:
            return None
        for root in dying:
            arrays = [self._shapes[local] for local in work.inputs if self._roots[local] == root]
            exact = all(array.flags.c_contiguous and array.nbytes == size for array in arrays)
            if root in self.slots and exact and self.function.types[root].byte_length == size:
                return root
        return None

    def _take_slot(self, size: int, free: list[int]) -> int:
        """The smallest free slot that is large enough, or a new one."""
        fitting = [slot for slot in free if self.slot_sizes[slot] >= size]
        if not fitting:
            self.slot_sizes.append(size)
            return len(self.slot_sizes) - 1
        slot = min(fitting, key=self.slot_sizes.__getitem__)
        free.remove(slot)
        return slot

    def overwrites(self, written: Sequence[int]) -> frozenset[tuple[int, int]]:
        """Pairs of an argument that is read and one that is written, where nothing is read once something is written.

        The step that writes may read the element that it writes over, if it is elementwise.
        """
        last_read: dict[int, int] = {}
        first_written: dict[int, int] = {}
        for index, work in enumerate(self.work):
            last_read.update((self._roots[local], index) for local in work.inputs)
            first_written.setdefault(self._roots[work.output], index)
        reads = [read for read in range(self._argument_count) if read not in written]
        return frozenset(
            (read, target)
            for target in written
            for read in reads
            if self._ends_where_begins(read, target, last_read.get(read, -1), first_written.get(target, len(self.work)))
        )

    def _ends_where_begins(self, read: int, target: int, last_read: int, first_written: int) -> bool:
        if last_read < first_written:
            return True
        last = self.work[last_read]
        if last_read > first_written or not last.kernel.elementwise:
            return False
        arrays = [self._shapes[local] for local in last.inputs if self._roots[local] == read]
        size = self.function.types[target].byte_length
        return all(array.flags.c_contiguous and array.nbytes == size for array in (*arrays, self._shapes[last.output]))

    def shape_of(self, local: int) -> Array:
        """An array like the local's, without memory unless it is a constant."""
        return self._shapes[local]

    def argument_of(self, local: int) -> int | None:
        """The argument whose memory the local has, if it is one's."""
        root = self._roots[local]
        return root if root < self._argument_count else None


def _without_memory(kind: TensorType) -> Array:
    """An array that must not be read or written: only its shape and strides are real."""
    strides, stride = [], kind.dtype.itemsize
    for size in reversed(kind.shape):
        strides.append(stride)
        stride *= max(size, 1)
    raw = np.empty(0, f"V{kind.dtype.itemsize}")  # NumPy does this for its own types only
    return np.lib.stride_tricks.as_strided(raw, kind.shape, strides[::-1]).view(kind.dtype)


def _reshaped(shape: tuple[int, ...]) -> View:
    return lambda x: x.reshape(shape, copy=False)
