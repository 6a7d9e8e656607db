import pytest

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.transforms.input.canonicalize_input import CanonicalizeInput
from iree.testing.ir import check_pass, parse


def test_one_of_several_ways_to_say_the_same_stays() -> None:
    check_pass(
        CanonicalizeInput(),
        before="""
            func.func @f(%x: tensor<4x5xf32>, %y: tensor<5x6xf32>, %v: tensor<5xf32>) -> tensor<4xf32> {
              %0 = mhlo.broadcast %v, sizes = [2, 3] : (tensor<5xf32>) -> tensor<2x3x5xf32>
              %1 = mhlo.dot %x, %y : (tensor<4x5xf32>, tensor<5x6xf32>) -> tensor<4x6xf32>
              %2 = mhlo.dot %x, %v : (tensor<4x5xf32>, tensor<5xf32>) -> tensor<4xf32>
              %3 = mhlo.compare LT, %x, %x, FLOAT : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
              %4 = mhlo.compare LT, %x, %x, TOTALORDER : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
              %5 = mhlo.add %x, %x : tensor<4x5xf32>
              return %2 : tensor<4xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4x5xf32>, %y: tensor<5x6xf32>, %v: tensor<5xf32>) -> tensor<4xf32> {
              %0 = mhlo.broadcast_in_dim %v, dims = [2] : (tensor<5xf32>) -> tensor<2x3x5xf32>
              %1 = mhlo.dot_general %x, %y, contracting_dims = [1] x [0] : (tensor<4x5xf32>, tensor<5x6xf32>) -> tensor<4x6xf32>
              %2 = mhlo.dot_general %x, %v, contracting_dims = [1] x [0] : (tensor<4x5xf32>, tensor<5xf32>) -> tensor<4xf32>
              %3 = mhlo.compare LT, %x, %x : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
              %4 = mhlo.compare LT, %x, %x, TOTALORDER : (tensor<4x5xf32>, tensor<4x5xf32>) -> tensor<4x5xi1>
              %5 = mhlo.add %x, %x : tensor<4x5xf32>
              return %2 : tensor<4xf32>
            }
        """,  # noqa: E501
    )


def test_an_index_select_is_a_gather() -> None:
    check_pass(
        CanonicalizeInput(),
        before="""
            func.func @f(%x: tensor<2x4x5xf32>, %i: tensor<3x7xi32>, %j: tensor<2x6xi32>) -> tensor<2x6x5xf32> {
              %0 = "mhlo.torch_index_select"(%x, %i) <{dim = 1 : i64, batch_dims = 0 : i64}>
                : (tensor<2x4x5xf32>, tensor<3x7xi32>) -> tensor<2x3x7x5xf32>
              %1 = "mhlo.torch_index_select"(%x, %j) <{dim = 1 : i64, batch_dims = 1 : i64}>
                : (tensor<2x4x5xf32>, tensor<2x6xi32>) -> tensor<2x6x5xf32>
              return %1 : tensor<2x6x5xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<2x4x5xf32>, %i: tensor<3x7xi32>, %j: tensor<2x6xi32>) -> tensor<2x6x5xf32> {
              %0 = "mhlo.gather"(%x, %i) <{dimension_numbers = #mhlo.gather<offset_dims = [0, 3], collapsed_slice_dims = [1], start_index_map = [1], index_vector_dim = 2>, slice_sizes = array<i64: 2, 1, 5>}> : (tensor<2x4x5xf32>, tensor<3x7xi32>) -> tensor<2x3x7x5xf32>
              %1 = "mhlo.gather"(%x, %j) <{dimension_numbers = #mhlo.gather<offset_dims = [2], collapsed_slice_dims = [1], operand_batching_dims = [0], start_indices_batching_dims = [0], start_index_map = [1], index_vector_dim = 2>, slice_sizes = array<i64: 1, 1, 5>}> : (tensor<2x4x5xf32>, tensor<2x6xi32>) -> tensor<2x6x5xf32>
              return %1 : tensor<2x6x5xf32>
            }
        """,  # noqa: E501
    )


def test_booleans_have_no_arithmetic() -> None:
    check_pass(
        CanonicalizeInput(),
        before="""
            func.func @f(%p: tensor<4xi1>, %q: tensor<4xi1>, %i: tensor<i1>) -> tensor<i1> {
              %0 = mhlo.add %p, %q : tensor<4xi1>
              %1 = mhlo.maximum %p, %q : tensor<4xi1>
              %2 = mhlo.multiply %p, %q : tensor<4xi1>
              %3 = mhlo.minimum %p, %q : tensor<4xi1>
              %4 = mhlo.reduce(%p init: %i) applies mhlo.add across dimensions = [0]
                 : (tensor<4xi1>, tensor<i1>) -> tensor<i1>
              return %4 : tensor<i1>
            }
        """,
        after="""
            func.func @f(%p: tensor<4xi1>, %q: tensor<4xi1>, %i: tensor<i1>) -> tensor<i1> {
              %0 = mhlo.or %p, %q : tensor<4xi1>
              %1 = mhlo.or %p, %q : tensor<4xi1>
              %2 = mhlo.and %p, %q : tensor<4xi1>
              %3 = mhlo.and %p, %q : tensor<4xi1>
              %4 = mhlo.reduce(%p init: %i) applies mhlo.or across dimensions = [0] : (tensor<4xi1>, tensor<i1>) -> tensor<i1>
              return %4 : tensor<i1>
            }
        """,  # noqa: E501
    )


def test_a_map_is_its_body() -> None:
    check_pass(
        CanonicalizeInput(),
        before="""
            func.func @f(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
              %0 = "mhlo.map"(%x, %y) <{dimensions = array<i64: 0>}> ({
              ^bb0(%a: tensor<f32>, %b: tensor<f32>):
                %c = mhlo.constant dense<2.0> : tensor<f32>
                %1 = mhlo.power %a, %c : tensor<f32>
                %2 = mhlo.add %1, %b : tensor<f32>
                mhlo.return %2 : tensor<f32>
              }) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
              return %0 : tensor<4xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
              %0 = mhlo.constant dense<2.000000e+00> : tensor<f32>
              %1 = mhlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<4xf32>
              %2 = mhlo.power %x, %1 : tensor<4xf32>
              %3 = mhlo.add %2, %y : tensor<4xf32>
              return %3 : tensor<4xf32>
            }
        """,
    )


def test_a_body_of_wider_elements_is_given_such() -> None:
    check_pass(
        CanonicalizeInput(),
        before="""
            func.func @f(%x: tensor<4xi8>, %i: tensor<i8>) -> tensor<i32> {
              %0 = mhlo.reduce(%x init: %i) across dimensions = [0] : (tensor<4xi8>, tensor<i8>) -> tensor<i32>
               reducer(%a: tensor<i32>, %b: tensor<i32>) {
                %1 = mhlo.add %a, %b : tensor<i32>
                mhlo.return %1 : tensor<i32>
              }
              return %0 : tensor<i32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4xi8>, %i: tensor<i8>) -> tensor<i32> {
              %0 = mhlo.convert %x : (tensor<4xi8>) -> tensor<4xi32>
              %1 = mhlo.convert %i : (tensor<i8>) -> tensor<i32>
              %2 = mhlo.reduce(%0 init: %1) applies mhlo.add across dimensions = [0] : (tensor<4xi32>, tensor<i32>) -> tensor<i32>
              return %2 : tensor<i32>
            }
        """,  # noqa: E501
    )


def test_the_body_of_a_reduce_takes_its_arguments_in_order() -> None:
    check_pass(
        CanonicalizeInput(),
        before="""
            func.func @f(%x: tensor<4xf32>, %i: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
              %0 = mhlo.reduce(%x init: %i) across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
               reducer(%a: tensor<f32>, %b: tensor<f32>) {
                %2 = mhlo.add %b, %a : tensor<f32>
                mhlo.return %2 : tensor<f32>
              }
              %1 = mhlo.reduce(%x init: %i) across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
               reducer(%a: tensor<f32>, %b: tensor<f32>) {
                %2 = mhlo.subtract %b, %a : tensor<f32>
                mhlo.return %2 : tensor<f32>
              }
              return %0, %1 : tensor<f32>, tensor<f32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4xf32>, %i: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
              %0 = mhlo.reduce(%x init: %i) applies mhlo.add across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
              %1 = mhlo.reduce(%x init: %i) across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
               reducer(%a: tensor<f32>, %b: tensor<f32>) {
                %2 = mhlo.subtract %b, %a : tensor<f32>
                mhlo.return %2 : tensor<f32>
              }
              return %0, %1 : tensor<f32>, tensor<f32>
            }
        """,  # noqa: E501
    )


def test_a_conjugate_is_made_of_its_parts() -> None:
    check_pass(
        CanonicalizeInput(),
        before="""
            func.func @f(%x: tensor<4xcomplex<f32>>, %y: tensor<4xf32>) -> (tensor<4xcomplex<f32>>, tensor<4xf32>) {
              %0 = mhlo.conj %x : tensor<4xcomplex<f32>>
              %1 = mhlo.conj %y : tensor<4xf32>
              return %0, %1 : tensor<4xcomplex<f32>>, tensor<4xf32>
            }
        """,
        after="""
            func.func @f(%x: tensor<4xcomplex<f32>>, %y: tensor<4xf32>) -> (tensor<4xcomplex<f32>>, tensor<4xf32>) {
              %0 = mhlo.real %x : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
              %1 = mhlo.imag %x : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
              %2 = mhlo.negate %1 : tensor<4xf32>
              %3 = mhlo.complex %0, %2 : tensor<4xcomplex<f32>>
              return %3, %y : tensor<4xcomplex<f32>>, tensor<4xf32>
            }
        """,
    )


def test_parts_of_floats_need_no_op() -> None:
    check_pass(
        CanonicalizeInput(),
        before="""
            func.func @f(%x: tensor<f32>, %z: tensor<complex<f32>>) -> (tensor<f32>, tensor<f32>, tensor<f32>) {
              %0 = mhlo.real %x : tensor<f32>
              %1 = mhlo.imag %x : tensor<f32>
              %2 = mhlo.imag %z : (tensor<complex<f32>>) -> tensor<f32>
              return %0, %1, %2 : tensor<f32>, tensor<f32>, tensor<f32>
            }
        """,
        after="""
            func.func @f(%x: tensor<f32>, %z: tensor<complex<f32>>) -> (tensor<f32>, tensor<f32>, tensor<f32>) {
              %0 = mhlo.constant dense<0.000000e+00> : tensor<f32>
              %1 = mhlo.imag %z : (tensor<complex<f32>>) -> tensor<f32>
              return %x, %0, %1 : tensor<f32>, tensor<f32>, tensor<f32>
            }
        """,
    )


def test_zeros_of_an_unknown_shape_are_refused() -> None:
    text = "func.func @f(%x: tensor<?xf32>) { %0 = mhlo.imag %x : tensor<?xf32> return }"
    with pytest.raises(CompileError, match=r"mhlo.imag: tensor<\?xf32> has a size that is not known"):
        run_passes(parse(text), [CanonicalizeInput()])
