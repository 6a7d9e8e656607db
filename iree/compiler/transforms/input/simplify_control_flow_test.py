"""Less control flow, and never another program."""

from iree.compiler.transforms.input.simplify_control_flow import SimplifyControlFlow
from iree.testing.ir import check_pass


def test_what_is_handed_on_is_used_from_outside_and_what_nobody_reads_goes() -> None:
    check_pass(
        SimplifyControlFlow(),
        before="""
        func.func @f(%a: tensor<4xf32>, %n: tensor<i32>) -> (tensor<4xf32>, tensor<4xf32>) {
          %zero = mhlo.constant dense<0> : tensor<i32>
          %one = mhlo.constant dense<1> : tensor<i32>
          %0:5 = mhlo.while(%i = %zero, %m = %n, %x = %a, %y = %a, %unread = %a)
            : tensor<i32>, tensor<i32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
          cond {
            %1 = mhlo.compare LT, %i, %m : (tensor<i32>, tensor<i32>) -> tensor<i1>
            mhlo.return %1 : tensor<i1>
          } do {
            %1 = mhlo.add %i, %one : tensor<i32>
            %2 = mhlo.add %x, %y : tensor<4xf32>
            %3 = mhlo.multiply %unread, %x : tensor<4xf32>
            mhlo.return %1, %m, %2, %y, %3 : tensor<i32>, tensor<i32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
          }
          return %0#2, %0#3 : tensor<4xf32>, tensor<4xf32>
        }
        """,
        after="""
        func.func @f(%a: tensor<4xf32>, %n: tensor<i32>) -> (tensor<4xf32>, tensor<4xf32>) {
          %zero = mhlo.constant dense<0> : tensor<i32>
          %one = mhlo.constant dense<1> : tensor<i32>
          %0:2 = mhlo.while(%i = %zero, %x = %a) : tensor<i32>, tensor<4xf32>
          cond {
            %1 = mhlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
            mhlo.return %1 : tensor<i1>
          } do {
            %1 = mhlo.add %i, %one : tensor<i32>
            %2 = mhlo.add %x, %a : tensor<4xf32>
            mhlo.return %1, %2 : tensor<i32>, tensor<4xf32>
          }
          return %0#1, %a : tensor<4xf32>, tensor<4xf32>
        }
        """,
    )


def test_what_only_feeds_what_is_needed_stays() -> None:
    check_pass(
        SimplifyControlFlow(),
        before="""
        func.func @f(%a: tensor<i32>, %p: tensor<i1>) -> tensor<i32> {
          %0:3 = mhlo.while(%x = %a, %y = %a, %go = %p) : tensor<i32>, tensor<i32>, tensor<i1>
          cond {
            mhlo.return %go : tensor<i1>
          } do {
            %1 = mhlo.negate %x : tensor<i32>
            %2 = mhlo.compare LT, %y, %a : (tensor<i32>, tensor<i32>) -> tensor<i1>
            mhlo.return %y, %1, %2 : tensor<i32>, tensor<i32>, tensor<i1>
          }
          return %a : tensor<i32>
        }
        """,
        after="""
        func.func @f(%a: tensor<i32>, %p: tensor<i1>) -> tensor<i32> {
          %0:3 = mhlo.while(%x = %a, %y = %a, %go = %p) : tensor<i32>, tensor<i32>, tensor<i1>
          cond {
            mhlo.return %go : tensor<i1>
          } do {
            %1 = mhlo.negate %x : tensor<i32>
            %2 = mhlo.compare LT, %y, %a : (tensor<i32>, tensor<i32>) -> tensor<i1>
            mhlo.return %y, %1, %2 : tensor<i32>, tensor<i32>, tensor<i1>
          }
          return %a : tensor<i32>
        }
        """,
    )


def test_trip_counts() -> None:
    check_pass(
        SimplifyControlFlow(),
        before="""
        func.func @f(%a: tensor<i32>) -> (tensor<i32>, tensor<i32>) {
          %zero = mhlo.constant dense<0> : tensor<i32>
          %ten = mhlo.constant dense<10> : tensor<i32>
          %three = mhlo.constant dense<3> : tensor<i32>
          %0:2 = mhlo.while(%i = %zero, %x = %a) : tensor<i32>, tensor<i32>
          cond {
            %1 = mhlo.compare GT, %ten, %i : (tensor<i32>, tensor<i32>) -> tensor<i1>
            mhlo.return %1 : tensor<i1>
          } do {
            %1 = mhlo.add %three, %i : tensor<i32>
            %2 = mhlo.multiply %x, %x : tensor<i32>
            mhlo.return %1, %2 : tensor<i32>, tensor<i32>
          }
          %3:2 = mhlo.while(%i = %ten, %x = %a) : tensor<i32>, tensor<i32>
          cond {
            %1 = mhlo.compare LT, %i, %ten : (tensor<i32>, tensor<i32>) -> tensor<i1>
            mhlo.return %1 : tensor<i1>
          } do {
            %1 = mhlo.add %three, %i : tensor<i32>
            %2 = mhlo.multiply %x, %x : tensor<i32>
            mhlo.return %1, %2 : tensor<i32>, tensor<i32>
          }
          return %0#1, %3#1 : tensor<i32>, tensor<i32>
        }
        """,
        after="""
        func.func @f(%a: tensor<i32>) -> (tensor<i32>, tensor<i32>) {
          %zero = mhlo.constant dense<0> : tensor<i32>
          %ten = mhlo.constant dense<10> : tensor<i32>
          %three = mhlo.constant dense<3> : tensor<i32>
          %0:2 = mhlo.while(%i = %zero, %x = %a) : tensor<i32>, tensor<i32> attributes {trip_count = 4 : i64}
          cond {
            %1 = mhlo.compare GT, %ten, %i : (tensor<i32>, tensor<i32>) -> tensor<i1>
            mhlo.return %1 : tensor<i1>
          } do {
            %1 = mhlo.add %three, %i : tensor<i32>
            %2 = mhlo.multiply %x, %x : tensor<i32>
            mhlo.return %1, %2 : tensor<i32>, tensor<i32>
          }
          return %0#1, %a : tensor<i32>, tensor<i32>
        }
        """,
    )


def test_a_loop_that_says_no_at_once() -> None:
    check_pass(
        SimplifyControlFlow(),
        before="""
        func.func @f(%a: tensor<i32>) -> tensor<i32> {
          %0 = mhlo.while(%x = %a) : tensor<i32>
          cond {
            %no = mhlo.constant dense<false> : tensor<i1>
            mhlo.return %no : tensor<i1>
          } do {
            %1 = mhlo.negate %x : tensor<i32>
            mhlo.return %1 : tensor<i32>
          }
          return %0 : tensor<i32>
        }
        """,
        after="""
        func.func @f(%a: tensor<i32>) -> tensor<i32> {
          return %a : tensor<i32>
        }
        """,
    )


def test_selectors_that_are_known() -> None:
    check_pass(
        SimplifyControlFlow(),
        before="""
        func.func @f(%a: tensor<i32>) -> (tensor<i32>, tensor<i32>) {
          %yes = mhlo.constant dense<true> : tensor<i1>
          %seven = mhlo.constant dense<7> : tensor<i32>
          %0 = "mhlo.if"(%yes) ({
            %2 = mhlo.negate %a : tensor<i32>
            mhlo.return %2 : tensor<i32>
          }, {
            mhlo.return %a : tensor<i32>
          }) : (tensor<i1>) -> tensor<i32>
          %1 = "mhlo.case"(%seven) ({
            mhlo.return %a : tensor<i32>
          }, {
            %2 = mhlo.abs %0 : tensor<i32>
            mhlo.return %2 : tensor<i32>
          }) : (tensor<i32>) -> tensor<i32>
          return %0, %1 : tensor<i32>, tensor<i32>
        }
        """,
        after="""
        func.func @f(%a: tensor<i32>) -> (tensor<i32>, tensor<i32>) {
          %yes = mhlo.constant dense<true> : tensor<i1>
          %seven = mhlo.constant dense<7> : tensor<i32>
          %0 = mhlo.negate %a : tensor<i32>
          %1 = mhlo.abs %0 : tensor<i32>
          return %0, %1 : tensor<i32>, tensor<i32>
        }
        """,
    )


def test_cheap_branches_become_selects() -> None:
    check_pass(
        SimplifyControlFlow(),
        before="""
        func.func @f(%a: tensor<4xi32>, %p: tensor<i1>, %i: tensor<i32>) -> (tensor<4xi32>, tensor<4xi32>) {
          %0 = "mhlo.if"(%p) ({
            %2 = mhlo.negate %a : tensor<4xi32>
            mhlo.return %2 : tensor<4xi32>
          }, {
            mhlo.return %a : tensor<4xi32>
          }) : (tensor<i1>) -> tensor<4xi32>
          %1 = "mhlo.case"(%i) ({
            mhlo.return %a : tensor<4xi32>
          }, {
            %2 = mhlo.abs %a : tensor<4xi32>
            mhlo.return %2 : tensor<4xi32>
          }, {
            mhlo.return %0 : tensor<4xi32>
          }) : (tensor<i32>) -> tensor<4xi32>
          return %0, %1 : tensor<4xi32>, tensor<4xi32>
        }
        """,
        after="""
        func.func @f(%a: tensor<4xi32>, %p: tensor<i1>, %i: tensor<i32>) -> (tensor<4xi32>, tensor<4xi32>) {
          %0 = mhlo.negate %a : tensor<4xi32>
          %1 = mhlo.select %p, %0, %a : tensor<i1>, tensor<4xi32>
          %2 = mhlo.abs %a : tensor<4xi32>
          %3 = mhlo.constant dense<1> : tensor<i32>
          %4 = mhlo.compare EQ, %i, %3 : (tensor<i32>, tensor<i32>) -> tensor<i1>
          %5 = mhlo.select %4, %2, %1 : tensor<i1>, tensor<4xi32>
          %6 = mhlo.constant dense<0> : tensor<i32>
          %7 = mhlo.compare EQ, %i, %6 : (tensor<i32>, tensor<i32>) -> tensor<i1>
          %8 = mhlo.select %7, %a, %5 : tensor<i1>, tensor<4xi32>
          return %1, %8 : tensor<4xi32>, tensor<4xi32>
        }
        """,
    )


def test_results_that_nobody_reads_or_that_all_branches_share() -> None:
    check_pass(
        SimplifyControlFlow(),
        before="""
        func.func @f(%a: tensor<4x4xf32>, %p: tensor<i1>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
          %0:3 = "mhlo.if"(%p) ({
            %2 = "mhlo.dot"(%a, %a) : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
            %3 = mhlo.negate %a : tensor<4x4xf32>
            mhlo.return %3, %a, %2 : tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>
          }, {
            mhlo.return %a, %a, %a : tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>
          }) : (tensor<i1>) -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>)
          return %0#1, %0#2 : tensor<4x4xf32>, tensor<4x4xf32>
        }
        """,
        after="""
        func.func @f(%a: tensor<4x4xf32>, %p: tensor<i1>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
          %0 = "mhlo.if"(%p) ({
            %1 = mhlo.dot %a, %a : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
            mhlo.return %1 : tensor<4x4xf32>
          }, {
            mhlo.return %a : tensor<4x4xf32>
          }) : (tensor<i1>) -> tensor<4x4xf32>
          return %a, %0 : tensor<4x4xf32>, tensor<4x4xf32>
        }
        """,
    )
