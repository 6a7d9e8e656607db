"""What functions capture: variables, tensors, and what is neither."""

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.ops import resource_variable_ops
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects import mhlo
from iree.compiler.importers.tensorflow import function as importer
from iree.compiler.importers.tensorflow.module import import_object
from iree.compiler.importers.tensorflow.variables import SMALL
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import ops_of


def constants(module):
    return [array_of(constant.value) for constant in ops_of(module, mhlo.Constant)]


class Layers(tf.Module):
    def __init__(self):
        super().__init__()
        self.large = tf.Variable(np.random.default_rng(0).normal(size=(SMALL, 2)).astype(np.float32))
        self.small = tf.Variable([4.0, 9.0])
        self.shape = tf.Variable([2, 4])
        self.unread = tf.Variable(tf.ones([SMALL, 3]))

    @tf.function(input_signature=[tf.TensorSpec([1, SMALL], tf.float32)])
    def first(self, x):
        return tf.matmul(x, self.large) * tf.sqrt(self.small)

    @tf.function(input_signature=[tf.TensorSpec([3, SMALL], tf.float32)])
    def second(self, x):
        return tf.matmul(x, self.large)

    @tf.function(input_signature=[tf.TensorSpec([8], tf.float32)])
    def reshaped(self, x):
        return tf.reshape(x, self.shape)


def test_functions_share_the_bytes_of_a_variable():
    layers = Layers()
    module = import_object(layers, ["first", "second"])
    found = [c for c in ops_of(module, mhlo.Constant) if c.result.type.get_shape() == (SMALL, 2)]
    assert len(found) == 2
    assert found[0].value.data.data is found[1].value.data.data
    np.testing.assert_array_equal(array_of(found[0].value), layers.large.numpy())


def test_a_large_variable_is_never_text(monkeypatch):
    texts = []
    parse = importer.parse_converted
    monkeypatch.setattr(importer, "parse_converted", lambda text, *rest: texts.append(text) or parse(text, *rest))
    import_object(Layers(), ["second"])
    assert max(map(len, texts)) < 10_000


def test_what_is_computed_from_small_variables_is_folded():
    module = import_object(Layers(), ["first"])
    assert not ops_of(module, mhlo.Sqrt)
    assert any(np.array_equal(np.unique(array), [2, 3]) for array in constants(module))


def test_a_variable_says_how_large_something_is():
    (function,) = ops_of(import_object(Layers(), ["reshaped"]), FuncOp)
    assert str(function.function_type.outputs.data[0]) == "tensor<2x4xf32>"


def test_variables_in_loops_and_branches():
    weights = tf.Variable(np.arange(SMALL * 2, dtype=np.float32).reshape(SMALL, 2))

    @tf.function(input_signature=[tf.TensorSpec([], tf.int32), tf.TensorSpec([2], tf.float32)])
    def scaled(n, x):
        for _ in tf.range(3):
            x = x * weights[n]
        return x

    module = import_object(scaled)
    assert any(array.shape == weights.shape for array in constants(module))
    assert ops_of(module, mhlo.While)


def test_tensors_from_outside():
    large, small = tf.ones([SMALL + 1]), tf.constant(3, tf.int32)

    @tf.function(input_signature=[tf.TensorSpec([SMALL + 1], tf.float32)])
    def add(x):
        return tf.reshape((x + large)[:SMALL], [small + 1, -1])

    module = import_object(add)
    assert {array.shape for array in constants(module)} == {(SMALL + 1,)}
    (function,) = ops_of(module, FuncOp)
    assert str(function.function_type.outputs.data[0]) == f"tensor<4x{SMALL // 4}xf32>"


def test_a_variable_in_its_own_type():
    half = tf.Variable(tf.ones([SMALL + 1], tf.bfloat16))

    @tf.function(input_signature=[])
    def read():
        return half + 1

    assert "bfloat16" in {str(array.dtype) for array in constants(import_object(read)) if array.size > SMALL}


def test_a_table_is_refused():
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer([1], [2]), -1)

    @tf.function(input_signature=[tf.TensorSpec([3], tf.int32)])
    def look_up(x):
        return table.lookup(x)

    with pytest.raises(CompileError, match=r"function look_up uses .*, which is no variable but something that lives"):
        import_object(look_up)


def test_a_variable_without_a_value_is_refused():
    variable = resource_variable_ops.UninitializedVariable(dtype=tf.float32, shape=[2], name="late")

    @tf.function(input_signature=[])
    def read():
        return variable + 1.0

    with pytest.raises(CompileError, match=r"variable late:0 holds no value yet; initialize it first"):
        import_object(read)
