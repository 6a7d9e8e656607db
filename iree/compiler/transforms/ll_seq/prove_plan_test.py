"""Plans that are wrong are refused: each rule broken once, and a right plan changed in every way that is wrong."""
# ruff: noqa: E501 (types are long)

import pytest

from iree.compiler.dialects import ll_seq
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import erase, ops_of
from iree.compiler.pipeline import Options, run_pipeline
from iree.compiler.transforms.ll_seq.prove_plan import ProvePlan
from iree.testing.ir import parse

INTERP = ("interpreter-bytecode",)
MATRIX = "tensor<8x8xf32>"


def product(result, left, right):
    return f"{result} = stablehlo.dot {left}, {right} : ({MATRIX}, {MATRIX}) -> {MATRIX}\n"


PROGRAM = f"""
func.func @f(%a: {MATRIX}, %b: {MATRIX}) -> ({MATRIX}, {MATRIX}) {{
{product("%0", "%a", "%b")}{product("%1", "%0", "%b")}{product("%2", "%b", "%a")}{product("%3", "%1", "%2")}
{product("%4", "%3", "%0")}{product("%5", "%4", "%2")}{product("%6", "%5", "%4")}{product("%7", "%5", "%0")}
return %6, %7 : {MATRIX}, {MATRIX}
}}
"""


def planned():
    module = parse(PROGRAM)
    run_pipeline(module, Options(target_backends=INTERP, compile_to="ll-seq"))
    return module


def refusal(module):
    """What the proof says against a plan; "" if it is right."""
    try:
        ProvePlan().run(module)
    except CompileError as error:
        return str(error)
    return ""


def test_a_right_plan_passes():
    module = planned()
    assert len(ops_of(module, ll_seq.StaticSlice)) > 3
    assert refusal(module) == ""


def test_each_barrier_is_needed():
    count = len(ops_of(planned(), ll_seq.Barrier))
    assert count > 3
    for number in range(count):
        module = planned()
        erase(ops_of(module, ll_seq.Barrier)[number])
        assert "with no barrier between; this is a defect of the compiler" in refusal(module)


def test_dispatches_that_change_places():
    for number in range(len(ops_of(planned(), ll_seq.Dispatch)) - 1):
        module = planned()
        first, second = ops_of(module, ll_seq.Dispatch)[number : number + 2]
        if set(first.written) & set(second.read):
            first.detach()
            second.parent.insert_op_after(first, second)
            assert "before it is written" in refusal(module) or "written over it" in refusal(module)


EXECUTABLE = """
iree.multi_arch_executable @ex() {
  iree.executable(Unspecified) {
    module {
      func.func @fn(%arg0: memref<4xf32>, %arg1: memref<4xf32>) attributes {iree.executable.export} {
        %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
        iree.store_output(%0 : tensor<4xf32>, %arg1 : memref<4xf32>)
        iree.return
      }
    }
  }
}
iree.global @v = dense<0.0> : tensor<4xf32>
"""
ALLOC = '{} = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>\n'
STACK = '%s = "iree_ll_seq.alloc_stack"() : () -> memref<64xi8>\n'
SLICE = "{} = iree_ll_seq.static_slice %s[{}] : memref<64xi8> -> memref<4xf32>\n"
RUN = "iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>]({}, {}) : (memref<4xf32>, memref<4xf32>) -> ()\n"
BARRIER = "iree_ll_seq.barrier\n"


@pytest.mark.parametrize(
    ("code", "returned", "error"),
    [
        (ALLOC.format("%r"), "%r", "iree_ll_seq.return: reads %r before it is written"),
        (RUN.format("%a", "%b"), "%a", "writes %b, which is not this call's"),
        ("%c = iree_ll_seq.global_load @v : memref<4xf32>\n" + RUN.format("%a", "%c"), "%a", "writes %c, which is not"),
        (ALLOC.format("%r") + RUN.format("%r", "%r"), "%r", "reads %r before it is written"),
        (STACK + SLICE.format("%x", 0) + RUN.format("%a", "%x"), "%x", "hands out %x, which lies in memory of the call"),
        (
            STACK + SLICE.format("%x", 0) + RUN.format("%a", "%x") + "iree_ll_seq.global_store @v = %x : memref<4xf32>\n",
            "%a",
            "hands out %x, which lies in memory of the call",
        ),
        (
            STACK + SLICE.format("%x", 0) + SLICE.format("%y", 4) + RUN.format("%a", "%x") + BARRIER
            + RUN.format("%x", "%y"),
            "%a",
            "writes %y over another of its bindings",
        ),
        (
            STACK + SLICE.format("%x", 0) + SLICE.format("%y", 12) + ALLOC.format("%r") + RUN.format("%a", "%x") + BARRIER
            + RUN.format("%b", "%y") + BARRIER + RUN.format("%x", "%r"),
            "%r",
            "reads %x after %y was written over it",
        ),
        (ALLOC.format("%r") + RUN.format("%a", "%r") + RUN.format("%b", "%r"), "%r", "writes %r where a dispatch works on"),
        (ALLOC.format("%r") + RUN.format("%a", "%r").replace(">]", ">] writes 0 "), "%r",
         "writes 0 bindings, its entry point 1"),
    ],
)  # fmt: skip
def test_broken_plans(code, returned, error):
    text = "func.func @f(%a: memref<4xf32>, %b: memref<4xf32>) -> memref<4xf32> {\n"
    module = parse(f"{EXECUTABLE}{text}{code}iree_ll_seq.return {returned} : memref<4xf32>\n}}")
    assert error in refusal(module)


def test_what_a_loop_may_hand_on_is_kept():
    """After at most one turn, what a loop gives may be what it got."""
    text = """
    func.func @f(%a: memref<4xf32>) -> memref<4xf32> {
      %s = "iree_ll_seq.alloc_stack"() : () -> memref<64xi8>
      %x = iree_ll_seq.static_slice %s[0] : memref<64xi8> -> memref<4xf32>
      %y = iree_ll_seq.static_slice %s[0] : memref<64xi8> -> memref<4xf32>
      DISPATCH0
      %2 = iree_ll_seq.while @same, @same(%x) captures() trip_count = 1 : (memref<4xf32>) -> memref<4xf32>
      DISPATCH1
      iree_ll_seq.return %2 : memref<4xf32>
    }
    func.func @same(%a: memref<4xf32>) -> memref<4xf32> {
      iree_ll_seq.return %a : memref<4xf32>
    }
    """
    text = text.replace("DISPATCH0", RUN.format("%a", "%x")).replace("DISPATCH1", RUN.format("%a", "%y"))
    assert "reads %x after %y was written over it" in refusal(parse(EXECUTABLE + text))


IN_PLACE = """
iree.multi_arch_executable @sum() {
  iree.executable(Unspecified) {
    module {
      func.func @fn(%arg0: memref<4xf32>, %arg1: memref<4xf32>, %arg2: memref<4xf32>) attributes {iree.executable.export, iree.executable.overwrites = array<i64: 0>} {
        %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
        %1 = iree.load_input(%arg1 : memref<4xf32>) : tensor<4xf32>
        %2 = arith.addf %0, %1 : tensor<4xf32>
        iree.store_output(%2 : tensor<4xf32>, %arg2 : memref<4xf32>)
        iree.return
      }
    }
  }
}
func.func @f(%a: memref<4xf32>) -> memref<4xf32> {
  %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
  %x = iree_ll_seq.static_slice %r[0] : memref<4xf32> -> memref<4xf32>
  iree_ll_seq.static_dispatch sum::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a, %a, %x) : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()
  iree_ll_seq.barrier
  iree_ll_seq.static_dispatch sum::fn[dense<[4, 1, 1]> : tensor<3xi32>](%x, %a, %r) : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()
  iree_ll_seq.return %r : memref<4xf32>
}
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(%x, %a, %r)", "(%a, %x, %r)"),  # the other input may not
        (", iree.executable.overwrites = array<i64: 0>", ""),  # targets do not know
        ("arith.addf %0, %1", "mhlo.power %0, %1"),  # it cannot
    ],
)
def test_over_an_input_only_where_the_entry_point_allows_it(old, new):
    assert refusal(parse(IN_PLACE)) == ""
    assert "over another of its bindings" in refusal(parse(IN_PLACE.replace(old, new)))
