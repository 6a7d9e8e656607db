"""The module, what it declares, and which of its functions are kernels."""

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import ArrayAttr, IntAttr, StringAttr, SymbolNameConstraint, SymbolRefAttr, UnitAttr
from xdsl.ir import Attribute, ParametrizedAttribute, Region
from xdsl.irdl import (
    IRDLOperation,
    irdl_attr_definition,
    irdl_op_definition,
    opt_prop_def,
    prop_def,
    region_def,
    result_def,
    traits_def,
)
from xdsl.parser import AttrParser, Parser
from xdsl.printer import Printer
from xdsl.traits import IsolatedFromAbove, NoTerminator, Pure, SymbolOpInterface, SymbolTable
from xdsl.utils.exceptions import VerifyException

from iree.compiler.dialects.spirv.types import PUSH_CONSTANT, PointerType
from iree.compiler.ir.diagnostics import require

LOCAL_SIZE = "LocalSize"
GLOBAL_INVOCATION_ID = "GlobalInvocationId"


@irdl_attr_definition
class Requirements(ParametrizedAttribute):
    """What a module needs from a device: a SPIR-V version, capabilities and extensions.

    #spirv.vce<v1.0, [Shader], [SPV_KHR_storage_buffer_storage_class]>
    """

    name = "spirv.vce"
    version: StringAttr
    capabilities: ArrayAttr[StringAttr]
    extensions: ArrayAttr[StringAttr]

    @staticmethod
    def of(capabilities: Sequence[str], extensions: Sequence[str], version: str = "v1.0") -> "Requirements":
        """The requirements with these names."""
        return Requirements(StringAttr(version), _names(capabilities), _names(extensions))

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        with parser.in_angle_brackets():
            parameters: list[Attribute] = [StringAttr(parser.parse_identifier(" for a version"))]
            for _ in range(2):
                parser.parse_punctuation(",")
                names = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, parser.parse_identifier)
                parameters.append(_names(names))
        return parameters

    def print_parameters(self, printer: Printer) -> None:
        with printer.in_angle_brackets():
            printer.print_string(self.version.data)
            for names in (self.capabilities, self.extensions):
                printer.print_string(f", [{', '.join(name.data for name in names)}]")

    def verify(self) -> None:
        major, _, minor = self.version.data.partition(".")
        if major != "v1" or not minor.isdigit():
            raise VerifyException(f"{self.version.data} is no SPIR-V version; write v1.0")


def _names(names: Sequence[str]) -> ArrayAttr[StringAttr]:
    return ArrayAttr([StringAttr(name) for name in names])


@irdl_op_definition
class Module(IRDLOperation):
    """A SPIR-V module, with what it needs from a device.

        spirv.module Logical GLSL450 requires #spirv.vce<v1.0, [Shader], [SPV_KHR_storage_buffer_storage_class]> {
          ...
        }

    The walkthrough writes spv.module "Logical" "GLSL450" {...} attributes {capabilities = ["Shader"], extensions = []}.
    """

    name = "spirv.module"
    addressing_model = prop_def(StringAttr)
    memory_model = prop_def(StringAttr)
    requirements = prop_def(Requirements)
    body = region_def("single_block")
    traits = traits_def(IsolatedFromAbove(), NoTerminator(), SymbolTable())

    def __init__(
        self,
        body: Region,
        requirements: Requirements,
        *,
        addressing_model: str = "Logical",
        memory_model: str = "GLSL450",
    ):
        super().__init__(
            properties={
                "addressing_model": StringAttr(addressing_model),
                "memory_model": StringAttr(memory_model),
                "requirements": requirements,
            },
            regions=[body],
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        addressing_model = parser.parse_identifier_or_str_literal()
        memory_model = parser.parse_identifier_or_str_literal()
        requirements = parser.parse_attribute() if parser.parse_optional_keyword("requires") else None
        body = parser.parse_region()
        named = parser.parse_optional_attr_dict_with_keyword()
        if named is not None:
            lists = [named.data.get("capabilities"), named.data.get("extensions")]
            requirements = Requirements.new([StringAttr("v1.0"), *(ArrayAttr([]) if n is None else n for n in lists)])
        if not isinstance(requirements, Requirements):
            parser.raise_error("expected requires #spirv.vce<...>, or attributes {capabilities = [...]}")
        return cls(body, requirements, addressing_model=addressing_model, memory_model=memory_model)

    def print(self, printer: Printer) -> None:
        printer.print_string(f" {self.addressing_model.data} {self.memory_model.data} requires ")
        printer.print_attribute(self.requirements)
        printer.print_string(" ")
        printer.print_region(self.body)


@irdl_op_definition
class GlobalVariable(IRDLOperation):
    """A buffer bound from outside, a value that the device supplies, or what each dispatch pushes.

        spirv.GlobalVariable @id built_in("GlobalInvocationId") : !spirv.ptr<vector<3xi32>, Input>
        spirv.GlobalVariable @f_arg_0 bind(0, 0) : !spirv.ptr<!spirv.struct<(!spirv.array<4 x f32, stride=4> [0])>,
                                                              StorageBuffer>

    bind(set, binding). `aliased`, between that and the type: it may be one buffer with another one that is too.

    (C1) The variable is bound or built in, not both; pushed, it is neither.
    """

    name = "spirv.GlobalVariable"
    sym_name = prop_def(SymbolNameConstraint())
    type_ = prop_def(PointerType, prop_name="type")
    descriptor_set = opt_prop_def(IntAttr)
    binding = opt_prop_def(IntAttr)
    built_in = opt_prop_def(StringAttr)
    aliased = opt_prop_def(UnitAttr)
    traits = traits_def(SymbolOpInterface())

    def __init__(
        self,
        name: str,
        type_: PointerType,
        *,
        bind: tuple[int, int] | None = None,
        built_in: str | None = None,
        aliased: bool = False,
    ):
        super().__init__(
            properties={
                "sym_name": StringAttr(name),
                "type": type_,
                "descriptor_set": None if bind is None else IntAttr(bind[0]),
                "binding": None if bind is None else IntAttr(bind[1]),
                "built_in": None if built_in is None else StringAttr(built_in),
                "aliased": UnitAttr() if aliased else None,
            }
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        name = parser.parse_symbol_name()
        bind, built_in = None, None
        if parser.parse_optional_keyword("bind"):
            with parser.in_parens():
                descriptor_set = parser.parse_integer()
                parser.parse_punctuation(",")
                bind = (descriptor_set, parser.parse_integer())
        elif parser.parse_optional_keyword("built_in"):
            with parser.in_parens():
                built_in = parser.parse_str_literal()
        aliased = parser.parse_optional_keyword("aliased") is not None
        parser.parse_punctuation(":")
        type_ = parser.parse_type()
        if not isinstance(type_, PointerType):
            parser.raise_error("expected !spirv.ptr<...>")
        return cls(name.data, type_, bind=bind, built_in=built_in, aliased=aliased)

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_symbol_name(self.sym_name.data)
        if self.descriptor_set is not None and self.binding is not None:
            printer.print_string(f" bind({self.descriptor_set.data}, {self.binding.data})")
        if self.built_in is not None:
            printer.print_string(f' built_in("{self.built_in.data}")')
        if self.aliased is not None:
            printer.print_string(" aliased")
        printer.print_string(" : ")
        printer.print_attribute(self.type_)

    def verify_(self) -> None:
        bound = self.binding is not None and self.descriptor_set is not None
        ways = bound + (self.built_in is not None) + (self.type_.storage_class.data == PUSH_CONSTANT)
        require(self, "C1", ways == 1, "needs bind(set, binding) or built_in(name)")


@irdl_op_definition
class AddressOf(IRDLOperation):
    """The pointer that a global variable is.

    %0 = spirv.mlir.addressof @f_arg_0 : !spirv.ptr<...>
    """

    name = "spirv.mlir.addressof"
    variable = prop_def(SymbolRefAttr)
    pointer = result_def(PointerType)
    traits = traits_def(Pure())
    assembly_format = "$variable attr-dict `:` type($pointer)"

    def __init__(self, variable: str, type_: PointerType):
        super().__init__(properties={"variable": SymbolRefAttr(variable)}, result_types=[type_])


@irdl_op_definition
class EntryPoint(IRDLOperation):
    """Says that a function is a kernel, and which built-in values it reads.

    spirv.EntryPoint "GLCompute" @f, @globalInvocationID
    """

    name = "spirv.EntryPoint"
    execution_model = prop_def(StringAttr)
    function = prop_def(SymbolRefAttr)
    interface = prop_def(ArrayAttr[SymbolRefAttr])

    def __init__(self, function: str, interface: Sequence[str], execution_model: str = "GLCompute"):
        super().__init__(
            properties={
                "execution_model": StringAttr(execution_model),
                "function": SymbolRefAttr(function),
                "interface": ArrayAttr([SymbolRefAttr(name) for name in interface]),
            }
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        model = parser.parse_str_literal()
        function = parser.parse_symbol_name()
        interface = []
        while parser.parse_optional_punctuation(","):
            interface.append(parser.parse_symbol_name().data)
        return cls(function.data, interface, model)

    def print(self, printer: Printer) -> None:
        printer.print_string(f' "{self.execution_model.data}" ')
        printer.print_attribute(self.function)
        for variable in self.interface:
            printer.print_string(", ")
            printer.print_attribute(variable)


@irdl_op_definition
class ExecutionMode(IRDLOperation):
    """How a kernel runs; LocalSize is how many invocations a workgroup has in x, y and z.

    spirv.ExecutionMode @f "LocalSize", 1, 1, 1
    """

    name = "spirv.ExecutionMode"
    function = prop_def(SymbolRefAttr)
    mode = prop_def(StringAttr)
    values = prop_def(ArrayAttr[IntAttr])

    def __init__(self, function: str, mode: str, values: Sequence[int]):
        super().__init__(
            properties={
                "function": SymbolRefAttr(function),
                "mode": StringAttr(mode),
                "values": ArrayAttr([IntAttr(value) for value in values]),
            }
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        function = parser.parse_symbol_name()
        mode = parser.parse_str_literal()
        values = []
        while parser.parse_optional_punctuation(","):
            values.append(parser.parse_integer())
        return cls(function.data, mode, values)

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_attribute(self.function)
        printer.print_string(f' "{self.mode.data}"')
        for value in self.values:
            printer.print_string(f", {value.data}")
