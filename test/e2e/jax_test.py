"""Programs as JAX's users write them, compiled by iree.compiler.jax and compared with JAX on every driver."""

import collections
import functools
import itertools

import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import pytest

import iree.compiler
import iree.compiler.jax
import iree.runtime
from iree.compiler.ir.diagnostics import CompileError
from iree.tools.devices import TARGET_OF_DRIVER
from test.e2e.programs import DRIVERS, validated

Adam = collections.namedtuple("Adam", ["mean", "square", "step"])

RNG = np.random.default_rng(7)


def floats(*shape):
    return RNG.standard_normal(shape, np.float32)


def check(function, *args, rtol=2e-6, atol=1e-6, **kwargs):
    """Calls the compiled function as the original, on every driver; the results nest and are alike."""
    module = validated(iree.compiler.jax.compile(function, *args, example_kwargs=kwargs, name="f"))
    expected, tree = jax.tree_util.tree_flatten(jax.jit(function)(*args, **kwargs))
    for driver in DRIVERS:
        got = iree.runtime.load_vm_flatbuffer(module, driver=driver).f(*args, **kwargs)
        leaves = jax.tree_util.tree_leaves(got)
        assert len(leaves) == tree.num_leaves
        for one, other in zip(leaves, map(np.asarray, expected), strict=True):
            assert (one.dtype, one.shape) == (other.dtype, other.shape)
            np.testing.assert_allclose(one, other, rtol=rtol, atol=atol)
    return got


def layers(*sizes):
    return [{"w": floats(m, n) / np.float32(m**0.5), "b": floats(n)} for m, n in itertools.pairwise(sizes)]


def mlp(params, x):
    *hidden, last = params
    for layer in hidden:
        x = jax.nn.gelu(x @ layer["w"] + layer["b"])
    return jax.nn.log_softmax(x @ last["w"] + last["b"])


def test_mlp():
    check(mlp, layers(13, 9, 5), floats(3, 13))


def test_mlp_that_closes_over_its_weights():
    check(functools.partial(mlp, layers(30, 20, 10)), floats(1, 30))


def loss(params, x, y):
    return -jnp.mean(jnp.sum(mlp(params, x) * y, axis=-1))


def test_value_and_gradient():
    y = np.eye(5, dtype=np.float32)[[1, 4, 0]]
    check(jax.value_and_grad(loss), layers(13, 9, 5), floats(3, 13), y, rtol=1e-5)


def adam(params, state, x, y, *, rate):
    value, gradient = jax.value_and_grad(loss)(params, x, y)
    mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, state.mean, gradient)
    square = jax.tree.map(lambda s, g: 0.99 * s + 0.01 * g * g, state.square, gradient)
    updated = jax.tree.map(lambda p, m, s: p - rate * m / (jnp.sqrt(s) + 1e-5), params, mean, square)
    return updated, Adam(mean, square, state.step + 1), value


def test_training_step_call_after_call():
    params, x, y = layers(6, 8, 3), floats(4, 6), np.eye(3, dtype=np.float32)[[0, 1, 2, 0]]
    state = Adam(jax.tree.map(np.zeros_like, params), jax.tree.map(np.zeros_like, params), np.int32(0))
    module = iree.compiler.jax.compile(adam, params, state, x, y, example_kwargs={"rate": 0.1})
    expected = (params, state, None)
    for _ in range(10):
        expected = jax.jit(adam)(*expected[:2], x, y, rate=0.1)
    for driver in DRIVERS:
        step = iree.runtime.load_vm_flatbuffer(module, driver=driver).adam
        got = (params, state, None)
        for _ in range(10):
            got = step(*got[:2], x, y, rate=0.1)
        assert got[1].step == 10
        assert got[2] < 0.5
        assert got[1]._fields == Adam._fields
        for one, other in zip(jax.tree.leaves(got), jax.tree.leaves(expected), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_convolutional_network():
    def classify(params, image):
        x = jax.lax.conv_general_dilated(
            image, params["k1"], (2, 2), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        x = jax.nn.relu(x + params["b1"])
        x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
        x = jax.lax.conv_general_dilated(
            x, params["k2"], (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"), feature_group_count=2
        )
        return jax.nn.softmax(jax.nn.silu(x).reshape(x.shape[0], -1) @ params["w"])

    params = {"k1": floats(3, 3, 3, 6), "b1": floats(6), "k2": floats(2, 2, 3, 4), "w": floats(3 * 2 * 4, 5)}
    check(classify, params, floats(2, 15, 11, 3), rtol=1e-5)


VMAPPED = jax.vmap(lambda x, w: jnp.tanh(w @ x), in_axes=(0, None))
FUNCTIONS = {
    "vmap": (VMAPPED, floats(5, 3), floats(4, 3)),
    "where": (lambda x: jnp.where(x > 0, x, 0.1 * x).clip(-1, 1), floats(7)),
    "take": (lambda x, i: jnp.take(x, i, axis=1), floats(3, 8), np.int32([5, 0, 7])),
    "reductions": (lambda x: (x.max(0), x.min(), x.mean(1), x.var(), jnp.linalg.norm(x)), floats(3, 5)),
    "cumsum": (lambda x: jnp.cumsum(x, axis=0), floats(9, 2)),
    "updates": (lambda x: x.at[1:3, ::2].add(1.0).at[0].set(-1.0), floats(4, 6)),
    "einsum": (lambda x: jnp.einsum("bij,bkj->bik", x, x) / jnp.sqrt(3.0), floats(2, 4, 3)),
    "dynamic_slice": (lambda x, i: jax.lax.dynamic_slice(x, (i,), (3,)), floats(9), np.int32(2)),
    "layout": (lambda x: jnp.flip(jnp.concatenate([jnp.pad(x, ((1, 0), (0, 2))), x.T.repeat(2, 1)]), 0), floats(3, 4)),
    "integers": (lambda i: (i // 3, i % 3, i << 2, ~i, i.astype(jnp.float32)), np.int32([-7, 7, 2**31 - 1])),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_arrays(name):
    check(*FUNCTIONS[name], rtol=1e-5)


def rnn(params, xs):
    def step(carried, x):
        carried = jnp.tanh(x @ params["x"] + carried @ params["h"])
        return carried, carried.sum()

    return jax.lax.scan(step, jnp.zeros(3), xs)


SQUARE = floats(4, 4)
POSITIVE = SQUARE @ SQUARE.T + 4 * np.eye(4, dtype=np.float32)
CONTROL_FLOW = {
    "scan": (rnn, {"x": floats(5, 3), "h": floats(3, 3)}, floats(6, 5)),
    "gradient of scan": (
        jax.grad(lambda p, xs: rnn(p, xs)[1].sum()),
        {"x": SQUARE[:, :3], "h": SQUARE[:3, :3]},
        SQUARE,
    ),
    "while_loop": (lambda x: jax.lax.while_loop(lambda c: c.sum() < 100, lambda c: c * 2 + 1, x), np.abs(floats(3))),
    "cond": (lambda x: jax.lax.cond(x.sum() > 0, jnp.sin, jnp.cos, x), floats(5)),
    "switch": (lambda i, x: jax.lax.switch(i, [jnp.sin, jnp.cos, jnp.tanh], x), np.int32(2), floats(5)),
    "sort": (lambda x: (jnp.sort(x), jnp.argsort(x, axis=0), jnp.argmax(x), jax.lax.top_k(x, 2)), SQUARE),
    "solve": (jnp.linalg.solve, POSITIVE, SQUARE),
    "cholesky": (jnp.linalg.cholesky, POSITIVE),
}


@pytest.mark.parametrize("name", CONTROL_FLOW)
def test_loops_branches_and_linear_algebra(name):
    check(*CONTROL_FLOW[name], rtol=2e-5, atol=2e-6)


def draw(key):
    """What people draw, all from one key."""
    keys = jax.random.split(key)
    return {
        "bits": jax.random.bits(keys[0], (7,)),
        "integers": jax.random.randint(keys[1], (5,), -5, 100),
    }


def draw_floats(key):
    return jax.random.uniform(key, (5, 3)), jax.random.bernoulli(key, 0.3, (9,)), jax.random.normal(key, (4,))


def test_random_bits_are_those_of_jax():
    check(draw, jax.random.PRNGKey(3), rtol=0, atol=0)


def test_random_floats_are_those_of_jax():
    key = jax.random.PRNGKey(11)
    module = iree.compiler.jax.compile(draw_floats, key, target_backends=["interpreter-bytecode"])
    got = iree.runtime.load_vm_flatbuffer(module).draw_floats(np.asarray(key))
    uniform, bernoulli, normal = jax.jit(draw_floats)(key)
    np.testing.assert_array_equal(got[0], uniform)
    np.testing.assert_array_equal(got[1], bernoulli)
    np.testing.assert_allclose(got[2], normal, rtol=1e-6)


def wide(x, i):
    return jnp.sin(x) @ x.T, i * i // 3 + jnp.arange(3), x.astype(jnp.float32), (x * 1e5).astype(jnp.int64), abs(x * 1j)


def test_wide_types():
    with jax.enable_x64(True):
        check(wide, RNG.standard_normal((3, 4)), np.int64([2**40, -5, 7]), rtol=1e-14, atol=0)


def test_sizes_that_each_call_chooses():
    weights = floats(8, 3)

    def f(x, options):
        return {"classes": jax.nn.softmax(x @ weights * options["scale"]), "mean": x.mean(axis=0)}

    (batch,) = jax.export.symbolic_shape("b")
    scale = {"scale": jax.ShapeDtypeStruct((), np.float32)}
    module = validated(iree.compiler.jax.compile(f, jax.ShapeDtypeStruct((batch, 8), np.float32), scale))
    for driver in DRIVERS:
        loaded = iree.runtime.load_vm_flatbuffer(module, driver=driver)
        for size in (1, 3, 40):
            x, options = floats(size, 8), {"scale": np.float32(2)}
            got, expected = loaded.f(x, options), f(x, options)
            for key in expected:
                np.testing.assert_allclose(got[key], expected[key], rtol=2e-6, atol=1e-6)


def test_jitted_functions_of_static_arguments():
    @functools.partial(jax.jit, static_argnames="kind")
    def apply(x, kind):
        return {"relu": jax.nn.relu, "elu": jax.nn.elu}[kind](x)

    module = iree.compiler.jax.compile(apply, jax.ShapeDtypeStruct((4,), np.float32), "elu")
    x = floats(4)
    np.testing.assert_allclose(iree.runtime.load_vm_flatbuffer(module).apply(x), jax.nn.elu(x), rtol=1e-6)


def test_an_operation_that_cannot_be_compiled_is_named_with_its_line():
    with pytest.raises(CompileError, match=r"jax_test\.py:\d+:\d+: "):
        iree.compiler.jax.compile(lambda x: jax.lax.reduce_precision(x.astype(jnp.float8_e5m2), 4, 1), floats(3))


# What JAX prints is a program too.


@pytest.mark.parametrize("debug_info", [False, True])
def test_text_that_jax_prints(debug_info):
    args = layers(13, 9, 5), floats(3, 13)
    text = jax.jit(mlp).lower(*args).as_text(debug_info=debug_info)
    for driver in DRIVERS:
        module = iree.compiler.compile_str(text, target_backends=[TARGET_OF_DRIVER[driver]])
        got = iree.runtime.load_vm_flatbuffer(module, driver=driver).main(*jax.tree.leaves(args))
        np.testing.assert_allclose(got, mlp(*args), rtol=1e-5, atol=1e-6)


def test_text_of_sharded_programs():
    mesh = jax.sharding.Mesh(np.array(jax.devices()[:1]), ("x",))
    sharding = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("x"))
    double = jax.jit(lambda x: jax.lax.with_sharding_constraint(x, sharding) * 2, in_shardings=sharding)
    text = double.lower(np.zeros(4, np.float32)).as_text()
    assert "sdy.sharding_constraint" in text
    module = iree.runtime.load_vm_flatbuffer(iree.compiler.compile_str(text))
    np.testing.assert_array_equal(module.main(np.float32([1, 2, 3, 4])), [2, 4, 6, 8])
