"""mhlo.reduce: the elements along some dimensions made one.

    %1 = mhlo.reduce(%0 init: %c) applies mhlo.add across dimensions = [1]
         : (tensor<4x5xf32>, tensor<f32>) -> tensor<4xf32>

`applies` stands for a body of one binary op; any other body is written out:

    %2:2 = mhlo.reduce(%0 init: %c), (%1 init: %d) across dimensions = [0] : (..) -> (tensor<f32>, tensor<i32>)
     reducer(%a: tensor<f32>, %b: tensor<f32>) (%i: tensor<i32>, %j: tensor<i32>) {
      ..
      mhlo.return %x, %y : tensor<f32>, tensor<i32>
    }
"""

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import TensorType, i1
from xdsl.ir import Attribute, Block, Region, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    SameVariadicOperandSize,
    irdl_op_definition,
    prop_def,
    region_def,
    traits_def,
    var_operand_def,
    var_result_def,
)
from xdsl.parser import Parser, UnresolvedOperand
from xdsl.printer import Printer
from xdsl.traits import IsTerminator, Pure

from iree.compiler.dialects.mhlo import assembly, inference
from iree.compiler.dialects.mhlo.attributes import int_array, ints, parse_ints
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.elementwise import BINARY, Add, And, Binary, Maximum, Minimum, Multiply, Or
from iree.compiler.dialects.mhlo.rules import INTS, require_dimensions
from iree.compiler.dialects.mhlo.types import (
    Shape,
    Tensor,
    element_of,
    is_promotable,
    shape_of,
    shapes_agree,
    tensor,
)
from iree.compiler.ir.diagnostics import require

BY_MNEMONIC = {op.name.partition(".")[2]: op for op in BINARY}

KINDS: dict[type[Binary], str] = {
    Add: "add",
    And: "and",
    Maximum: "maximum",
    Minimum: "minimum",
    Multiply: "multiply",
    Or: "or",
}
BOOLEAN_KINDS = {"add": "or", "maximum": "or", "multiply": "and", "minimum": "and"}


@irdl_op_definition
class Return(IRDLOperation):
    """Ends the body of a reduce or scatter, or a region of control flow.

    mhlo.return %0 : tensor<f32>
    """

    name = "mhlo.return"
    values = var_operand_def(TensorType)
    traits = traits_def(IsTerminator(), Pure())
    assembly_format = "($values^ `:` type($values))? attr-dict"

    def __init__(self, values: Sequence[SSAValue]):
        super().__init__(operands=[list(values)])


@irdl_op_definition
class Reduce(HloOp):
    """Combines the elements along dimensions with its body, starting from init; in any order.

    (C1) There is an init for each operand, without dimensions and with the operand's elements.
    (C2) All operands have the same shape.
    (C3) The dimensions are different ones of the operands.
    (C4) Each result has its operand's elements, or wider ones of their kind, and the sizes of the dimensions left.
    (C5) The body takes two scalars of each result's elements, first all left ones, then all right ones, and returns one
         each.
    """

    name = "mhlo.reduce"
    inputs = var_operand_def(TensorType)
    init_values = var_operand_def(TensorType)
    dimensions = prop_def(INTS)
    outputs = var_result_def(TensorType)
    body = region_def("single_block")
    irdl_options = (SameVariadicOperandSize(),)

    def __init__(self, inputs: Sequence[SSAValue], inits: Sequence[SSAValue], dimensions: Sequence[int], body: Region):
        results = [TensorType(element_of(value), inference.without(shape_of(value), dimensions)) for value in inputs]
        super().__init__(
            operands=[list(inputs), list(inits)],
            properties={"dimensions": int_array(dimensions)},
            result_types=[results],
            regions=[body],
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        names, inits = parse_inputs(parser)
        applied = parse_applied(parser)
        parser.parse_keyword("across")
        parser.parse_keyword("dimensions")
        parser.parse_punctuation("=")
        dimensions = int_array(parse_ints(parser))
        attributes = parser.parse_optional_attr_dict()
        operands, results = assembly.parse_signature(parser, [*names, *inits])
        body = parse_reducer(parser) if applied is None else body_of(applied, element_of(operands[0]))
        return cls.create(
            operands=operands,
            result_types=results,
            properties={"dimensions": dimensions},
            attributes=attributes,
            regions=[body],
        )

    def print(self, printer: Printer) -> None:
        for index, (value, init) in enumerate(self.pairs()):
            printer.print_string(", (" if index else "(")
            printer.print_operand(value)
            printer.print_string(" init: ")
            printer.print_operand(init)
            printer.print_string(")")
        applied = applied_op(self)
        if applied is not None:
            printer.print_string(f" applies {applied.name}")
        printer.print_string(f" across dimensions = {list(ints(self.dimensions))}")
        assembly.print_end(printer, self)
        if applied is None:
            print_reducer(printer, self)

    def pairs(self) -> list[tuple[SSAValue, SSAValue]]:
        """Each operand with its init."""
        return list(zip(self.inputs, self.init_values, strict=True))

    def verify_(self) -> None:
        verify_inits(self, "C1", self.inputs, self.init_values)
        shapes = [shape_of(value) for value in self.inputs]
        types = ", ".join(str(value.type) for value in self.inputs)
        require(self, "C2", all(shapes_agree(shapes[0], shape) for shape in shapes), f"the operands are {types}")
        dimensions = ints(self.dimensions)
        require_dimensions(self, "C3", dimensions, len(shapes[0]))
        left = [inference.without(shape, dimensions) for shape in shapes]
        verify_results(self, "C4", self.inputs, left, self.outputs)
        verify_combination(self, "C5", self.outputs, self.body.block)


def verify_inits(op: HloOp, label: str, inputs: Sequence[SSAValue], inits: Sequence[SSAValue]) -> None:
    """The rule that there is an init for each operand, a scalar of its elements."""
    for value, init in zip(inputs, inits, strict=True):
        scalar = TensorType(element_of(value), ())
        require(op, label, init.type == scalar, f"the init of {value.type} is {init.type}, not {scalar}")
    require(op, label, bool(inputs), "there are no operands")


def verify_results(
    op: HloOp, label: str, inputs: Sequence[SSAValue], shapes: Sequence[Shape], results: Sequence[SSAValue]
) -> None:
    """The rule that results have these shapes and their operands' elements, or wider ones of their kind."""
    expected = [TensorType(element_of(value), shape) for value, shape in zip(inputs, shapes, strict=True)]
    found = [tensor(result) for result in results]
    same = len(found) == len(expected) and all(map(_may_become, expected, found))
    texts = [", ".join(map(str, types)) for types in (found, expected)]
    require(op, label, same, f"the results are {texts[0]}, not {texts[1]}")


def _may_become(type_: Tensor, other: Tensor) -> bool:
    wider = is_promotable(type_.element_type, other.element_type)
    return wider and shapes_agree(type_.get_shape(), other.get_shape())


def verify_combination(op: HloOp, label: str, results: Sequence[SSAValue], block: Block) -> None:
    """The rule that a body takes two scalars for each result and returns one."""
    scalars: list[Attribute] = [TensorType(element_of(value), ()) for value in results]
    takes = [argument.type for argument in block.args]
    require(op, label, takes == scalars * 2, f"the body takes {', '.join(map(str, takes))}")
    last = block.last_op
    returned = [value.type for value in last.operands] if isinstance(last, Return) else []
    require(op, label, returned == scalars, f"the body returns {', '.join(map(str, returned)) or 'nothing'}")


def applied_op(reduce: Reduce) -> Binary | None:
    """The op of a body that is only that op on (left, right), which `applies` can stand for."""
    op = only_op(reduce.body)
    return op if op is not None and tuple(op.operands) == tuple(reduce.body.block.args) and not op.attributes else None


def only_op(body: Region) -> Binary | None:
    """The op of a body that is only one binary op on both arguments, in any order, and returns what it gives."""
    match list(body.block.ops):
        case [Binary() as op, Return(values=[value])] if value is op.result:
            return op if set(op.operands) == set(body.block.args) else None
        case _:
            return None


def reduce_kind(reduce: HloOp) -> str | None:
    """What a reduce or reduce_window computes: "add", "multiply", "maximum", "minimum", "and" or "or".

    Of booleans it is "and" or "or". None: it has several operands, or its body is anything else than one of these ops.
    """
    op = only_op(reduce.regions[0])
    kind = KINDS.get(type(op)) if op is not None and len(reduce.results) == 1 else None
    if kind is None:
        return None
    return BOOLEAN_KINDS.get(kind, kind) if element_of(reduce.results[0]) == i1 else kind


def body_of(applied: type[Binary], element_type: Attribute) -> Region:
    """The body that `applies` stands for."""
    scalar = TensorType(element_type, ())
    block = Block(arg_types=[scalar, scalar])
    op = applied(*block.args)
    block.add_ops([op, Return([op.result])])
    return Region(block)


def parse_inputs(parser: Parser) -> tuple[list[UnresolvedOperand], list[UnresolvedOperand]]:
    """Reads `(%a init: %b), (%c init: %d)`."""

    def group() -> tuple[UnresolvedOperand, UnresolvedOperand]:
        with parser.in_parens():
            value = parser.parse_unresolved_operand()
            parser.parse_keyword("init")
            parser.parse_punctuation(":")
            return value, parser.parse_unresolved_operand()

    groups = parser.parse_comma_separated_list(parser.Delimiter.NONE, group)
    return [value for value, _ in groups], [init for _, init in groups]


def parse_applied(parser: Parser) -> type[Binary] | None:
    """Reads `applies mhlo.add`, if it comes next."""
    if parser.parse_optional_keyword("applies") is None:
        return None
    written = parser.parse_identifier()
    op = BY_MNEMONIC.get(written.rpartition(".")[2])
    if op is None:
        parser.raise_error(f"a reduce cannot apply '{written}': it is no binary op")
    return op


def parse_reducer(parser: Parser) -> Region:
    """Reads `reducer(%a: t, %b: t) (%c: u, %d: u) {..}`."""

    def argument() -> Parser.Argument:
        result = parser.parse_argument()
        result.location = parser.parse_optional_location()
        return result

    parser.parse_keyword("reducer")
    groups = [parser.parse_comma_separated_list(parser.Delimiter.PAREN, argument)]
    while (more := parser.parse_optional_comma_separated_list(parser.Delimiter.PAREN, argument)) is not None:
        groups.append(more)
    if any(len(group) != 2 for group in groups):
        parser.raise_error("a reducer takes two arguments for each operand")
    return parser.parse_region([left for left, _ in groups] + [right for _, right in groups])


def print_reducer(printer: Printer, reduce: Reduce) -> None:
    """Writes what parse_reducer reads."""
    arguments = reduce.body.block.args
    half = len(arguments) // 2
    printer.print_string("\n reducer")
    for index in range(half):
        printer.print_string(" (" if index else "(")
        printer.print_block_argument(arguments[index])
        printer.print_string(", ")
        printer.print_block_argument(arguments[half + index])
        printer.print_string(")")
    printer.print_string(" ")
    printer.print_region(reduce.body, print_entry_block_args=False, print_empty_block=False)
