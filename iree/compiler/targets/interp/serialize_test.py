"""Executables as bytes: what is written is what the instruction table reads back."""

import numpy as np
import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.targets.interp.serialize import serialize_executable
from iree.schemas import interp_executable_def_generated as fb
from iree.schemas.interpreter_bytecode import INTERPRETER
from iree.testing.ir import parse

PROGRAM = """
func.func @second(%a: memref<2xi1>) attributes {iree.executable.export, iree.ordinal = 1 : i32} {
  iree.return
}
func.func @first(%a: memref<4xf32>, %b: memref<4xf32>) attributes {iree.executable.export, iree.ordinal = 0 : i32} {
  %0 = "iree_ll_interp.alloc_heap"() : () -> memref<4xf32>
  %1 = "iree_ll_interp.constant"() {value = dense<2.5> : tensor<4xf32>} : () -> memref<4xf32>
  "iree_ll_interp.mul_f"(%a, %1, %0) : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()
  "iree_ll_interp.concatenate"(%a, %a, %0) {dimension = array<i64: 0>}
    : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()
  "iree_ll_interp.cmp_f"(%a, %b, %0) {predicate = 2 : i32} : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()
  %2 = "iree_ll_interp.reshape"(%0) : (memref<4xf32>) -> memref<2x2xf32>
  %3 = "iree_ll_interp.constant"() {value = dense<[0, 1]> : tensor<2xi32>} : () -> memref<2xi32>
  "iree_ll_interp.dynamic_copy"(%0, %3, %b, %3, %3)
    : (memref<4xf32>, memref<2xi32>, memref<4xf32>, memref<2xi32>, memref<2xi32>) -> ()
  iree.return
}
"""


def test_bytecode():
    executable = fb.InterpExecutableDef.GetRootAs(serialize_executable(parse(PROGRAM, "model.mlir")), 0)
    assert [executable.Functions(i).Name() for i in range(executable.FunctionsLength())] == [b"first", b"second"]
    function = executable.Functions(0)
    f32 = 12
    assert [(i.name, operands) for _, i, operands in INTERPRETER.decode(function.BytecodeAsNumpy().tobytes())] == [
        ("alloc_heap", (f32, (4,), 2)),
        ("constant", (f32, (4,), np.float32(2.5).tobytes(), 3)),  # a splat is stored once
        ("mul_f", (0, 3, 2)),
        ("concatenate", ((0, 0), (0,), 2)),
        ("cmp_f", (2, 0, 1, 2)),
        ("reshape", (2, (2, 2), 4)),
        ("constant", (4, (2,), np.array([0, 1], np.int32).tobytes(), 5)),
        ("dynamic_copy", (2, 5, 1, 5, 5)),
        ("return", ()),
    ]
    assert function.LocalCount() == 6
    assert function.Arguments(1).ElementType() == f32
    assert function.Locations(2).Source() == b"model.mlir:8:3"


def test_an_op_that_is_no_instruction_is_an_error():
    module = parse(
        "func.func @f(%a: memref<4xf32>) attributes {iree.executable.export, iree.ordinal = 0 : i32} {\n"
        "  %0 = iree.load_input(%a : memref<4xf32>) : tensor<4xf32>\n  iree.return\n}"
    )
    with pytest.raises(CompileError, match=r"test.mlir:2:8: iree.load_input: is no instruction of the interpreter"):
        serialize_executable(module)
