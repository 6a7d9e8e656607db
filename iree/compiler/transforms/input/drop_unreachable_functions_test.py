from iree.compiler.transforms.input.drop_unreachable_functions import DropUnreachableFunctions
from iree.testing.ir import check_pass


def test_only_what_exports_reach_stays() -> None:
    check_pass(
        DropUnreachableFunctions(),
        before="""
            func.func @main() attributes {iree.module.export} {
              func.call @a() : () -> ()
              return
            }
            func.func private @a() {
              func.call @b() : () -> ()
              return
            }
            func.func private @b() {
              return
            }
            func.func private @c() {
              func.call @d() : () -> ()
              return
            }
            func.func private @d() {
              return
            }
            func.func private @declared()
        """,
        after="""
            func.func @main() attributes {iree.module.export} {
              call @a() : () -> ()
              return
            }
            func.func private @a() {
              call @b() : () -> ()
              return
            }
            func.func private @b() {
              return
            }
        """,
    )
