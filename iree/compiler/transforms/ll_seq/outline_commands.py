"""outline-commands: dispatches in a row become a function of commands alone, which the host has executed in one go.

    func.func @f(%a: memref<4xf32>) -> memref<4xf32> {
      %0 = "iree_ll_seq.alloc_stack"() : () -> memref<64xi8>
      %1 = iree_ll_seq.static_slice %0[0] : memref<64xi8> -> memref<4xf32>
      iree_ll_seq.static_dispatch ex::g[...](%a, %1) : ...
      iree_ll_seq.barrier
      %2 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
      iree_ll_seq.static_dispatch ex::g[...](%1, %2) : ...
      iree_ll_seq.return %2 : memref<4xf32>
    }
  becomes
    func.func @f(%a: memref<4xf32>) -> memref<4xf32> {
      %0 = "iree_ll_seq.alloc_stack"() : () -> memref<64xi8>
      %1 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
      iree_ll_seq.execute @f_commands_0(%a, %0, %1) : ...
      iree_ll_seq.return %1 : memref<4xf32>
    }
    func.func private @f_commands_0(%arg0: memref<4xf32>, %arg1: memref<64xi8> {iree.donated}, ...) {
      ... the slices, dispatches and barriers
      iree_ll_seq.return
    }

Constants that only these dispatches use go with them. A dispatch by itself stays where it is. Names that are taken get
an underscore more.
"""

from collections.abc import Sequence

from xdsl.dialects.builtin import IntegerAttr, ModuleOp, StringAttr, SymbolRefAttr, i32
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation, Region, SSAValue

from iree.compiler.dialects import ll_seq
from iree.compiler.dialects.iree import ORDINAL, donate_arguments
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import erase, inherit, insert_before, ops_of
from iree.compiler.transforms.ll_seq.accesses import functions_of, stretches

_FEWEST = 2  # dispatches that are worth a function
_MOVED = (ll_seq.StaticSlice, ll_seq.Constant)  # what may be made where it is used


class OutlineCommands(Pass):
    name = "outline-commands"
    reads = ("builtin", "func", "iree", "iree_ll_seq", "iree_ll_interp", "spirv")
    leaves = ("builtin", "func", "iree", "iree_ll_seq", "iree_ll_interp", "spirv")

    def run(self, module: ModuleOp) -> None:
        functions = functions_of(module)
        taken = {function.sym_name.data for function in ops_of(module, FuncOp)}
        count = len(functions)
        for function in functions:
            found = [stretch for stretch in stretches(function.body.block) if len(stretch) >= _FEWEST]
            for number, stretch in enumerate(found):
                name = f"{function.sym_name.data}_commands_{number}"
                while name in taken:
                    name += "_"
                taken.add(name)
                outlined = _outline(function.body.block, stretch, name)
                outlined.attributes[ORDINAL] = IntegerAttr(count, i32)
                count += 1
                module.body.block.add_op(outlined)


def _outline(block: Block, stretch: Sequence[ll_seq.Dispatch], name: str) -> FuncOp:
    """Replaces a stretch by its execution; returns the function of its commands."""
    commands = _commands(stretch)
    given = _given(commands)
    body = Block(arg_types=[value.type for value in given])
    inner: dict[SSAValue, SSAValue] = dict(zip(given, body.args, strict=True))
    for value, argument in inner.items():
        argument.name_hint = value.name_hint
    execute = ll_seq.Execute(SymbolRefAttr(name), given)
    insert_before(stretch[-1], execute)
    written = {number for number, value in enumerate(given) if _is_written(value, commands)}
    for command in commands:
        for operand in command.operands:
            _bring(operand, inner, body)
        clone = command.clone({value: inner[value] for value in command.operands})
        body.add_op(inherit(clone, command))
    body.add_op(inherit(ll_seq.Return([]), stretch[-1]))
    for command in commands:
        erase(command)
    for op in reversed(list(block.ops)):
        if isinstance(op, _MOVED) and not op.buffer.uses:
            erase(op)
    function = FuncOp(name, ([value.type for value in given], []), Region(body), StringAttr("private"))
    donate_arguments(function, written)
    return inherit(function, execute)


def _commands(stretch: Sequence[ll_seq.Dispatch]) -> list[Operation]:
    """The dispatches of a stretch and the barriers between them."""
    commands: list[Operation] = []
    op: Operation | None = stretch[0]
    while op is not None and op is not stretch[-1]:
        commands += [op] if isinstance(op, ll_seq.Dispatch | ll_seq.Barrier) else []
        op = op.next_op
    return [*commands, stretch[-1]]


def _given(commands: Sequence[Operation]) -> list[SSAValue]:
    """The buffers that the commands have to be given: those that are no part of others, and no constants."""
    roots = dict.fromkeys(_root(value) for command in commands for value in command.operands)
    return [root for root in roots if not isinstance(root.owner, ll_seq.Constant)]


def _root(value: SSAValue) -> SSAValue:
    while isinstance(value.owner, ll_seq.StaticSlice):
        value = value.owner.source
    return value


def _is_written(root: SSAValue, commands: Sequence[Operation]) -> bool:
    dispatches = [command for command in commands if isinstance(command, ll_seq.Dispatch)]
    return any(_root(value) is root for dispatch in dispatches for value in dispatch.written)


def _bring(value: SSAValue, inner: dict[SSAValue, SSAValue], body: Block) -> None:
    """Makes a slice or a constant in the function, unless it is there."""
    if value in inner:
        return
    owner = value.owner
    assert isinstance(owner, _MOVED)
    for operand in owner.operands:
        _bring(operand, inner, body)
    clone = owner.clone({operand: inner[operand] for operand in owner.operands})
    body.add_op(inherit(clone, owner))
    inner[value] = clone.buffer
