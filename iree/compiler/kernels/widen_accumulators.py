"""widen-accumulators: sums and products of small floats are accumulated in f32 and rounded once, at the end.

    %2 = linalg.generic ins(%0, %1) outs(%start) {        %s = linalg.generic ins(%start) { extf }
      ^bb0(%a: f16, %b: f16, %sum: f16):                  %t = linalg.generic ins(%0, %1) outs(%s) {
        %p = arith.mulf %a, %b : f16                  ->    ^bb0(%a: f16, %b: f16, %sum: f32):
        %n = arith.addf %sum, %p : f16                        %sum + extf(%a) * extf(%b)
        linalg.yield %n : f16                             %2 = linalg.generic ins(%t) { truncf }

Rounded at each step, 2048 ones in f16, or 256 in bf16, would be the most that a sum can reach.
"""

from collections.abc import Sequence

from xdsl.dialects import arith
from xdsl.dialects.builtin import ModuleOp, f32
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Attribute, Operation, SSAValue

from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of, replace
from iree.compiler.kernels import nests
from iree.compiler.kernels.body_cloning import BodyCloner
from iree.compiler.kernels.emitter import Emitter
from iree.compiler.kernels.nests import Body, Nest, Read
from iree.compiler.kernels.scalar import Scalar
from iree.compiler.kernels.small_floats import SMALL_FLOATS


class WidenAccumulators(Pass):
    name = "widen-accumulators"
    reads = ("func", "iree", "arith", "math", "complex", "scf", "linalg", "tensor")
    leaves = ("func", "iree", "arith", "math", "complex", "scf", "linalg", "tensor")

    def run(self, module: ModuleOp) -> None:
        for nest in ops_of(module, linalg.GenericOp):
            if (step := _accumulation(nest)) is not None:
                replace(nest, _widened(nest, step))


def _accumulation(nest: linalg.GenericOp) -> Operation | None:
    """What adds to, or multiplies, the one accumulator of a nest of small floats, and does nothing else with it."""
    if nests.is_parallel(nest) or len(nest.results) != 1:
        return None
    block = nest.body.block
    accumulator = block.args[-1]
    if type(accumulator.type) not in SMALL_FLOATS or block.last_op is None:
        return None
    use = accumulator.get_user_of_unique_use()
    is_yielded = block.last_op.operands[0].owner is use
    return use if isinstance(use, arith.AddfOp | arith.MulfOp) and is_yielded else None


def _widened(nest: linalg.GenericOp, step: Operation) -> list[Operation]:
    """A nest that starts wide, one that accumulates, one that rounds."""
    rank, sizes = len(nests.shape_of(nest.results[0])), nests.sizes_of(nest)
    starting = _converted(nest, nest.outputs[0], "arith.extf", f32)
    block = nest.body.block
    used = [argument for argument in block.args[: len(nest.inputs)] if argument.first_use is not None]
    sources = [Read(nest.inputs[argument.index], nest.indexing_maps.data[argument.index].data) for argument in used]

    def fill(body: Body) -> list[Scalar]:
        arguments: list[SSAValue] = list(block.args)
        for argument, value in zip([*used, block.args[-1]], [*body.values, *body.accumulators], strict=True):
            arguments[argument.index] = value.value
        cloner = BodyCloner(
            body.emitter,
            lambda dim: body.index(dim).value,
            body.emitter.extract,
            lambda op, operands: _wide(body.emitter, op, operands, step),
        )
        return [Scalar(body.emitter, value) for value in cloner.clone(block, arguments)]

    outs = starting[-1].results
    summing = Nest(sizes[:rank], sizes[rank:], sources, [f32], fill, outs, nest.location).build()
    rounding = _converted(nest, summing[-1].results[0], "arith.truncf", nests.element_of(nest.results[0]))
    return [*starting, *summing, *rounding]


def _wide(emitter: Emitter, op: Operation, operands: Sequence[SSAValue], step: Operation) -> SSAValue | None:
    """The step, and a product that it adds, in f32; None for the rest."""
    if op is not step and not (isinstance(op, arith.MulfOp) and op.result.get_user_of_unique_use() is step):
        return None
    wide = [value if value.type == f32 else emitter.pure("arith.extf", [value], f32) for value in operands]
    return emitter.pure(op.name, wide, f32)


def _converted(nest: linalg.GenericOp, value: SSAValue, name: str, type_: Attribute) -> list[Operation]:
    """A nest that casts a tensor."""
    shape = nests.shape_of(value)
    source = Read(value, nests.identity(len(shape)))
    return Nest(
        shape, (), [source], [type_], lambda body: [body.values[0].pure(name, type_=type_)], (), nest.location
    ).build()
