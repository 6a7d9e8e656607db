"""What else TensorFlow programs are made of: slices, images, einsum, Keras models of several tensors, saved models."""

import collections

import numpy as np
import pytest
import tensorflow as tf

import iree.compiler
import iree.compiler.tf
import iree.runtime
from test.e2e.programs import DRIVERS, validated
from test.e2e.tensorflow_programs import check, draw

layers = tf.keras.layers
v1 = tf.compat.v1


@tf.function
def slices(x):
    return x[..., 1:3], x[:, None, ::-1], x[-1, ..., 0], x[1::-1, -3:, tf.newaxis], x[2:0:-2, 4:1:-1, 3]


@tf.function
def computed_slices(x):
    start = tf.argmax(x[0, :2, 0], output_type=tf.int32)
    return x[0, start], x[start + 1], tf.slice(x, [start, 0, 1], [2, 3, 2]), tf.gather(x, [2, 0], axis=1)


@tf.function
def contracted(x):
    return tf.einsum("abc,dbc->ad", x, x), tf.einsum("abc->cba", x), tf.einsum("aij,akj->aik", x, x * 2.0)


@tf.function
def updated(x):
    ones = tf.ones([2, 5, 4])
    return tf.tensor_scatter_nd_update(x, [[2], [0]], ones), tf.tensor_scatter_nd_add(x, [[1], [1]], ones)


@tf.function
def arranged(x):
    return (
        tf.tile(x, [1, 2, 1]),
        tf.roll(x, 2, 1),
        tf.reverse(x, [0, 2]),
        tf.stack(tf.unstack(x, axis=1)),
        tf.repeat(x, 2, 0),
    )


@tf.function
def padded(x):
    return [tf.pad(x, [[1, 0], [0, 2], [2, 1]], mode) for mode in ("CONSTANT", "REFLECT", "SYMMETRIC")]


@tf.function
def summed(x):
    return tf.cumsum(x, 1), tf.cumsum(x, 2, exclusive=True, reverse=True), tf.math.cumprod(x, 0), tf.norm(x, axis=-1)


EXACT = (slices, computed_slices, updated, arranged, padded)
ROUNDED = (contracted, summed)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("function", [*EXACT, *ROUNDED], ids=lambda function: function.__name__)
def test_functions_of_a_tensor(function, driver):
    tolerance = 1e-5 if function in ROUNDED else 0
    check(function, [draw(3, 5, 4)], driver, rtol=tolerance, atol=tolerance)


@pytest.fixture(scope="module")
def resize():
    @tf.function
    def bilinear(image):
        return tf.image.resize(image, [7, 9]), tf.image.resize(image, [3, 2])

    @tf.function
    def nearest(image):
        return tf.image.resize(image, [7, 9], method="nearest"), tf.image.flip_left_right(image)

    return {"bilinear": bilinear, "nearest": nearest}


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("method", ["bilinear", "nearest"])
def test_images_are_resized(resize, method, driver):
    check(resize[method], [draw(2, 5, 4, 3)], driver, rtol=1e-6, atol=1e-6)


def test_a_way_to_resize_that_has_no_form_is_named():
    @tf.function(input_signature=[tf.TensorSpec([1, 5, 4, 3], tf.float32)])
    def enlarge(image):
        return tf.image.resize(image, [7, 9], method="bicubic")

    with pytest.raises(
        iree.compiler.CompileError, match=r"tensorflow_functions_test.py:\d+:1: tf.ResizeBicubic: Tensor"
    ):
        iree.compiler.tf.compile_module(enlarge)


Moments = collections.namedtuple("Moments", "mean variance")


class Statistics(tf.Module):
    """Functions of every kind of signature."""

    @tf.function(input_signature=[tf.TensorSpec([4, 3]), tf.TensorSpec([], tf.int32)])
    def scaled(self, x, times=2, epsilon=1e-3):
        return x * tf.cast(times, tf.float32) + epsilon

    @tf.function(input_signature=[{"x": tf.TensorSpec([4, 3]), "w": [tf.TensorSpec([3]), tf.TensorSpec([3])]}])
    def moments(self, inputs):
        mean, variance = tf.nn.moments(inputs["x"] * inputs["w"][0], 0)
        return {"moments": Moments(mean, variance), "rest": [inputs["w"][1]]}

    @tf.function(input_signature=[Moments(tf.TensorSpec([3]), tf.TensorSpec([3]))])
    def spread(self, moments):
        return moments.mean - moments.variance, moments.mean + moments.variance


@pytest.fixture(scope="module", params=["in memory", "SavedModel"])
def statistics(request, tmp_path_factory):
    module = Statistics()
    if request.param == "in memory":
        return module, validated(iree.compiler.tf.compile_module(module))
    directory = tmp_path_factory.mktemp("statistics")
    tf.saved_model.save(module, str(directory))
    return module, validated(iree.compiler.tf.compile_saved_model(directory))


@pytest.mark.parametrize("driver", DRIVERS)
def test_signatures(statistics, driver):
    module, compiled = statistics
    loaded = iree.runtime.load_vm_flatbuffer(compiled, driver=driver)
    x, w = draw(4, 3), [draw(3, seed=1), draw(3, seed=2)]
    np.testing.assert_allclose(loaded.scaled(x, times=np.int32(3)), module.scaled(x, 3), rtol=1e-6)
    got, expected = loaded.moments({"x": x, "w": w}), module.moments({"x": x, "w": w})
    assert got["moments"]._fields == ("mean", "variance")
    np.testing.assert_allclose(got["moments"].variance, expected["moments"].variance, rtol=1e-5)
    np.testing.assert_array_equal(got["rest"][0], w[1])
    low, _ = loaded.spread(Moments(w[0], w[1]))
    np.testing.assert_array_equal(low, w[0] - w[1])


def two_towers():
    """Two inputs, two results, a shared layer."""
    left, right = tf.keras.Input((6,), name="left"), tf.keras.Input((4,), name="right")
    shared = layers.Dense(5, activation="relu")
    both = layers.Concatenate()([shared(layers.Dense(3)(left)), shared(layers.Dense(3)(right))])
    near = layers.Dot(axes=1, normalize=True)([layers.Dense(3)(left), layers.Dense(3)(right)])
    return tf.keras.Model([left, right], [layers.Dense(2, name="scores")(both), near])


@pytest.fixture(scope="module", params=["in memory", ".keras", "export"])
def towers(request, tmp_path_factory):
    tf.keras.utils.set_random_seed(1)
    model = two_towers()
    if request.param == "in memory":
        return model, validated(iree.compiler.tf.compile_module(model)), "call"
    directory = tmp_path_factory.mktemp("towers")
    model.save(directory / "model.keras")
    model = tf.keras.models.load_model(directory / "model.keras")
    if request.param == ".keras":
        return model, validated(iree.compiler.tf.compile_module(model)), "call"
    specs = [tf.TensorSpec([1, 6], name="left"), tf.TensorSpec([1, 4], name="right")]
    model.export(str(directory / "exported"), input_signature=[specs], verbose=False)
    compiled = iree.compiler.tf.compile_saved_model(directory / "exported", exported_names=["serve"])
    return model, validated(compiled), "serve"


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_keras_model_of_several_tensors(towers, driver):
    model, compiled, name = towers
    function = getattr(iree.runtime.load_vm_flatbuffer(compiled, driver=driver), name)
    left, right = draw(1, 6), draw(1, 4, seed=1)
    got = function(left, right) if name == "call" else function([left, right])
    for one, other in zip(got, model([left, right]), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_model_of_tensorflow_1_with_a_variable(tmp_path, driver):
    with v1.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [2, 3], name="x")
        weights = v1.get_variable("weights", initializer=draw(3, 4), use_resource=True)
        y = tf.nn.softmax(tf.matmul(x, weights))
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, str(tmp_path / "v1"), {"x": x}, {"y": y})
        expected = session.run(y, {x: draw(2, 3, seed=1)})
    compiled = validated(iree.compiler.tf.compile_saved_model(tmp_path / "v1"))
    loaded = iree.runtime.load_vm_flatbuffer(compiled, driver=driver)
    np.testing.assert_allclose(loaded.serving_default(x=draw(2, 3, seed=1))["y"], expected, rtol=1e-6)
