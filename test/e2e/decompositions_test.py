"""Ops that the input stage writes with others: normalization, einsum, composites, barriers; against JAX and NumPy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iree.compiler
import iree.runtime
from test.e2e.programs import DRIVERS, check_text, tensor_type

F32 = np.float32
EPSILON = 0.01


def drawn(*shape):
    return np.random.default_rng(sum(shape)).normal(1.5, 2.0, size=shape).astype(F32)


def normalized(x, scale, offset, feature):
    """What batch_norm_training gives, as JAX computes it."""
    others = tuple(dim for dim in range(x.ndim) if dim != feature)
    shape = [size if dim == feature else 1 for dim, size in enumerate(x.shape)]
    mean, variance = x.mean(others), x.var(others)
    scaled = (x - mean.reshape(shape)) / jnp.sqrt(variance + EPSILON).reshape(shape)
    return scaled * scale.reshape(shape) + offset.reshape(shape), mean, variance


def batch_norm(kind, feature, operands, results):
    """A function of one op."""
    arguments = ", ".join(f"%a{index}: {tensor_type(each)}" for index, each in enumerate(operands))
    names = ", ".join(f"%a{index}" for index in range(len(operands)))
    types = ", ".join(map(tensor_type, results))
    values = ", ".join(f"%0#{index}" for index in range(len(results)))
    return f"""func.func @f({arguments}) -> ({types}) {{
      %0:{len(results)} = "stablehlo.batch_norm_{kind}"({names})
        <{{epsilon = {EPSILON} : f32, feature_index = {feature} : i64}}>
        : ({", ".join(map(tensor_type, operands))}) -> ({types})
      return {values} : {types}
    }}"""


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(("shape", "feature"), [((5, 3), 1), ((2, 4, 3, 5), 1), ((3, 2, 7), 0), ((4,), 0)], ids=str)
def test_batch_norm(shape, feature, driver):
    x, grad = drawn(*shape), drawn(*shape) * 0.5
    scale, offset = drawn(shape[feature]), drawn(shape[feature]) - 1
    outputs, vjp = jax.vjp(lambda *each: normalized(*each, feature), x, scale, offset)
    mean, variance = map(np.asarray, outputs[1:])
    grads = vjp((grad, jnp.zeros_like(mean), jnp.zeros_like(variance)))
    cases = {
        "training": ([x, scale, offset], outputs),
        "inference": ([x, scale, offset, mean, variance], outputs[:1]),
        "grad": ([x, scale, mean, variance, grad], grads),
    }
    for kind, (operands, expected) in cases.items():
        expected = [np.asarray(each) for each in expected]
        module = iree.compiler.compile_str(batch_norm(kind, feature, operands, expected))
        got = iree.runtime.load_vm_flatbuffer(module, driver=driver).f(*operands)
        got = got if isinstance(got, tuple) else [got]
        for ours, theirs in zip(got, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=2e-5)


@st.composite
def einsums(draw):
    """A config of two operands, with shapes: letters in any order, those of the result among the operands'."""
    letters = draw(st.lists(st.sampled_from("abcde"), min_size=1, max_size=5, unique=True))
    left = draw(st.lists(st.sampled_from(letters), max_size=4, unique=True))
    right = draw(st.lists(st.sampled_from(letters), max_size=4, unique=True))
    used = sorted({*left, *right})
    result = draw(st.lists(st.sampled_from(used), max_size=4, unique=True)) if used else []
    sizes = {letter: draw(st.integers(1, 4)) for letter in used}
    return "".join(left), "".join(right), "".join(result), sizes


@settings(max_examples=12, deadline=None, derandomize=True)
@given(case=einsums())
def test_einsum(case):
    left, right, result, sizes = case
    x, y = (drawn(*(sizes[letter] for letter in term)) for term in (left, right))
    expected = np.einsum(f"{left},{right}->{result}", x, y).astype(F32)
    types = f"{tensor_type(x)}, {tensor_type(y)}"
    text = f"""func.func @f(%x: {tensor_type(x)}, %y: {tensor_type(y)}) -> {tensor_type(expected)} {{
      %0 = stablehlo.einsum %x, %y, config = "{left},{right}->{result}" : ({types}) -> {tensor_type(expected)}
      return %0 : {tensor_type(expected)}
    }}"""
    for driver in DRIVERS:
        check_text(text, "f", [x, y], expected, driver, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("driver", DRIVERS)
def test_einsum_of_one_operand_with_dots(driver):
    x = drawn(2, 3, 4, 5)
    text = """func.func @f(%x: tensor<2x3x4x5xf32>) -> tensor<5x3x4xf32> {
      %0 = stablehlo.unary_einsum %x, config = "a...b->b..." : (tensor<2x3x4x5xf32>) -> tensor<5x3x4xf32>
      return %0 : tensor<5x3x4xf32>
    }"""
    check_text(text, "f", [x], np.einsum("a...b->b...", x), driver, rtol=1e-5)


@pytest.mark.parametrize("driver", DRIVERS)
def test_composites_and_barriers_of_jax(driver):
    def program(x):
        y, z = jax.lax.optimization_barrier((x + 1, x * 2))
        return jax.lax.composite(lambda v: v * jax.nn.sigmoid(v), name="vendor.silu")(y) + z

    x = drawn(3, 4)
    text = jax.jit(program).lower(x).as_text()
    assert "stablehlo.composite" in text
    assert "stablehlo.optimization_barrier" in text
    check_text(text, "main", [x], np.asarray(jax.jit(program)(x)), driver, rtol=1e-5, atol=1e-6)
