"""Entry points that may work in place."""

import pytest
from xdsl.dialects.func import FuncOp

from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.ll_seq.overwriting import add_overwrite, overwritable, overwrites
from iree.testing.ir import parse

KERNEL = """
func.func @fn(%arg0: memref<4xf32>, %arg1: memref<4xf32>, %arg2: memref<4xf32>) {
  %0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
  %1 = iree.load_input(%arg1 : memref<4xf32>) : tensor<4xf32>
  %2 = arith.addf %0, %1 : tensor<4xf32>
  iree.store_output(%2 : tensor<4xf32>, %arg2 : memref<4xf32>)
  iree.return
}
"""
SUM = "%2 = arith.addf %0, %1 : tensor<4xf32>"


def function_of(text):
    return ops_of(parse(text), FuncOp)[0]


def test_over_each_input_of_its_type():
    assert overwritable(function_of(KERNEL)) == (0, 1)


@pytest.mark.parametrize(
    "body",
    [
        "%x = mhlo.reverse %0, dims = [0] : tensor<4xf32>\n%2 = arith.addf %x, %1 : tensor<4xf32>",  # another place
        "%2 = mhlo.tan %0 : tensor<4xf32>",  # the interpreter takes several steps
        "%2 = arith.addf %0, %1 : tensor<4xf32>\n%x = arith.addf %0, %1 : tensor<4xf32>",  # reads when all is written
    ],
)
def test_what_may_not(body):
    assert overwritable(function_of(KERNEL.replace(SUM, body))) == ()


def test_one_output_only():
    text = KERNEL.replace("iree.return", "iree.store_output(%0 : tensor<4xf32>, %arg1 : memref<4xf32>)\niree.return")
    assert overwritable(function_of(text)) == ()


def test_all_elements_in_their_places():
    places = "iree.store_output(%2 : tensor<4xf32>, %arg2 : memref<4xf32>) at affine_map<(d0) -> (3 - d0)>"
    text = KERNEL.replace("iree.store_output(%2 : tensor<4xf32>, %arg2 : memref<4xf32>)", places)
    assert overwritable(function_of(text)) == ()


def test_words_of_their_own():
    assert overwritable(function_of(KERNEL.replace("f32", "f16"))) == ()


def test_constants_may_be_anywhere():
    body = """%x = arith.constant dense<1.0> : tensor<f32>
      %y = mhlo.broadcast_in_dim %x, dims = [] : (tensor<f32>) -> tensor<4xf32>
      %2 = arith.addf %0, %y : tensor<4xf32>"""
    assert overwritable(function_of(KERNEL.replace(SUM, body))) == (0, 1)


def test_what_dispatches_make_use_of():
    function = function_of(KERNEL)
    assert overwrites(function) == ()
    add_overwrite(function, 1)
    add_overwrite(function, 0)
    add_overwrite(function, 1)
    assert overwrites(function) == (0, 1)
