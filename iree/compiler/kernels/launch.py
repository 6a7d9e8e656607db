"""Launch: how a workload is laid over workgroups and invocations, and which elements an invocation computes.

    workload [1000, 3, 1]  ->  workgroup_size [40, 1, 1], workgroup_tile [80, 1, 1]: each invocation computes 2 elements

An invocation's elements along a dimension lie a whole launch apart (id, id + span, ...), so that neighbouring
invocations always read neighbouring elements.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from iree.compiler.ir import sizes
from iree.compiler.kernels.parameters import KernelParameters

Triple = tuple[int, int, int]
TYPICAL = 64  # elements along a dimension of which only a call knows how many it has


@dataclass(frozen=True)
class Launch:
    """Invocations per workgroup, and elements per invocation in x, y and z, for a workload."""

    workload: Triple
    size: Triple
    elements: Triple

    @property
    def tile(self) -> Triple:
        """Elements per workgroup."""
        return _triple(size * count for size, count in zip(self.size, self.elements, strict=True))

    @property
    def groups(self) -> Triple:
        """Workgroups, as a driver computes them from workload and tile."""
        return _triple(-(-work // tile) for work, tile in zip(self.workload, self.tile, strict=True))

    @property
    def span(self) -> Triple:
        """Invocations of the whole launch."""
        return _triple(groups * size for groups, size in zip(self.groups, self.size, strict=True))


def plan_launch(workload: Triple, parameters: KernelParameters) -> Launch:
    """A launch for a workload without zeros. Elements beyond what one workgroup each takes are shared out.

    Where only a call knows how many there are, each invocation computes one.
    """
    if not sizes.are_known(workload):
        size = _workgroup_size(_typical(workload), parameters.workgroup_invocations, parameters)
        return Launch(workload, size, (1, 1, 1))
    if math.prod(workload) < parameters.small_launch:
        return Launch(workload, (1, 1, 1), (1, 1, 1))
    size = _workgroup_size(workload, parameters.workgroup_invocations, parameters)
    return _limited(workload, size, _shared(workload, size, parameters), parameters)


def plan_row_launch(workload: Triple, parameters: KernelParameters) -> Launch:
    """A launch whose invocations do much: workgroups as small as leave no lane idle, one row for each invocation."""
    known = _typical(workload)
    size = _workgroup_size(known, parameters.lanes, parameters)
    return _limited(workload, size, (1, 1, 1), parameters) if known == workload else Launch(workload, size, (1, 1, 1))


def plan_tiled_launch(workload: Triple, tile: Triple, parameters: KernelParameters) -> Launch:
    """A launch whose invocations compute up to `tile` elements each, fewer where too few invocations would be left.

    Along a dimension of which only a call knows how many elements it has, each computes one.
    """
    if not sizes.are_known(workload):
        pairs = zip(tile, workload, strict=True)
        counts = _triple(min(most, work) if sizes.is_known(work) else 1 for most, work in pairs)
        tiles = _tiles(_typical(workload), counts)
        return Launch(workload, _workgroup_size(tiles, parameters.tiled_workgroup_invocations, parameters), counts)
    if math.prod(workload) < parameters.small_launch:
        return Launch(workload, (1, 1, 1), (1, 1, 1))
    elements = list(map(min, tile, workload))
    while max(elements) > 1 and math.prod(_tiles(workload, elements)) < parameters.min_tiled_invocations:
        dim = elements.index(max(elements))
        elements[dim] = -(-elements[dim] // 2)
    size = _workgroup_size(_tiles(workload, elements), parameters.tiled_workgroup_invocations, parameters)
    return _limited(workload, size, _triple(elements), parameters)


def _typical(workload: Triple) -> Triple:
    """The workload with some number for what only a call knows."""
    return _triple(work if sizes.is_known(work) else TYPICAL for work in workload)


def _tiles(workload: Triple, elements: Sequence[int]) -> Triple:
    return _triple([-(-work // count) for work, count in zip(workload, elements, strict=True)])


def _limited(workload: Triple, size: Triple, elements: Triple, parameters: KernelParameters) -> Launch:
    """With as many elements as it takes to stay below the limit of workgroups."""
    limits = zip(elements, workload, size, parameters.max_workgroup_count, strict=True)
    counts = [max(count, -(-work // (invocations * limit))) for count, work, invocations, limit in limits]
    return Launch(workload, size, _triple(counts))


def _triple(values: Iterable[int]) -> Triple:
    x, y, z = values
    return x, y, z


def _workgroup_size(workload: Triple, limit: int, parameters: KernelParameters) -> Triple:
    """As many invocations as fit, x first; x so that few lanes idle at its end."""

    def badness(size: int) -> tuple[int, bool, int]:
        return -(-workload[0] // size) * -(-size // parameters.lanes), workload[0] % size != 0, -size

    most_x, most_y, most_z = parameters.max_workgroup_size
    largest = min(workload[0], limit, most_x)
    x = min(range(-(-largest // 2), largest + 1), key=badness)
    y = min(workload[1], limit // x, most_y)
    z = min(workload[2], limit // (x * y), most_z)
    return x, y, z


def _shared(workload: Triple, size: Triple, parameters: KernelParameters) -> Triple:
    """Several elements for each invocation, along the dimension with the most workgroups."""
    groups = [-(-work // invocations) for work, invocations in zip(workload, size, strict=True)]
    spare = math.prod(groups) // parameters.min_workgroups
    dim = groups.index(max(groups))
    count = max(1, min(spare, parameters.max_elements, groups[dim]))
    divisors = [n for n in range(1, count + 1) if groups[dim] % n == 0]
    elements = [1, 1, 1]
    elements[dim] = divisors[-1] if divisors[-1] * 2 > count else count
    return _triple(elements)
