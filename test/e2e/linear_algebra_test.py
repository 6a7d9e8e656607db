"""cholesky and triangular_solve on every driver, with every option, against NumPy in f64."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import iree.compiler
import iree.runtime
from test.e2e.programs import DRIVERS, check_text, tensor_type

F32 = np.float32


def flag(value):
    return str(value).lower()


def triangle(matrix, lower, filled):
    """One triangle of a matrix; in the other stands what must not be read."""
    keep = np.tri(matrix.shape[-1], dtype=bool)
    return np.where(keep if lower else keep.T, matrix, filled).astype(matrix.dtype)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (2, 3, 5, 5), (40, 40), (0, 4, 4), (0, 0)], ids=str)
@pytest.mark.parametrize("lower", [True, False])
def test_cholesky(shape, lower, driver):
    drawn = np.random.default_rng(7).normal(size=shape)
    matrix = (drawn @ drawn.swapaxes(-1, -2) + shape[-1] * np.eye(shape[-1])).astype(F32)
    factor = np.linalg.cholesky(matrix.astype(np.float64))
    expected = (factor if lower else factor.swapaxes(-1, -2)).astype(F32)
    type_ = tensor_type(matrix)
    text = f"""func.func @f(%a: {type_}) -> {type_} {{
      %0 = stablehlo.cholesky %a, lower = {flag(lower)} : {type_}
      return %0 : {type_}
    }}"""
    check_text(text, "f", [triangle(matrix, lower, np.nan)], expected, driver, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("lower", [True, False])
def test_complex_numbers(lower, driver):
    generator = np.random.default_rng(9)
    drawn = generator.normal(size=(5, 5)) + 1j * generator.normal(size=(5, 5))
    matrix = (drawn @ drawn.conj().T + 5 * np.eye(5)).astype(np.complex64)
    factor = np.linalg.cholesky(matrix.astype(np.complex128))
    expected = (factor if lower else factor.conj().T).astype(np.complex64)
    type_ = tensor_type(matrix)
    text = f"""func.func @f(%a: {type_}) -> {type_} {{
      %0 = stablehlo.cholesky %a, lower = {flag(lower)} : {type_}
      return %0 : {type_}
    }}
    func.func @g(%l: {type_}, %b: {type_}) -> {type_} {{
      %0 = "stablehlo.triangular_solve"(%l, %b) <{{left_side = true, lower = {flag(lower)}, unit_diagonal = false,
        transpose_a = #stablehlo<transpose ADJOINT>}}> : ({type_}, {type_}) -> {type_}
      return %0 : {type_}
    }}"""
    check_text(text, "f", [triangle(matrix, lower, np.nan)], expected, driver, rtol=1e-5, atol=1e-5)
    solved = np.linalg.solve(expected.conj().T, matrix)
    check_text(text, "g", [triangle(expected, lower, np.nan), matrix], solved, driver, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("transpose", ["NO_TRANSPOSE", "TRANSPOSE", "ADJOINT"])
@pytest.mark.parametrize(("left", "lower"), list(itertools.product([True, False], repeat=2)))
def test_triangular_solve(left, lower, transpose, driver):
    unit = left == lower
    generator = np.random.default_rng(8)
    size, columns = (6, 3) if lower else (3, 2)
    matrix = triangle(generator.normal(size=(2, size, size)) + size * np.eye(size), lower, 0)
    right = generator.normal(size=(2, size, columns) if left else (2, columns, size)).astype(F32)
    a = triangle(matrix, lower, np.nan)
    if unit:
        matrix, a = (np.where(np.eye(size) == 1, filled, each) for filled, each in ((1, matrix), (np.nan, a)))
    applied = matrix if transpose == "NO_TRANSPOSE" else matrix.swapaxes(-1, -2)
    if left:
        expected = np.linalg.solve(applied, right)
    else:
        expected = np.linalg.solve(applied.swapaxes(-1, -2), right.swapaxes(-1, -2)).swapaxes(-1, -2)
    types = f"{tensor_type(a.astype(F32))}, {tensor_type(right)}"
    first, second = types.split(", ")
    options = f"left_side = {flag(left)}, lower = {flag(lower)}, unit_diagonal = {flag(unit)}"
    text = f"""func.func @f(%a: {first}, %b: {second}) -> {second} {{
      %0 = "stablehlo.triangular_solve"(%a, %b) <{{{options}, transpose_a = #stablehlo<transpose {transpose}>}}>
         : ({types}) -> {second}
      return %0 : {second}
    }}"""
    check_text(text, "f", [a.astype(F32), right], expected.astype(F32), driver, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_matrix_that_is_not_positive_has_no_factor(driver):
    text = """func.func @f(%a: tensor<6x6xf32>) -> tensor<6x6xf32> {
      %0 = stablehlo.cholesky %a, lower = true : tensor<6x6xf32>
      return %0 : tensor<6x6xf32>
    }"""
    module = iree.runtime.load_vm_flatbuffer(iree.compiler.compile_str(text), driver=driver)
    got = np.asarray(module.f(-np.eye(6, dtype=F32)))
    assert np.isnan(np.diag(got)).all()
    assert np.isnan(jnp.linalg.cholesky(-np.eye(6, dtype=F32))).any()


def drawn(*shape):
    return np.random.default_rng(shape).normal(size=shape).astype(F32)


JAX_PROGRAMS = {
    "cholesky": (jnp.linalg.cholesky, drawn(2, 3, 3) * 0.1 + 2 * np.eye(3, dtype=F32)),
    "lu of each of a batch": (jax.lax.linalg.lu, drawn(2, 3, 3)),
    "lu of a singular matrix": (jax.lax.linalg.lu, np.ones((3, 3), F32)),
    "det and inv": (lambda a: (jnp.linalg.det(a), jnp.linalg.inv(a)), drawn(4, 4)),
    "qr of a wide matrix": (jnp.linalg.qr, drawn(3, 6)),
    "complete qr": (lambda a: jnp.linalg.qr(a, mode="complete"), drawn(6, 3)),
}


@pytest.mark.parametrize("name", JAX_PROGRAMS)
def test_linear_algebra_of_jax(name):
    """What JAX leaves to LAPACK on a CPU."""
    function, argument = JAX_PROGRAMS[name]
    expected = jax.tree.leaves(jax.jit(function)(argument))
    module = iree.compiler.compile_str(jax.jit(function).lower(argument).as_text())
    for driver in DRIVERS:
        got = jax.tree.leaves(iree.runtime.load_vm_flatbuffer(module, driver=driver).main(argument))
        for ours, theirs in zip(got, expected, strict=True):
            np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=2e-4, atol=2e-5)
