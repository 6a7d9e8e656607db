"""iree_ll_interp: whole-tensor operations on buffers, the reference interpreter's own ops; one op is one instruction.

    "iree_ll_interp.mul_f"(%a, %b, %out) : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()

Written by targets/interp/lower_to_ll_interp.py. Encoded by targets/interp/serialize.py. Every compute op is one row of
iree/schemas/interpreter_bytecode.py: buffers read, then integers, then the buffer that is written.
"""

from collections.abc import Sequence

from xdsl.dialects.builtin import DenseArrayBase, DenseIntOrFPElementsAttr, IntegerAttr, MemRefType, i32, i64
from xdsl.ir import Attribute, Dialect, Operation, SSAValue
from xdsl.irdl import IRDLOperation, attr_def, irdl_op_definition, operand_def, result_def, traits_def, var_operand_def
from xdsl.traits import Pure

from iree.compiler.dialects.buffers import HeapBuffer, buffer_type, memref_of, require_constant
from iree.compiler.dialects.size_lists import SizeList
from iree.compiler.ir.diagnostics import require
from iree.schemas.instruction import Instruction
from iree.schemas.interpreter_bytecode import INTERPRETER

# What the integer lists (I) of an instruction are called, in order. Scatters share a row, and so do reductions.
ATTRIBUTE_NAMES: dict[str, tuple[str, ...]] = {
    "broadcast_in_dim": ("broadcast_dimensions",),
    "transpose": ("permutation",),
    "slice": ("starts", "strides"),
    "pad": ("low", "high", "interior"),
    "concatenate": ("dimension",),
    "reverse": ("dimensions",),
    "sort_order": ("dimension", "descending"),
    "iota": ("dimension",),
    "reduce_precision": ("bits",),
    "gather": (
        "offset_dims", "collapsed_slice_dims", "operand_batching_dims", "start_indices_batching_dims",
        "start_index_map", "index_vector_dim", "slice_sizes",
    ),
    "dot_general_f": ("lhs_batch", "rhs_batch", "lhs_contracting", "rhs_contracting"),
    "dot_general_i": ("lhs_batch", "rhs_batch", "lhs_contracting", "rhs_contracting"),
    **dict.fromkeys(
        ("convolution_f", "convolution_i"),
        (
            "strides",
            "low",
            "high",
            "lhs_dilation",
            "rhs_dilation",
            "reversal",
            "lhs_dims",
            "rhs_dims",
            "out_dims",
            "groups",
        ),
    ),
    **{
        name: ("sizes", "strides", "low", "high", "base_dilations", "window_dilations")
        for name in INTERPRETER.by_name
        if name.startswith("window_")
    },
}  # fmt: skip
_SCATTER = (
    "update_window_dims", "inserted_window_dims", "input_batching_dims", "scatter_indices_batching_dims",
    "scatter_dims_to_operand_dims", "index_vector_dim",
)  # fmt: skip
_REDUCTION = ("dimensions",)

_OWN_SYNTAX = ("constant", "sizes", "return", "alloc_heap", "dynamic_copy", "reshape")


@irdl_op_definition
class Constant(IRDLOperation):
    """A buffer whose contents never change.

    %0 = "iree_ll_interp.constant"() {value = dense<4> : tensor<1xi32>} : () -> memref<1xi32>

    (C1) The result is the buffer of the value's type.
    """

    name = "iree_ll_interp.constant"
    value = attr_def(DenseIntOrFPElementsAttr)
    buffer = result_def(MemRefType)
    traits = traits_def(Pure())

    def __init__(self, value: DenseIntOrFPElementsAttr):
        super().__init__(attributes={"value": value}, result_types=[memref_of(value.type)])

    def verify_(self) -> None:
        require_constant(self, self.value, self.buffer.type)


@irdl_op_definition
class AllocHeap(HeapBuffer):
    """Reserves one buffer of the result's size.

        %0 = "iree_ll_interp.alloc_heap"() : () -> memref<4xf32>

    (C1) The result shape is static.
    """

    name = "iree_ll_interp.alloc_heap"


@irdl_op_definition
class Sizes(IRDLOperation):
    """A buffer of sizes that only a call knows.

    %0 = "iree_ll_interp.sizes"() {sizes = #iree.size_list<[[d0], 4]>} : () -> memref<2xi32>

    (C1) There is a size for each element of the result.
    """

    name = "iree_ll_interp.sizes"
    sizes = attr_def(SizeList)
    buffer = result_def(MemRefType)
    traits = traits_def(Pure())

    def __init__(self, sizes: Sequence[int], type_: Attribute):
        super().__init__(attributes={"sizes": SizeList(tuple(sizes))}, result_types=[type_])

    def verify_(self) -> None:
        count, type_ = len(self.sizes.data), self.buffer.type
        require(self, "C1", count == type_.element_count(), f"{count} sizes for {type_}")


@irdl_op_definition
class DynamicCopy(IRDLOperation):
    """Copies a block of elements; indices and lengths hold one i32 for each dimension.

        "iree_ll_interp.dynamic_copy"(%source, %indices, %target, %target_indices, %lengths) : (...) -> ()

    (C1) Source and target have one element type.
    """

    name = "iree_ll_interp.dynamic_copy"
    source = operand_def(MemRefType)
    source_indices = operand_def(MemRefType)
    target = operand_def(MemRefType)
    target_indices = operand_def(MemRefType)
    lengths = operand_def(MemRefType)

    def verify_(self) -> None:
        given = (buffer_type(self.source).element_type, buffer_type(self.target).element_type)
        require(self, "C1", given[0] == given[1], f"copies {given[0]} into {given[1]}")


@irdl_op_definition
class Reshape(IRDLOperation):
    """The same elements under another shape; nothing is copied.

    %1 = "iree_ll_interp.reshape"(%0) : (memref<2x3xf32>) -> memref<6xf32>

    (C1) Both hold the same number of elements of one type.
    """

    name = "iree_ll_interp.reshape"
    source = operand_def(MemRefType)
    buffer = result_def(MemRefType)

    def __init__(self, source: SSAValue, type_: Attribute):
        super().__init__(operands=[source], result_types=[type_])

    def verify_(self) -> None:
        source, target = buffer_type(self.source), buffer_type(self.buffer)
        same = source.element_type == target.element_type and source.element_count() == target.element_count()
        require(self, "C1", same, f"{source} does not hold what {target} holds")


class Compute(IRDLOperation):
    """Base of the ops of the opcode table: buffers read, then the one that is written.

    (C1) The op has as many operands as its instruction.
    (C2) Every integer list of the instruction is there.
    """

    buffers = var_operand_def(MemRefType)

    def __init__(
        self, buffers: Sequence[SSAValue], integers: Sequence[Sequence[int]] = (), predicate: int | None = None
    ):
        names = attribute_names(self.instruction)
        attributes: dict[str, Attribute] = {
            name: DenseArrayBase.from_list(i64, values) for name, values in zip(names, integers, strict=True)
        }
        if predicate is not None:
            attributes["predicate"] = IntegerAttr(predicate, i32)
        super().__init__(operands=[buffers], attributes=attributes)

    @property
    def instruction(self) -> Instruction:
        """The op's row of the opcode table."""
        return INTERPRETER.by_name[self.name.removeprefix("iree_ll_interp.")]

    def verify_(self) -> None:
        letters = self.instruction.operands
        expected = sum(letter in "so" for letter in letters)
        count = len(self.buffers)
        legal = count > expected if "S" in letters else count == expected
        require(self, "C1", legal, f"{count} operands for {letters}")
        for name in (*attribute_names(self.instruction), *(["predicate"] if "p" in letters else [])):
            require(self, "C2", name in self.attributes, f"no attribute {name!r}")


def attribute_names(instruction: Instruction) -> tuple[str, ...]:
    """What the integer lists of an instruction are called, in the order of its letters."""
    if instruction.name.startswith("scatter_"):
        return _SCATTER
    return ATTRIBUTE_NAMES.get(instruction.name, _REDUCTION if "I" in instruction.operands else ())


def _define(instruction: Instruction) -> type[Compute]:
    class_name = "".join(part.capitalize() for part in instruction.name.split("_"))
    body = {"name": f"iree_ll_interp.{instruction.name}", "__module__": __name__}
    return irdl_op_definition(type(class_name, (Compute,), body))


# Every compute op by its name in the opcode table: COMPUTE["mul_f"]([%a, %b, %out]).
COMPUTE: dict[str, type[Compute]] = {
    instruction.name: _define(instruction)
    for instruction in INTERPRETER.by_name.values()
    if instruction.name not in _OWN_SYNTAX
}

_OPS: list[type[Operation]] = [Constant, Sizes, AllocHeap, DynamicCopy, Reshape, *COMPUTE.values()]
DIALECT = Dialect("iree_ll_interp", _OPS, [])
