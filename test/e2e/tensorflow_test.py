"""TensorFlow programs as people write them, compiled once and compared with TensorFlow on every driver."""

import numpy as np
import pytest
import tensorflow as tf

import iree.compiler
import iree.compiler.tf
import iree.runtime
from test.e2e.programs import DRIVERS, validated


class Arithmetic(tf.Module):
    def __init__(self):
        super().__init__()
        self.weights = tf.Variable(np.random.default_rng(1).normal(size=(8, 3)).astype(np.float32))

    @tf.function(input_signature=[tf.TensorSpec([4], tf.float32), tf.TensorSpec([4], tf.float32)])
    def simple_mul(self, left, right):
        return left * right

    @tf.function(input_signature=[tf.TensorSpec([5, 8], tf.float32)])
    def dense(self, x):
        hidden = tf.nn.relu(tf.matmul(x, self.weights))
        return {"hidden": hidden, "softmax": tf.nn.softmax(hidden), "mean": tf.reduce_mean(hidden)}

    @tf.function(input_signature=[tf.TensorSpec([2, 3, 4], tf.int32)])
    def shapes(self, x):
        padded = tf.pad(tf.transpose(x, [2, 0, 1]), [[1, 0], [0, 2], [0, 0]])
        return tf.concat([padded[:, :3, ::2], tf.ones([5, 1, 2], tf.int32)], axis=1), tf.reduce_max(x, axis=[0, 2])

    @tf.function(input_signature=[tf.TensorSpec([6], tf.float32), tf.TensorSpec([6], tf.int32)])
    def mixed(self, x, n):
        chosen = tf.where(x > 0, tf.cast(n, tf.float32), -x)
        return tf.cast(chosen, tf.int32) // 2 + n % 3, tf.logical_and(x > 0, n > 1)


@pytest.fixture(scope="module")
def arithmetic():
    return Arithmetic()


@pytest.fixture(scope="module", params=["in memory", "SavedModel"])
def compiled(request, arithmetic, tmp_path_factory):
    if request.param == "in memory":
        return validated(iree.compiler.tf.compile_module(arithmetic))
    directory = tmp_path_factory.mktemp("saved_model")
    tf.saved_model.save(arithmetic, str(directory))
    return validated(iree.compiler.tf.compile_saved_model(directory))


@pytest.fixture(params=DRIVERS)
def loaded(request, compiled):
    return iree.runtime.load_vm_flatbuffer(compiled, driver=request.param)


def draw(*shape):
    return np.random.default_rng(2).normal(size=shape).astype(np.float32)


def test_arguments_by_position_and_by_name(loaded, arithmetic):
    left, right = draw(4), draw(4) + 1
    expected = arithmetic.simple_mul(left, right)
    np.testing.assert_array_equal(loaded.simple_mul(left, right), expected)
    np.testing.assert_array_equal(loaded.simple_mul(right=right, left=left), expected)


def test_a_dictionary_of_results(loaded, arithmetic):
    x = draw(5, 8)
    results, expected = loaded.dense(x), arithmetic.dense(x)
    assert sorted(results) == sorted(expected)
    for name in expected:
        np.testing.assert_allclose(results[name], expected[name], rtol=1e-5, atol=1e-6)


def test_integers_and_shapes(loaded, arithmetic):
    x = np.random.default_rng(3).integers(-9, 9, size=(2, 3, 4)).astype(np.int32)
    for result, expected in zip(loaded.shapes(x), arithmetic.shapes(x), strict=True):
        np.testing.assert_array_equal(result, expected)


def test_conversions_and_booleans(loaded, arithmetic):
    x, n = draw(6) * 9, np.array([0, 1, 2, 3, -4, 5], np.int32)
    for result, expected in zip(loaded.mixed(x, n), arithmetic.mixed(x, n), strict=True):
        np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_keras_model(driver):
    model = tf.keras.Sequential(
        [
            tf.keras.layers.Input((16,), name="features"),
            tf.keras.layers.Dense(12, activation="relu"),
            tf.keras.layers.Dense(5, activation="tanh"),
            tf.keras.layers.Dense(3, activation="softmax"),
        ]
    )
    loaded = iree.runtime.load_vm_flatbuffer(validated(iree.compiler.tf.compile_module(model)), driver=driver)
    x = draw(1, 16)
    np.testing.assert_allclose(loaded.call(features=x), model(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_tf_function(driver):
    @tf.function(input_signature=[tf.TensorSpec([3, 4], tf.float32)])
    def normalize(x):
        mean = tf.reduce_mean(x, axis=1, keepdims=True)
        return (x - mean) / tf.sqrt(tf.reduce_mean(tf.square(x - mean), axis=1, keepdims=True) + 1e-5)

    loaded = iree.runtime.load_vm_flatbuffer(validated(iree.compiler.tf.compile_module(normalize)), driver=driver)
    x = draw(3, 4)
    np.testing.assert_allclose(loaded.normalize(x), normalize(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_graphdef(tmp_path, driver):
    with tf.Graph().as_default() as graph:
        left = tf.compat.v1.placeholder(tf.float32, [4], name="left")
        right = tf.compat.v1.placeholder(tf.float32, [4], name="right")
        tf.subtract(left, right, name="difference")
    path = tmp_path / "graph.pb"
    path.write_bytes(graph.as_graph_def().SerializeToString())
    module = iree.compiler.tf.compile_graphdef(
        path, input_arrays=["right", "left"], output_arrays=["difference"], function_name="subtract"
    )
    loaded = iree.runtime.load_vm_flatbuffer(module, driver=driver)
    np.testing.assert_array_equal(loaded.subtract(right=draw(4), left=draw(4) + 1), np.ones(4, np.float32))


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_spectrum(driver):
    @tf.function(input_signature=[tf.TensorSpec([12], tf.float32), tf.TensorSpec([12], tf.float32)])
    def spectrum(real, imaginary):
        return tf.abs(tf.signal.fft(tf.complex(real, imaginary)))

    loaded = iree.runtime.load_vm_flatbuffer(validated(iree.compiler.tf.compile_module(spectrum)), driver=driver)
    parts = draw(12), draw(12)[::-1]
    np.testing.assert_allclose(loaded.spectrum(*parts), spectrum(*parts), rtol=1e-5, atol=1e-5)


class Images(tf.Module):
    def __init__(self):
        super().__init__()
        generator = np.random.default_rng(1)
        self.filters = tf.Variable(generator.normal(size=(3, 3, 3, 8)).astype(np.float32))
        self.depthwise = tf.Variable(generator.normal(size=(3, 3, 8, 1)).astype(np.float32))
        self.line = tf.Variable(generator.normal(size=(3, 3, 4)).astype(np.float32))
        self.volume = tf.Variable(generator.normal(size=(2, 3, 2, 1, 4)).astype(np.float32))

    @tf.function(input_signature=[tf.TensorSpec([2, 17, 13, 3], tf.float32)])
    def pooled(self, image):
        x = tf.nn.relu6(tf.nn.conv2d(image, self.filters, 2, "SAME"))
        x = tf.nn.depthwise_conv2d(x, self.depthwise, [1, 1, 1, 1], "SAME")
        return tf.nn.max_pool2d(x, 3, 2, "SAME"), tf.nn.avg_pool2d(x, 3, 2, "SAME"), tf.nn.avg_pool2d(x, 2, 2, "VALID")

    @tf.function(input_signature=[tf.TensorSpec([2, 11, 3], tf.float32)])
    def along_a_line(self, signal):
        return tf.nn.conv1d(signal, self.line, 2, "SAME", dilations=1)

    @tf.function(input_signature=[tf.TensorSpec([1, 5, 7, 6, 1], tf.float32)])
    def in_a_volume(self, volume):
        return tf.nn.conv3d(volume, self.volume, [1, 1, 2, 1, 1], "VALID")

    @tf.function(input_signature=[tf.TensorSpec([1, 5, 7, 8], tf.float32)])
    def enlarged(self, x):
        return tf.nn.conv2d_transpose(x, self.filters, [1, 10, 14, 3], 2, "SAME")


@pytest.fixture(scope="module")
def images():
    module = Images()
    return module, iree.compiler.tf.compile_module(module)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("name", ["pooled", "along_a_line", "in_a_volume", "enlarged"])
def test_images(images, name, driver):
    module, compiled = images
    function = getattr(module, name)
    x = draw(*function.input_signature[0].shape)
    results = getattr(iree.runtime.load_vm_flatbuffer(compiled, driver=driver), name)(x)
    expected = function(x)
    tf.nest.map_structure(lambda r, e: np.testing.assert_allclose(r, e, rtol=1e-4, atol=1e-4), results, expected)
