"""Transformers on every driver, against TensorFlow: an encoder of Keras layers, and a decoder that keeps its cache."""

import numpy as np
import pytest
import tensorflow as tf

import iree.compiler.tf
import iree.runtime
from test.e2e.programs import DRIVERS, validated
from test.e2e.tensorflow_programs import as_function, check

layers = tf.keras.layers

WORDS, LENGTH, WIDTH, HEADS, LAYERS = 50, 12, 32, 4, 4


def encoder() -> tf.keras.Model:
    """Four layers, as in "Attention is all you need"."""
    tokens = tf.keras.Input((LENGTH,), dtype=tf.int32)
    x = layers.Embedding(WORDS, WIDTH)(tokens) + layers.Embedding(LENGTH, WIDTH)(tf.range(LENGTH)[None])
    for _ in range(LAYERS):
        attended = layers.MultiHeadAttention(HEADS, WIDTH // HEADS)(x, x)
        x = layers.LayerNormalization(epsilon=1e-6)(x + attended)
        inner = layers.Dense(WIDTH)(layers.Dense(4 * WIDTH, activation="gelu")(x))
        x = layers.LayerNormalization(epsilon=1e-6)(x + inner)
    return tf.keras.Model(tokens, layers.Dense(WORDS)(x))


@pytest.fixture(scope="module")
def encode():
    tf.keras.utils.set_random_seed(1)
    return as_function(encoder())


@pytest.mark.parametrize("driver", DRIVERS)
def test_an_encoder(encode, driver):
    tokens = np.random.default_rng(2).integers(0, WORDS, size=(2, LENGTH)).astype(np.int32)
    check(encode, [tokens], driver, rtol=1e-4, atol=1e-5)


class Decoder(tf.Module):
    """A decoder as GPT's, layer norms first: one token in, the scores of the next one out.

    The keys and values of all tokens before are variables.
    """

    def __init__(self):
        super().__init__()
        generator = np.random.default_rng(3)

        def weights(*shape):
            return tf.Variable((generator.normal(size=shape) / np.sqrt(shape[0])).astype(np.float32))

        self.words, self.places = weights(WORDS, WIDTH), weights(LENGTH, WIDTH)
        self.qkv = [weights(WIDTH, 3 * WIDTH) for _ in range(LAYERS)]
        self.out = [weights(WIDTH, WIDTH) for _ in range(LAYERS)]
        self.up = [weights(WIDTH, 4 * WIDTH) for _ in range(LAYERS)]
        self.down = [weights(4 * WIDTH, WIDTH) for _ in range(LAYERS)]
        self.keys = tf.Variable(tf.zeros([LAYERS, LENGTH, WIDTH]), name="keys")
        self.values = tf.Variable(tf.zeros([LAYERS, LENGTH, WIDTH]), name="values")
        self.place = tf.Variable(0, name="place")

    @tf.function(input_signature=[tf.TensorSpec([], tf.int32)])
    def step(self, token):
        x = tf.gather(self.words, token) + tf.gather(self.places, self.place)
        for layer in range(LAYERS):
            query, key, value = tf.split(tf.linalg.matvec(self.qkv[layer], normalized(x), transpose_a=True), 3)
            at = tf.stack([[layer, self.place]])
            self.keys.assign(tf.tensor_scatter_nd_update(self.keys, at, key[None]))
            self.values.assign(tf.tensor_scatter_nd_update(self.values, at, value[None]))
            seen = tf.range(LENGTH) <= self.place
            x += tf.linalg.matvec(
                self.out[layer], attention(query, self.keys[layer], self.values[layer], seen), transpose_a=True
            )
            inner = tf.nn.gelu(tf.linalg.matvec(self.up[layer], normalized(x), transpose_a=True))
            x += tf.linalg.matvec(self.down[layer], inner, transpose_a=True)
        self.place.assign_add(1)
        return tf.linalg.matvec(self.words, normalized(x))

    @tf.function(input_signature=[])
    def restart(self):
        self.place.assign(0)

    def whole(self, tokens):
        """The scores after each token, all at once and without a cache."""
        count = len(tokens)
        x = tf.gather(self.words, tokens) + self.places[:count]
        before = tf.linalg.band_part(tf.ones([count, count], tf.bool), -1, 0)
        for layer in range(LAYERS):
            query, key, value = tf.split(normalized(x) @ self.qkv[layer], 3, axis=-1)
            rows = [attention(query[row], key, value, before[row]) for row in range(count)]
            x += tf.stack(rows) @ self.out[layer]
            x += tf.nn.gelu(normalized(x) @ self.up[layer]) @ self.down[layer]
        return normalized(x) @ tf.transpose(self.words)


def normalized(x):
    mean, variance = tf.nn.moments(x, [-1], keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + 1e-5)


def attention(query, keys, values, seen):
    """What one query sees: query [width], keys and values [length, width], seen [length]."""
    heads = [HEADS, WIDTH // HEADS]
    keys, values = (tf.reshape(each, [-1, *heads]) for each in (keys, values))
    scores = tf.einsum("hd,thd->ht", tf.reshape(query, heads), keys) / np.float32(np.sqrt(heads[1]))
    weights = tf.nn.softmax(tf.where(seen, scores, -1e9))
    return tf.reshape(tf.einsum("ht,thd->hd", weights, values), [-1])


@pytest.fixture(scope="module")
def decoder():
    module = Decoder()
    return module, validated(iree.compiler.tf.compile_module(module))


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_decoder_that_keeps_its_cache(decoder, driver):
    module, compiled = decoder
    loaded = iree.runtime.load_vm_flatbuffer(compiled, driver=driver)
    tokens = np.random.default_rng(4).integers(0, WORDS, size=LENGTH).astype(np.int32)
    expected = module.whole(tokens).numpy()
    for _ in range(2):
        scores = np.stack([loaded.step(token) for token in tokens])
        np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-4)
        assert loaded.restart() is None


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_decoder_writes_what_tensorflow_would(decoder, driver):
    module, compiled = decoder
    loaded = iree.runtime.load_vm_flatbuffer(compiled, driver=driver)
    module.restart()
    token = expected = np.int32(7)
    for _ in range(LENGTH):
        token = np.argmax(loaded.step(token)).astype(np.int32)
        expected = np.argmax(module.step(expected)).astype(np.int32)
        assert token == expected
