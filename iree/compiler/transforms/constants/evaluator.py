"""What values are that depend on constants alone: the program's own interpreter runs them while it is compiled.

    product, = evaluate([multiply.result])          # mhlo.multiply of two mhlo.constants -> a NumPy array

The one place where the compiler uses the runtime. All ops of the values become one executable for the interpreter, in a
module with one function that takes the constants and gives the values. So a folded value is what the interpreter, the
judge of every other target, would compute when the program runs.
"""

from collections.abc import Sequence

import numpy as np
from xdsl.dialects.builtin import IntegerAttr, ModuleOp, UnitAttr, i32
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation, Region, SSAValue

import iree.runtime
from iree.compiler.dialects import iree as kernel
from iree.compiler.dialects import mhlo
from iree.compiler.dialects.buffers import memref_of
from iree.compiler.ir.constants import Array, array_of, element_type_of
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.module.module_writer import Executable, Function, Module, Type, to_bytes
from iree.compiler.targets.interp.target import InterpTarget
from iree.compiler.transforms.input.legalize_to_std import LegalizeToStd
from iree.schemas.sequencer_bytecode import SEQUENCER

_NAME = "values"


def evaluate(values: Sequence[SSAValue]) -> list[Array]:
    """The arrays that values are, each made of constants by ops that a dispatch can hold.

    CompileError: the interpreter cannot compile one of these ops.
    """
    if not values:
        return []
    ops = ops_below(values)
    constants = [op for op in ops if isinstance(op, mhlo.Constant)]
    computing = [op for op in ops if not isinstance(op, mhlo.Constant)]
    entry = ModuleOp([_entry_point(constants, computing, values)])
    LegalizeToStd().run(entry)
    target = InterpTarget()
    run_passes(entry, target.passes, verified=True, verify_each=False)
    executable = Executable(_NAME, [_NAME], [(int(target.fourcc), target.serialize(entry))])
    module = Module(_NAME, [_function([op.result for op in constants], values)], [executable])
    function = iree.runtime.load_vm_flatbuffer(to_bytes(module), driver="interpreter")[_NAME]
    results = function(*(array_of(op.value) for op in constants))
    return [np.asarray(result) for result in (results if len(values) > 1 else [results])]


def ops_below(values: Sequence[SSAValue]) -> list[Operation]:
    """All ops that values are made by, users after what they use."""
    ordered: dict[Operation, None] = {}
    pending = [value.owner for value in reversed(values)]
    while pending:
        op = pending[-1]
        assert isinstance(op, Operation), "a block argument is no constant"
        missing = [operand.owner for operand in op.operands if operand.owner not in ordered]
        if not missing:
            ordered[op] = None
            pending.pop()
        pending += missing
    return list(ordered)


def _entry_point(constants: Sequence[mhlo.Constant], ops: Sequence[Operation], values: Sequence[SSAValue]) -> FuncOp:
    """The ops over buffers: constants are loaded first, values stored last."""
    tensors = [*(op.result for op in constants), *values]
    block = Block(arg_types=[memref_of(mhlo.tensor(value)) for value in tensors])
    new: dict[SSAValue, SSAValue] = {}
    for constant, buffer in zip(constants, block.args, strict=False):
        load = kernel.LoadInput(buffer)
        block.add_op(load)
        new[constant.result] = load.value
    block.add_ops([op.clone(new) for op in ops])
    outputs = block.args[len(constants) :]
    block.add_ops([kernel.StoreOutput(new[value], buffer) for value, buffer in zip(values, outputs, strict=True)])
    block.add_op(kernel.Return())
    function = FuncOp(_NAME, (list(block.arg_types), []), Region(block))
    function.attributes[kernel.EXECUTABLE_EXPORT] = UnitAttr()
    function.attributes[kernel.ORDINAL] = IntegerAttr(0, i32)
    return function


def _function(constants: Sequence[SSAValue], values: Sequence[SSAValue]) -> Function:
    """One dispatch from arguments to results."""
    arguments, results = [_type(value) for value in constants], [_type(value) for value in values]
    inputs = tuple(range(len(arguments)))
    outputs = tuple(range(len(arguments), len(arguments) + len(results)))
    made = [(of.element_type.number, of.shape, local) for of, local in zip(results, outputs, strict=True)]
    code = [SEQUENCER.encode("alloc_heap", *each) for each in made]
    code.append(SEQUENCER.encode("static_dispatch", (0, 0), (1, 1, 1), inputs, outputs))
    code.append(SEQUENCER.encode("return", outputs))
    names = [f"arg{index}" for index in inputs]
    return Function(_NAME, arguments, results, names, None, len(inputs) + len(outputs), b"".join(code))


def _type(value: SSAValue) -> Type:
    return Type(element_type_of(value.type), mhlo.shape_of(value))
