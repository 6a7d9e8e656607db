"""canonicalize-input: of several ways to say the same, keep one.

mhlo.broadcast %x, sizes = [3]          ->  mhlo.broadcast_in_dim %x, dims = [1]
mhlo.dot %x, %y                         ->  mhlo.dot_general %x, %y, contracting_dims = [1] x [0]
mhlo.torch_index_select %x, %i          ->  mhlo.gather %x, %i
mhlo.compare LT, %x, %y, FLOAT          ->  mhlo.compare LT, %x, %y              the type that it has anyway
mhlo.conj %x                            ->  mhlo.complex of the real and the negated imaginary part
mhlo.real %x, mhlo.imag %x of floats     ->  %x, zeros
mhlo.add, mhlo.maximum of booleans      ->  mhlo.or
mhlo.multiply, mhlo.minimum of booleans ->  mhlo.and
mhlo.reduce with body op(%right, %left) ->  op(%left, %right), which prints as `applies op`
mhlo.map                                ->  its body on whole tensors
mhlo.reduce of i8 with a body of i32    ->  mhlo.convert to i32, then the reduce; reduce_window, scatter alike

CompileError: the imaginary part of floats whose shape is not known.
"""

from xdsl.dialects.builtin import ModuleOp, i1
from xdsl.ir import SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.constants import splat
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import insert_before, ops_of, replace
from iree.compiler.transforms.common.expression import expand
from iree.compiler.transforms.common.whole_tensor_bodies import apply_body

BOOLEAN_TWINS: dict[type[mhlo.Binary], type[mhlo.Binary]] = {
    mhlo.Add: mhlo.Or,
    mhlo.Maximum: mhlo.Or,
    mhlo.Multiply: mhlo.And,
    mhlo.Minimum: mhlo.And,
}


class CanonicalizeInput(Pass):
    name = "canonicalize-input"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for broadcast in ops_of(module, mhlo.Broadcast):
            _canonicalize_broadcast(broadcast)
        for dot in ops_of(module, mhlo.Dot):
            _canonicalize_dot(dot)
        for select in ops_of(module, mhlo.TorchIndexSelect):
            _canonicalize_index_select(select)
        for conj in ops_of(module, mhlo.Conj):
            _canonicalize_conj(conj)
        for compare in ops_of(module, mhlo.Compare):
            _canonicalize_compare(compare)
        for part in ops_of(module, mhlo.Part):
            _canonicalize_part(part)
        for binary in ops_of(module, mhlo.Binary):
            twin = BOOLEAN_TWINS.get(type(binary))
            if twin is not None and mhlo.element_of(binary.lhs) == i1:
                replace(binary, twin(binary.lhs, binary.rhs))
        for reduce in ops_of(module, mhlo.Reduce):
            _canonicalize_reduce(reduce)
        for map_ in ops_of(module, mhlo.Map):
            _canonicalize_map(map_)
        for op in ops_of(module, mhlo.HloOp):
            if isinstance(op, mhlo.Reduce | mhlo.ReduceWindow | mhlo.Scatter):
                _widen_operands(op)


def _canonicalize_broadcast(op: mhlo.Broadcast) -> None:
    rank = len(mhlo.shape_of(op.operand))
    added = len(mhlo.ints(op.broadcast_sizes))
    replace(op, mhlo.BroadcastInDim(op.operand, range(added, added + rank), mhlo.tensor(op.result)))


def _canonicalize_dot(op: mhlo.Dot) -> None:
    last = len(mhlo.shape_of(op.lhs)) - 1
    numbers = mhlo.DotNumbers(lhs_contracting_dimensions=(last,), rhs_contracting_dimensions=(0,))
    replace(op, mhlo.DotGeneral(op.lhs, op.rhs, numbers, mhlo.element_of(op.result)))


def _canonicalize_index_select(op: mhlo.TorchIndexSelect) -> None:
    shape, index_rank = mhlo.shape_of(op.operand), len(mhlo.shape_of(op.index))
    dim, batch = op.dim.value.data, op.batch_dims.value.data
    before, after = range(batch, dim), range(dim + index_rank - batch, len(mhlo.shape_of(op.result)))
    numbers = mhlo.GatherNumbers(
        offset_dims=(*before, *after),
        collapsed_slice_dims=(dim,),
        operand_batching_dims=tuple(range(batch)),
        start_indices_batching_dims=tuple(range(batch)),
        start_index_map=(dim,),
        index_vector_dim=index_rank,
    )
    sizes = [1 if d < batch or d == dim else size for d, size in enumerate(shape)]
    replace(op, mhlo.Gather(op.operand, op.index, numbers, sizes))


def _canonicalize_conj(op: mhlo.Conj) -> None:
    if mhlo.elements_of(mhlo.element_of(op.operand)) is not mhlo.Elements.COMPLEX:
        replace(op, [], [op.operand])
        return
    real, imaginary = mhlo.Real(op.operand), mhlo.Imag(op.operand)
    opposite = mhlo.Negate(imaginary.result)
    replace(op, [real, imaginary, opposite, mhlo.Complex(real.result, opposite.result)])


def _canonicalize_compare(op: mhlo.Compare) -> None:
    if op.compare_type is not None and op.comparison is not mhlo.Comparison.TOTALORDER:
        replace(op, mhlo.Compare(op.lhs, op.rhs, op.direction))


def _canonicalize_part(op: mhlo.Part) -> None:
    type_ = mhlo.tensor(op.operand)
    if mhlo.elements_of(type_.element_type) is mhlo.Elements.COMPLEX:
        return
    if isinstance(op, mhlo.Real):
        replace(op, [], [op.operand])
    elif type_.has_static_shape():
        replace(op, mhlo.Constant(splat(0.0, type_)))
    else:
        fail(op, f"{type_} has a size that is not known when it is compiled; its imaginary part is 0")


def _canonicalize_reduce(op: mhlo.Reduce) -> None:
    only = mhlo.only_op(op.body)
    if only is not None and mhlo.is_commutative(only):
        only.operands = op.body.block.args


def _canonicalize_map(op: mhlo.Map) -> None:
    expand(op, lambda *inputs: apply_body(op.computation.block, inputs))


def _widen_operands(op: mhlo.Reduce | mhlo.ReduceWindow | mhlo.Scatter) -> None:
    """Brings operands to the elements that the body combines."""
    others = op.updates if isinstance(op, mhlo.Scatter) else op.init_values
    inputs: list[SSAValue] = [*op.inputs, *others]
    operands = list(op.operands)
    for value, result in zip(inputs, [*op.results, *op.results], strict=True):
        element = mhlo.element_of(result)
        if mhlo.element_of(value) != element:
            convert = mhlo.Convert(value, element)
            insert_before(op, convert)
            operands = [convert.result if operand is value else operand for operand in operands]
    op.operands = operands
