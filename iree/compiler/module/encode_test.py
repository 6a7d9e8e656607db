"""The final IR as a module's contents."""

import numpy as np
import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.module.encode import encode_module
from iree.compiler.targets.registry import create_targets
from iree.schemas.file_format import ExecutableFormat
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.testing.ir import parse

PROGRAM = """
iree.multi_arch_executable @ex[0]() {
  iree.executable(IreeBytecode) {
    module {
      func.func @fn(%a: memref<2xf32>, %b: memref<2xf32>) attributes {iree.executable.export, iree.ordinal = 0 : i32} {
        iree.return
      }
    }
  }
}
func.func @f(%data: memref<2xf32>) -> (memref<2xf32>, memref<2xf32>) attributes {iree.module.export, iree.abi = "abi"} {
  %0 = iree_ll_seq.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = iree_ll_seq.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %2 = "iree_ll_seq.alloc_heap"() : () -> memref<2xf32>
  iree_ll_seq.static_dispatch ex::fn[dense<[2, 1, 1]> : tensor<3xi32>](%data, %2) : (memref<2xf32>, memref<2xf32>) -> ()
  iree_ll_seq.return %2, %1 : memref<2xf32>, memref<2xf32>
}
func.func @hidden() {
  iree_ll_seq.return
}
"""


def encode(text: str, *names: str):
    return encode_module(parse(text, "model.mlir"), create_targets(names))


CONTROL_FLOW = """
iree.global @u = dense<1> : tensor<i32>
iree.global @v = dense<1> : tensor<i32>
func.func private @cond(%a: memref<i32>) -> memref<i1> {
  %0 = "iree_ll_seq.alloc_heap"() : () -> memref<i1>
  iree_ll_seq.return %0 : memref<i1>
}
func.func private @body(%a: memref<i32>) -> memref<i32> {
  iree_ll_seq.return %a : memref<i32>
}
func.func @f() -> memref<i32> {
  %0 = iree_ll_seq.global_load @v : memref<i32>
  %1 = iree_ll_seq.while @cond, @body(%0) captures() : (memref<i32>) -> memref<i32>
  %2 = iree_ll_seq.while @cond, @body(%1) captures() trip_count = 7 : (memref<i32>) -> memref<i32>
  %3 = iree_ll_seq.case %0[@body, @body](%2) : (memref<i32>, memref<i32>) -> memref<i32>
  iree_ll_seq.global_store @u = %3 : memref<i32>
  iree_ll_seq.return %3 : memref<i32>
}
"""


def test_control_flow_and_variables():
    module = encode(CONTROL_FLOW, "interpreter-bytecode")
    assert [(variable.name, variable.initial) for variable in module.variables] == [("u", 0), ("v", 0)]
    assert len(module.constants) == 1
    assert [(i.name, operands) for _, i, operands in SEQUENCER.decode(module.functions[2].bytecode)] == [
        ("global_load", (1, 0)),
        ("while", (0, 1, (), (0,), (), (1,))),
        ("while", (0, 1, (7,), (1,), (), (2,))),
        ("case", (0, (1, 1), (2,), (3,))),
        ("global_store", (0, 3)),
        ("return", ((3,),)),
    ]


def test_memory():
    text = """
    func.func @f(%a: memref<4xf32>) -> memref<4xf32> attributes {iree.module.export} {
      %0 = "iree_ll_seq.alloc_stack"() : () -> memref<128xi8>
      %1 = iree_ll_seq.static_slice %0[64] : memref<128xi8> -> memref<4xf32>
      iree_ll_seq.barrier
      iree_ll_seq.execute @g(%a, %1) : (memref<4xf32>, memref<4xf32>) -> ()
      iree_ll_seq.return %a : memref<4xf32>
    }
    func.func private @g(%a: memref<4xf32>, %b: memref<4xf32> {iree.donated}) {
      iree_ll_seq.return
    }
    """
    function, commands = encode(text, "interpreter-bytecode").functions
    assert [(i.name, operands) for _, i, operands in SEQUENCER.decode(function.bytecode)] == [
        ("alloc_stack", ((128,), 1)),
        ("static_slice", (12, (4,), 1, (64,), 2)),
        ("barrier", ()),
        ("execute", (1, (0, 2))),
        ("return", ((0,),)),
    ]
    assert (function.donated, commands.donated) == ([], [1])


def test_functions_executables_and_constants():
    module = encode(PROGRAM, "interpreter-bytecode")
    function, hidden = module.functions
    assert (function.name, function.argument_names, function.abi) == ("f", ["data"], "abi")
    assert (function.exported, hidden.exported) == (True, False)
    assert [(i.name, operands) for _, i, operands in SEQUENCER.decode(function.bytecode)] == [
        ("constant", (0, 1)),
        ("constant", (0, 2)),  # equal constants are one
        ("alloc_heap", (12, (2,), 3)),
        ("static_dispatch", ((0, 0), (2, 1, 1), (0,), (3,))),
        ("return", ((3, 2),)),
    ]
    assert function.local_count == 4
    assert function.locations[0] == (0, "model.mlir:12:8")
    (constant,) = module.constants
    np.testing.assert_array_equal(constant.array, np.float32([1, 2]))
    (executable,) = module.executables
    assert (executable.name, executable.entry_points) == ("ex", ["fn"])
    assert [format_ for format_, _ in executable.variants] == [ExecutableFormat.INTERP]


def test_an_executable_of_a_target_that_was_not_asked_for_is_an_error():
    with pytest.raises(
        CompileError, match=r"model.mlir:3:3: iree.executable: no target was asked for that writes IreeBytecode"
    ):
        encode(PROGRAM)


def test_an_op_of_an_earlier_stage_is_an_error():
    text = PROGRAM.replace('"iree_ll_seq.alloc_heap"', '"iree_hl_seq.alloc_heap"')
    with pytest.raises(
        CompileError, match=r"model.mlir:14:8: iree_hl_seq.alloc_heap: is no instruction of the sequencer"
    ):
        encode(text, "interpreter-bytecode")


def test_a_module_has_the_name_of_its_ir():
    named = encode("module @math {\n}", "interpreter-bytecode")
    assert (named.name, encode(PROGRAM, "interpreter-bytecode").name) == ("math", "module")
