"""Runs one instruction for tests, all the way from its bytecode.

evaluate("add_f", [a, b], "4xf32")
evaluate("transpose", [a], "3x2xf32", (1, 0))
"""

from collections.abc import Sequence

import numpy as np

from iree.hal.cts.interp_executables import tensor
from iree.hal.interpreter.decode import Source, decode
from iree.hal.interpreter.plan import Plan
from iree.hal.interpreter.tensor_type import TensorType
from iree.schemas.element_types import from_dtype
from iree.schemas.instruction import Operand
from iree.schemas.interpreter_bytecode import INTERPRETER


def type_of(array: np.ndarray) -> TensorType:
    """The type that `array` has as a local."""
    return TensorType(from_dtype(array.dtype), array.shape)


def instruction(name: str, inputs: Sequence[int], output: int, attributes: Sequence[Operand]) -> bytes:
    """The bytes of an instruction, with its operands where its letters want them."""
    left, rest = list(inputs), list(attributes)
    operands: list[Operand] = []
    for letter in INTERPRETER.by_name[name].operands:
        if letter == "S":
            operands.append(tuple(left))
        elif letter == "s":
            operands.append(left.pop(0))
        else:
            operands.append(output if letter == "o" else rest.pop(0))
    return INTERPRETER.encode(name, *operands)


def evaluate(
    name: str,
    inputs: Sequence[np.ndarray],
    output: str | TensorType,
    *attributes: Operand,
    constants: Sequence[int] = (),
) -> np.ndarray:
    """What the instruction makes of `inputs`; those whose index is in `constants` are part of the code."""
    target = tensor(output) if isinstance(output, str) else output
    arguments = [array for index, array in enumerate(inputs) if index not in constants]
    code, locals_, count = b"", [], len(arguments) + 1
    for index, array in enumerate(inputs):
        if index in constants:
            kind = type_of(array)
            code += INTERPRETER.encode("constant", kind.element_type.number, kind.shape, array.tobytes(), count)
            locals_.append(count)
            count += 1
        else:
            locals_.append(index - sum(constant < index for constant in constants))
    code += instruction(name, locals_, len(arguments), attributes) + INTERPRETER.encode("return")
    types = [*map(type_of, arguments), target]
    plan = Plan(decode(Source("test", [(t.element_type.number, t.shape) for t in types], count, code, [])))
    result = np.full(target.shape, 77).astype(target.dtype)
    with np.errstate(all="ignore"):
        for action in plan.bind([*arguments, result]):
            action()
    return result
