"""lower-to-hl-seq: functions take and return buffers instead of tensors.

  func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> {
    %w = arith.constant dense<[4, 1, 1]> : tensor<3xi32>
    ... iree.tensor_to_memref(%a ...) ... iree.memref_to_tensor(%out ...)
    func.return %0 : tensor<4xf32>
  }
becomes
  func.func @f(%a: memref<4xf32>) -> memref<4xf32> {
    %w = iree.constant dense<[4, 1, 1]> : tensor<3xi32>
    ...
    iree_hl_seq.return %out : memref<4xf32>
  }
and variables of ml_program become iree.global.
"""

from collections.abc import Mapping

from xdsl.dialects import arith
from xdsl.dialects.builtin import ArrayAttr, DenseIntOrFPElementsAttr, FunctionType, ModuleOp, StringAttr, TensorType
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Attribute, Block, BlockArgument, Operation, SSAValue

from iree.compiler.dialects import hl_seq, iree, mhlo, ml_program
from iree.compiler.dialects.buffers import memref_of
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import inherit, insert_before, replace

_TENSOR_OPS = (
    arith.ConstantOp,
    mhlo.Sizes,
    iree.TensorToMemref,
    iree.MemrefToTensor,
    ml_program.GlobalLoad,
    mhlo.CustomCall,
)


class LowerToHlSeq(Pass):
    name = "lower-to-hl-seq"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_hl_seq")
    # Tensor ops stay inside the executables.
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_hl_seq")

    def run(self, module: ModuleOp) -> None:
        for variable in [op for op in module.ops if isinstance(op, ml_program.Global)]:
            assert isinstance(variable.value, DenseIntOrFPElementsAttr)
            replace(variable, iree.Global(variable.sym_name.data, variable.value))
        for function in [op for op in module.ops if isinstance(op, FuncOp)]:
            for block in function.body.blocks:
                _lower(block)
            _retype(function)


def _lower(block: Block) -> None:
    buffers: dict[SSAValue, SSAValue] = {}  # the buffer that holds each tensor
    for argument in list(block.args):
        _lower_argument(argument, buffers)
    for op in list(block.ops):
        match op:
            case arith.ConstantOp(value=DenseIntOrFPElementsAttr() as value):
                constant = iree.Constant(value)
                buffers[op.result] = constant.buffer
                block.insert_op_before(inherit(constant, op), op)
            case mhlo.Sizes():
                sizes = hl_seq.Sizes(op.sizes.data, memref_of(op.value.type))
                buffers[op.value] = sizes.buffer
                block.insert_op_before(inherit(sizes, op), op)
            case iree.TensorToMemref():
                op.buffer.replace_all_uses_with(buffers[op.source])
            case iree.MemrefToTensor():
                buffers[op.value] = op.source
            case ml_program.GlobalLoad():
                load = hl_seq.GlobalLoad(op.global_, memref_of(op.result.type))
                buffers[op.result] = load.buffer
                block.insert_op_before(inherit(load, op), op)
            case ml_program.GlobalStore():
                replace(op, hl_seq.GlobalStore(op.global_, buffers[op.value]), [])
            case ReturnOp():
                replace(op, hl_seq.Return([buffers[value] for value in op.operands]))
            case mhlo.CustomCall():
                buffers.update(_lower_custom_call(op, buffers))
            case hl_seq.AllocHeap() | hl_seq.Sizes() | hl_seq.Dispatch() | hl_seq.While() | hl_seq.Case():
                pass
            case hl_seq.GlobalLoad():
                pass
            case _:
                fail(op, "is left between the dispatches; every tensor op belongs into a dispatch region")
    _erase_tensors(block)


def _lower_argument(argument: BlockArgument, buffers: dict[SSAValue, SSAValue]) -> None:
    assert isinstance(argument.type, TensorType)
    buffer = argument.block.insert_arg(memref_of(argument.type), argument.index)
    buffer.location, buffer.name_hint = argument.location, argument.name_hint
    buffers[argument] = buffer


def _lower_custom_call(op: mhlo.CustomCall, buffers: Mapping[SSAValue, SSAValue]) -> dict[SSAValue, SSAValue]:
    """Puts a call that writes into new buffers before `op`; they are those of its results."""
    outputs = {result: hl_seq.AllocHeap(memref_of(mhlo.tensor(result))) for result in op.results}
    written = [each.buffer for each in outputs.values()]
    call = hl_seq.CustomCall(op.call_target_name, StringAttr(op.config), [buffers[v] for v in op.inputs], written)
    insert_before(op, *outputs.values(), call)
    return {result: each.buffer for result, each in outputs.items()}


def _erase_tensors(block: Block) -> None:
    dead: list[Operation] = [op for op in block.ops if isinstance(op, _TENSOR_OPS)]
    for op in reversed(dead):
        op.detach()
        op.erase()
    for argument in [a for a in block.args if isinstance(a.type, TensorType)]:
        block.erase_arg(argument)


def _retype(function: FuncOp) -> None:
    types = function.function_type
    function.properties["function_type"] = FunctionType.from_lists(_memrefs(types.inputs), _memrefs(types.outputs))


def _memrefs(types: ArrayAttr[Attribute]) -> list[Attribute]:
    return [memref_of(type_) for type_ in types if isinstance(type_, TensorType)]
