"""Rules of lower-to-linalg: convolution and reduce_window, windows that move over a tensor.

Loops: the result's dimensions, then those of the window. Where a window never leaves the operand, what it reads is an
index map. Where padding or dilation has it read what is not there, the body reads the nearest element that exists and
then chooses: no load is out of bounds, ever.
"""

from collections.abc import Sequence
from typing import TypeVar

from xdsl.ir import Operation, SSAValue
from xdsl.ir.affine import AffineExpr

from iree.compiler.dialects import mhlo
from iree.compiler.ir import sizes
from iree.compiler.kernels import index_maps
from iree.compiler.kernels.contractions import multiply_add, region_results, same, zero
from iree.compiler.kernels.data_movement import unpadded
from iree.compiler.kernels.lowering import Lowering
from iree.compiler.kernels.nests import Body, Source, everywhere
from iree.compiler.kernels.scalar import Scalar, where

Index = TypeVar("Index", AffineExpr, Scalar)


def lower_convolution(lowering: Lowering, op: Operation) -> None:
    """Loops: the result's dimensions in their order, the kernel's spatial ones, the kernel's input features."""
    assert isinstance(op, mhlo.Convolution)
    numbers, parallel, kernel = op.numbers, mhlo.shape_of(op.result), mhlo.shape_of(op.rhs)
    reduction = [*(kernel[dim] for dim in numbers.kernel.spatial), kernel[numbers.kernel.first]]
    element = mhlo.element_of(op.result)
    start = lowering.temporary(op, element, parallel, [], lambda body: [zero(body, element)])
    if 0 in (*parallel, *reduction, *mhlo.shape_of(op.lhs)):
        lowering.alias(op, [start])
        return
    loops = index_maps.dims(len(parallel) + len(reduction))
    weights = lowering.read(op.rhs, index_maps.make_map(len(loops), _kernel_place(op, loops)))
    reader = _Reader(lowering, op.lhs, op.window, numbers.input.spatial)
    sources = [weights, *reader.sources(len(loops), _input_place(op, loops))]

    def fill(body: Body) -> list[Scalar]:
        place = _input_place(op, [body.index(dim) for dim in range(len(loops))])
        value = reader.element(body, body.values[1:], place, zero(body, element))
        return [multiply_add(value, body.values[0], body.accumulators[0], element)]

    lowering.nest(op, parallel, sources, fill, reduction, [start])


def _kernel_place(op: mhlo.Convolution, loops: Sequence[AffineExpr]) -> list[AffineExpr]:
    """The kernel's element in an iteration."""
    numbers, rank = op.numbers, len(op.numbers.output.order)
    place = {numbers.kernel.first: loops[-1], numbers.kernel.second: loops[numbers.output.second]}
    for number, (dim, window) in enumerate(zip(numbers.kernel.spatial, op.window, strict=True)):
        loop = loops[rank + number]
        place[dim] = loop * -1 + (window.size - 1) if window.is_reversed else loop
    return [place[dim] for dim in range(rank)]


def _input_place(op: mhlo.Convolution, loops: Sequence[Index]) -> list[Index]:
    """The element of the padded and dilated input in an iteration."""
    numbers, rank, (features, batches) = op.numbers, len(op.numbers.output.order), op.groups
    batch, feature, taken = loops[numbers.output.first], loops[numbers.output.second], loops[-1]
    run = mhlo.shape_of(op.rhs)[numbers.kernel.second] // max(features, batches)  # output features of a group
    place: dict[int, Index] = {numbers.input.first: batch, numbers.input.second: taken}
    if features > 1:
        place[numbers.input.second] = _quotient(feature, run) * mhlo.shape_of(op.rhs)[numbers.kernel.first] + taken
    if batches > 1:
        place[numbers.input.first] = _quotient(feature, run) * mhlo.shape_of(op.result)[numbers.output.first] + batch
    spatial = zip(numbers.input.spatial, numbers.output.spatial, op.window, strict=True)
    for number, (source, result, window) in enumerate(spatial):
        place[source] = _moved(window, loops[result], loops[rank + number])
    return [place[dim] for dim in range(rank)]


def _quotient(index: Index, divisor: int) -> Index:
    return index.pure("arith.divui", divisor) if isinstance(index, Scalar) else index // divisor


def _moved(window: mhlo.WindowDim, stop: Index, offset: Index) -> Index:
    """What a place of the window sees where it stops; 0 is the first element, whatever the padding."""
    if window.size == 1:
        return stop * window.stride - window.low
    return stop * window.stride + offset * window.window_dilation - window.low


def lower_reduce_window(lowering: Lowering, op: Operation) -> None:
    """init op x0 op x1 ..., where init is also what padding holds."""
    assert isinstance(op, mhlo.ReduceWindow)
    parallel, reduction = mhlo.shape_of(op.outputs[0]), mhlo.ints(op.window_dimensions)
    rank, count = len(parallel), len(op.inputs)
    starts = [
        lowering.temporary(op, mhlo.element_of(init), parallel, [lowering.read(init, everywhere(rank))], same)
        for init in op.init_values
    ]
    if 0 in parallel:
        lowering.alias(op, starts)
        return
    readers = [_Reader(lowering, value, op.window, range(rank)) for value in op.inputs]
    place = _window_place(op.window, index_maps.dims(2 * rank))
    read = [source for reader in readers for source in reader.sources(2 * rank, place)]  # of all or of none

    def fill(body: Body) -> list[Scalar]:
        at = _window_place(op.window, [body.index(dim) for dim in range(2 * rank)])
        fillers, values = body.values[:count], body.values[count:]
        found = [
            reader.element(body, values[number:], at, filler)
            for number, (reader, filler) in enumerate(zip(readers, fillers, strict=True))
        ]
        return region_results(op.body.block, [*body.accumulators, *found])

    fillers = [lowering.read(init, everywhere(2 * rank)) for init in op.init_values]
    lowering.nest(op, parallel, [*fillers, *read], fill, reduction, starts)


def _window_place(windows: Sequence[mhlo.WindowDim], loops: Sequence[Index]) -> list[Index]:
    """The element of the padded and dilated operand in an iteration."""
    return [_moved(window, loops[dim], loops[len(windows) + dim]) for dim, window in enumerate(windows)]


class _Reader:
    """Reads the operand of windows along some of its dimensions."""

    def __init__(
        self, lowering: Lowering, value: SSAValue, windows: Sequence[mhlo.WindowDim], dims: Sequence[int]
    ) -> None:
        self.lowering = lowering
        self.value = value
        self.shape = mhlo.shape_of(value)
        # Those whose window leaves the operand's elements somewhere.
        self.leaving = {dim: w for dim, w in zip(dims, windows, strict=True) if not _stays(w, self.shape[dim])}

    def sources(self, loops: int, place: Sequence[AffineExpr]) -> list[Source]:
        """What the nest reads by an index map: the operand, if its windows stay inside."""
        if self.leaving:
            return []
        return [self.lowering.read(self.value, index_maps.make_map(loops, place))]

    def element(self, body: Body, read: Sequence[Scalar], place: Sequence[Scalar], filler: Scalar) -> Scalar:
        """The element at a place of the padded operand; `read`: what the nest read by the map."""
        if not self.leaving:
            return read[0]
        if 0 in self.shape:
            return filler
        inside: Scalar | None = None
        indices: list[Scalar] = []
        for dim, (index, size) in enumerate(zip(place, self.shape, strict=True)):
            if dim not in self.leaving:
                indices.append(index)
                continue
            at, is_there = unpadded(index, size, self.leaving[dim].base_dilation)
            indices.append(at)
            inside = is_there if inside is None else inside & is_there
        assert inside is not None
        return where(inside, self.lowering.element(body, self.value, indices), filler)


def _stays(window: mhlo.WindowDim, base: int) -> bool:
    """Whether a window sees nothing but elements of the operand."""
    last = (window.positions(base) - 1) * window.stride + (window.size - 1) * window.window_dilation - window.low
    return window.base_dilation == 1 and window.low <= 0 and sizes.is_at_most(last + 1, base)
