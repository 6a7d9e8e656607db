"""Functions are numbered in order; those inside executables are not."""

from iree.compiler.transforms.ll_seq.assign_function_ordinals import AssignFunctionOrdinals
from iree.testing.ir import check_pass


def test_functions_are_numbered_in_order():
    check_pass(
        AssignFunctionOrdinals(),
        before="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn() attributes {iree.executable.export} {
                iree.return
              }
            }
          }
        }
        func.func @f() {
          iree_ll_seq.return
        }
        func.func @g() {
          iree_ll_seq.return
        }
        """,
        after="""
        iree.multi_arch_executable @ex() {
          iree.executable(Unspecified) {
            module {
              func.func @fn() attributes {iree.executable.export} {
                iree.return
              }
            }
          }
        }
        func.func @f() attributes {iree.ordinal = 0 : i32} {
          iree_ll_seq.return
        }
        func.func @g() attributes {iree.ordinal = 1 : i32} {
          iree_ll_seq.return
        }
        """,
    )
