"""Structured control flow: loops and selections are regions, and SPIR-V's merge instructions follow from their shape.

Values cross blocks as block arguments, which the words spell as OpPhi.
"""

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import i1
from xdsl.ir import Attribute, Block, Region, SSAValue
from xdsl.irdl import (
    AttrSizedOperandSegments,
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    region_def,
    successor_def,
    traits_def,
    var_operand_def,
    var_result_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import IsTerminator

from iree.compiler.ir.diagnostics import require


class _Structured(IRDLOperation):
    """A region with one way in, its first block, and one way out: a last block that is only spirv.mlir.merge."""

    results_ = var_result_def()
    body = region_def()

    def __init__(self, result_types: Sequence[Attribute], body: Region):
        super().__init__(result_types=[result_types], regions=[body])

    @property
    def merge_block(self) -> Block:
        """The block that control leaves through."""
        return self.body.blocks[-1]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        types: Sequence[Attribute] = []
        if parser.parse_optional_punctuation("->"):
            listed = parser.parse_optional_comma_separated_list(parser.Delimiter.PAREN, parser.parse_type)
            types = [parser.parse_type()] if listed is None else listed
        return cls(types, parser.parse_region())

    def print(self, printer: Printer) -> None:
        types = [result.type for result in self.results]
        if len(types) == 1:
            printer.print_string(" -> ")
            printer.print_attribute(types[0])
        elif types:
            printer.print_string(" -> ")
            with printer.in_parens():
                printer.print_list(types, printer.print_attribute)
        printer.print_string(" ")
        printer.print_region(self.body)

    def require_merge(self) -> None:
        """(C1) of loops and selections."""
        merge = self.merge_block.last_op
        require(self, "C1", isinstance(merge, Merge), "the last block does not end in spirv.mlir.merge")
        assert merge is not None
        given, expected = [v.type for v in merge.operands], [r.type for r in self.results]
        require(self, "C1", given == expected, "spirv.mlir.merge and the results differ in type")


@irdl_op_definition
class Loop(_Structured):
    """Runs blocks again and again.

        %sum = spirv.mlir.loop -> f32 {
          spirv.Branch ^header(%zero, %start : i32, f32)
        ^header(%i : i32, %acc : f32):
          %more = spirv.SLessThan %i, %end : i32
          spirv.BranchConditional %more, ^body, ^merge
        ^body:
          %next_acc = spirv.FAdd %acc, %x : f32
          spirv.Branch ^continue
        ^continue:
          %next = spirv.IAdd %i, %one : i32
          spirv.Branch ^header(%next, %next_acc : i32, f32)
        ^merge:
          spirv.mlir.merge %acc : f32
        }

    (C1) The last block is spirv.mlir.merge with values of the result types.
    (C2) The first block and the one before the merge block branch to the second, the header.
    (C3) The header holds no loop or selection.
    """

    name = "spirv.mlir.loop"

    @property
    def header_block(self) -> Block:
        """The block that every turn begins with."""
        return self.body.blocks[1]

    @property
    def continue_block(self) -> Block:
        """The block that every turn ends with."""
        return self.body.blocks[-2]

    def verify_(self) -> None:
        self.require_merge()
        enough = len(self.body.blocks) >= 4
        require(self, "C2", enough, f"a loop has four blocks or more, this one {len(self.body.blocks)}")
        for block, text in ((self.body.blocks[0], "first block"), (self.continue_block, "block before the last")):
            branch = block.last_op
            back = isinstance(branch, Branch) and branch.target is self.header_block
            require(self, "C2", back, f"the {text} does not branch to the second")
        nested = any(isinstance(op, _Structured) for op in self.header_block.ops)
        require(self, "C3", not nested, "the second block, the header, holds a loop or selection")


@irdl_op_definition
class Selection(_Structured):
    """Runs one of two ways.

        %r = spirv.mlir.selection -> f32 {
          spirv.BranchConditional %c, ^then, ^else
        ^then:
          spirv.Branch ^merge(%a : f32)
        ^else:
          spirv.Branch ^merge(%b : f32)
        ^merge(%v : f32):
          spirv.mlir.merge %v : f32
        }

    (C1) The last block is spirv.mlir.merge with values of the result types.
    (C2) The first block ends in spirv.BranchConditional.
    """

    name = "spirv.mlir.selection"

    def verify_(self) -> None:
        self.require_merge()
        last = self.body.blocks[0].last_op
        require(self, "C2", isinstance(last, BranchConditional), "the first block does not branch on a condition")


@irdl_op_definition
class Merge(IRDLOperation):
    """Leaves a loop or selection with its results.

    spirv.mlir.merge %acc : f32
    """

    name = "spirv.mlir.merge"
    values = var_operand_def()
    traits = traits_def(IsTerminator())
    assembly_format = "($values^ `:` type($values))? attr-dict"

    def __init__(self, values: Sequence[SSAValue] = ()):
        super().__init__(operands=[values])


@irdl_op_definition
class Branch(IRDLOperation):
    """Goes on at a block.

        spirv.Branch ^header(%next : i32)

    (C1) The values fit the block's arguments.
    """

    name = "spirv.Branch"
    values = var_operand_def()
    target = successor_def()
    traits = traits_def(IsTerminator())
    assembly_format = "$target (`(` $values^ `:` type($values) `)`)? attr-dict"

    def __init__(self, target: Block, values: Sequence[SSAValue] = ()):
        super().__init__(operands=[values], successors=[target])

    def verify_(self) -> None:
        require(self, "C1", _fits(self.values, self.target), "the values differ from the block's arguments")


@irdl_op_definition
class BranchConditional(IRDLOperation):
    """Goes on at the first block where the condition is true, else at the second.

        spirv.BranchConditional %c, ^body(%a : i32), ^merge

    (C1) The values fit the blocks' arguments.
    """

    name = "spirv.BranchConditional"
    condition = operand_def(i1)
    true_values = var_operand_def()
    false_values = var_operand_def()
    true_target = successor_def()
    false_target = successor_def()
    irdl_options = (AttrSizedOperandSegments(as_property=True),)
    traits = traits_def(IsTerminator())
    assembly_format = (
        "$condition `,` $true_target (`(` $true_values^ `:` type($true_values) `)`)? `,` "
        "$false_target (`(` $false_values^ `:` type($false_values) `)`)? attr-dict"
    )

    def __init__(
        self,
        condition: SSAValue,
        true_target: Block,
        false_target: Block,
        true_values: Sequence[SSAValue] = (),
        false_values: Sequence[SSAValue] = (),
    ):
        super().__init__(operands=[condition, true_values, false_values], successors=[true_target, false_target])

    def verify_(self) -> None:
        fits = _fits(self.true_values, self.true_target) and _fits(self.false_values, self.false_target)
        require(self, "C1", fits, "the values differ from the block's arguments")


@irdl_op_definition
class Return(IRDLOperation):
    """Ends a function.

    spirv.Return
    """

    name = "spirv.Return"
    traits = traits_def(IsTerminator())
    assembly_format = "attr-dict"

    def __init__(self) -> None:
        super().__init__()


def _fits(values: Sequence[SSAValue], target: Block) -> bool:
    return [value.type for value in values] == [argument.type for argument in target.args]
