"""InterpreterExecutable: the plans of an executable's entry points."""

from collections.abc import Container, Sequence

import numpy as np

from iree.hal.buffer import Buffer
from iree.hal.dispatch_request import BufferBinding
from iree.hal.executable import Executable
from iree.hal.interpreter.buffer import InterpreterBuffer
from iree.hal.interpreter.entry_point import EntryPoint
from iree.hal.interpreter.kernels.kernel import Action
from iree.hal.interpreter.tensor_type import TensorType
from iree.hal.memory_access import MemoryAccess
from iree.hal.status import InvalidArgument, PermissionDenied, ResourceExhausted

_WRITE = MemoryAccess.WRITE


class InterpreterExecutable(Executable):
    """Its entry points, in the order of ordinals."""

    def __init__(self, name: str, entry_points: Sequence[EntryPoint]):
        super().__init__(name, tuple(entry_point.name for entry_point in entry_points))
        self.entries = tuple(entry_points)

    def work(self, ordinal: int, sizes: tuple[int, ...] = ()) -> int:
        """About how many bytes a dispatch touches, where the call has these sizes."""
        return self.entries[ordinal].plan_for(sizes).work

    def bind(self, ordinal: int, bindings: Sequence[BufferBinding], sizes: tuple[int, ...] = ()) -> list[Action]:
        """What a dispatch on these buffers runs, where the call has these sizes.

        InvalidArgument: number or types of bindings are not the entry point's, or an output shares memory.
        """
        plan = self.entries[ordinal].plan_for(sizes)
        if len(bindings) != len(plan.arguments):
            raise InvalidArgument(f"{plan.name} takes {_listed(plan.arguments)}: {len(bindings)} buffers are bound")
        arrays = []
        for index, (binding, argument) in enumerate(zip(bindings, plan.arguments, strict=True)):
            if binding.shape != argument.shape or binding.element_type is not argument.element_type:
                given = TensorType(binding.element_type, tuple(binding.shape))
                if given != argument:
                    raise InvalidArgument(f"{plan.name} takes {_listed(plan.arguments)}: binding {index} is a {given}")
            allocation = binding.buffer.allocated_buffer
            if not isinstance(allocation, InterpreterBuffer):
                raise InvalidArgument(f"binding {index} of {plan.name}: {binding.buffer} belongs to another driver")
            arrays.append(allocation.typed(binding.buffer.byte_offset, argument))
        for index in plan.written:
            bindings[index].buffer.check_access(_WRITE)
            if not bindings[index].access._value_ & _WRITE._value_:
                raise PermissionDenied(
                    f"{plan.name} writes binding {index}, which is bound for {bindings[index].access}"
                )
            _check_alone(plan.name, index, bindings, arrays, plan.overwrites)
        try:
            return plan.bind(arrays)
        except MemoryError as error:
            raise ResourceExhausted(f"{plan.name}: no memory for its temporaries: {error}") from None


def _check_alone(
    name: str,
    written: int,
    bindings: Sequence[BufferBinding],
    arrays: Sequence[np.ndarray],
    overwrites: Container[tuple[int, int]],
) -> None:
    """InvalidArgument: another binding has memory of the one that is written, and not all of it, or it may not."""
    target = bindings[written].buffer
    external = _is_external(bindings[written])
    for index, binding in enumerate(bindings):
        if index == written:
            continue
        other = binding.buffer
        if (index, written) in overwrites and _are_one(target, other):
            continue
        shares = target.overlaps(0, arrays[written].nbytes, other, 0, arrays[index].nbytes)
        if shares or (external and _is_external(binding) and np.may_share_memory(arrays[written], arrays[index])):
            raise InvalidArgument(
                f"{name} writes binding {written}, which shares memory with binding {index}: bind a buffer of its own"
            )


def _are_one(one: Buffer, other: Buffer) -> bool:
    """Whether two buffers are the same bytes."""
    places = [(buffer.allocated_buffer, buffer.byte_offset, buffer.byte_length) for buffer in (one, other)]
    return places[0] == places[1]


def _is_external(binding: BufferBinding) -> bool:
    allocation = binding.buffer.allocated_buffer
    return isinstance(allocation, InterpreterBuffer) and allocation.is_external


def _listed(arguments: Sequence[TensorType]) -> str:
    return f"{len(arguments)} buffers ({', '.join(map(str, arguments))})"
