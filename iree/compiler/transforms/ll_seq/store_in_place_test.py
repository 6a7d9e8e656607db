"""What a variable holds next is written where it lies, if nobody can see it too early."""
# ruff: noqa: E501 (types are long)

import pytest

from iree.compiler.dialects import ll_seq
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.ll_seq.prove_plan import ProvePlan
from iree.compiler.transforms.ll_seq.store_in_place import StoreInPlace
from iree.testing.ir import parse

PROGRAM = """
iree.multi_arch_executable @ex() {
  iree.executable(Unspecified) {
    module {
      func.func @sum(%arg0: memref<4xf32>, %arg1: memref<4xf32>, %arg2: memref<4xf32>) attributes {iree.executable.export} {
        %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
        %1 = iree.load_input(%arg1 : memref<4xf32>) : tensor<4xf32>
        %2 = arith.addf %0, %1 : tensor<4xf32>
        iree.store_output(%2 : tensor<4xf32>, %arg2 : memref<4xf32>)
        iree.return
      }
    }
  }
}
iree.global @v = dense<0.0> : tensor<4xf32>
func.func @f(%a: memref<4xf32>) -> memref<4xf32> attributes {iree.module.export} {
  %old = iree_ll_seq.global_load @v : memref<4xf32>
  %r = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
  RUN(%a, %old, %r)
  iree_ll_seq.barrier
  %new = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
  RUN(%old, %a, %new)
  iree_ll_seq.global_store @v = %new : memref<4xf32>
  iree_ll_seq.return %r : memref<4xf32>
}
"""
RUN = "iree_ll_seq.static_dispatch ex::sum[dense<[4, 1, 1]> : tensor<3xi32>]({}) : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()"


def module_of(text):
    lines = [
        RUN.format(line.strip().removeprefix("RUN(").removesuffix(")")) if line.strip().startswith("RUN(") else line
        for line in text.splitlines()
    ]
    return parse("\n".join(lines))


def in_place(text):
    """Whether the new value lies in the variable; the plan is proved."""
    module = module_of(text)
    StoreInPlace().run(module)
    ProvePlan().run(module)
    (store,) = ops_of(module, ll_seq.GlobalStore)
    return isinstance(store.buffer.owner, ll_seq.StaticSlice)


def test_over_what_nobody_reads_any_more():
    assert in_place(PROGRAM)


def test_a_variable_that_is_only_written():
    text = PROGRAM.replace("  %old = iree_ll_seq.global_load @v : memref<4xf32>\n", "").replace("%old", "%a")
    assert in_place(text)


LOAD = "%old = iree_ll_seq.global_load @v : memref<4xf32>"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  iree_ll_seq.barrier\n", ""),  # another dispatch reads it meanwhile
        ("RUN(%old, %a, %new)\n", "RUN(%old, %a, %new)\n  iree_ll_seq.barrier\n  RUN(%old, %a, %r)\n"),  # or later
        ("arith.addf %0, %1", "mhlo.power %0, %1"),  # not over what it reads
        (" attributes {iree.module.export} {\n  %old", " {\n  %old"),  # somebody else goes on from the function
        ("return %r", "return %new"),  # a result has memory of its own
        ("return %r", "return %old"),
        (LOAD, f'{LOAD}\n  %h = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>\n  iree_ll_seq.custom_call @mine(%a) outs(%h) : (memref<4xf32>, memref<4xf32>) -> ()'),
        (LOAD, f"{LOAD}\n  %again = iree_ll_seq.global_load @v : memref<4xf32>"),
        ("@v = %new", "@v = %a"),
    ],
)  # fmt: skip
def test_where_somebody_would_see_it(old, new):
    assert old in PROGRAM
    assert not in_place(PROGRAM.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  iree_ll_seq.global_store @v = %new : memref<4xf32>\n", ""),
        ("@v = %new", "@v = %a"),
        ("{iree.module.export}", ""),
    ],
)
def test_a_variable_is_not_written_otherwise(old, new):
    text = PROGRAM.replace("  iree_ll_seq.barrier\n", "").replace("  RUN(%a, %old, %r)\n", "")
    text = text.replace("return %r", "return %a").replace(
        LOAD, f"{LOAD}\n  %new = iree_ll_seq.static_slice %old[0] : memref<4xf32> -> memref<4xf32>"
    )
    text = text.replace('  %new = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>\n', "").replace(
        "(%old, %a, %new)", "(%a, %a, %new)"
    )
    ProvePlan().run(module_of(text))
    text = (
        text.replace(" attributes {iree.module.export} {\n  %old", " {\n  %old")
        if "export" in old
        else text.replace(old, new)
    )
    with pytest.raises(CompileError, match="writes %new, which is not this call's"):
        ProvePlan().run(module_of(text))
