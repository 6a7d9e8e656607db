"""iree_ll_seq: what the host does, with every workload known and every ordinal assigned; one op is one instruction.

Written by transforms/ll_seq. Encoded by module/encode.py with the table of iree/schemas/sequencer_bytecode.py.
"""

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import (
    I64,
    DenseIntOrFPElementsAttr,
    FlatSymbolRefAttrConstr,
    IntegerAttr,
    MemRefType,
    SymbolRefAttr,
    i32,
    i64,
)
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Dialect, Operation, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    result_def,
    traits_def,
    var_operand_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import Pure

from iree.compiler.dialects.buffer_control_flow import BufferCase, BufferWhile, parse_symbol, print_symbols
from iree.compiler.dialects.buffer_custom_call import BufferCustomCall
from iree.compiler.dialects.buffer_globals import BufferGlobalLoad, BufferGlobalStore
from iree.compiler.dialects.buffers import (
    BuffersReturn,
    ConstantBuffer,
    HeapBuffer,
    byte_length,
    parse_bindings,
    print_bindings,
)
from iree.compiler.dialects.iree import parse_entry_point, print_entry_point
from iree.compiler.dialects.size_lists import SizeList, parse_size_list, size_list_text
from iree.compiler.ir import sizes
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
class AllocStack(HeapBuffer):
    """Reserves what a call of the function needs until it returns: one buffer, in which static_slice finds others.

        %0 = "iree_ll_seq.alloc_stack"() : () -> memref<1024xi8>

    (C1) The result shape is static.
    """

    name = "iree_ll_seq.alloc_stack"


@irdl_op_definition
class StaticSlice(IRDLOperation):
    """The bytes of a buffer from an offset on, as a buffer of its own type.

        %1 = iree_ll_seq.static_slice %0[64] : memref<1024xi8> -> memref<4xf32>

    (C1) It lies within the buffer.
    """

    name = "iree_ll_seq.static_slice"
    offset = prop_def(IntegerAttr[I64])
    source = operand_def(MemRefType)
    buffer = result_def(MemRefType)
    traits = traits_def(Pure())

    def __init__(self, source: SSAValue, offset: int, type_: Attribute):
        super().__init__(properties={"offset": IntegerAttr(offset, i64)}, operands=[source], result_types=[type_])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        source = parser.parse_unresolved_operand()
        with parser.in_square_brackets():
            offset = parser.parse_integer()
        parser.parse_punctuation(":")
        source_type = parser.parse_type()
        parser.parse_punctuation("->")
        return cls(parser.resolve_operand(source, source_type), offset, parser.parse_type())

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_operand(self.source)
        printer.print_string(f"[{self.offset.value.data}] : ")
        printer.print_attribute(self.source.type)
        printer.print_string(" -> ")
        printer.print_attribute(self.buffer.type)

    def verify_(self) -> None:
        start, length, room = self.offset.value.data, byte_length(self.buffer.type), byte_length(self.source.type)
        fits = start >= 0 and sizes.is_at_most(start + length, room)
        require(self, "C1", fits, f"bytes {start} to {sizes.text(start + length)} of {sizes.text(room)}")


@irdl_op_definition
class Barrier(IRDLOperation):
    """Dispatches after it see what those before it wrote, and write only once those before it have read.

    iree_ll_seq.barrier
    """

    name = "iree_ll_seq.barrier"
    assembly_format = "attr-dict"


class Dispatch(IRDLOperation):
    """What both kinds of dispatch have: an entry point, and bindings of which the last `output_count` are written.

    Nothing else is written, and what is written is not read, unless the entry point says that it may be one buffer.
    """

    entry_point = prop_def(SymbolRefAttr)
    outputs = opt_prop_def(IntegerAttr)  # how many bindings are written; one, if it does not say
    bindings = var_operand_def(MemRefType)

    @property
    def output_count(self) -> int:
        """How many of the bindings are written: the last ones."""
        return 1 if self.outputs is None else self.outputs.value.data

    @property
    def read(self) -> Sequence[SSAValue]:
        """The bindings that are read."""
        return self.bindings[: len(self.bindings) - self.output_count]

    @property
    def written(self) -> Sequence[SSAValue]:
        """The bindings that are written."""
        return self.bindings[len(self.bindings) - self.output_count :]

    def require_outputs(self, label: str) -> None:
        """The rule that there are as many bindings as are written."""
        count, bindings = self.output_count, len(self.bindings)
        require(self, label, 0 <= count <= bindings, f"writes {count} of {bindings} bindings")


@irdl_op_definition
class StaticDispatch(Dispatch):
    """Runs an entry point over a workload known at compile time. Outputs come last; `writes 2` says that two do.

        iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %out) : (...) -> ()

    (C1) The workload has three elements, none negative.
    (C2) There are as many bindings as are written.
    """

    name = "iree_ll_seq.static_dispatch"
    workload = prop_def(DenseIntOrFPElementsAttr)

    def __init__(
        self, entry_point: SymbolRefAttr, workload: Attribute, bindings: Sequence[SSAValue], output_count: int = 1
    ):
        properties = {"entry_point": entry_point, "workload": workload, "outputs": _unless_one(output_count)}
        super().__init__(properties=properties, operands=[bindings])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        entry_point = parse_entry_point(parser)
        with parser.in_square_brackets():
            workload = parser.parse_attribute()
        output_count = _parse_output_count(parser)
        return cls(entry_point, workload, parse_bindings(parser), output_count)

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        print_entry_point(printer, self.entry_point)
        with printer.in_square_brackets():
            printer.print_attribute(self.workload)
        _print_output_count(printer, self)
        print_bindings(printer, self.bindings)

    def verify_(self) -> None:
        values = self.workload.get_values()
        legal = len(values) == 3 and all(value >= 0 for value in values)
        require(self, "C1", legal, f"the workload is {tuple(values)}")
        self.require_outputs("C2")


@irdl_op_definition
class DynamicDispatch(Dispatch):
    """Runs an entry point over a workload that depends on the sizes of a call. Outputs come last.

        iree_ll_seq.dynamic_dispatch ex::fn[[d0], 512, 1] knows [[d0], [d1]](%a, %out) : (...) -> ()

    The entry point calls by the same symbols what it has to know of the call's sizes: d0, d1 and so on.

    (C1) The workload has three elements.
    (C2) There are as many bindings as are written.
    """

    name = "iree_ll_seq.dynamic_dispatch"
    workload = prop_def(SizeList)
    symbols = prop_def(SizeList)

    def __init__(
        self,
        entry_point: SymbolRefAttr,
        workload: Sequence[int],
        symbols: Sequence[int],
        bindings: Sequence[SSAValue],
        output_count: int = 1,
    ):
        lists = {"workload": SizeList(tuple(workload)), "symbols": SizeList(tuple(symbols))}
        properties = {"entry_point": entry_point, **lists, "outputs": _unless_one(output_count)}
        super().__init__(properties=properties, operands=[bindings])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        entry_point = parse_entry_point(parser)
        workload = parse_size_list(parser)
        parser.parse_keyword("knows")
        symbols = parse_size_list(parser)
        output_count = _parse_output_count(parser)
        return cls(entry_point, workload, symbols, parse_bindings(parser), output_count)

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        print_entry_point(printer, self.entry_point)
        printer.print_string(f"{size_list_text(self.workload.data)} knows {size_list_text(self.symbols.data)}")
        _print_output_count(printer, self)
        print_bindings(printer, self.bindings)

    def verify_(self) -> None:
        require(self, "C1", len(self.workload.data) == 3, f"the workload is {size_list_text(self.workload.data)}")
        self.require_outputs("C2")


def _unless_one(output_count: int) -> IntegerAttr | None:
    return None if output_count == 1 else IntegerAttr(output_count, i32)


def _parse_output_count(parser: Parser) -> int:
    return parser.parse_integer() if parser.parse_optional_keyword("writes") is not None else 1


def _print_output_count(printer: Printer, dispatch: Dispatch) -> None:
    if dispatch.output_count != 1:
        printer.print_string(f" writes {dispatch.output_count} ")


@irdl_op_definition
class Execute(IRDLOperation):
    """Runs a function of commands alone, dispatches and barriers, on these buffers.

    iree_ll_seq.execute @f_commands_0(%a, %stack, %out) : (memref<4xf32>, memref<64xi8>, memref<4xf32>) -> ()
    """

    name = "iree_ll_seq.execute"
    commands = prop_def(FlatSymbolRefAttrConstr)
    buffers = var_operand_def(MemRefType)

    def __init__(self, commands: SymbolRefAttr, buffers: Sequence[SSAValue]):
        super().__init__(properties={"commands": commands}, operands=[buffers])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        return cls(parse_symbol(parser), parse_bindings(parser))

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        print_symbols(printer, (self.commands,))
        print_bindings(printer, self.buffers)


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


def returned_by(function: FuncOp) -> dict[SSAValue, int]:
    """The buffers that a function makes and hands back, each once, and which result each is."""
    last = function.body.block.last_op
    assert isinstance(last, Return)
    found: dict[SSAValue, int] = {}
    for number, value in enumerate(last.values):
        if isinstance(value.owner, AllocHeap | Case):
            found.setdefault(value, number)
    return found


_OPERATIONS: list[type[Operation]] = [
    Constant,
    AllocHeap,
    AllocStack,
    StaticSlice,
    Barrier,
    StaticDispatch,
    DynamicDispatch,
    Execute,
    Return,
    While,
    Case,
    GlobalLoad,
    GlobalStore,
    CustomCall,
]
DIALECT = Dialect("iree_ll_seq", _OPERATIONS, [])
