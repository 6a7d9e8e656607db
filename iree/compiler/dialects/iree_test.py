"""iree: round trips, and each rule broken once."""

import pytest
from xdsl.dialects.builtin import f32

from iree.compiler.dialects.buffers import memref_of, tensor_of
from iree.compiler.ir.constants import tensor_type
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.verifier import verify
from iree.testing.ir import check_round_trip, parse


def test_round_trip():
    check_round_trip("""
        iree.multi_arch_executable @ex[3]() {
          iree.executable(Unspecified) {
            module {
              func.func @g(%x: memref<4xf32>, %y: memref<4xf32>, %z: memref<8xf32>) {
                %0 = iree.load_input(%x : memref<4xf32>) : tensor<4xf32>
                iree.store_output(%0 : tensor<4xf32>, %y : memref<4xf32>)
                iree.store_output(%0 : tensor<4xf32>, %z : memref<8xf32>) at affine_map<(d0) -> (d0 + 1)>
                iree.return
              }
            }
          }
        }
        func.func @f(%a: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
          %w = arith.constant dense<[4, 1, 1]> : tensor<3xi32>
          %0, %1 = iree.dispatch_region[%w : tensor<3xi32>](%x = %a : tensor<4xf32>) : (tensor<4xf32>, tensor<4xf32>) {
            iree.return %x, %x : tensor<4xf32>, tensor<4xf32>
          }
          %2 = iree.tensor_to_memref(%0 : tensor<4xf32>) : memref<4xf32>
          %3 = iree.memref_to_tensor(%2 : memref<4xf32>) : tensor<4xf32>
          %4 = iree.constant dense<[1, 2]> : tensor<2xi32>
          return %1, %3 : tensor<4xf32>, tensor<4xf32>
        }
    """)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            '%0 = "iree.constant"() <{value = dense<1> : tensor<2xi32>}> : () -> memref<3xi32>',
            "iree.constant C1: the result is memref<3xi32>, the value memref<2xi32>",
        ),
        (
            "%0 = iree.tensor_to_memref(%t : tensor<4xf32>) : memref<5xf32>",
            "iree.tensor_to_memref C1: memref<5xf32> is not the buffer of tensor<4xf32>",
        ),
        (
            "%0 = iree.memref_to_tensor(%m : memref<4xf32>) : tensor<4xi32>",
            "iree.memref_to_tensor C1: memref<4xf32> is not the buffer of tensor<4xi32>",
        ),
        (
            "%0 = iree.load_input(%m : memref<4xf32>) : tensor<5xf32>",
            "iree.load_input C1: memref<4xf32> is not the buffer of tensor<5xf32>",
        ),
        (
            "%5 = iree.load_input(%n : memref<5xf32>) : tensor<5xf32>\n"
            "iree.store_output(%5 : tensor<5xf32>, %m : memref<4xf32>)",
            "iree.store_output C1: memref<4xf32> is not the buffer of tensor<5xf32>",
        ),
        (
            "iree.store_output(%t : tensor<4xf32>, %i : memref<5xi32>) at affine_map<(d0) -> (d0 + 1)>",
            "iree.store_output C1: memref<5xi32> is no buffer of f32",
        ),
        (
            "iree.store_output(%t : tensor<4xf32>, %n : memref<5xf32>) at affine_map<(d0) -> (d0, 0)>",
            "iree.store_output C2: (d0) -> (d0, 0) is not from the dimensions of tensor<4xf32>",
        ),
        (
            "%0 = iree.dispatch_region[%w : tensor<3xi32>](%x = %t : tensor<4xf32>) : tensor<5xf32> {\n"
            "  iree.return %x : tensor<4xf32>\n}",
            "iree.dispatch_region C2: iree.return and results differ in type",
        ),
        (
            "%0 = iree.dispatch_region[%w : tensor<3xi32>](%x = %t : tensor<4xf32>) : tensor<5xf32> {\n}",
            "iree.dispatch_region",
        ),
    ],
)
def test_broken_rules(text, error):
    with pytest.raises(CompileError) as raised:
        parse(
            "func.func @f(%t: tensor<4xf32>, %m: memref<4xf32>, %n: memref<5xf32>, %i: memref<5xi32>, "
            f"%w: tensor<3xi32>) {{\n{text}\nreturn\n}}"
        )
    assert error in str(raised.value)


def test_c1_dispatch_region():
    module = check_round_trip("""
        func.func @f(%t: tensor<4xf32>, %w: tensor<3xi32>) {
          %0 = iree.dispatch_region[%w : tensor<3xi32>](%x = %t : tensor<4xf32>) : tensor<4xf32> {
            iree.return %x : tensor<4xf32>
          }
          return
        }
    """)
    region = next(op for op in module.walk() if op.name == "iree.dispatch_region")
    region.body.block.insert_arg(tensor_type((5,), f32), 0)
    with pytest.raises(CompileError, match=r"iree.dispatch_region C1: operands and block arguments differ"):
        verify(module)


def test_an_executable_holds_one_module():
    with pytest.raises(CompileError, match=r"iree.executable C1: the body holds 2 ops"):
        parse("iree.multi_arch_executable @ex() {\niree.executable(SPIRV) {\nmodule {\n}\nmodule {\n}\n}\n}")


def test_a_constant_needs_a_dense_value():
    with pytest.raises(CompileError, match=r"test.mlir:1:\d+: expected dense<...>"):
        parse("%0 = iree.constant 7 : i32")


def test_memref_and_tensor_types():
    tensor = tensor_type((2, 3), f32)
    assert tensor_of(memref_of(tensor)) == tensor
