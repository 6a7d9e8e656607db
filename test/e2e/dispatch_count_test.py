"""How few dispatches whole models take. Each costs a launch; what computes is test/e2e/keras_models_test.py's."""

import os

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import tensorflow as tf

from iree.compiler.dialects.iree import DispatchRegion
from iree.compiler.dialects.registry import make_context
from iree.compiler.importers.mlir_text import import_text
from iree.compiler.importers.tensorflow.module import import_object
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.pipeline import Options, run_pipeline

BATCH, LENGTH, WIDTH, HEADS = 1, 128, 256, 4


def count(module):
    run_pipeline(module, Options(compile_to="dispatch-regions"))
    return len(ops_of(module, DispatchRegion))


IMAGE_MODELS = [("MobileNetV2", 60), *([("ResNet50", 75)] if os.environ.get("IREE_LONG_TESTS") else [])]


@pytest.mark.parametrize(("name", "most"), IMAGE_MODELS)
def test_an_image_model(name, most):
    model = getattr(tf.keras.applications, name)(input_shape=(224, 224, 3), weights=None)
    spec = tf.TensorSpec([1, 224, 224, 3], tf.float32)
    classify = tf.function(lambda image: model(image, training=False), input_signature=[spec])
    assert count(import_object(classify)) <= most


def keras_encoder_layer():
    layers = tf.keras.layers
    x = inputs = tf.keras.Input((LENGTH, WIDTH), batch_size=BATCH)
    attended = layers.MultiHeadAttention(HEADS, WIDTH // HEADS)(x, x)
    x = layers.LayerNormalization(epsilon=1e-6)(x + attended)
    inner = layers.Dense(WIDTH)(layers.Dense(4 * WIDTH, activation="gelu")(x))
    x = layers.LayerNormalization(epsilon=1e-6)(x + inner)
    model = tf.keras.Model(inputs, x)
    spec = tf.TensorSpec([BATCH, LENGTH, WIDTH], tf.float32)
    return import_object(tf.function(lambda x: model(x, training=False), input_signature=[spec]))


def jax_encoder_layer():
    generator = np.random.default_rng(0)
    square = [generator.normal(size=(WIDTH, WIDTH)).astype(np.float32) for _ in range(4)]
    up, down = (generator.normal(size=size).astype(np.float32) for size in ((WIDTH, 4 * WIDTH), (4 * WIDTH, WIDTH)))

    def normalized(x):
        return (x - x.mean(-1, keepdims=True)) * jax.lax.rsqrt(x.var(-1, keepdims=True) + 1e-5)

    def encode(x):
        query, key, value = ((x @ matrix).reshape(BATCH, LENGTH, HEADS, -1) for matrix in square[:3])
        weights = jax.nn.softmax(jnp.einsum("bthd,bshd->bhts", query, key) / 8)
        x = normalized(x + jnp.einsum("bhts,bshd->bthd", weights, value).reshape(BATCH, LENGTH, WIDTH) @ square[3])
        return normalized(x + jax.nn.gelu(x @ up) @ down)

    exported = jax.export.export(jax.jit(encode))(jax.ShapeDtypeStruct((BATCH, LENGTH, WIDTH), jnp.float32))
    return import_text(exported.mlir_module(), "encoder.mlir", make_context())


@pytest.mark.parametrize("layer", [keras_encoder_layer, jax_encoder_layer])
def test_a_transformer_layer(layer):
    assert count(layer()) <= 12
