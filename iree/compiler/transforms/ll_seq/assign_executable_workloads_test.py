"""Entry points learn the workload of their dispatches."""

import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.transforms.ll_seq.assign_executable_workloads import AssignExecutableWorkloads
from iree.testing.ir import check_pass, parse

EXECUTABLE = """
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn(%arg0: memref<4xf32>) attributes {iree.executable.export} {
                iree.return
              }
            }
          }
        }
"""


def test_an_entry_point_gets_its_workload():
    check_pass(
        AssignExecutableWorkloads(),
        before="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn(%arg0: memref<4xf32>) attributes {iree.executable.export} {
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<4xf32>) {
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a) : (memref<4xf32>) -> ()
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a) : (memref<4xf32>) -> ()
          iree_ll_seq.return
        }
        """,
        after="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn(%arg0: memref<4xf32>) attributes {iree.executable.export, iree.executable.workload = dense<[4, 1, 1]> : tensor<3xi32>} {
                iree.return
              }
            }
          }
        }
        func.func @f(%a: memref<4xf32>) {
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a) : (memref<4xf32>) -> ()
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a) : (memref<4xf32>) -> ()
          iree_ll_seq.return
        }
        """,  # noqa: E501
    )


def test_two_workloads_for_one_entry_point_are_an_error():
    module = parse(
        EXECUTABLE
        + """
        func.func @f(%a: memref<4xf32>) {
          iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>](%a) : (memref<4xf32>) -> ()
          iree_ll_seq.static_dispatch ex::fn[dense<[2, 1, 1]> : tensor<3xi32>](%a) : (memref<4xf32>) -> ()
          iree_ll_seq.return
        }
        """
    )
    with pytest.raises(
        CompileError, match=r"test.mlir:\d+:\d+: iree_ll_seq.static_dispatch: dispatches fn with another"
    ):
        AssignExecutableWorkloads().run(module)
