"""SavedModels: functions by name, signatures, weights, and what is refused."""

import numpy as np
import pytest
import tensorflow as tf
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects import mhlo
from iree.compiler.importers.tensorflow.saved_model import import_saved_model
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import ops_of


class Model(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(np.arange(6, dtype=np.float32).reshape(2, 3))

    @tf.function(input_signature=[tf.TensorSpec([4, 2], tf.float32)])
    def dense(self, x):
        return {"relu": tf.nn.relu(x @ self.w), "sum": tf.reduce_sum(x, 1)}

    @tf.function(input_signature=[tf.TensorSpec([4], tf.float32), tf.TensorSpec([4], tf.float32)])
    def multiply(self, first, second):
        return first * second

    @tf.function
    def polymorphic(self, x):
        return x + 1


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "model"
    model = Model()
    model.polymorphic(tf.zeros([2]))
    model.polymorphic(tf.zeros([3]))
    tf.saved_model.save(model, str(path), signatures={"predict": model.dense})
    return path


def functions(module):
    return {function.sym_name.data: function for function in ops_of(module, FuncOp)}


def test_functions_by_name_with_their_arguments_names(directory):
    found = functions(import_saved_model(directory, ["dense", "multiply"]))
    assert [a.name_hint for a in found["multiply"].body.block.args] == ["first", "second"]
    assert list(found) == ["dense", "multiply"]
    assert '"results": {"dict": {"relu": 0, "sum": 1}}' in found["dense"].attributes["iree.abi"].data


def test_weights_are_the_saved_ones(directory):
    module = import_saved_model(directory, ["dense"])
    arrays = [array_of(constant.value) for constant in ops_of(module, mhlo.Constant)]
    assert any(np.array_equal(a, np.arange(6, dtype=np.float32).reshape(2, 3)) for a in arrays)


def test_a_signature_by_name(directory):
    found = functions(import_saved_model(directory, ["predict"]))
    assert [a.name_hint for a in found["predict"].body.block.args] == ["x"]


def test_a_keras_models_weights_are_not_lost(tmp_path):
    model = tf.keras.Sequential([tf.keras.layers.Input((3,)), tf.keras.layers.Dense(2)])
    model.export(str(tmp_path / "keras"), input_signature=[tf.TensorSpec([5, 3], tf.float32)], verbose=False)
    module = import_saved_model(tmp_path / "keras")
    arrays = [array_of(constant.value) for constant in ops_of(module, mhlo.Constant)]
    assert any(np.array_equal(a, model.layers[0].kernel.numpy()) for a in arrays)


def test_a_tensorflow_1_model(tmp_path):
    v1 = tf.compat.v1
    with v1.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [4], name="x")
        y = tf.multiply(x, 3.0)
        v1.saved_model.simple_save(session, str(tmp_path / "v1"), {"x": x}, {"y": y})
    found = functions(import_saved_model(tmp_path / "v1"))
    assert list(found) == ["serving_default"]
    assert [a.name_hint for a in found["serving_default"].body.block.args] == ["x"]


def test_an_unknown_name_lists_what_there_is(directory):
    with pytest.raises(
        CompileError, match=r"has no \['nope'\]; it has functions: dense, multiply, polymorphic; signatures: pre"
    ):
        import_saved_model(directory, ["nope"])


def test_a_function_of_several_types_is_refused(directory):
    with pytest.raises(CompileError, match="polymorphic was saved for 2 sets of argument types"):
        import_saved_model(directory, ["polymorphic"])


def test_no_saved_model(tmp_path):
    with pytest.raises(CompileError, match=r"is no SavedModel: it holds no saved_model.pb"):
        import_saved_model(tmp_path)


def test_a_damaged_saved_model(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"\xff\xff\xff junk")
    with pytest.raises(CompileError, match="TensorFlow cannot load the SavedModel"):
        import_saved_model(tmp_path)
