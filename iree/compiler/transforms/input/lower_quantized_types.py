"""lower-quantized-types: quantized tensors are tensors of the integers that hold them, and their ops compute in floats.

    %2 = mhlo.add %0, %1 : tensor<4x!quant.uniform<i8:f32, 0.5:3>>
  becomes, with ((q - 3) * 0.5) for each operand
    %a = ..(%0) : tensor<4xf32>
    %b = ..(%1) : tensor<4xf32>
    %c = mhlo.add %a, %b : tensor<4xf32>
    %2 = clamp(-128, round(%c / 0.5) + 3, 127) : tensor<4xi8>

which is what StableHLO says they mean: dequantized, computed, quantized, rounded with halves to even. An op that only
moves elements of one quantized type moves the integers. Arguments and results of functions are the integers too.

CompileError: an op with a body takes quantized tensors; a quantized constant is not written with its integers; a list
of scales has not the size of its dimension.
"""

from collections.abc import Sequence

import numpy as np
from xdsl.dialects.builtin import FunctionType, ModuleOp, TensorType
from xdsl.dialects.func import CallOp, FuncOp
from xdsl.dialects.func import ReturnOp as FuncReturn
from xdsl.ir import Attribute, Operation, SSAValue

from iree.compiler.dialects import mhlo
from iree.compiler.dialects.quant import Quantization, quantization_of
from iree.compiler.ir.diagnostics import CompileError, fail, op_error, raise_all
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import replace, set_type
from iree.compiler.transforms.common.expression import Emitter, Expression

# Their results are elements of their operands, whatever these mean.
MOVES: tuple[type[Operation], ...] = (
    mhlo.Broadcast,
    mhlo.BroadcastInDim,
    mhlo.Concatenate,
    mhlo.Copy,
    mhlo.DynamicSlice,
    mhlo.DynamicUpdateSlice,
    mhlo.Gather,
    mhlo.Pad,
    mhlo.Reshape,
    mhlo.Reverse,
    mhlo.Select,
    mhlo.Slice,
    mhlo.Transpose,
)
PASSED_ON: tuple[type[Operation], ...] = (FuncReturn, CallOp, mhlo.Return, *mhlo.CONTROL_FLOW)


class LowerQuantizedTypes(Pass):
    name = "lower-quantized-types"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        errors: list[CompileError] = []
        for op in list(module.walk()):
            if any(quantization_of(value.type) for value in (*op.operands, *op.results)):
                errors += _lower(op)
        raise_all(errors)
        for op in module.walk():
            _hold_integers(op)


def _lower(op: Operation) -> list[CompileError]:
    """Puts what the op means on floats in its place; its results still have quantized types."""
    match op:
        case mhlo.Constant() if op.value.get_element_type() != _quantized(op.result.type).storage:
            return [op_error(op, f"write the integers that hold it: dense<..> of {_quantized(op.result.type).storage}")]
        case mhlo.Constant():
            pass
        case mhlo.UniformQuantize() | mhlo.UniformDequantize():
            emitter = Emitter()
            value = _dequantized(emitter, op.operand)
            _finish(op, emitter, [value])
        case _ if isinstance(op, PASSED_ON) or (isinstance(op, MOVES) and _is_of_one_type(op)):
            pass
        case _ if op.regions:
            return [op_error(op, "is not supported of quantized tensors; dequantize its operands")]
        case _:
            _compute_in_floats(op)
    return []


def _is_of_one_type(op: Operation) -> bool:
    """Whether all quantized values have one scale and zero point: then they are also those of elements elsewhere."""
    held = {quantization_of(value.type) for value in (*op.operands, *op.results)} - {None}
    return len(held) == 1 and all(each is not None and each.axis is None for each in held)


def _compute_in_floats(op: Operation) -> None:
    emitter = Emitter()
    operands = [_dequantized(emitter, operand).value for operand in op.operands]
    types = [_of_floats(result.type) for result in op.results]
    made = type(op).create(
        operands=operands, result_types=types, properties=op.properties, attributes=op.attributes, location=op.location
    )
    made.verify()
    emitter.ops.append(made)
    _finish(op, emitter, [Expression(emitter, result) for result in made.results])


def _finish(op: Operation, emitter: Emitter, values: Sequence[Expression]) -> None:
    """Puts what was made in the place of an op, quantized where its results are."""
    results = []
    for value, result in zip(values, op.results, strict=True):
        held = quantization_of(result.type)
        results.append(value.value if held is None else _quantize(op, value, held).value)
    for made, old in zip(results, op.results, strict=True):
        if quantization_of(old.type) is not None:
            set_type(made, old.type)
    replace(op, emitter.ops, results)


def _dequantized(emitter: Emitter, operand: SSAValue) -> Expression:
    """The numbers that a quantized tensor stands for; any other as it is."""
    value, held = Expression(emitter, operand), quantization_of(operand.type)
    if held is None:
        return value
    numbers = emitter.add(mhlo.Convert(operand, held.expressed))
    return (numbers - _along(numbers, held, held.zero_points)) * _along(numbers, held, held.scales)


def _quantize(op: Operation, value: Expression, held: Quantization) -> Expression:
    """The integers that hold the nearest numbers."""
    if held.axis is not None and len(held.scales) != value.shape[held.axis]:
        fail(op, f"there are {len(held.scales)} scales for dimension {held.axis} of {value.type}")
    places = (value / _along(value, held, held.scales)).apply(mhlo.RoundNearestEven)
    shifted = places + _along(places, held, held.zero_points)
    low, high = shifted.like(float(held.low)), shifted.like(float(held.high))
    clamped = value.emitter.add(mhlo.Clamp(low.value, shifted.value, high.value))
    return value.emitter.add(mhlo.Convert(clamped.value, held.storage))


def _along(value: Expression, held: Quantization, numbers: Sequence[float]) -> Expression:
    """A number for each index of the axis, or for all, in the value's shape."""
    if held.axis is None:
        return value.like(float(numbers[0]))
    return value.emitter.constant(np.array(numbers), value.element).broadcast(value.shape, [held.axis])


def _quantized(type_: Attribute) -> Quantization:
    held = quantization_of(type_)
    assert held is not None
    return held


def _of_floats(type_: Attribute) -> Attribute:
    held = quantization_of(type_)
    return type_ if held is None else _with_element(type_, held.expressed)


def _of_integers(type_: Attribute) -> Attribute:
    held = quantization_of(type_)
    return type_ if held is None else _with_element(type_, held.storage)


def _with_element(type_: Attribute, element: Attribute) -> Attribute:
    assert isinstance(type_, TensorType)
    return TensorType(element, type_.get_shape())


def _hold_integers(op: Operation) -> None:
    values = [*op.results, *(argument for region in op.regions for block in region.blocks for argument in block.args)]
    for value in values:
        if quantization_of(value.type) is not None:
            set_type(value, _of_integers(value.type))
    if isinstance(op, FuncOp):
        inputs, outputs = op.function_type.inputs, op.function_type.outputs
        op.properties["function_type"] = FunctionType.from_lists(
            [_of_integers(type_) for type_ in inputs], [_of_integers(type_) for type_ in outputs]
        )
