"""What a region costs on a device: a launch, the memory it goes through, and the steps of its invocations.

    time = launch + max(bytes / bytes_per_us, (products / products_per_us + steps / steps_per_us) / busy)

where busy is the part of the device's lanes that have work.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import ComplexType, FixedBitwidthType, TensorType
from xdsl.ir import Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir import sizes
from iree.compiler.targets.description import TargetDescription
from iree.compiler.transforms.dispatch_regions.fusion import Kind, is_free, kind_of, repeats
from iree.compiler.transforms.dispatch_regions.places import Loop, Place, Places, loops_of, shape_of

TYPICAL = 64  # elements along a dimension of which only a call knows how many it has
_SLOW = dict.fromkeys(("divf", "divide", "sqrt", "rsqrt"), 4)
_SLOW |= dict.fromkeys(("exp", "expm1", "log", "log1p", "tanh", "tan", "sin", "cos", "atan2", "cbrt", "remf"), 16)
_SLOW |= dict.fromkeys(("exponential", "exponential_minus_one", "log_plus_one", "sine", "cosine", "logistic"), 16)
_SLOW |= dict.fromkeys(("remainder", "erf", "power", "powf"), 32)


@dataclass(frozen=True)
class Cost:
    """Of all `invocations` together; `row` is how many elements one of them goes through."""

    bytes: int
    loads: int
    steps: int
    products: int
    invocations: int
    row: int

    def time(self, target: TargetDescription) -> float:
        """Microseconds."""
        busy = 1.0 if target.computes_once else min(1.0, max(1, self.invocations) / target.lanes)
        steps = (self.steps + self.loads * target.load_steps) / target.steps_per_us
        work = (steps + self.products / target.products_per_us) / busy
        return target.launch + max(self.bytes / target.bytes_per_us, work)


def cost_of(
    members: Collection[Operation],
    root: Operation,
    places: Places,
    launch: Iterable[Loop],
    once: Collection[Operation] = (),
) -> Cost:
    """The cost of a region that is laid over the loops `launch`, as a kernel computes it: `once`, at one place only."""
    outer = frozenset(launch)
    steps = products = 0
    for op in members:
        counts = [_count(outer | loops_of(place)) for place in places.of(op)]
        times = max(counts) if op in once else sum(counts)
        steps, products = steps + times * steps_of(op), products + times * products_of(op)
    read = {operand: None for op in members for operand in op.operands if operand.owner not in members}
    loads = sum(_count(outer | loops_of(place)) for value in read for place in _loaded(value, members, places))
    moved = sum(map(bytes_of, (*read, *root.results)))
    invocations = _count(outer)
    rows = _count(places.root_loops) // max(1, invocations)
    folds = [op for op in members if isinstance(op, mhlo.Reduce)]
    rows += sum(_folded(op) * _count(loops_of(place) - outer) for op in folds for place in places.of(op))
    return Cost(moved, loads + _count(places.root_loops), steps, products, invocations, rows)


def _loaded(value: SSAValue, members: Collection[Operation], places: Places) -> frozenset[Place]:
    """Where a kernel loads a value that comes from outside, but for what contractions and windows account for."""
    if all(repeats(use.operation) for use in value.uses if use.operation in members):
        return frozenset()
    return places.wanted(value, members)


def steps_of(op: Operation) -> int:
    """What one element of the result takes, beside the operands' own."""
    match op:
        case mhlo.Reduce():
            return _folded(op) * len(list(op.body.block.ops))
        case mhlo.Scatter() | mhlo.SortOrder() | mhlo.MergeOrder():
            return _times(shape_of(op.operands[-1]))
    if repeats(op):
        return 0
    if kind_of(op) is Kind.LAYOUT:
        return 0 if is_free(op) else 2
    return _SLOW.get(op.name.partition(".")[2], 1)


def products_of(op: Operation) -> int:
    """What one element of a contraction or window is the sum of."""
    match op:
        case mhlo.DotGeneral():
            return _times([shape_of(op.lhs)[dim] for dim in op.numbers.lhs_contracting_dimensions])
        case mhlo.Convolution():
            kernel = shape_of(op.rhs)
            return _times(kernel) // max(1, kernel[op.numbers.kernel.second])
        case mhlo.ReduceWindow():
            return _times([dim.size for dim in op.window])
    return 0


def elements_of(op: Operation) -> int:
    """How many elements an op's result has."""
    return _times(shape_of(op.results[0]))


def bytes_of(value: SSAValue) -> int:
    """The size of a tensor in memory."""
    assert isinstance(value.type, TensorType)
    element = value.type.element_type
    parts = 2 if isinstance(element, ComplexType) else 1
    if isinstance(element, ComplexType):
        element = element.element_type
    bits = element.bitwidth if isinstance(element, FixedBitwidthType) else 32
    return _times(shape_of(value)) * parts * max(1, bits // 8)


def _folded(op: mhlo.Reduce) -> int:
    shape = shape_of(op.inputs[0])
    return _times([shape[dim] for dim in mhlo.ints(op.dimensions)])


def _count(loops: Iterable[Loop]) -> int:
    return _times([loop.size for loop in loops])


def _times(shape: Sequence[int]) -> int:
    return math.prod(size if sizes.is_known(size) else TYPICAL for size in shape)
