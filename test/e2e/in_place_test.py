"""Dispatches that write over what they read compute the same as NumPy, on every driver."""

import numpy as np
import pytest

import iree.runtime
from iree.compiler.compile import compile_str
from test.e2e.programs import DRIVERS

GENERATOR = np.random.default_rng(3)


def program(element: str, ops: str) -> str:
    """%0 is computed by one dispatch, %3 from %0 and %2 by another: the host works between the two."""
    of = f"tensor<8x8x{element}>"
    return f"""
    func.func @f(%a: {of}, %b: {of}) -> ({of}, {of}) {{
      %0 = stablehlo.dot %a, %b : ({of}, {of}) -> {of}
      %1 = stablehlo.dot %0, %b : ({of}, {of}) -> {of}
      %2 = stablehlo.custom_call @other(%1) : ({of}) -> {of}
      {ops}
      %4 = stablehlo.dot %3, %b : ({of}, {of}) -> {of}
      %5 = stablehlo.dot %b, %3 : ({of}, {of}) -> {of}
      return %4, %5 : {of}, {of}
    }}
    """


def other(x):
    """What the host computes between the two."""
    return x * x.dtype.type(3) - x.dtype.type(1)


def check(element: str, ops: str, expected, tolerance=0.0, *, in_place=True):
    text = program(element, ops)
    if in_place:
        assert b"iree.executable.overwrites" in compile_str(text, compile_to="ll-seq")
    data = compile_str(text)
    dtype = {"f32": np.float32, "i32": np.int32, "ui32": np.uint32, "f64": np.float64, "i64": np.int64}[element]
    a, b = (GENERATOR.integers(-2, 3, (8, 8)).astype(dtype) for _ in range(2))
    right = expected(a @ b, other(a @ b @ b)).astype(dtype)
    for driver in DRIVERS:
        f = iree.runtime.load_vm_flatbuffer(data, driver=driver, custom_calls={"other": other}).f
        for _ in range(2):
            for got, wanted in zip(f(a, b), (right @ b, b @ right), strict=True):
                np.testing.assert_allclose(got, wanted, tolerance, tolerance, err_msg=f"{ops} on {driver}")


BINARY = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply, "maximum": np.maximum, "minimum": np.minimum}
BITS = {"and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor}


@pytest.mark.parametrize("element", ["f32", "i32", "ui32", "f64", "i64"])
@pytest.mark.parametrize("name", BINARY)
def test_over_either_operand(element, name):
    of = f"tensor<8x8x{element}>"
    check(element, f"%3 = stablehlo.{name} %0, %2 : {of}", BINARY[name])
    check(element, f"%3 = stablehlo.{name} %2, %0 : {of}", lambda x, y: BINARY[name](y, x))


@pytest.mark.parametrize("name", BITS)
def test_bits(name):
    check("i32", f"%3 = stablehlo.{name} %2, %0 : tensor<8x8xi32>", lambda x, y: BITS[name](y, x))


def test_both_operands_are_one():
    check("f32", "%3 = stablehlo.multiply %0, %0 : tensor<8x8xf32>", lambda x, y: x * x, in_place=False)


def test_several_steps_read_the_input():
    ops = """%x = stablehlo.multiply %0, %2 : tensor<8x8xf32>
             %y = stablehlo.compare GT, %x, %2 : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xi1>
             %z = stablehlo.select %y, %2, %x : tensor<8x8xi1>, tensor<8x8xf32>
             %3 = stablehlo.subtract %z, %0 : tensor<8x8xf32>"""
    check("f32", ops, lambda x, y: np.where(x * y > y, y, x * y) - x)


def test_what_reads_another_place_is_not_in_place():
    ops = """%x = stablehlo.reverse %0, dims = [0] : tensor<8x8xf32>
             %3 = stablehlo.subtract %x, %0 : tensor<8x8xf32>"""
    text = program("f32", ops)
    assert b"iree.executable.overwrites" not in compile_str(text, compile_to="ll-seq")
    check("f32", ops, lambda x, y: x[::-1] - x, in_place=False)


def test_what_is_read_again_is_not_written_over():
    ops = "%3 = stablehlo.add %0, %2 : tensor<8x8xf32>"
    text = program("f32", ops).replace("%5 = stablehlo.dot %b, %3", "%5 = stablehlo.dot %0, %3")
    assert b"iree.executable.overwrites" not in compile_str(text, compile_to="ll-seq")


def test_in_the_memory_of_a_result():
    text = program("f32", "%3 = stablehlo.add %0, %2 : tensor<8x8xf32>").replace("return %4, %5", "return %3, %5")
    assert b"iree.executable.overwrites" in compile_str(text, compile_to="ll-seq")
    a, b = (GENERATOR.integers(-2, 3, (8, 8)).astype(np.float32) for _ in range(2))
    data = compile_str(text)
    right = a @ b + other(a @ b @ b)
    for driver in DRIVERS:
        first, second = iree.runtime.load_vm_flatbuffer(data, driver=driver, custom_calls={"other": other}).f(a, b)
        np.testing.assert_array_equal(first, right)
        np.testing.assert_array_equal(second, b @ right)
