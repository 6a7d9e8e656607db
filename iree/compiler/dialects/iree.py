"""iree: dispatch regions, executables and what binds the two to the program around them.

Regions are written by transforms/dispatch_regions and removed by transforms/hl_seq, which outlines them into
executables.
"""

from collections.abc import Container, Sequence
from typing import Self

from xdsl.dialects.builtin import (
    AffineMapAttr,
    ArrayAttr,
    DenseIntOrFPElementsAttr,
    DictionaryAttr,
    IntegerAttr,
    MemRefType,
    StringAttr,
    SymbolNameConstraint,
    SymbolRefAttr,
    TensorType,
    UnitAttr,
    i32,
)
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Block, Dialect, Operation, Region, SSAValue
from xdsl.ir.affine import AffineMap
from xdsl.irdl import (
    IRDLOperation,
    base,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    region_def,
    result_def,
    traits_def,
    var_operand_def,
    var_result_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import (
    IsolatedFromAbove,
    IsTerminator,
    NoTerminator,
    Pure,
    SymbolOpInterface,
    SymbolTable,
)

from iree.compiler.dialects.buffers import BufferValue, ConstantBuffer, memref_of, require_buffer_of
from iree.compiler.dialects.size_lists import SizeList
from iree.compiler.ir.diagnostics import require

MODULE_EXPORT = "iree.module.export"
EXECUTABLE_EXPORT = "iree.executable.export"
WORKLOAD = "iree.executable.workload"
OVERWRITES = "iree.executable.overwrites"  # inputs over which the output may lie
ORDINAL = "iree.ordinal"
ABI = "iree.abi"
DONATED = "iree.donated"  # on an argument: the caller does not need its contents any more
CONDITIONS = "iree.conditions"  # pairs of a size that must not be negative and what a caller did wrong where it is

UNSPECIFIED = "Unspecified"  # the format of an executable that is not yet for any target


def donated_arguments(function: FuncOp) -> list[int]:
    """The arguments whose memory a function may write: their callers have given them up."""
    attributes = function.properties.get("arg_attrs")
    lists = attributes.data if isinstance(attributes, ArrayAttr) else ()
    return [index for index, each in enumerate(lists) if isinstance(each, DictionaryAttr) and DONATED in each.data]


def donate_arguments(function: FuncOp, numbers: Container[int]) -> None:
    """Says which arguments a function may write. They have no other attributes."""
    count = len(function.function_type.inputs)
    lists = [DictionaryAttr({DONATED: UnitAttr()} if index in numbers else {}) for index in range(count)]
    function.properties["arg_attrs"] = ArrayAttr(lists)


def parse_entry_point(parser: Parser) -> SymbolRefAttr:
    """Reads `executable::function`."""
    executable = parser.parse_identifier(" for an executable")
    parser.parse_punctuation(":")
    parser.parse_punctuation(":")
    return SymbolRefAttr(executable, [parser.parse_identifier(" for an entry point")])


def print_entry_point(printer: Printer, entry_point: SymbolRefAttr) -> None:
    """Writes `executable::function`."""
    printer.print_string(f"{entry_point.root_reference.data}::{entry_point.nested_references.data[0].data}")


@irdl_op_definition
class Constant(ConstantBuffer):
    """A buffer whose contents never change.

        %0 = iree.constant dense<[4, 1, 1]> : tensor<3xi32>

    (C1) The result is the buffer of the value's type.
    """

    name = "iree.constant"


@irdl_op_definition
class Global(IRDLOperation):
    """A variable that calls of the module's functions share, and the value it starts with.

    iree.global @count = dense<0> : tensor<i32>
    """

    name = "iree.global"
    sym_name = prop_def(SymbolNameConstraint())
    value = prop_def(DenseIntOrFPElementsAttr)
    traits = traits_def(SymbolOpInterface())
    assembly_format = "$sym_name `=` $value attr-dict"

    def __init__(self, name: str, value: DenseIntOrFPElementsAttr):
        super().__init__(properties={"sym_name": StringAttr(name), "value": value})


@irdl_op_definition
class TensorToMemref(IRDLOperation):
    """The buffer that holds a tensor's value.

        %0 = iree.tensor_to_memref(%t : tensor<4xf32>) : memref<4xf32>

    (C1) The result is the buffer of the operand's type.
    """

    name = "iree.tensor_to_memref"
    source = operand_def(TensorType)
    buffer = result_def(MemRefType)
    traits = traits_def(Pure())
    assembly_format = "`` `(` $source `:` type($source) `)` attr-dict `:` type($buffer)"

    def __init__(self, source: SSAValue):
        assert isinstance(source.type, TensorType)
        super().__init__(operands=[source], result_types=[memref_of(source.type)])

    def verify_(self) -> None:
        require_buffer_of(self, self.source.type, self.buffer.type)


@irdl_op_definition
class MemrefToTensor(BufferValue):
    """The tensor value that a buffer holds once everything before has run.

        %t = iree.memref_to_tensor(%0 : memref<4xf32>) : tensor<4xf32>

    (C1) The operand is the buffer of the result's type.
    """

    name = "iree.memref_to_tensor"


@irdl_op_definition
class DispatchRegion(IRDLOperation):
    """Tensor operations that become one dispatch.

        %0 = iree.dispatch_region[%w : tensor<3xi32>](%a = %x : tensor<4xf32>) : tensor<4xf32> {
          ...
          iree.return %v : tensor<4xf32>
        }

    The workload is how many elements the dispatch computes in x, y and z.

    (C1) Block arguments have the operands' types.
    (C2) iree.return hands out values of the result types.
    """

    name = "iree.dispatch_region"
    workload = operand_def(base(TensorType))
    arguments = var_operand_def(TensorType)
    results_ = var_result_def(TensorType)
    body = region_def("single_block")
    traits = traits_def(IsolatedFromAbove(), Pure())

    def __init__(
        self, workload: SSAValue, arguments: Sequence[SSAValue], result_types: Sequence[Attribute], body: Region
    ):
        super().__init__(operands=[workload, arguments], result_types=[result_types], regions=[body])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        with parser.in_square_brackets():
            workload = parser.parse_unresolved_operand()
            parser.parse_punctuation(":")
            workload_type = parser.parse_type()
        block_arguments, operands = [], []

        def parse_argument() -> None:
            argument = parser.parse_argument(expect_type=False)
            parser.parse_punctuation("=")
            operand = parser.parse_unresolved_operand()
            parser.parse_punctuation(":")
            type_ = parser.parse_type()
            block_arguments.append(argument.resolve(type_))
            operands.append(parser.resolve_operand(operand, type_))

        parser.parse_comma_separated_list(parser.Delimiter.PAREN, parse_argument)
        result_types: list[Attribute] = []
        if parser.parse_optional_punctuation(":"):
            listed = parser.parse_optional_comma_separated_list(parser.Delimiter.PAREN, parser.parse_type)
            result_types = [parser.parse_type()] if listed is None else list(listed)
        body = parser.parse_region(block_arguments)
        return cls(parser.resolve_operand(workload, workload_type), operands, result_types, body)

    def print(self, printer: Printer) -> None:
        with printer.in_square_brackets():
            _print_typed(printer, self.workload)
        block = self.body.block
        with printer.in_parens():
            for index, (argument, operand) in enumerate(zip(block.args, self.arguments, strict=True)):
                printer.print_string(", " if index else "")
                printer.print_ssa_value(argument)
                printer.print_string(" = ")
                _print_typed(printer, operand)
        types = [result.type for result in self.results]
        if types:
            printer.print_string(" : ")
        if len(types) == 1:
            printer.print_attribute(types[0])
        elif types:
            with printer.in_parens():
                printer.print_list(types, printer.print_attribute)
        printer.print_string(" ")
        printer.print_region(self.body, print_entry_block_args=False)

    def verify_(self) -> None:
        block = self.body.block
        given, expected = [a.type for a in self.arguments], [a.type for a in block.args]
        require(self, "C1", given == expected, "operands and block arguments differ in type")
        returned = [v.type for v in block.last_op.operands] if block.last_op else []
        require(self, "C2", returned == [r.type for r in self.results], "iree.return and results differ in type")


@irdl_op_definition
class Return(IRDLOperation):
    """Ends a dispatch region or an executable's function.

    iree.return %1 : tensor<4xf32>
    """

    name = "iree.return"
    values = var_operand_def()
    traits = traits_def(IsTerminator())
    assembly_format = "($values^ `:` type($values))? attr-dict"

    def __init__(self, values: Sequence[SSAValue] = ()):
        super().__init__(operands=[values])


@irdl_op_definition
class LoadInput(BufferValue):
    """The value of an executable's argument.

        %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>

    (C1) The argument is the buffer of the result's type.
    """

    name = "iree.load_input"


@irdl_op_definition
class StoreOutput(IRDLOperation):
    """Writes a result of an executable into the argument that receives it, or some of its elements.

        iree.store_output(%2 : tensor<4xf32>, %arg2 : memref<4xf32>)
        iree.store_output(%2 : tensor<4xf32>, %arg2 : memref<6xf32>) at affine_map<(d0) -> (d0 + 1)>

    (C1) The argument is the buffer of the value's type; with places, a buffer of its elements.
    (C2) Places are from the value's dimensions to the buffer's.
    """

    name = "iree.store_output"
    value = operand_def(TensorType)
    target = operand_def(MemRefType)
    places = opt_prop_def(AffineMapAttr)  # where in the buffer each element goes
    assembly_format = "`` `(` $value `:` type($value) `,` $target `:` type($target) `)` (`at` $places^)? attr-dict"

    def __init__(self, value: SSAValue, target: SSAValue, places: AffineMap | None = None):
        attribute = None if places is None else AffineMapAttr(places)
        super().__init__(operands=[value, target], properties={"places": attribute})

    def verify_(self) -> None:
        value, target = self.value.type, self.target.type
        assert isinstance(value, TensorType)
        assert isinstance(target, MemRefType)
        if self.places is None:
            require_buffer_of(self, value, target)
            return
        same = value.element_type == target.element_type
        require(self, "C1", same, f"{target} is no buffer of {value.element_type}")
        ranks = (self.places.data.num_dims, len(self.places.data.results))
        fits = ranks == (len(value.get_shape()), len(target.get_shape()))
        require(self, "C2", fits, f"{self.places.data} is not from the dimensions of {value} to those of {target}")


@irdl_op_definition
class MultiArchExecutable(IRDLOperation):
    """One executable in all its translations.

        iree.multi_arch_executable @simple_mul_ex_dispatch_0[0]() {
          iree.executable(Unspecified) { ... }
        }

    The ordinal in brackets is assigned by transforms/ll_seq.
    """

    name = "iree.multi_arch_executable"
    sym_name = prop_def(SymbolNameConstraint())
    ordinal = opt_prop_def(IntegerAttr)
    body = region_def("single_block")
    traits = traits_def(IsolatedFromAbove(), NoTerminator(), SymbolTable(), SymbolOpInterface())

    def __init__(self, name: str, executables: Sequence["Executable"], ordinal: int | None = None):
        number = None if ordinal is None else IntegerAttr(ordinal, i32)
        properties = {"sym_name": StringAttr(name), "ordinal": number}
        super().__init__(properties=properties, regions=[Region(Block(executables))])

    @property
    def executables(self) -> list["Executable"]:
        """The translations, and the template they are made from while it is still there."""
        return [op for op in self.body.block.ops if isinstance(op, Executable)]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        name = parser.parse_symbol_name()
        ordinal = None
        if parser.parse_optional_punctuation("["):
            ordinal = parser.parse_integer()
            parser.parse_punctuation("]")
        parser.parse_punctuation("(")
        parser.parse_punctuation(")")
        op = cls(name.data, [], ordinal)
        op.detach_region(op.body)
        op.add_region(parser.parse_region())
        return op

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_symbol_name(self.sym_name.data)
        if self.ordinal is not None:
            printer.print_string(f"[{self.ordinal.value.data}]")
        printer.print_string("() ")
        printer.print_region(self.body)


@irdl_op_definition
class Executable(IRDLOperation):
    """A translation of an executable for one format; Unspecified is the template for all.

        iree.executable(IreeBytecode) { module { ... } }

    (C1) The body is one op, a module of functions or of the format's own kind.
    """

    name = "iree.executable"
    format = prop_def(StringAttr)
    body = region_def("single_block")
    traits = traits_def(IsolatedFromAbove(), NoTerminator())

    def __init__(self, format_: str, inner: Sequence[Operation]):
        super().__init__(properties={"format": StringAttr(format_)}, regions=[Region(Block(inner))])

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        with parser.in_parens():
            format_ = parser.parse_identifier(" for an executable format")
        op = cls(format_, [])
        op.detach_region(op.body)
        op.add_region(parser.parse_region())
        return op

    def print(self, printer: Printer) -> None:
        printer.print_string(f"({self.format.data}) ")
        printer.print_region(self.body)

    def verify_(self) -> None:
        count = len(list(self.body.block.ops))
        require(self, "C1", count == 1, f"the body holds {count} ops")


def _print_typed(printer: Printer, value: SSAValue) -> None:
    printer.print_operand(value)
    printer.print_string(" : ")
    printer.print_attribute(value.type)


DIALECT = Dialect(
    "iree",
    [
        Constant,
        Global,
        TensorToMemref,
        MemrefToTensor,
        DispatchRegion,
        Return,
        LoadInput,
        StoreOutput,
        MultiArchExecutable,
        Executable,
    ],
    [SizeList],
)
