"""Control flow: ops whose regions run once, not at all, or many times.

    %0:2 = mhlo.while(%i = %start, %x = %a) : tensor<i32>, tensor<4xf32>
    cond {
      %2 = mhlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      mhlo.return %2 : tensor<i1>
    } do {
      ..
      mhlo.return %3, %4 : tensor<i32>, tensor<4xf32>
    }
    %5 = "mhlo.if"(%pred) ({ .. }, { .. }) : (tensor<i1>) -> tensor<4xf32>
    %6 = "mhlo.case"(%index) ({ .. }, { .. }, { .. }) : (tensor<i32>) -> tensor<4xf32>

Regions use values from around the op; transforms/hl_seq/outline_control_flow.py makes functions of them.
"""

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import I64, IntegerAttr, TensorType, i1, i32, i64
from xdsl.ir import Attribute, Operation, Region, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    region_def,
    traits_def,
    var_operand_def,
    var_region_def,
    var_result_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import RecursiveMemoryEffect

from iree.compiler.dialects.mhlo.reduction import Return
from iree.compiler.dialects.mhlo.types import types_agree
from iree.compiler.ir.diagnostics import require


@irdl_op_definition
class While(IRDLOperation):
    """Runs its body as long as its condition holds; what the body returns is what both take the next time.

    `trip_count` is how often the body runs, where the compiler knows.

    (C1) Condition and body take values of the operands' types.
    (C2) The condition returns one tensor<i1>.
    (C3) The body returns values of the operands' types.
    (C4) The results have the operands' types.
    """

    name = "mhlo.while"
    inits = var_operand_def(TensorType)
    trip_count = opt_prop_def(IntegerAttr[I64])
    results_ = var_result_def(TensorType)
    cond = region_def("single_block")
    body = region_def("single_block")
    traits = traits_def(RecursiveMemoryEffect())

    def __init__(self, inits: Sequence[SSAValue], cond: Region, body: Region, trip_count: int | None = None):
        super().__init__(
            operands=[list(inits)],
            properties={"trip_count": None if trip_count is None else IntegerAttr(trip_count, i64)},
            result_types=[[value.type for value in inits]],
            regions=[cond, body],
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        arguments, names = [], []

        def pair() -> None:
            arguments.append(parser.parse_argument(expect_type=False))
            parser.parse_punctuation("=")
            names.append(parser.parse_unresolved_operand())

        parser.parse_comma_separated_list(parser.Delimiter.PAREN, pair)
        types: Sequence[Attribute] = []
        position = parser.pos
        if parser.parse_optional_punctuation(":") is not None:
            types = parser.parse_comma_separated_list(parser.Delimiter.NONE, parser.parse_type)
        inits = parser.resolve_operands(names, types, position)
        attributes = parser.parse_optional_attr_dict_with_keyword()
        held = dict(attributes.data) if attributes is not None else {}
        regions = []
        for keyword in ("cond", "do"):
            parser.parse_keyword(keyword)
            taken = [argument.resolve(type_) for argument, type_ in zip(arguments, types, strict=True)]
            regions.append(parser.parse_region(taken))
        properties = {"trip_count": held.pop("trip_count")} if "trip_count" in held else {}
        return cls.create(operands=inits, result_types=types, properties=properties, attributes=held, regions=regions)

    def print(self, printer: Printer) -> None:
        block = self.body.block
        printer.print_string("(")
        for index, (argument, value) in enumerate(zip(block.args, self.inits, strict=True)):
            printer.print_string(", " if index else "")
            printer.print_ssa_value(argument)
            printer.print_string(" = ")
            printer.print_operand(value)
        printer.print_string(")")
        if self.inits:
            printer.print_string(" : ")
            printer.print_list(self.operand_types, printer.print_attribute)
        held = {**self.attributes, **({"trip_count": self.trip_count} if self.trip_count is not None else {})}
        if held:
            printer.print_string(" attributes")
            printer.print_op_attributes(held)
        printer.print_string("\ncond ")
        printer.print_region(self.cond, print_entry_block_args=False)
        printer.print_string(" do ")
        printer.print_region(self.body, print_entry_block_args=False)

    def verify_(self) -> None:
        for region, what in ((self.cond, "condition"), (self.body, "body")):
            takes = [argument.type for argument in region.block.args]
            require(self, "C1", _agree(takes, self.operand_types), f"the {what} takes {_spell(takes)}")
        returned = _returned(self.cond)
        require(self, "C2", returned == [TensorType(i1, ())], f"the condition returns {_spell(returned)}")
        returned = _returned(self.body)
        require(self, "C3", _agree(returned, self.operand_types), f"the body returns {_spell(returned)}")
        results = self.result_types
        require(self, "C4", _agree(results, self.operand_types), f"the results are {_spell(results)}")


@irdl_op_definition
class If(IRDLOperation):
    """Runs one of two regions.

    (C1) The predicate is a tensor<i1>.
    (C2) Both regions take nothing and return values of the results' types.
    """

    name = "mhlo.if"
    pred = operand_def(TensorType)
    results_ = var_result_def(TensorType)
    true_branch = region_def("single_block")
    false_branch = region_def("single_block")
    traits = traits_def(RecursiveMemoryEffect())

    def __init__(self, pred: SSAValue, result_types: Sequence[Attribute], true_branch: Region, false_branch: Region):
        super().__init__(operands=[pred], result_types=[result_types], regions=[true_branch, false_branch])

    @property
    def selector(self) -> SSAValue:
        """What decides."""
        return self.pred

    @property
    def branches_by_value(self) -> Sequence[Region]:
        """The region for false, then that for true."""
        return (self.false_branch, self.true_branch)

    def verify_(self) -> None:
        require(self, "C1", self.pred.type == TensorType(i1, ()), f"the predicate is {self.pred.type}")
        _verify_branches(self, "C2")


@irdl_op_definition
class Case(IRDLOperation):
    """Runs the region whose number the index is; the last one where there is none of that number.

    (C1) The index is a tensor<i32>.
    (C2) There is a region.
    (C3) All regions take nothing and return values of the results' types.
    """

    name = "mhlo.case"
    index = operand_def(TensorType)
    results_ = var_result_def(TensorType)
    branches = var_region_def("single_block")
    traits = traits_def(RecursiveMemoryEffect())

    def __init__(self, index: SSAValue, result_types: Sequence[Attribute], branches: Sequence[Region]):
        super().__init__(operands=[index], result_types=[result_types], regions=[list(branches)])

    @property
    def selector(self) -> SSAValue:
        """What decides."""
        return self.index

    @property
    def branches_by_value(self) -> Sequence[Region]:
        """The regions in the order of their numbers."""
        return self.branches

    def verify_(self) -> None:
        require(self, "C1", self.index.type == TensorType(i32, ()), f"the index is {self.index.type}")
        require(self, "C2", bool(self.branches), "it has no region")
        _verify_branches(self, "C3")


def _verify_branches(op: Operation, label: str) -> None:
    for region in op.regions:
        require(op, label, not region.block.args, f"a region takes {len(region.block.args)} arguments")
        returned = _returned(region)
        require(op, label, _agree(returned, op.result_types), f"a region returns {_spell(returned)}")


def _returned(region: Region) -> list[Attribute]:
    last = region.block.last_op
    return list(last.operand_types) if isinstance(last, Return) else []


def _agree(ones: Sequence[Attribute], others: Sequence[Attribute]) -> bool:
    return len(ones) == len(others) and all(
        isinstance(one, TensorType) and isinstance(other, TensorType) and types_agree(one, other)
        for one, other in zip(ones, others, strict=True)
    )


def _spell(types: Sequence[Attribute]) -> str:
    return ", ".join(map(str, types)) or "nothing"


CONTROL_FLOW = (While, If, Case)
