"""dissolve-tuples: functions take and return what is in tuples, and nothing makes or takes apart one any more.

    func.func @f(%t: tuple<tensor<4xf32>, tensor<i32>>) -> tuple<tensor<i32>> attributes {iree.module.export} {
      %0 = mhlo.get_tuple_element %t[1] : (tuple<tensor<4xf32>, tensor<i32>>) -> tensor<i32>
      %1 = mhlo.tuple %0 : tuple<tensor<i32>>
      return %1 : tuple<tensor<i32>>
  becomes
    func.func @f(%t_0: tensor<4xf32>, %t_1: tensor<i32>) -> tensor<i32>
        attributes {iree.abi = "{\\"arguments\\": {\\"t\\": {\\"tuple\\": [0, 1]}}, ...", iree.module.export} {
      return %t_1 : tensor<i32>

so that its users go on to pass and get tuples.

CompileError: a tuple comes from an op that cannot be taken apart, or the function has an iree.abi for tuples already.
"""

from collections.abc import Sequence

from xdsl.dialects.builtin import FunctionType, ModuleOp, StringAttr, TupleType
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Attribute, Block, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.dialects.iree import ABI
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import erase, inherit, insert_before, ops_of, replace
from iree.schemas import abi


class DissolveTuples(Pass):
    name = "dissolve-tuples"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for function in ops_of(module, FuncOp):
            types = function.function_type
            if any(isinstance(type_, TupleType) for type_ in (*types.inputs, *types.outputs)):
                _flatten(function)
        for get in ops_of(module, mhlo.GetTupleElement):
            source = get.operand.owner
            if not isinstance(source, mhlo.Tuple):
                fail(get, f"takes its operand apart, which is no mhlo.tuple but comes from {_origin(get.operand)}")
            replace(get, [], [source.values[get.index.value.data]])
        for op in reversed(ops_of(module, mhlo.Tuple)):
            if op.result.first_use is None:
                erase(op)


def _flatten(function: FuncOp) -> None:
    """Takes the tuples out of a function's signature, and says in its abi where they were."""
    if ABI in function.attributes:
        fail(function, f"@{function.sym_name.data} has an iree.abi, which counts values that are not in tuples")
    counted = _Counter()
    arguments = {
        argument.name_hint or f"arg{number}": counted.structure(argument.type)
        for number, argument in enumerate(function.body.block.args)
    }
    counted = _Counter()
    results = tuple(counted.structure(type_) for type_ in function.function_type.outputs)
    block = function.body.block
    for argument in list(block.args):
        if isinstance(argument.type, TupleType):
            argument.replace_all_uses_with(_gathered(block, argument.type, argument.name_hint, argument.index))
            block.erase_arg(argument)
    last = block.last_op
    assert isinstance(last, ReturnOp)
    returned = [value for operand in last.operands for value in _spread(operand, last)]
    replace(last, ReturnOp(*returned))
    types = [argument.type for argument in block.args], [value.type for value in returned]
    function.properties["function_type"] = FunctionType.from_lists(*types)
    for name in ("arg_attrs", "res_attrs"):
        function.properties.pop(name, None)
    structure = abi.Abi(arguments, results[0] if len(results) == 1 else (results or None))
    function.attributes[ABI] = StringAttr(abi.to_text(structure))


class _Counter:
    """Numbers the values that are in no tuple."""

    def __init__(self) -> None:
        self.count = 0

    def structure(self, type_: Attribute) -> abi.Structure:
        if isinstance(type_, TupleType):
            return tuple(self.structure(inner) for inner in type_.types)
        self.count += 1
        return self.count - 1


def _gathered(block: Block, type_: TupleType, hint: str | None, index: int) -> SSAValue:
    """A tuple of new arguments, which stand from `index + 1` on."""
    position = index + 1
    insert: list[mhlo.Tuple] = []

    def build(type_: Attribute, hint: str | None) -> SSAValue:
        nonlocal position
        if not isinstance(type_, TupleType):
            argument = block.insert_arg(type_, position)
            argument.name_hint = hint
            position += 1
            return argument
        values = [build(inner, hint and f"{hint}_{number}") for number, inner in enumerate(type_.types)]
        made = mhlo.Tuple(values)
        insert.append(made)
        return made.result

    result = build(type_, hint)
    first = block.first_op
    assert first is not None
    block.insert_ops_before([inherit(op, first) for op in insert], first)
    return result


def _spread(value: SSAValue, before: ReturnOp) -> Sequence[SSAValue]:
    """The values in a value."""
    if not isinstance(value.type, TupleType):
        return [value]
    gets = [mhlo.GetTupleElement(value, number) for number in range(len(list(value.type.types)))]
    insert_before(before, *gets)
    return [inner for get in gets for inner in _spread(get.result, before)]


def _origin(value: SSAValue) -> str:
    owner = value.owner
    return "outside" if isinstance(owner, Block) else owner.name
