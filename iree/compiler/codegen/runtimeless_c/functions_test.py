"""How a dispatch calls its kernel: once for each buffer, and never with parts of one that overlap."""

import re

import pytest

from iree.compiler.codegen.runtimeless_c.functions import kernel_of
from iree.compiler.codegen.runtimeless_c.generate import generate
from iree.compiler.codegen.runtimeless_c.kernels import Use
from iree.compiler.codegen.runtimeless_c.options import COptions
from iree.compiler.dialects import ll_seq
from iree.compiler.ir.diagnostics import CompileError
from iree.testing.ir import parse

EXECUTABLE = """
    iree.multi_arch_executable @ex[0]() {
      iree.executable(Unspecified) {
        module {
          func.func @fn() {
            iree.return
          }
        }
      }
    }
"""


def use_of(first: int, second: int, result: int) -> Use:
    """Of a kernel whose bindings begin at these bytes of one buffer, 16 bytes each."""
    module = parse(f"""{EXECUTABLE}
    func.func @f() {{
      %0 = "iree_ll_seq.alloc_heap"() : () -> memref<128xi8>
      %1 = iree_ll_seq.static_slice %0[{first}] : memref<128xi8> -> memref<4xf32>
      %2 = iree_ll_seq.static_slice %0[{second}] : memref<128xi8> -> memref<4xf32>
      %3 = iree_ll_seq.static_slice %0[{result}] : memref<128xi8> -> memref<4xf32>
      iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%1, %2, %3) : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()
      iree_ll_seq.return
    }}
    """)  # noqa: E501
    (dispatch,) = [op for op in module.walk() if isinstance(op, ll_seq.StaticDispatch)]
    return kernel_of(dispatch)


@pytest.mark.parametrize(
    ("places", "sharing"),
    [
        ((0, 16, 32), (0, 1, 2)),
        ((0, 0, 32), (0, 1, 2)),  # both are only read
        ((0, 8, 32), (0, 1, 2)),
        ((0, 16, 16), (0, 1, 1)),  # in place
        ((16, 16, 16), (0, 0, 0)),
    ],
)
def test_a_buffer_that_is_read_and_written_is_one(places: tuple[int, int, int], sharing: tuple[int, ...]) -> None:
    use = use_of(*places)
    assert (use.executable, use.function, use.sharing, use.halves) == ("ex", "fn", sharing, frozenset())


@pytest.mark.parametrize("places", [(0, 16, 8), (0, 64, 15), (64, 31, 16)])
def test_what_is_written_may_not_overlap_in_part_with_what_is_read(places: tuple[int, int, int]) -> None:
    with pytest.raises(CompileError, match=r"static_dispatch.*writes bytes that it reads elsewhere; this is a defect"):
        use_of(*places)


@pytest.mark.parametrize(
    ("op", "why"),
    [
        (
            "iree_ll_seq.dynamic_dispatch ex::fn[[4], 1, 1] knows [](%a) : (memref<4xf32>) -> ()",
            "iree_ll_seq.dynamic_dispatch: computes as many elements as only a call knows; C needs all sizes: give the "
            "arguments shapes",
        ),
        (
            "iree_ll_seq.execute @f(%a) : (memref<4xf32>) -> ()",
            "iree_ll_seq.execute: has no form in C; compile the program to a module",
        ),
    ],
)
def test_ops_without_a_form_in_c(op: str, why: str) -> None:
    module = parse(f"""{EXECUTABLE}
    func.func @f(%a: memref<4xf32>) attributes {{iree.module.export}} {{
      {op}
      iree_ll_seq.return
    }}
    """)
    with pytest.raises(CompileError, match=re.escape(why)):
        generate(module, "f", "f.mlir", COptions())
