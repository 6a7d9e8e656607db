"""split-large-contractions: where a bound says how long a dispatch may take, what takes longer is computed in parts.

    %0 = mhlo.dot_general %a, %b, contracting_dims = [1] x [0] : (tensor<4x8xf32>, tensor<8x6xf32>) -> tensor<4x6xf32>
  becomes, for parts of 100 operations at most,
    %1 = mhlo.slice %b [0:8, 0:1] : ..
    %2 = mhlo.dot_general %a, %1, contracting_dims = [1] x [0] : (..) -> tensor<4x1xf32>
    ..
    %0 = mhlo.concatenate %2, .., dim = 1 : (..) -> tensor<4x6xf32>

Others can then use a device in between. Parts are cut along one dimension of the result; where that is shorter than the
number of parts asked for, they stay longer than the bound. Sizes that only a call knows are not cut.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import ModuleOp, TensorType
from xdsl.ir import SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir import sizes
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of, replace
from iree.compiler.targets.description import TargetDescription
from iree.compiler.transforms.dispatch_regions.costs import products_of
from iree.compiler.transforms.dispatch_regions.places import shape_of

Contraction = mhlo.DotGeneral | mhlo.Convolution
_Cut = tuple[int, int, int]  # a dimension of the result, the operand that it comes from, and that one's dimension


@dataclass
class SplitLargeContractions(Pass):
    name = "split-large-contractions"
    reads = ("builtin", "func", "mhlo")
    leaves = ("builtin", "func", "mhlo")

    targets: Sequence[TargetDescription] = ()

    def run(self, module: ModuleOp) -> None:
        bounds = [target.max_flops for target in self.targets if target.max_flops is not None]
        found: list[Contraction] = [*ops_of(module, mhlo.DotGeneral), *ops_of(module, mhlo.Convolution)]
        for op in found if bounds else ():
            most = min(bounds)
            flops = 2 * math.prod(shape_of(op.result)) * products_of(op)
            cuts = _cuts(op)
            if sizes.are_known([*shape_of(op.lhs), *shape_of(op.rhs)]) and flops > most and cuts:
                _split(op, max(cuts, key=lambda cut: shape_of(op.result)[cut[0]]), -(-flops // most))


def _cuts(op: Contraction) -> list[_Cut]:
    """The dimensions of a result that come from one operand alone."""
    if isinstance(op, mhlo.Convolution):
        taken, given = op.numbers.input, op.numbers.output
        features = [(given.second, 1, op.numbers.kernel.second)] if max(op.groups) == 1 else []
        images = [(given.first, 0, taken.first)] if op.groups[1] == 1 else []
        return [*features, *images]
    numbers = op.numbers
    lhs, rhs = (
        [dim for dim in range(len(shape_of(value))) if dim not in (*batch, *summed)]
        for value, batch, summed in (
            (op.lhs, numbers.lhs_batching_dimensions, numbers.lhs_contracting_dimensions),
            (op.rhs, numbers.rhs_batching_dimensions, numbers.rhs_contracting_dimensions),
        )
    )
    first = len(numbers.lhs_batching_dimensions)
    return [
        *((first + place, 0, dim) for place, dim in enumerate(lhs)),
        *((first + len(lhs) + place, 1, dim) for place, dim in enumerate(rhs)),
    ]


def _split(op: Contraction, cut: _Cut, parts: int) -> None:
    along, operand, dim = cut
    size = shape_of(op.result)[along]
    length = max(1, size // parts)
    new: list[mhlo.Slice | Contraction | mhlo.Concatenate] = []
    found: list[SSAValue] = []
    for start in range(0, size, length):
        end = min(size, start + length)
        piece = _sliced(op.operands[operand], dim, start, end)
        shape = list(shape_of(op.result))
        shape[along] = end - start
        operands = [piece.result if number == operand else value for number, value in enumerate(op.operands)]
        part = type(op).create(
            operands=operands,
            result_types=[TensorType(mhlo.element_of(op.result), shape)],
            properties=dict(op.properties),
            attributes=dict(op.attributes),
        )
        new += [piece, part]
        found.append(part.results[0])
    if len(found) > 1:
        replace(op, [*new, mhlo.Concatenate(found, along)])


def _sliced(value: SSAValue, dim: int, start: int, end: int) -> mhlo.Slice:
    shape = shape_of(value)
    low, high = [0] * len(shape), list(shape)
    low[dim], high[dim] = start, end
    return mhlo.Slice(value, low, high, [1] * len(shape))
