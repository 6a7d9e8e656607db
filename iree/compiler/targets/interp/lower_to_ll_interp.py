"""lower-to-ll-interp: each tensor op becomes a whole-tensor operation on buffers.

    %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
    %1 = iree.load_input(%arg1 : memref<4xf32>) : tensor<4xf32>
    %2 = arith.mulf %0, %1 : tensor<4xf32>
    iree.store_output(%2 : tensor<4xf32>, %arg2 : memref<4xf32>)
  becomes
    %0 = "iree_ll_interp.alloc_heap"() : () -> memref<4xf32>
    "iree_ll_interp.mul_f"(%arg0, %arg1, %0) : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()
    %1 = "iree_ll_interp.constant"() {value = dense<0> : tensor<1xi32>} : () -> memref<1xi32>
    %2 = "iree_ll_interp.constant"() {value = dense<4> : tensor<1xi32>} : () -> memref<1xi32>
    "iree_ll_interp.dynamic_copy"(%0, %1, %arg2, %1, %2) : (...) -> ()

Which instruction computes which op is the table of instructions.py.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from xdsl.dialects import arith
from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, MemRefType, ModuleOp, TensorType, i32
from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation, SSAValue

from iree.compiler.dialects import iree, ll_interp, mhlo
from iree.compiler.dialects.buffers import buffer_type, memref_of
from iree.compiler.ir import sizes
from iree.compiler.ir.constants import dense
from iree.compiler.ir.diagnostics import CompileError, raise_all
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import insert_before, ops_of
from iree.compiler.targets.interp.instructions import Computation, computation_of


class LowerToLlInterp(Pass):
    name = "lower-to-ll-interp"
    reads = ("builtin", "func", "arith", "math", "mhlo", "iree")
    leaves = ("builtin", "func", "iree", "iree_ll_interp")

    def run(self, module: ModuleOp) -> None:
        errors: list[CompileError] = []
        for function in ops_of(module, FuncOp):
            errors += _FunctionLowering(function).run()
        raise_all(errors)


class _FunctionLowering:
    """Lowers one entry point, op by op; what has no instruction is collected."""

    def __init__(self, function: FuncOp):
        self.function = function
        self.buffers: dict[SSAValue, SSAValue] = {}  # where each tensor's elements are

    def run(self) -> list[CompileError]:
        errors = []
        block = self.function.body.block
        lowered = list(block.ops)
        for op in lowered:
            try:
                self._lower(op)
            except CompileError as error:
                errors.append(error)
                self.buffers.update((result, result) for result in op.results)  # go on, to report the rest
        if not errors:
            for op in reversed(lowered):
                if not isinstance(op, iree.Return):
                    op.detach()
                    op.erase()
        return errors

    def _lower(self, op: Operation) -> None:
        match op:
            case iree.Return():
                pass
            case iree.LoadInput():
                self.buffers[op.value] = op.source
            case iree.StoreOutput():
                self._copy(op)
            case arith.ConstantOp(value=DenseIntOrFPElementsAttr() as value) | mhlo.Constant(value=value):
                self.buffers[op.result] = self._constant(op, value)
            case mhlo.Sizes():
                self.buffers[op.value] = self._sizes(op, op.sizes.data, _memref(op.value))
            case mhlo.Reshape():
                reshape = ll_interp.Reshape(self.buffers[op.operand], _memref(op.result))
                insert_before(op, reshape)
                self.buffers[op.result] = reshape.buffer
            case _:
                self._compute(op, computation_of(op))

    def _compute(self, op: Operation, computation: Computation) -> None:
        target = ll_interp.AllocHeap(_memref(op.results[0]))
        inputs = [self.buffers[value] for value in computation.inputs]
        cls = ll_interp.COMPUTE[computation.instruction]
        insert_before(op, target, cls([*inputs, target.buffer], computation.integers, computation.predicate))
        self.buffers[op.results[0]] = target.buffer

    def _copy(self, op: iree.StoreOutput) -> None:
        shape = buffer_type(op.target).get_shape()
        start = self._constant(op, _indices([0] * len(shape)))
        lengths = (
            self._constant(op, _indices(shape))
            if sizes.are_known(shape)
            else self._sizes(op, shape, MemRefType(i32, [len(shape)]))
        )
        operands = [self.buffers[op.value], start, op.target, start, lengths]
        insert_before(op, ll_interp.DynamicCopy(operands=operands))

    def _constant(self, op: Operation, value: DenseIntOrFPElementsAttr) -> SSAValue:
        constant = ll_interp.Constant(value)
        insert_before(op, constant)
        return constant.buffer

    def _sizes(self, op: Operation, values: Sequence[int], type_: MemRefType[Any]) -> SSAValue:
        made = ll_interp.Sizes(values, type_)
        insert_before(op, made)
        return made.buffer


def _indices(values: Sequence[int]) -> DenseIntOrFPElementsAttr:
    return dense(np.array(values, np.int32))


def _memref(value: SSAValue) -> MemRefType[Any]:
    assert isinstance(value.type, TensorType)
    return memref_of(value.type)
