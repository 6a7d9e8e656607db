"""isolate-bodies: what combines or compares elements by a body hands it all that it uses.

    %c = mhlo.constant dense<2.0> : tensor<f32>
    %0 = mhlo.reduce(%x init: %i) across dimensions = [0] : ..
     reducer(%a: tensor<f32>, %b: tensor<f32>) {
      %1 = mhlo.multiply %b, %c : tensor<f32>       // %c and %s are from outside of the reduce
      %2 = mhlo.add %1, %s : tensor<f32>
      ..
  becomes
    %s4 = mhlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %0:2 = mhlo.reduce(%x init: %i), (%s4 init: %s) across dimensions = [0] : ..
     reducer(%a: tensor<f32>, %b: tensor<f32>) (%s_0: tensor<f32>, %s_1: tensor<f32>) {
      %c = mhlo.constant dense<2.0> : tensor<f32>
      %1 = mhlo.multiply %b, %c : tensor<f32>
      %2 = mhlo.add %1, %s_0 : tensor<f32>
      ..
      mhlo.return %.., %s_0 : tensor<f32>, tensor<f32>

CompileError: a body uses a value from outside that has dimensions.
"""

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Block, BlockArgument, Operation, Region, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.ir.diagnostics import CompileError, fail, raise_all
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import constant_value, inherit, insert_before, ops_of, replace


class IsolateBodies(Pass):
    name = "isolate-bodies"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        errors: list[CompileError] = []
        for op in ops_of(module, mhlo.HloOp):
            if isinstance(op, mhlo.WITH_BODIES):
                try:
                    _isolate(op)
                except CompileError as error:
                    errors.append(error)
        raise_all(errors)


def _isolate(op: Operation) -> None:
    for region in list(op.regions):
        for value in _captured(region):
            owner = value.owner
            if isinstance(owner, Operation) and constant_value(value) is not None:
                clone = inherit(owner.clone(), owner)
                first = region.block.first_op
                assert first is not None
                insert_before(first, clone)
                _use_inside(region, value, clone.results[0])
            elif mhlo.shape_of(value):
                fail(op, f"its body uses a {value.type} from outside; it can use tensors without dimensions")
            else:
                op = _with_operand(op, value)
                region = op.regions[0]


def _captured(region: Region) -> list[SSAValue]:
    """What the ops of a region use and do not make, each once."""
    found: dict[SSAValue, None] = {}
    for op in region.walk():
        for operand in op.operands:
            block = operand.block if isinstance(operand, BlockArgument) else operand.owner.parent_block()
            if block is None or not region.is_ancestor(block):
                found[operand] = None
    return list(found)


def _use_inside(region: Region, value: SSAValue, inside: SSAValue) -> None:
    value.replace_uses_with_if(inside, lambda use: region.is_ancestor(use.operation))


def _with_operand(op: Operation, value: SSAValue) -> Operation:
    """The op with a value as an operand more, the same everywhere, which its body hands on."""
    match op:
        case mhlo.Reduce() | mhlo.ReduceWindow():
            operands = [*op.inputs, _everywhere(op, value, op.inputs[0]), *op.init_values, value]
            added: tuple[int, ...] = (len(op.inputs), 2 * len(op.inputs) + 1)
        case mhlo.Scatter():
            inputs = [*op.inputs, _everywhere(op, value, op.inputs[0])]
            operands = [*inputs, op.scatter_indices, *op.updates, _everywhere(op, value, op.updates[0])]
            added = len(op.inputs), 2 * len(op.inputs) + 1
        case mhlo.Sort() | mhlo.Map():
            operands = [*op.inputs, _everywhere(op, value, op.inputs[0])]
            count = len(op.regions[0].block.args)
            added = (count, count + 1) if isinstance(op, mhlo.Sort) else (count,)
        case _:
            fail(op, f"its body uses a {value.type} from outside; make it a constant")
    region = op.detach_region(op.regions[0])
    block = region.block
    arguments = [block.insert_arg(value.type, place) for place in added]
    _use_inside(region, value, arguments[0])
    if not isinstance(op, mhlo.Sort | mhlo.Map):
        _return_too(block, arguments[0])
    types = [result.type for result in op.results]
    more = [] if isinstance(op, mhlo.Map) else [mhlo.with_shape(mhlo.tensor(value), mhlo.shape_of(op.results[0]))]
    new = type(op).create(
        operands=operands,
        result_types=[*types, *more],
        properties=dict(op.properties),
        attributes=dict(op.attributes),
        regions=[region],
    )
    replace(op, new, new.results[: len(types)])
    return new


def _return_too(block: Block, value: SSAValue) -> None:
    last = block.last_op
    assert isinstance(last, mhlo.Return)
    replace(last, mhlo.Return([*last.values, value]))


def _everywhere(op: Operation, value: SSAValue, like: SSAValue) -> SSAValue:
    broadcast = mhlo.BroadcastInDim(value, (), mhlo.with_shape(mhlo.tensor(value), mhlo.shape_of(like)))
    insert_before(op, broadcast)
    return broadcast.result
