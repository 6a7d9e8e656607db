"""Where the host has to act, and how many turns of a loop are one command buffer."""

import pytest
from xdsl.dialects.func import FuncOp

from iree.compiler.codegen.runtimeless_c_vulkan.decisions import MOST_COMMANDS, Decisions
from iree.compiler.dialects import ll_seq
from iree.compiler.dialects.registry import make_context
from iree.compiler.importers.mlir_text import import_text
from iree.compiler.ir.rewriting import ops_of

NESTED = """
func.func @f(%a: memref<i32>, %b: memref<i1>) -> memref<i32> {
  %0 = iree_ll_seq.while @cond, @outer(%a) captures(%b) trip_count = OUTER : (memref<i32>, memref<i1>) -> memref<i32>
  iree_ll_seq.return %0 : memref<i32>
}
func.func private @outer(%a: memref<i32>, %b: memref<i1>) -> memref<i32> {
  %0 = iree_ll_seq.while @cond, @inner(%a) captures(%b) INNER : (memref<i32>, memref<i1>) -> memref<i32>
  iree_ll_seq.return %0 : memref<i32>
}
func.func private @inner(%a: memref<i32>, %b: memref<i1>) -> memref<i32> {
  iree_ll_seq.return %a : memref<i32>
}
func.func private @cond(%a: memref<i32>, %b: memref<i1>) -> memref<i1> {
  iree_ll_seq.return %b : memref<i1>
}
"""


def loop(outer: int, inner: str) -> tuple[Decisions, ll_seq.While]:
    """Of @f."""
    module = import_text(NESTED.replace("OUTER", str(outer)).replace("INNER", inner), "f.mlir", make_context())
    functions = {function.sym_name.data: function for function in ops_of(module, FuncOp)}
    return Decisions(functions), ops_of(functions["f"], ll_seq.While)[0]


@pytest.mark.parametrize(
    ("outer", "inner", "is_straight", "at_once"),
    [
        (3, "trip_count = 5", True, MOST_COMMANDS // 7),
        (MOST_COMMANDS // 7, "trip_count = 5", True, MOST_COMMANDS // 7),
        (MOST_COMMANDS // 7 + 1, "trip_count = 5", False, MOST_COMMANDS // 7),
        (3, f"trip_count = {2 * MOST_COMMANDS}", False, 1),
        (3, "", False, 1),
    ],
)
def test_what_the_host_decides(outer: int, inner: str, is_straight: bool, at_once: int) -> None:
    decisions, op = loop(outer, inner)
    assert decisions.is_straight("f") is is_straight
    assert decisions.turns_at_once(op) == at_once
    assert decisions.is_straight("inner")
