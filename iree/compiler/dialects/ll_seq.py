"""iree_ll_seq: what the host does, with every workload known and every ordinal assigned; one op is one instruction.

Written by transforms/ll_seq. Encoded by module/encode.py with the table of iree/schemas/sequencer_bytecode.py.
"""

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, MemRefType, SymbolRefAttr
from xdsl.ir import Attribute, Dialect, Operation, SSAValue
from xdsl.irdl import IRDLOperation, irdl_op_definition, prop_def, var_operand_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.buffer_control_flow import BufferCase, BufferWhile
from iree.compiler.dialects.buffer_custom_call import BufferCustomCall
from iree.compiler.dialects.buffer_globals import BufferGlobalLoad, BufferGlobalStore
from iree.compiler.dialects.buffers import BuffersReturn, ConstantBuffer, HeapBuffer, parse_bindings, print_bindings
from iree.compiler.dialects.iree import parse_entry_point, print_entry_point
from iree.compiler.dialects.size_lists import SizeList, parse_size_list, size_list_text
from iree.compiler.ir.diagnostics import require


@irdl_op_definition
class Constant(ConstantBuffer):
    """A constant of the module, used where it lies in the file.

        %0 = iree_ll_seq.constant dense<[1.0, 2.0]> : tensor<2xf32>

    (C1) The result is the buffer of the value's type.
    """

    name = "iree_ll_seq.constant"


@irdl_op_definition
class AllocHeap(HeapBuffer):
    """Reserves one buffer of the result's size.

        %0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>

    (C1) The result shape is static.
    """

    name = "iree_ll_seq.alloc_heap"


@irdl_op_definition
class StaticDispatch(IRDLOperation):
    """Runs an entry point over a workload known at compile time. Outputs come last.

        iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %out) : (...) -> ()

    (C1) The workload has three elements, none negative.
    """

    name = "iree_ll_seq.static_dispatch"
    entry_point = prop_def(SymbolRefAttr)
    workload = prop_def(DenseIntOrFPElementsAttr)
    bindings = var_operand_def(MemRefType)

    def __init__(self, entry_point: SymbolRefAttr, workload: Attribute, bindings: Sequence[SSAValue]):
        super().__init__(properties={"entry_point": entry_point, "workload": workload}, operands=[bindings])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        entry_point = parse_entry_point(parser)
        with parser.in_square_brackets():
            workload = parser.parse_attribute()
        return cls(entry_point, workload, parse_bindings(parser))

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        print_entry_point(printer, self.entry_point)
        with printer.in_square_brackets():
            printer.print_attribute(self.workload)
        print_bindings(printer, self.bindings)

    def verify_(self) -> None:
        values = self.workload.get_values()
        legal = len(values) == 3 and all(value >= 0 for value in values)
        require(self, "C1", legal, f"the workload is {tuple(values)}")


@irdl_op_definition
class DynamicDispatch(IRDLOperation):
    """Runs an entry point over a workload that depends on the sizes of a call. Outputs come last.

        iree_ll_seq.dynamic_dispatch ex::fn[[d0], 512, 1] knows [[d0], [d1]](%a, %out) : (...) -> ()

    The entry point calls by the same symbols what it has to know of the call's sizes: d0, d1 and so on.

    (C1) The workload has three elements.
    """

    name = "iree_ll_seq.dynamic_dispatch"
    entry_point = prop_def(SymbolRefAttr)
    workload = prop_def(SizeList)
    symbols = prop_def(SizeList)
    bindings = var_operand_def(MemRefType)

    def __init__(
        self,
        entry_point: SymbolRefAttr,
        workload: Sequence[int],
        symbols: Sequence[int],
        bindings: Sequence[SSAValue],
    ):
        lists = {"workload": SizeList(tuple(workload)), "symbols": SizeList(tuple(symbols))}
        properties = {"entry_point": entry_point, **lists}
        super().__init__(properties=properties, operands=[bindings])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        entry_point = parse_entry_point(parser)
        workload = parse_size_list(parser)
        parser.parse_keyword("knows")
        return cls(entry_point, workload, parse_size_list(parser), parse_bindings(parser))

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        print_entry_point(printer, self.entry_point)
        printer.print_string(f"{size_list_text(self.workload.data)} knows {size_list_text(self.symbols.data)}")
        print_bindings(printer, self.bindings)

    def verify_(self) -> None:
        require(self, "C1", len(self.workload.data) == 3, f"the workload is {size_list_text(self.workload.data)}")


@irdl_op_definition
class Return(BuffersReturn):
    """Hands buffers back to the caller.

    iree_ll_seq.return %0 : memref<4xf32>
    """

    name = "iree_ll_seq.return"


@irdl_op_definition
class While(BufferWhile):
    """Calls a function again and again, as long as another one says so.

        %0 = iree_ll_seq.while @cond, @body(%a) captures(%b) : (memref<4xf32>, memref<f32>) -> memref<4xf32>

    (C1) The results have the types of what is carried.
    """

    name = "iree_ll_seq.while"


@irdl_op_definition
class Case(BufferCase):
    """Calls the function whose number the selector holds; the last one where there is none of that number.

        %0 = iree_ll_seq.case %index[@f_0, @f_1](%a) : (memref<i32>, memref<4xf32>) -> memref<4xf32>

    (C1) There is a function.
    (C2) The selector is a memref<i32> or a memref<i1>.
    """

    name = "iree_ll_seq.case"


@irdl_op_definition
class GlobalLoad(BufferGlobalLoad):
    """What a variable holds now; storing to it later does not change the buffer.

    %0 = iree_ll_seq.global_load @count : memref<i32>
    """

    name = "iree_ll_seq.global_load"


@irdl_op_definition
class GlobalStore(BufferGlobalStore):
    """Gives a variable another value.

    iree_ll_seq.global_store @count = %0 : memref<i32>
    """

    name = "iree_ll_seq.global_store"


@irdl_op_definition
class CustomCall(BufferCustomCall):
    """Calls a function of the host by the name it is registered under.

    iree_ll_seq.custom_call @my_function(%a) outs(%b) : (memref<4xf32>, memref<4xf32>) -> ()
    """

    name = "iree_ll_seq.custom_call"


_OPERATIONS: list[type[Operation]] = [
    Constant,
    AllocHeap,
    StaticDispatch,
    DynamicDispatch,
    Return,
    While,
    Case,
    GlobalLoad,
    GlobalStore,
    CustomCall,
]
DIALECT = Dialect("iree_ll_seq", _OPERATIONS, [])
