"""Loads and stores as accesses to storage buffers.

    memref.load %a[%i, %j] : memref<2x3xf32>
  becomes
    %p = spirv.mlir.addressof @f_arg_0 : ...
    %c0 = spirv.Constant 0 : i32
    %e = spirv.AccessChain %p[%c0, %linear] : ...       where %linear = %i * 3 + %j
    spirv.Load "StorageBuffer" %e : f32

An i1 is one byte of memory, 0 or 1; any other byte reads as true.
"""

from collections.abc import Sequence
from math import prod
from typing import Any

from xdsl.dialects import memref
from xdsl.dialects.builtin import AnyFloat, IntegerType, MemRefType, i1, i32
from xdsl.ir import BlockArgument, SSAValue

from iree.compiler.dialects.spirv import arithmetic, logical, memory, structure
from iree.compiler.dialects.spirv.types import PointerType, buffer_type
from iree.compiler.ir.sizes import is_known
from iree.compiler.targets.spirv.lowering import Lowering

I8 = IntegerType(8)
LARGEST_COUNT = 2**31 - 1  # elements of a buffer: an index is an i32


def storage_type(type_: MemRefType[Any]) -> PointerType:
    """The type of the variable that a buffer is. A buffer of no elements, which no launch touches, gets one."""
    count = max(1, prod(type_.get_shape()))
    element = I8 if type_.element_type == i1 else type_.element_type
    assert isinstance(element, IntegerType | AnyFloat)
    return buffer_type(count if is_known(count) else None, element, element.bitwidth // 8)


def lower_load(lowering: Lowering, op: memref.LoadOp) -> None:
    """Adds the SPIR-V of a load."""
    loaded = lowering.add(memory.Load(_access(lowering, op.memref, op.indices)))
    if op.res.type == i1:
        byte = lowering.add(arithmetic.UConvert(loaded, i32))
        loaded = lowering.add(logical.INotEqual(byte, lowering.integer(0)))
    lowering.define(op.res, loaded)


def lower_store(lowering: Lowering, op: memref.StoreOp) -> None:
    """Adds the SPIR-V of a store."""
    value = lowering.value(op.value)
    pointer = _access(lowering, op.memref, op.indices)
    if value.type == i1:
        number = lowering.add(logical.Select(value, lowering.integer(1), lowering.integer(0)))
        value = lowering.add(arithmetic.UConvert(number, I8))
    lowering.append(memory.Store(pointer, value))


def _access(lowering: Lowering, buffer: SSAValue, indices: Sequence[SSAValue]) -> SSAValue:
    assert isinstance(buffer, BlockArgument)
    assert isinstance(buffer.type, MemRefType)
    linear = _linear_index(lowering, buffer.type.get_shape(), [lowering.value(index) for index in indices])
    variable = lowering.buffers[buffer]
    base = lowering.add(structure.AddressOf(variable.sym_name.data, variable.type_))
    zero = lowering.integer(0)
    return lowering.add(memory.AccessChain(base, [zero, zero if linear is None else linear]))


def _linear_index(lowering: Lowering, shape: Sequence[int], indices: Sequence[SSAValue]) -> SSAValue | None:
    """Row-major, the outermost dimension first, so that what a loop does not change is added up before it. None: 0."""
    linear = None
    for dimension, (size, index) in enumerate(zip(shape, indices, strict=True)):
        if size == 1:
            continue  # the index is 0
        stride = prod(shape[dimension + 1 :])
        term = index
        if stride > 1:
            term = lowering.index_op(arithmetic.IMul, index, lowering.index_constant(stride))
        linear = term if linear is None else lowering.index_op(arithmetic.IAdd, linear, term)
    return linear
