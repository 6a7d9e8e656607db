import re

import numpy as np
import pytest

from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.transforms.common.dce import Dce
from iree.compiler.transforms.constants.fold_constants import FoldConstants
from iree.testing.ir import check_pass, parse, text_of


def folded(text: str) -> str:
    module = parse(text)
    run_passes(module, [FoldConstants(), Dce()])
    return text_of(module)


def test_only_what_others_read_becomes_a_constant() -> None:
    check_pass(
        [FoldConstants(), Dce()],
        before="""
            func.func @f(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
              %0 = mhlo.constant dense<[1.0, 4.0]> : tensor<2xf32>
              %1 = mhlo.constant dense<[2.0, 3.0]> : tensor<2xf32>
              %2 = mhlo.sqrt %0 : tensor<2xf32>
              %3 = mhlo.divide %1, %2 : tensor<2xf32>
              %4 = mhlo.broadcast_in_dim %3, dims = [1] : (tensor<2xf32>) -> tensor<2x2xf32>
              %5 = mhlo.multiply %x, %4 : tensor<2x2xf32>
              return %5 : tensor<2x2xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
              %0 = mhlo.constant dense<[[2.000000e+00, 1.500000e+00], [2.000000e+00, 1.500000e+00]]> : tensor<2x2xf32>
              %1 = mhlo.multiply %x, %0 : tensor<2x2xf32>
              return %1 : tensor<2x2xf32>
            }
        """,
    )


def test_constants_are_moved() -> None:
    check_pass(
        [FoldConstants(), Dce()],
        before="""
            func.func @f() -> (tensor<3x2xi32>, tensor<2x2xi32>, tensor<2x3xi32>, tensor<6xi32>) {
              %0 = mhlo.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
              %1 = mhlo.transpose %0, dims = [1, 0] : (tensor<2x3xi32>) -> tensor<3x2xi32>
              %2 = mhlo.slice %0 [0:2, 0:3:2] : (tensor<2x3xi32>) -> tensor<2x2xi32>
              %3 = mhlo.reverse %0, dims = [1] : tensor<2x3xi32>
              %4 = mhlo.reshape %3 : (tensor<2x3xi32>) -> tensor<6xi32>
              return %1, %2, %3, %4 : tensor<3x2xi32>, tensor<2x2xi32>, tensor<2x3xi32>, tensor<6xi32>
            }
        """,
        after="""
            func.func @f() -> (tensor<3x2xi32>, tensor<2x2xi32>, tensor<2x3xi32>, tensor<6xi32>) {
              %0 = mhlo.constant dense<[[1, 4], [2, 5], [3, 6]]> : tensor<3x2xi32>
              %1 = mhlo.constant dense<[[1, 3], [4, 6]]> : tensor<2x2xi32>
              %2 = mhlo.constant dense<[[3, 2, 1], [6, 5, 4]]> : tensor<2x3xi32>
              %3 = mhlo.constant dense<[3, 2, 1, 6, 5, 4]> : tensor<6xi32>
              return %0, %1, %2, %3 : tensor<3x2xi32>, tensor<2x2xi32>, tensor<2x3xi32>, tensor<6xi32>
            }
        """,
    )


def test_a_value_that_is_made_and_read_inside_of_a_loop() -> None:
    got = folded("""
        func.func @f(%n: tensor<i32>) -> tensor<i32> {
          %two = mhlo.constant dense<2> : tensor<i32>
          %0 = mhlo.while(%i = %n) : tensor<i32>
          cond {
            %3 = mhlo.constant dense<5> : tensor<i32>
            %4 = mhlo.multiply %3, %two : tensor<i32>
            %5 = mhlo.compare LT, %i, %4 : (tensor<i32>, tensor<i32>) -> tensor<i1>
            mhlo.return %5 : tensor<i1>
          } do {
            %6 = mhlo.add %i, %two : tensor<i32>
            mhlo.return %6 : tensor<i32>
          }
          return %0 : tensor<i32>
        }
    """)
    assert "mhlo.multiply" not in got
    assert "dense<10>" in got


# What costs a dispatch less than it would cost the file.


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        ("%1 = mhlo.broadcast_in_dim %0, dims = [0] : (tensor<4xf32>) -> tensor<4x100xf32>", "4x100xf32"),
        ("%1 = mhlo.iota dim = 0 : tensor<4xf32>", "4xf32"),
    ],
)
def test_a_broadcast_or_an_iota_stays(body: str, type_: str) -> None:
    text = f"""
        func.func @f() -> (tensor<4xf32>, tensor<{type_}>) {{
          %0 = mhlo.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
          {body}
          return %0, %1 : tensor<4xf32>, tensor<{type_}>
        }}
    """
    assert body.partition(" = ")[2] in folded(text)


def test_of_a_value_that_is_too_large_the_operands_are_folded() -> None:
    got = folded("""
        func.func @f(%x: tensor<4x100xf32>) -> tensor<4x100xf32> {
          %0 = mhlo.constant dense<[1.0, 4.0, 9.0, 16.0]> : tensor<4xf32>
          %1 = mhlo.sqrt %0 : tensor<4xf32>
          %2 = mhlo.broadcast_in_dim %1, dims = [0] : (tensor<4xf32>) -> tensor<4x100xf32>
          %3 = mhlo.multiply %x, %2 : tensor<4x100xf32>
          return %3 : tensor<4x100xf32>
        }
    """)
    assert "mhlo.sqrt" not in got
    assert "mhlo.broadcast_in_dim" in got


def test_a_large_constant_that_others_read_too_is_not_copied() -> None:
    text = """
        func.func @f() -> (tensor<300xf32>, tensor<20x15xf32>) {
          %0 = mhlo.constant dense<1.000000e+00> : tensor<300xf32>
          %1 = mhlo.reshape %0 : (tensor<300xf32>) -> tensor<20x15xf32>
          return %0, %1 : tensor<300xf32>, tensor<20x15xf32>
        }
    """
    check_pass(FoldConstants(), before=text, after=text)


LARGE = "tensor<600xf32>"


def test_a_large_constant_gives_its_room_once() -> None:
    got = folded(f"""
        func.func @f() -> ({LARGE}, {LARGE}) {{
          %0 = mhlo.constant dense<4.0> : {LARGE}
          %1 = mhlo.sqrt %0 : {LARGE}
          %2 = mhlo.negate %0 : {LARGE}
          return %1, %2 : {LARGE}, {LARGE}
        }}
    """)
    assert len(re.findall("mhlo.sqrt|mhlo.negate", got)) > 0


def test_a_constant_that_has_to_stay_gives_no_room() -> None:
    """The broadcast finds no room, so the constant stays for it."""
    got = folded(f"""
        func.func @f() -> ({LARGE}, tensor<600x2xf32>) {{
          %0 = mhlo.constant dense<4.0> : {LARGE}
          %1 = mhlo.broadcast_in_dim %0, dims = [0] : ({LARGE}) -> tensor<600x2xf32>
          %2 = mhlo.sqrt %0 : {LARGE}
          return %2, %1 : {LARGE}, tensor<600x2xf32>
        }}
    """)
    assert "mhlo.sqrt" in got
    assert "mhlo.broadcast_in_dim" in got


def test_no_huge_value_is_made_on_the_way() -> None:
    got = folded("""
        func.func @f() -> tensor<i32> {
          %0 = mhlo.constant dense<1> : tensor<i32>
          %1 = mhlo.broadcast_in_dim %0, dims = [] : (tensor<i32>) -> tensor<1000000x1000000xi32>
          %2 = mhlo.reduce(%1 init: %0) applies mhlo.add across dimensions = [0, 1]
              : (tensor<1000000x1000000xi32>, tensor<i32>) -> tensor<i32>
          return %2 : tensor<i32>
        }
    """)
    assert "mhlo.reduce" in got


def test_a_large_constant_is_moved_in_its_own_room() -> None:
    weights = np.arange(32 * 64, dtype=np.float32).reshape(32, 64)
    text = """
        func.func @f(%x: tensor<4x32xf32>) -> tensor<4x64xf32> {
          %0 = mhlo.constant dense<"0xWEIGHTS"> : tensor<64x32xf32>
          %1 = mhlo.transpose %0, dims = [1, 0] : (tensor<64x32xf32>) -> tensor<32x64xf32>
          %2 = mhlo.dot %x, %1 : (tensor<4x32xf32>, tensor<32x64xf32>) -> tensor<4x64xf32>
          return %2 : tensor<4x64xf32>
        }
    """
    got = folded(text.replace("WEIGHTS", weights.T.tobytes().hex()))
    assert weights.tobytes().hex().upper() in got.upper()
    assert "mhlo.transpose" not in got


# What is not known, or cannot be held.


def test_what_a_test_wants_computed_is_left_alone() -> None:
    text = """
        func.func @f() -> tensor<2xf32> {
          %0 = mhlo.unfoldable_constant dense<4.000000e+00> : tensor<2xf32>
          %1 = mhlo.sqrt %0 : tensor<2xf32>
          return %1 : tensor<2xf32>
        }
    """
    check_pass(FoldConstants(), before=text, after=text)


def test_an_element_type_that_module_files_lack_is_left_alone() -> None:
    text = """
        func.func @f() -> (tensor<1xi3>, tensor<1xi8>) {
          %0 = mhlo.constant dense<1> : tensor<1xi32>
          %1 = mhlo.convert %0 : (tensor<1xi32>) -> tensor<1xi3>
          %2 = mhlo.constant dense<1> : tensor<1xi3>
          %3 = mhlo.convert %2 : (tensor<1xi3>) -> tensor<1xi8>
          return %1, %3 : tensor<1xi3>, tensor<1xi8>
        }
    """
    check_pass(FoldConstants(), before=text, after=text)


def test_a_size_that_only_a_call_knows_is_left_alone() -> None:
    text = """
        func.func @f(%x: tensor<?xf32>) -> tensor<i32> {
          %0 = mhlo.get_dimension_size %x, dim = 0 : (tensor<?xf32>) -> tensor<i32>
          return %0 : tensor<i32>
        }
    """
    check_pass(FoldConstants(), before=text, after=text)


def test_what_the_interpreter_cannot_compute_is_left_alone() -> None:
    text = """
        func.func @f() -> tensor<2x2xf32> {
          %0 = mhlo.constant dense<1.000000e+00> : tensor<2x2xf32>
          %1 = "mhlo.cholesky"(%0) <{lower = true}> : (tensor<2x2xf32>) -> tensor<2x2xf32>
          return %1 : tensor<2x2xf32>
        }
    """
    assert "mhlo.cholesky" in folded(text)


def test_what_the_interpreter_cannot_compute_keeps_nothing_else() -> None:
    got = folded("""
        func.func @f() -> (tensor<2x2xf32>, tensor<2x2xf32>) {
          %0 = mhlo.constant dense<1.000000e+00> : tensor<2x2xf32>
          %1 = "mhlo.cholesky"(%0) <{lower = true}> : (tensor<2x2xf32>) -> tensor<2x2xf32>
          %2 = mhlo.add %0, %0 : tensor<2x2xf32>
          return %1, %2 : tensor<2x2xf32>, tensor<2x2xf32>
        }
    """)
    assert "mhlo.cholesky" in got
    assert "mhlo.add" not in got


def test_the_body_of_a_reduction_is_left_alone() -> None:
    got = folded("""
        func.func @f(%x: tensor<4xf32>) -> tensor<f32> {
          %0 = mhlo.constant dense<0.0> : tensor<f32>
          %1 = mhlo.reduce(%x init: %0) across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
           reducer(%a: tensor<f32>, %b: tensor<f32>) {
            %2 = mhlo.constant dense<4.0> : tensor<f32>
            %3 = mhlo.sqrt %2 : tensor<f32>
            %4 = mhlo.multiply %b, %3 : tensor<f32>
            %5 = mhlo.add %a, %4 : tensor<f32>
            mhlo.return %5 : tensor<f32>
          }
          return %1 : tensor<f32>
        }
    """)
    assert "mhlo.sqrt" in got
