import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from xdsl.dialects import arith, func
from xdsl.dialects.builtin import FloatAttr, IntegerAttr, ModuleOp, bf16, f16, f32, f64, i1, i32

from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.constants import array_of, dense
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.parser import parse_attribute, parse_module
from iree.compiler.ir.printer import print_attribute, print_module
from iree.compiler.ir.rewriting import erase, ops_of
from iree.testing.ir import check_round_trip, parse, text_of

LOOP = """\
func.func @sum(%n: index, %image_1: i32) -> (i32, i1) {
  %c0 = arith.constant 0 : index
  %0 = scf.for %arg2 = %c0 to %n step %n iter_args(%arg3 = %c0) -> (index) {
    %2 = arith.addi %arg3, %arg2 : index
    scf.yield %2 : index
  }
  %1:2 = arith.addui_extended %image_1, %image_1 : i32, i1
  return %1#0, %1#1 : i32, i1
}
"""


def test_text_is_numbered_as_mlir_does():
    assert text_of(parse(LOOP)) == LOOP


def test_printing_twice_gives_the_same_text():
    module = parse(LOOP)
    assert print_module(module) == print_module(module) == print_module(module.clone())


@pytest.mark.parametrize("options", [{}, {"generic": True}, {"locations": True}, {"generic": True, "locations": True}])
def test_text_read_again_prints_the_same(options):
    text = print_module(parse(LOOP), **options)
    assert print_module(parse_module(text, "again.mlir", make_context()), **options) == text


def test_text_does_not_tell_how_a_module_came_about():
    module = parse("""
        func.func @f(%arg0: f32, %arg1: f32) -> f32 {
          %0 = arith.addf %arg0, %arg1 : f32
          %1 = arith.mulf %arg0, %arg1 : f32
          return %1 : f32
        }
    """)
    erase(ops_of(module, arith.AddfOp)[0])
    (function,) = ops_of(module, func.FuncOp)
    function.body.block.erase_arg(function.args[0], safe_erase=False)
    assert "%0 = arith.mulf" in print_module(module)
    assert "@f(%arg0: f32)" in print_module(module)


def test_a_name_taken_gets_a_number():
    module = parse("func.func @f(%x: f32, %y: f32) {\n return\n}")
    (function,) = ops_of(module, func.FuncOp)
    function.args[1].name_hint = "x"
    assert "@f(%x: f32, %x_0: f32)" in print_module(module)
    check_round_trip(print_module(module))


def test_siblings_use_the_same_numbers():
    module = check_round_trip("""
        func.func @f(%arg0: f32) { %0 = arith.negf %arg0 : f32 return }
        func.func @g(%arg0: f32) { %0 = arith.negf %arg0 : f32 return }
    """)
    assert print_module(module).count("%0 = arith.negf %arg0") == 2


def test_blocks_are_numbered_and_named():
    check_round_trip("""
        func.func @f(%c: i1, %x: f32) -> f32 {
          cf.cond_br %c, ^bb1(%x : f32), ^out
        ^bb1(%0: f32):
          cf.br ^bb1(%0 : f32)
        ^out:
          return %x : f32
        }
    """)


def test_locations_are_printed_for_operations_and_arguments():
    text = print_module(parse("func.func @f(%x: f32) {\n return\n}", "m.mlir"), locations=True)
    assert '%x: f32 loc("m.mlir":1:14)' in text
    assert 'return loc("m.mlir":2:2)' in text


def test_an_operand_from_elsewhere_is_printed_undefined():
    (function,) = ops_of(parse("func.func @f(%x: f32) {\n %0 = arith.negf %x : f32\n return\n}"), func.FuncOp)
    text = print_module(function.body.block.first_op)
    assert text == "%0 = arith.negf %<undefined> : f32\n"


def test_modules_print_short_and_functions_with_their_dialect():
    text = print_module(ModuleOp([ModuleOp([]), func.FuncOp.external("g", [f32], [])]))
    assert text == "module {\n  module {\n  }\n  func.func private @g(f32) -> ()\n}\n"


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8, np.uint16, np.int64, np.bool_])
@pytest.mark.parametrize("shape", [(), (1,), (0,), (2, 3), (101,), (3, 40)])
def test_constants_are_read_back_bit_for_bit(dtype, shape):
    values = np.random.default_rng(0).integers(0, 2, (*shape, np.dtype(dtype).itemsize * 8)).astype(np.bool_)
    raw = np.packbits(values, axis=-1)
    array = raw[..., 0].astype(np.bool_) if dtype is np.bool_ else raw.copy().view(dtype).reshape(shape)
    attribute = dense(array)
    assert parse_attribute(print_attribute(attribute), make_context()) == attribute


@given(st.sampled_from([f16, bf16, f32, f64]), st.floats(allow_nan=True))
def test_any_scalar_is_read_back_bit_for_bit(type_, value):
    try:
        attribute = FloatAttr(value, type_)
    except OverflowError:
        return
    text = print_attribute(attribute)
    assert parse_attribute(text, make_context()) == attribute, text


@given(arrays.arrays(np.complex64, st.integers(1, 3), elements={"allow_subnormal": True}))
def test_any_complex_constant_is_read_back_bit_for_bit(array):
    attribute = dense(array)
    assert parse_attribute(print_attribute(attribute), make_context()) == attribute


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.float32(1), "dense<1.000000e+00> : tensor<f32>"),
        (np.array([0.1, 2], np.float32), "dense<[1.000000e-01, 2.000000e+00]> : tensor<2xf32>"),
        (np.array([1 / 3], np.float32), "dense<0.333333343> : tensor<1xf32>"),
        (np.array([1 / 3]), "dense<0.33333333333333331> : tensor<1xf64>"),
        (np.full(200, -np.inf, np.float32), "dense<0xFF800000> : tensor<200xf32>"),
        (np.array([0.0, -0.0], np.float32), "dense<[0.000000e+00, -0.000000e+00]> : tensor<2xf32>"),
        (np.array([[1, 2], [3, 4]], np.int32), "dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>"),
        (np.array([True, False]), "dense<[true, false]> : tensor<2xi1>"),
        (np.array([1 + 2j], np.complex64), "dense<(1.000000e+00,2.000000e+00)> : tensor<1xcomplex<f32>>"),
        (np.zeros((0, 2), np.int32), "dense<> : tensor<0x2xi32>"),
        (np.arange(101, dtype=np.uint8), f'dense<"0x{bytes(range(101)).hex().upper()}"> : tensor<101xui8>'),
    ],
)
def test_constants_are_spelled_as_mlir_spells_them(array, text):
    assert print_attribute(dense(array)) == text


def test_scalars_are_spelled_as_mlir_spells_them():
    assert print_attribute(FloatAttr(2.0, f32)) == "2.000000e+00 : f32"
    assert print_attribute(FloatAttr(float("inf"), bf16)) == "0x7F80 : bf16"
    assert print_attribute(FloatAttr(1e-7, f16)).endswith(" : f16")
    assert print_attribute(IntegerAttr(-1, i32)) == "-1 : i32"
    assert print_attribute(IntegerAttr(1, i1)) == "true"


def test_large_constants_are_left_out_for_people_and_refused_by_the_parser():
    module = ModuleOp([arith.ConstantOp(dense(np.arange(20, dtype=np.int32)))])
    text = print_module(module, elide_large=16)
    assert "dense<...> : tensor<20xi32>" in text
    with pytest.raises(CompileError, match="left out when the text was printed"):
        parse(text)
    assert "dense<[0, 1" in print_module(module, elide_large=20)
    assert "dense<7>" in print_attribute(dense(np.full(20, 7, np.int32)), elide_large=2)


def test_a_large_constant_never_becomes_python_numbers():
    array = np.random.default_rng(0).random(1_000_000, np.float32)
    text = print_attribute(dense(array))
    assert re.fullmatch(r'dense<"0x[0-9A-F]{8000000}"> : tensor<1000000xf32>', text)
    np.testing.assert_array_equal(array_of(parse_attribute(text, make_context())), array)
