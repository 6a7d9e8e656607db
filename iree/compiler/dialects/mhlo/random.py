"""Random bits. transforms/input/expand_random_bits.py dissolves them.

%state, %bits = mhlo.rng_bit_generator %0, algorithm = THREE_FRY : (tensor<2xui64>) -> (tensor<2xui64>, tensor<8xui32>)
"""

from enum import auto
from typing import Any, Self

from xdsl.dialects.builtin import TensorType
from xdsl.dialects.utils.enum_attribute import EnumAttribute
from xdsl.ir import SpacedOpaqueSyntaxAttribute
from xdsl.irdl import irdl_attr_definition, irdl_op_definition, operand_def, prop_def, result_def
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.utils.str_enum import StrEnum

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.rules import require_elements, require_result
from iree.compiler.dialects.mhlo.types import Elements, tensor


class Algorithm(StrEnum):
    """How bits are made of a state. DEFAULT is Philox, as XLA has it on CPUs and GPUs."""

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[Any]) -> str:
        return name

    DEFAULT = auto()
    THREE_FRY = auto()
    PHILOX = auto()


@irdl_attr_definition
class RngAlgorithm(EnumAttribute[Algorithm], SpacedOpaqueSyntaxAttribute):
    """#mhlo<rng_algorithm THREE_FRY>, in MHLO #mhlo.rng_algorithm<THREE_FRY>"""

    name = "mhlo.rng_algorithm"


@irdl_op_definition
class RngBitGenerator(HloOp):
    """A new state, and as many random bits as the output has.

    (C1) The state's elements are integers, and the new state has its type.
    (C2) The output's elements are integers or floats.
    """

    name = "mhlo.rng_bit_generator"
    initial_state = operand_def(TensorType)
    rng_algorithm = prop_def(RngAlgorithm)
    output_state = result_def(TensorType)
    output = result_def(TensorType)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 1)
        assembly.parse_named(parser, "algorithm")
        return cls.parse_end(parser, names, {"rng_algorithm": RngAlgorithm(parser.parse_str_enum(Algorithm))})

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        printer.print_string(f", algorithm = {self.rng_algorithm.data.value}")
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        state = tensor(self.initial_state)
        require_elements(self, "C1", state, Elements.INTEGER)
        require_result(self, "C1", tensor(self.output_state), state, state.get_shape())
        require_elements(self, "C2", tensor(self.output), Elements.INTEGER | Elements.FLOAT)
