"""iree_hl_seq: what the host does, in order, before buffers have a home.

Written by transforms/hl_seq. Removed by transforms/ll_seq.
"""

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import MemRefType, SymbolRefAttr
from xdsl.ir import Attribute, Dialect, Operation, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    prop_def,
    result_def,
    traits_def,
    var_operand_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import Pure

from iree.compiler.dialects.buffer_control_flow import BufferCase, BufferWhile
from iree.compiler.dialects.buffer_custom_call import BufferCustomCall
from iree.compiler.dialects.buffer_globals import BufferGlobalLoad, BufferGlobalStore
from iree.compiler.dialects.buffers import BuffersReturn, HeapBuffer, buffer_type, parse_bindings, print_bindings
from iree.compiler.dialects.iree import parse_entry_point, print_entry_point
from iree.compiler.dialects.size_lists import SizeList, parse_size_list, size_list_text
from iree.compiler.ir.diagnostics import require


@irdl_op_definition
class AllocHeap(HeapBuffer):
    """Reserves one buffer of the result's size.

        %0 = "iree_hl_seq.alloc_heap"() : () -> memref<4xf32>

    (C1) The result shape is static.
    """

    name = "iree_hl_seq.alloc_heap"


@irdl_op_definition
class Sizes(IRDLOperation):
    """A buffer of sizes: what the caller chose, and what follows from it. Workloads are such.

        %0 = iree_hl_seq.sizes [[d0], 512, 1] : memref<3xi32>

    (C1) There is a size for each element of the result.
    """

    name = "iree_hl_seq.sizes"
    sizes = prop_def(SizeList)
    buffer = result_def(MemRefType)
    traits = traits_def(Pure())

    def __init__(self, sizes: Sequence[int], type_: Attribute):
        super().__init__(properties={"sizes": SizeList(tuple(sizes))}, result_types=[type_])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        sizes = parse_size_list(parser)
        parser.parse_punctuation(":")
        return cls(sizes, parser.parse_type())

    def print(self, printer: Printer) -> None:
        printer.print_string(f" {size_list_text(self.sizes.data)} : ")
        printer.print_attribute(self.buffer.type)

    def verify_(self) -> None:
        count, type_ = len(self.sizes.data), self.buffer.type
        require(self, "C1", count == type_.element_count(), f"{count} sizes for {type_}")


@irdl_op_definition
class Dispatch(IRDLOperation):
    """Runs an entry point over a workload that is known when the program runs. Outputs come last.

        iree_hl_seq.dispatch ex::fn[%w : memref<3xi32>](%a, %out) : (memref<4xf32>, memref<4xf32>) -> ()

    (C1) The workload has three elements.
    """

    name = "iree_hl_seq.dispatch"
    entry_point = prop_def(SymbolRefAttr)
    workload = operand_def(MemRefType)
    bindings = var_operand_def(MemRefType)

    def __init__(self, entry_point: SymbolRefAttr, workload: SSAValue, bindings: Sequence[SSAValue]):
        super().__init__(properties={"entry_point": entry_point}, operands=[workload, bindings])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        entry_point = parse_entry_point(parser)
        with parser.in_square_brackets():
            workload = parser.parse_unresolved_operand()
            parser.parse_punctuation(":")
            workload_type = parser.parse_type()
        bindings = parse_bindings(parser)
        return cls(entry_point, parser.resolve_operand(workload, workload_type), bindings)

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        print_entry_point(printer, self.entry_point)
        with printer.in_square_brackets():
            printer.print_operand(self.workload)
            printer.print_string(" : ")
            printer.print_attribute(self.workload.type)
        print_bindings(printer, self.bindings)

    def verify_(self) -> None:
        shape = buffer_type(self.workload).get_shape()
        require(self, "C1", shape == (3,), f"the workload is {self.workload.type}")


@irdl_op_definition
class Return(BuffersReturn):
    """Hands buffers back to the caller.

    iree_hl_seq.return %1 : memref<4xf32>
    """

    name = "iree_hl_seq.return"


@irdl_op_definition
class While(BufferWhile):
    """Calls a function again and again, as long as another one says so.

        %0 = iree_hl_seq.while @cond, @body(%a) captures(%b) : (memref<4xf32>, memref<f32>) -> memref<4xf32>

    (C1) The results have the types of what is carried.
    """

    name = "iree_hl_seq.while"


@irdl_op_definition
class Case(BufferCase):
    """Calls the function whose number the selector holds; the last one where there is none of that number.

        %0 = iree_hl_seq.case %index[@f_0, @f_1](%a) : (memref<i32>, memref<4xf32>) -> memref<4xf32>

    (C1) There is a function.
    (C2) The selector is a memref<i32> or a memref<i1>.
    """

    name = "iree_hl_seq.case"


@irdl_op_definition
class GlobalLoad(BufferGlobalLoad):
    """What a variable holds now; storing to it later does not change the buffer.

    %0 = iree_hl_seq.global_load @count : memref<i32>
    """

    name = "iree_hl_seq.global_load"


@irdl_op_definition
class GlobalStore(BufferGlobalStore):
    """Gives a variable another value.

    iree_hl_seq.global_store @count = %0 : memref<i32>
    """

    name = "iree_hl_seq.global_store"


@irdl_op_definition
class CustomCall(BufferCustomCall):
    """Calls a function of the host by the name it is registered under.

    iree_hl_seq.custom_call @my_function(%a) outs(%b) : (memref<4xf32>, memref<4xf32>) -> ()
    """

    name = "iree_hl_seq.custom_call"


_OPERATIONS: list[type[Operation]] = [
    AllocHeap,
    Sizes,
    Dispatch,
    Return,
    While,
    Case,
    GlobalLoad,
    GlobalStore,
    CustomCall,
]
DIALECT = Dialect("iree_hl_seq", _OPERATIONS, [])
