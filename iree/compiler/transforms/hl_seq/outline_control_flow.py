"""outline-control-flow: the regions of while, if and case become functions, and what they use becomes arguments.

    %0 = mhlo.while(%x = %a) : tensor<4xf32>
    cond { ... } do { ... %b ... }
  becomes
    func.func private @f_while_0_cond(%x: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<i1> { ... }
    func.func private @f_while_0_body(%x: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> { ... }
  and, where the op stood,
    %c = iree.tensor_to_memref(%a : tensor<4xf32>) : memref<4xf32>
    %d = iree.tensor_to_memref(%b : tensor<4xf32>) : memref<4xf32>
    %e = iree_hl_seq.while @f_while_0_cond, @f_while_0_body(%c) captures(%d) : ...
    %0 = iree.memref_to_tensor(%e : memref<4xf32>) : tensor<4xf32>

mhlo.if becomes an iree_hl_seq.case of its false and its true branch. A constant from around a region is written again
in the function. A name that one of the program's functions has already gets an underscore more.
"""

from xdsl.dialects import arith
from xdsl.dialects.builtin import ModuleOp, StringAttr, SymbolRefAttr, TensorType
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Operation, Region, SSAValue

from iree.compiler.dialects import hl_seq, iree, mhlo
from iree.compiler.dialects.buffers import memref_of
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import inherit, ops_of, replace


class OutlineControlFlow(Pass):
    name = "outline-control-flow"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_hl_seq")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "iree", "iree_hl_seq")

    def run(self, module: ModuleOp) -> None:
        functions = [op for op in module.ops if isinstance(op, FuncOp)]
        taken = {function.sym_name.data for function in functions}
        for function in functions:
            found = [op for op in ops_of(function, Operation) if isinstance(op, mhlo.CONTROL_FLOW)]
            for index, op in reversed(list(enumerate(found))):  # inner ones first
                _outline(function, op, index, taken)


def _outline(function: FuncOp, op: Operation, index: int, taken: set[str]) -> None:
    captures = _captures(op)
    stem = f"{function.sym_name.data}_{op.name.removeprefix('mhlo.')}_{index}"

    def outlined(region: Region, suffix: str) -> SymbolRefAttr:
        name = f"{stem}_{suffix}"
        while name in taken:
            name += "_"
        taken.add(name)
        _insert_function(function, inherit(_function_of(region, name, captures), op))
        return SymbolRefAttr(name)

    captured = [iree.TensorToMemref(value) for value in captures]
    buffers = [each.buffer for each in captured]
    if isinstance(op, mhlo.While):
        functions = outlined(op.cond, "cond"), outlined(op.body, "body")
        given = [iree.TensorToMemref(value) for value in op.inits]
        call: Operation = hl_seq.While(*functions, [each.buffer for each in given], buffers, op.trip_count)
    else:
        assert isinstance(op, mhlo.If | mhlo.Case)
        branches = [outlined(region, str(number)) for number, region in enumerate(op.branches_by_value)]
        given = [iree.TensorToMemref(op.selector)]
        types = [memref_of(result.type) for result in op.results if isinstance(result.type, TensorType)]
        call = hl_seq.Case(given[0].buffer, branches, buffers, types)
    results = [iree.MemrefToTensor(buffer) for buffer in call.results]
    replace(op, [*given, *captured, call, *results], [each.value for each in results])


def _captures(op: Operation) -> list[SSAValue]:
    """What the regions use from around `op`, in order of first use; constants are not captured."""
    order = list(op.walk())
    inside = set(order[1:])
    found: dict[SSAValue, None] = {}
    for each in order[1:]:
        for operand in each.operands:
            owner = operand.owner
            if isinstance(owner, Operation):
                if owner not in inside and not isinstance(owner, arith.ConstantOp):
                    found[operand] = None
            elif owner.parent_op() is not op and owner.parent_op() not in inside:
                found[operand] = None
    return list(found)


def _function_of(region: Region, name: str, captures: list[SSAValue]) -> FuncOp:
    """A function of the region, which takes the region's arguments, then the captures."""
    body = Region()
    region.move_blocks(body)
    block = body.block
    inside = list(block.walk())
    members = set(inside)
    for value in captures:
        argument = block.insert_arg(value.type, len(block.args))
        argument.name_hint = value.name_hint
        value.replace_uses_with_if(argument, lambda use: use.operation in members)
    for constant in _constants_around(inside):
        copy = inherit(constant.clone(), constant)
        assert block.first_op is not None
        block.insert_op_before(copy, block.first_op)
        constant.result.replace_uses_with_if(copy.results[0], lambda use: use.operation in members)
    last = block.last_op
    assert last is not None
    types = [argument.type for argument in block.args], [value.type for value in last.operands]
    replace(last, ReturnOp(*last.operands))
    return FuncOp(name, types, body, StringAttr("private"))


def _constants_around(inside: list[Operation]) -> list[arith.ConstantOp]:
    """The constants that are used inside but stand outside, each once."""
    members = set(inside)
    found: dict[arith.ConstantOp, None] = {}
    for op in inside:
        for operand in op.operands:
            if isinstance(operand.owner, arith.ConstantOp) and operand.owner not in members:
                found[operand.owner] = None
    return list(found)


def _insert_function(after: FuncOp, function: FuncOp) -> None:
    block = after.parent_block()
    assert block is not None
    block.insert_op_after(function, after)
