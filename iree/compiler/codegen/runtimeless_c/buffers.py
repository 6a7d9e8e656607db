"""What C needs to know of a function's buffers: how large they are, of what elements, and where parts of them lie."""

import math

from xdsl.dialects.builtin import MemRefType, TensorType
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Operation, SSAValue

from iree.compiler.codegen.runtimeless_c.types import memory_type
from iree.compiler.dialects import ll_seq
from iree.compiler.ir import sizes
from iree.compiler.ir.constants import dtype_of
from iree.compiler.ir.diagnostics import fail


def element_type(value: SSAValue) -> str:
    """What a buffer's elements are declared as."""
    assert isinstance(value.type, MemRefType)
    name = memory_type(value.type.element_type)
    assert name is not None, "check_buffers refuses what C does not have"
    return name


def elements_of(value: SSAValue) -> int:
    """How many elements a buffer has."""
    assert isinstance(value.type, MemRefType)
    return math.prod(value.type.get_shape())


def bytes_of(value: SSAValue) -> int:
    """How large a buffer is."""
    assert isinstance(value.type, MemRefType)
    return elements_of(value) * dtype_of(value.type.element_type).itemsize


def region(value: SSAValue) -> tuple[SSAValue, int, int]:
    """The buffer that a value lies in, and from which byte to which."""
    if isinstance(value.owner, ll_seq.StaticSlice):
        root, start, _ = region(value.owner.source)
        start += value.owner.offset.value.data
        return root, start, start + bytes_of(value)
    return value, 0, bytes_of(value)


def described(type_: Attribute) -> str:
    """A buffer's type as the user says it: f32[4][3], 12 elements."""
    assert isinstance(type_, MemRefType | TensorType)
    shape = "".join(f"[{size}]" for size in type_.get_shape())
    count = f", {math.prod(type_.get_shape())} elements" if len(type_.get_shape()) > 1 else ""
    return f"{type_.element_type}{shape}{count}"


def check_buffers(function: FuncOp) -> None:
    """CompileError: a buffer of a type that C99 lacks, of a size that only a call knows, or too large to index."""
    values = [*function.body.block.args, *(result for op in function.body.walk() for result in op.results)]
    for value in values:
        if not isinstance(value.type, MemRefType):
            continue
        owner = value.owner if isinstance(value.owner, Operation) else function
        if not sizes.are_known(value.type.get_shape()) or any(size < 0 for size in value.type.get_shape()):
            fail(owner, f"{value.type} has a size that only a call knows; C needs all sizes: give the arguments shapes")
        if memory_type(value.type.element_type) is None:
            fail(owner, f"C99 does not have {value.type.element_type}; convert it to a type it has")
        if elements_of(value) >= 2**31:
            fail(owner, f"{value.type} has more elements than int32_t counts; use a module on a larger system")
