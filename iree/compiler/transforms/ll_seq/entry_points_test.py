"""What the host knows of entry points."""

import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.transforms.ll_seq.entry_points import output_counts
from iree.testing.ir import parse

EXECUTABLE = """
iree.multi_arch_executable @ex() {
  iree.executable(Unspecified) {
    module {
      func.func @fn(%arg0: memref<4xf32>, %arg1: memref<4xf32>, %arg2: memref<4xf32>)
        attributes {iree.executable.export} {
        %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
        iree.store_output(%0 : tensor<4xf32>, %arg1 : memref<4xf32>)
        iree.store_output(%0 : tensor<4xf32>, %arg2 : memref<4xf32>)
        iree.return
      }
    }
  }
}
"""


def test_what_is_stored_to_is_an_output():
    assert list(output_counts(parse(EXECUTABLE)).values()) == [2]


def test_outputs_come_last():
    text = EXECUTABLE.replace("iree.store_output(%0 : tensor<4xf32>, %arg2 : memref<4xf32>)", "")
    with pytest.raises(CompileError, match="fn writes others of its arguments than the last 1"):
        output_counts(parse(text))
