"""Executables are numbered in order, entry points within each."""

from iree.compiler.transforms.ll_seq.assign_executable_ordinals import AssignExecutableOrdinals
from iree.testing.ir import check_pass


def test_executables_and_entry_points_are_numbered():
    check_pass(
        AssignExecutableOrdinals(),
        before="""
        iree.multi_arch_executable @a() {
          iree.executable(Unspecified) {
            module {
              func.func @f() attributes {iree.executable.export} {
                iree.return
              }
              func.func @helper() {
                iree.return
              }
              func.func @g() attributes {iree.executable.export} {
                iree.return
              }
            }
          }
        }
        iree.multi_arch_executable @b() {
          iree.executable(Unspecified) {
            module {
              func.func @f() attributes {iree.executable.export} {
                iree.return
              }
            }
          }
        }
        """,
        after="""
        iree.multi_arch_executable @a[0]() {
          iree.executable(Unspecified) {
            module {
              func.func @f() attributes {iree.executable.export, iree.ordinal = 0 : i32} {
                iree.return
              }
              func.func @helper() {
                iree.return
              }
              func.func @g() attributes {iree.executable.export, iree.ordinal = 1 : i32} {
                iree.return
              }
            }
          }
        }
        iree.multi_arch_executable @b[1]() {
          iree.executable(Unspecified) {
            module {
              func.func @f() attributes {iree.executable.export, iree.ordinal = 0 : i32} {
                iree.return
              }
            }
          }
        }
        """,
    )
