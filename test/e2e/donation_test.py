"""Arguments that callers have given up: their memory serves, their contents are right, and who looks again is told."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import iree.runtime
from iree.compiler.compile import compile_str
from iree.compiler.pipeline import Options, run_pipeline
from iree.compiler.statistics import statistics_of
from iree.hal.status import FailedPrecondition
from iree.runtime.vm.arguments import ArgumentError
from iree.runtime.vm.device_array import asdevicearray
from iree.testing.ir import parse
from test.e2e.programs import DRIVERS

MATRIX = "tensor<8x8xf32>"


def chain(attribute: str, length: int = 6) -> str:
    """Products one after the other, in the memory of %a where that is donated."""
    lines = [f"%0 = stablehlo.dot %a, %b : ({MATRIX}, {MATRIX}) -> {MATRIX}"]
    lines += [f"%{i} = stablehlo.dot %{i - 1}, %b : ({MATRIX}, {MATRIX}) -> {MATRIX}" for i in range(1, length)]
    body = "\n".join(lines)
    body += f"\nreturn %{length - 1} : {MATRIX}"
    return f"func.func @f(%a: {MATRIX} {attribute}, %b: {MATRIX}) -> {MATRIX} {{\n{body}\n}}"


DONATED = ["{tf.aliasing_output = 0 : i32}", "{jax.buffer_donor = true}", "{iree.donated}"]


def transients(text):
    module = parse(text)
    run_pipeline(module, Options(target_backends=("interpreter-bytecode",), compile_to="ll-seq"))
    return statistics_of(module).functions[0].transients


@pytest.mark.parametrize("attribute", DONATED)
def test_transients_lie_in_it(attribute):
    assert transients(chain(attribute)) < transients(chain(""))


@pytest.fixture(params=DRIVERS)
def f(request):
    return iree.runtime.load_vm_flatbuffer(compile_str(chain(DONATED[0])), driver=request.param).f


def matrices():
    generator = np.random.default_rng(0)
    a, b = (generator.integers(-2, 3, (8, 8)).astype(np.float32) for _ in range(2))
    return a, b, a @ b @ b @ b @ b @ b @ b


def device_of(f):
    return f.device


def test_numpy_arrays_stay_as_they_are(f):
    a, b, expected = matrices()
    for _ in range(2):
        given = a.copy(), b.copy()
        np.testing.assert_array_equal(f(*given), expected)
        np.testing.assert_array_equal(given[0], a)


def test_device_arrays_end(f):
    a, b, expected = matrices()
    x, y = asdevicearray(device_of(f), a), asdevicearray(device_of(f), b)
    np.testing.assert_array_equal(f(x, y), expected)
    assert x.is_deleted() and not y.is_deleted()
    np.testing.assert_array_equal(y, b)
    with pytest.raises(ArgumentError, match="give what the call returned that it was donated to"):
        f(x, y)
    with pytest.raises(FailedPrecondition, match="keep a copy"):
        np.asarray(x)


def test_one_array_for_both_arguments(f):
    _, b, _ = matrices()
    x = asdevicearray(device_of(f), b)
    np.testing.assert_array_equal(f(x, x), b @ b @ b @ b @ b @ b @ b)
    assert x.is_deleted()


def test_who_has_a_view_keeps_what_it_shows(f):
    a, b, expected = matrices()
    x = asdevicearray(device_of(f), a)
    view = np.asarray(x, copy=False)
    np.testing.assert_array_equal(f(x, b), expected)
    np.testing.assert_array_equal(view, a)


def test_calls_that_go_on_meanwhile(f):
    a, b, expected = matrices()
    x = asdevicearray(device_of(f), a)
    call = f.invoke_async(x, b)
    assert x.is_deleted()
    np.testing.assert_array_equal(call.result(), expected)


def test_jax():
    def step(x, w):
        return jnp.dot(jnp.dot(jnp.dot(x, w), w) * 0.5, w)

    a, b, _ = matrices()
    text = jax.jit(step, donate_argnums=0).lower(a, b).as_text()
    assert "tf.aliasing_output" in text or "jax.buffer_donor" in text
    data = compile_str(text)
    for driver in DRIVERS:
        main = iree.runtime.load_vm_flatbuffer(data, driver=driver).main
        np.testing.assert_allclose(main(a, b), step(a, b), 1e-5)
