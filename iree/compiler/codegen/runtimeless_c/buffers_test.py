"""Buffers: their sizes and parts, and those that C cannot have."""

import pytest
from xdsl.dialects.builtin import MemRefType, f32, i32
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block

from iree.compiler.codegen.runtimeless_c.buffers import bytes_of, check_buffers, described, element_type, elements_of
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import ops_of
from iree.testing.ir import parse


def test_sizes() -> None:
    matrix, number = Block(arg_types=[MemRefType(f32, [4, 3]), MemRefType(i32, [])]).args
    assert (elements_of(matrix), bytes_of(matrix), element_type(matrix)) == (12, 48, "float")
    assert (elements_of(number), bytes_of(number), element_type(number)) == (1, 4, "int32_t")
    assert described(matrix.type) == "f32[4][3], 12 elements"
    assert described(number.type) == "i32"


@pytest.mark.parametrize(
    ("type_", "message"),
    [
        ("memref<?xf32>", r"memref<\?xf32> has a size that only a call knows; C needs all sizes: give the arguments"),
        ("memref<2xi128>", "C99 does not have i128; convert it to a type it has"),
        ("memref<65536x32768xi8>", "has more elements than int32_t counts; use a module on a larger system"),
    ],
)
def test_what_c_cannot_have_is_refused(type_: str, message: str) -> None:
    module = parse(f"""
    func.func @f(%a: {type_}) {{
      func.return
    }}
    """)
    with pytest.raises(CompileError, match=rf"test.mlir:2:\d+: .*{message}"):
        check_buffers(ops_of(module, FuncOp)[0])


def test_the_largest_that_int32_counts_is_taken() -> None:
    module = parse("""
    func.func @f(%a: memref<65535x32768xi8>) {
      func.return
    }
    """)
    check_buffers(ops_of(module, FuncOp)[0])
