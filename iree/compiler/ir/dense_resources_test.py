import numpy as np
import pytest

from iree.compiler.dialects.registry import make_context
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.parser import parse_module
from iree.compiler.ir.printer import print_module
from iree.compiler.ir.rewriting import constant_value


def text(data, type_="tensor<2xf32>", name="w"):
    return f"""
        %0 = arith.constant dense_resource<{name}> : {type_}
        {{-#
          dialect_resources: {{ builtin: {{ w: "{data}", unused: "0x0400000000" }} }},
          external_resources: {{ reader: {{ fast: true, name: "x" }} }}
        #-}}
    """


def read(source):
    module = parse_module(source, "m.mlir", make_context())
    return module, constant_value(module.body.block.first_op.results[0])


def test_a_resource_becomes_a_dense_constant():
    module, value = read(text("0x040000000000803F00000040"))
    np.testing.assert_array_equal(value, np.array([1, 2], np.float32))
    assert "dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>" in print_module(module)


def test_a_second_text_with_the_same_name_has_its_own_data():
    _, first = read(text("0x040000000000803F00000040"))
    _, second = read(text("0x040000000000004000008040"))
    np.testing.assert_array_equal(first, np.array([1, 2], np.float32))
    np.testing.assert_array_equal(second, np.array([2, 4], np.float32))


def test_i1_takes_a_byte_each():
    _, value = read(text("0x01000000010001", "tensor<3xi1>"))
    np.testing.assert_array_equal(value, np.array([True, False, True]))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (text("0x040000000000803F"), "dense_resource<w> holds 4 bytes, tensor<2xf32> takes 8"),
        (text("0x04", name="v"), "begins with its alignment, four bytes"),
        (text("0x0400000000", name="v"), "the file holds no data for dense_resource<v>"),
        (text("0x0400000000", name="__elided__"), "left out when the text was printed"),
        (text("xyz"), "the data of a resource is hexadecimal"),
        ("%0 = arith.constant dense_resource<w> : tensor<2xf32>", "holds no data for dense_resource<w>"),
        ("{-# #-} {-# #-}", "a file has one data section"),
        ("{-# dialect_resources: 5 #-}", "boolean"),
    ],
)
def test_wrong_or_missing_data_is_refused(source, message):
    with pytest.raises(CompileError) as caught:
        read(source)
    assert message in str(caught.value)
    assert caught.value.location.startswith("m.mlir:")
