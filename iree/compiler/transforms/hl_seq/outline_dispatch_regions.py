"""outline-dispatch-regions: the body of each region becomes an executable, the region a dispatch of it.

  %0 = iree.dispatch_region[%w : tensor<3xi32>](%x = %a : tensor<4xf32>) : tensor<4xf32> { ... }
becomes
  iree.multi_arch_executable @f_ex_dispatch_0() {
    iree.executable(Unspecified) {
      module {
        func.func @f_rgn_dispatch_0(%arg0: memref<4xf32>, %arg1: memref<4xf32>) attributes {iree.executable.export} {
          %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
          ...
          iree.store_output(%1 : tensor<4xf32>, %arg1 : memref<4xf32>)
          iree.return
        }
      }
    }
  }
and, where the region stood,
  %w0 = iree.constant dense<[4, 1, 1]> : tensor<3xi32>
  %in = iree.tensor_to_memref(%a : tensor<4xf32>) : memref<4xf32>
  %out = "iree_hl_seq.alloc_heap"() : () -> memref<4xf32>
  iree_hl_seq.dispatch f_ex_dispatch_0::f_rgn_dispatch_0[%w0 : memref<3xi32>](%in, %out) : ...
  %0 = iree.memref_to_tensor(%out : memref<4xf32>) : tensor<4xf32>

A name that one of the program's functions has already gets an underscore more.
"""

from xdsl.dialects.builtin import ModuleOp, SymbolRefAttr, TensorType, UnitAttr
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation, Region

from iree.compiler.dialects import hl_seq, iree
from iree.compiler.dialects.buffers import memref_of
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import inherit, ops_of, replace


class OutlineDispatchRegions(Pass):
    name = "outline-dispatch-regions"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_hl_seq")

    def run(self, module: ModuleOp) -> None:
        functions = ops_of(module, FuncOp)
        taken = {function.sym_name.data for function in functions}
        for function in functions:
            for index, region in enumerate(ops_of(function, iree.DispatchRegion)):
                _outline(function, region, index, taken)


def _outline(function: FuncOp, region: iree.DispatchRegion, index: int, taken: set[str]) -> None:
    stem = function.sym_name.data
    executable_name, entry_name = f"{stem}_ex_dispatch_{index}", f"{stem}_rgn_dispatch_{index}"
    while executable_name in taken:
        executable_name += "_"
    taken.add(executable_name)
    block = function.parent_block()
    assert block is not None
    entry = _entry_function(region, entry_name)
    template = inherit(iree.Executable(iree.UNSPECIFIED, [inherit(ModuleOp([entry]), region)]), region)
    block.insert_op_before(inherit(iree.MultiArchExecutable(executable_name, [template]), region), function)
    _replace_by_dispatch(region, SymbolRefAttr(executable_name, [entry_name]))


def _entry_function(region: iree.DispatchRegion, name: str) -> FuncOp:
    """The region's body over buffers: inputs are loaded first, results stored last."""
    body = region.body.block
    tensors = [*(argument.type for argument in body.args), *(result.type for result in region.results)]
    memrefs = [memref_of(type_) for type_ in tensors if isinstance(type_, TensorType)]
    entry = Block(arg_types=memrefs)
    for argument, buffer in zip(body.args, entry.args, strict=False):
        load = inherit(iree.LoadInput(buffer), region)
        entry.add_op(load)
        argument.replace_all_uses_with(load.value)
    outputs = entry.args[len(body.args) :]
    for op in list(body.ops):
        op.detach()
        if not isinstance(op, iree.Return):
            entry.add_op(op)
            continue
        for value, buffer in zip(op.operands, outputs, strict=True):
            entry.add_op(inherit(iree.StoreOutput(value, buffer), op))
        entry.add_op(inherit(iree.Return(), op))
        op.drop_all_references()
    function = FuncOp(name, (memrefs, []), Region(entry))
    function.attributes[iree.EXECUTABLE_EXPORT] = UnitAttr()
    return inherit(function, region)


def _replace_by_dispatch(region: iree.DispatchRegion, entry_point: SymbolRefAttr) -> None:
    workload = iree.TensorToMemref(region.workload)
    inputs = [iree.TensorToMemref(value) for value in region.arguments]
    outputs = [hl_seq.AllocHeap(memref_of(r.type)) for r in region.results if isinstance(r.type, TensorType)]
    bindings = [*(op.buffer for op in inputs), *(op.buffer for op in outputs)]
    dispatch = hl_seq.Dispatch(entry_point, workload.buffer, bindings)
    results = [iree.MemrefToTensor(op.buffer) for op in outputs]
    ops: list[Operation] = [workload, *inputs, *outputs, dispatch, *results]
    replace(region, ops, [op.value for op in results])
