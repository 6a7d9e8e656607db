"""Numbers that differ from call to call: their distribution by SciPy's tests; random ops of TensorFlow."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

import iree.compiler
import iree.compiler.tf
import iree.runtime
from test.e2e.programs import DRIVERS

COUNT = 20000


def draws(element, distribution):
    """A function that draws COUNT numbers."""
    scalar, result = f"tensor<{element}>", f"tensor<{COUNT}x{element}>"
    return iree.compiler.compile_str(f"""
        func.func @draw(%a: {scalar}, %b: {scalar}) -> {result} {{
          %shape = stablehlo.constant dense<{COUNT}> : tensor<1xi64>
          %0 = stablehlo.rng %a, %b, %shape, distribution = {distribution}
             : ({scalar}, {scalar}, tensor<1xi64>) -> {result}
          return %0 : {result}
        }}
    """)


@pytest.mark.parametrize("distribution", ["UNIFORM", "NORMAL"])
def test_floats_are_distributed_as_asked(distribution):
    module = draws("f32", distribution)
    a, b = np.float32(-2.0), np.float32(3.0)
    law = stats.uniform(-2.0, 5.0) if distribution == "UNIFORM" else stats.norm(-2.0, 3.0)
    first = None
    for driver in DRIVERS:
        loaded = iree.runtime.load_vm_flatbuffer(module, driver=driver)
        one, two = np.asarray(loaded.draw(a, b)), np.asarray(loaded.draw(a, b))
        assert stats.kstest(one, law.cdf).pvalue > 1e-3
        assert stats.kstest(two, law.cdf).pvalue > 1e-3
        assert abs(np.corrcoef(one, two)[0, 1]) < 0.03
        assert np.isfinite(one).all()
        if distribution == "UNIFORM":
            assert one.min() >= a
            assert one.max() < b
        first = one if first is None else first
        np.testing.assert_allclose(one, first, rtol=1e-5, atol=1e-5)


def test_integers_are_distributed_as_asked():
    loaded = iree.runtime.load_vm_flatbuffer(draws("i32", "UNIFORM"))
    drawn = np.asarray(loaded.draw(np.int32(-3), np.int32(4)))
    assert stats.chisquare(np.bincount(drawn + 3, minlength=7)).pvalue > 1e-3
    np.testing.assert_array_equal(loaded.draw(np.int32(5), np.int32(5)), 5)


@pytest.mark.parametrize("driver", DRIVERS)
def test_random_ops_of_tensorflow(driver):
    class Random(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([1000], tf.float32)])
        def noisy(self, x):
            return x + tf.random.normal([1000]), tf.nn.dropout(x, 0.25)

    loaded = iree.runtime.load_vm_flatbuffer(iree.compiler.tf.compile_module(Random()), driver=driver)
    x = np.ones(1000, np.float32)
    noisy, dropped = map(np.asarray, loaded.noisy(x))
    assert stats.kstest(noisy - 1, "norm").pvalue > 1e-3
    assert set(np.unique(dropped)) == {0, np.float32(1 / 0.75)}
    assert 0.15 < (dropped == 0).mean() < 0.35
    assert not np.array_equal(loaded.noisy(x)[1], dropped)
