import pytest

from iree.compiler.dialects.spirv.control_flow import Loop, Selection
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import ops_of
from iree.testing.ir import check_round_trip, parse

LOOP = """
    func.func @f(%zero: i32, %one: i32, %start: f32) {
      %sum, %n = spirv.mlir.loop -> (f32, i32) {
        spirv.Branch ^header(%zero, %start : i32, f32)
      ^header(%i : i32, %acc : f32):
        %more = spirv.SLessThan %i, %one : i32
        spirv.BranchConditional %more, ^body, ^merge
      ^body:
        %next_acc = spirv.FAdd %acc, %acc : f32
        spirv.Branch ^continue
      ^continue:
        %next = spirv.IAdd %i, %one : i32
        spirv.Branch ^header(%next, %next_acc : i32, f32)
      ^merge:
        spirv.mlir.merge %acc, %i : f32, i32
      }
      spirv.Return
    }
"""

SELECTION = """
    func.func @f(%c: i1, %a: f32, %b: f32) {
      %r = spirv.mlir.selection -> f32 {
        spirv.BranchConditional %c, ^then, ^merge(%b : f32)
      ^then:
        spirv.Branch ^merge(%a : f32)
      ^merge(%v : f32):
        spirv.mlir.merge %v : f32
      }
      spirv.mlir.selection {
        spirv.BranchConditional %c, ^then, ^merge
      ^then:
        spirv.Branch ^merge
      ^merge:
        spirv.mlir.merge
      }
      spirv.Return
    }
"""


def refuse(text: str, old: str, new: str, message: str) -> None:
    assert old in text
    with pytest.raises(CompileError, match=message):
        parse(text.replace(old, new))


def test_a_loop_is_read_and_printed() -> None:
    (loop,) = ops_of(check_round_trip(LOOP), Loop)
    assert [len(block.args) for block in (loop.header_block, loop.continue_block, loop.merge_block)] == [2, 0, 0]


def test_selections_are_read_and_printed() -> None:
    selections = ops_of(check_round_trip(SELECTION), Selection)
    assert [str(result.type) for selection in selections for result in selection.results] == ["f32"]


def test_loop_c1_ends_in_merge() -> None:
    refuse(
        LOOP, "spirv.mlir.merge %acc, %i : f32, i32", "spirv.Return", r"spirv\.mlir\.loop C1: the last block does not"
    )


def test_loop_c1_merges_the_results() -> None:
    refuse(LOOP, "%acc, %i : f32, i32", "%i, %acc : i32, f32", r"C1: spirv\.mlir\.merge and the results differ in type")


def test_loop_c2_has_four_blocks() -> None:
    text = "spirv.mlir.loop { spirv.Branch ^merge ^merge: spirv.mlir.merge }"
    refuse("X", "X", text, r"spirv\.mlir\.loop C2: a loop has four blocks or more, this one 2")


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("spirv.Branch ^header(%zero, %start : i32, f32)", "spirv.Branch ^body", "first block"),
        ("spirv.Branch ^header(%next, %next_acc : i32, f32)", "spirv.Branch ^body", "block before the last"),
    ],
)
def test_loop_c2_branches_to_the_header(old: str, new: str, where: str) -> None:
    refuse(LOOP, old, new, rf"spirv\.mlir\.loop C2: the {where} does not branch to the second")


def test_loop_c3() -> None:
    nested = "spirv.mlir.selection { spirv.BranchConditional %more, ^m, ^m ^m: spirv.mlir.merge }"
    refuse(
        LOOP, "spirv.BranchConditional %more, ^body", f"{nested} spirv.BranchConditional %more, ^body", "C3: the second"
    )


def test_selection_c1() -> None:
    refuse(SELECTION, "spirv.mlir.merge %v : f32", "spirv.mlir.merge", r"spirv\.mlir\.selection C1: .* differ in type")


def test_selection_c2() -> None:
    text = "spirv.mlir.selection { spirv.Branch ^merge ^merge: spirv.mlir.merge }"
    refuse("X", "X", text, r"spirv\.mlir\.selection C2: the first block does not branch on a condition")


def test_branch_c1() -> None:
    refuse(LOOP, "(%next, %next_acc : i32, f32)", "(%next : i32)", r"spirv\.Branch C1: the values differ")


def test_branch_conditional_c1() -> None:
    refuse(SELECTION, "^merge(%b : f32)", "^merge", r"spirv\.BranchConditional C1: the values differ")
