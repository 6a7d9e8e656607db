"""Random bits and numbers. transforms/input/expand_random_bits.py and expand_rng.py dissolve them.

%state, %bits = mhlo.rng_bit_generator %0, algorithm = THREE_FRY : (tensor<2xui64>) -> (tensor<2xui64>, tensor<8xui32>)
%1 = mhlo.rng %a, %b, %shape, distribution = UNIFORM : (tensor<f32>, tensor<f32>, tensor<1xi64>) -> tensor<4xf32>
"""

from enum import auto
from typing import Self

from xdsl.dialects.builtin import TensorType
from xdsl.dialects.utils.enum_attribute import EnumAttribute
from xdsl.ir import SSAValue
from xdsl.irdl import irdl_attr_definition, irdl_op_definition, operand_def, prop_def, result_def, traits_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from iree.compiler.dialects.mhlo import assembly
from iree.compiler.dialects.mhlo.attributes import EnumSyntax, UpperCase
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.rules import require_elements, require_result
from iree.compiler.dialects.mhlo.types import Elements, Tensor, tensor
from iree.compiler.ir.diagnostics import require


class Algorithm(UpperCase):
    """How bits are made of a state. DEFAULT is Philox, as XLA has it on CPUs and GPUs."""

    DEFAULT = auto()
    THREE_FRY = auto()
    PHILOX = auto()


@irdl_attr_definition
class RngAlgorithm(EnumSyntax, EnumAttribute[Algorithm]):
    """#mhlo<rng_algorithm THREE_FRY>, in MHLO #mhlo.rng_algorithm<THREE_FRY>"""

    name = "mhlo.rng_algorithm"


class Distribution(UpperCase):
    """Which numbers rng draws."""

    UNIFORM = auto()
    NORMAL = auto()


@irdl_attr_definition
class RngDistribution(EnumSyntax, EnumAttribute[Distribution]):
    """#mhlo<rng_distribution UNIFORM>"""

    name = "mhlo.rng_distribution"


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

    def __init__(self, state: SSAValue, algorithm: Algorithm, output_type: Tensor):
        super().__init__(
            operands=[state],
            properties={"rng_algorithm": RngAlgorithm(algorithm)},
            result_types=[state.type, output_type],
        )

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


@irdl_op_definition
class Rng(HloOp):
    """Random numbers that differ from call to call: uniform ones in [a, b), or normal ones of mean a and deviation b.

    (C1) a, b and the result have the same elements: floats, or of UNIFORM integers.
    (C2) a and b have no dimensions, and the shape is a list of integers.
    """

    name = "mhlo.rng"
    a = operand_def(TensorType)
    b = operand_def(TensorType)
    shape = operand_def(TensorType)
    rng_distribution = prop_def(RngDistribution)
    result = result_def(TensorType)
    traits = traits_def()

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names = assembly.parse_operands(parser, 3)
        assembly.parse_named(parser, "distribution")
        return cls.parse_end(parser, names, {"rng_distribution": RngDistribution(parser.parse_str_enum(Distribution))})

    def print(self, printer: Printer) -> None:
        assembly.print_operands(printer, self.operands)
        printer.print_string(f", distribution = {self.rng_distribution.data.value}")
        assembly.print_end(printer, self)

    def verify_(self) -> None:
        a, b, shape, result = map(tensor, (self.a, self.b, self.shape, self.result))
        uniform = self.rng_distribution.data is Distribution.UNIFORM
        require_elements(self, "C1", a, Elements.INTEGER | Elements.FLOAT if uniform else Elements.FLOAT)
        same = len({a.element_type, b.element_type, result.element_type}) == 1
        require(self, "C1", same, f"a is {a}, b is {b}, the result {result}")
        ranks = a.get_num_dims(), b.get_num_dims(), shape.get_num_dims()
        require(self, "C2", ranks == (0, 0, 1), f"a is {a}, b is {b}, the shape {shape}")


RANDOM = (Rng, RngBitGenerator)
