"""JAX's loops and branches, compiled by iree.compiler.jax and compared with JAX on every driver."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import iree.compiler.jax
import iree.runtime
from test.e2e.programs import DRIVERS, validated

RNG = np.random.default_rng(11)


def check(function: Any, *calls: tuple[Any, ...], rtol: float = 1e-5, atol: float = 1e-6) -> None:
    """Compiles the function for the types of the first call, and compares every call on every driver."""
    module = validated(iree.compiler.jax.compile(function, *calls[0], name="f"))
    compiled = jax.jit(function)
    for driver in DRIVERS:
        loaded = iree.runtime.load_vm_flatbuffer(module, driver=driver)
        for args in calls:
            expected = jax.tree_util.tree_leaves(compiled(*args))
            got = jax.tree_util.tree_leaves(loaded.f(*args))
            for one, other in zip(got, map(np.asarray, expected), strict=True):
                assert (one.dtype, one.shape) == (other.dtype, other.shape)
                np.testing.assert_allclose(one, other, rtol=rtol, atol=atol)


def test_mandelbrot() -> None:
    """How long each point stays near, until all have left or 50 turns are over."""

    def escape_times(x: Any, y: Any) -> Any:
        def near(state: Any) -> Any:
            step, re, im, _ = state
            return (step < 50) & jnp.any(re * re + im * im < 4)

        def turn(state: Any) -> Any:
            step, re, im, times = state
            inside = re * re + im * im < 4
            re, im = jnp.where(inside, re * re - im * im + x, re), jnp.where(inside, 2 * re * im + y, im)
            return step + 1, re, im, times + inside.astype(jnp.int32)

        zero = jnp.zeros_like(x)
        return lax.while_loop(near, turn, (0, zero, zero, jnp.zeros(x.shape, jnp.int32)))

    y, x = np.meshgrid(np.linspace(-1.3, 1.3, 21, dtype=np.float32), np.linspace(-2.1, 0.6, 31, dtype=np.float32))
    far = np.full_like(x, 3)
    check(lambda x, y: (lambda s: (s[0], s[3]))(escape_times(x, y)), (x, y), (far, y), (x / 4, y / 4))


def test_counted_and_uncounted_loops() -> None:
    def loops(x: Any, n: Any) -> Any:
        uncounted = lax.fori_loop(0, n, lambda i, v: v * 0.5 + i, x)
        counted = lax.fori_loop(2, 9, lambda i, v: jnp.sin(v) + i, x)
        down = lax.while_loop(lambda v: v[0] > 0, lambda v: (v[0] - 3, v[1] + v[0]), (10, 0.0))
        return uncounted, counted, down

    x = RNG.standard_normal((3, 4), np.float32)
    check(loops, *((x, np.int32(n)) for n in (0, 1, 2, 7, -3)))


def test_scan_forward_and_back() -> None:
    def smooth(xs: Any) -> Any:
        def step(state: Any, x: Any) -> Any:
            state = 0.9 * state + 0.1 * x
            return state, (state, x - state)

        last, (smoothed, rest) = lax.scan(step, xs[0], xs)
        first, backward = lax.scan(lambda s, x: (jnp.maximum(s, x), s), last, smoothed, reverse=True)
        return last, smoothed, rest, first, backward

    check(smooth, (RNG.standard_normal((9, 5), np.float32),))


def test_gradient_of_a_recurrent_network() -> None:
    def loss(weights: Any, xs: Any) -> Any:
        state, states = lax.scan(lambda s, x: (lambda t: (t, t))(jnp.tanh(x + s @ weights)), jnp.zeros(6), xs)
        return jnp.sum(states**2) + jnp.sum(state)

    weights, xs = RNG.standard_normal((6, 6), np.float32) / 3, RNG.standard_normal((7, 6), np.float32)
    check(jax.value_and_grad(loss), (weights, xs), rtol=1e-4, atol=1e-5)


def test_branches_that_are_too_much_for_a_select() -> None:
    def branches(i: Any, x: Any) -> Any:
        chosen = lax.switch(i, [lambda v: v @ v, lambda v: v, lambda v: jnp.linalg.norm(v) * v, lambda v: v.T], x)
        return lax.cond(jnp.sum(chosen) > 0, lambda v: (v @ x, v), lambda v: (v, x), chosen)

    x = RNG.standard_normal((4, 4), np.float32)
    check(branches, *((np.int32(i), s * x) for i in (-1, 0, 1, 2, 3, 9) for s in (np.float32(1), np.float32(-1))))


def test_loops_in_branches_in_loops() -> None:
    def collatz(start: Any, limit: Any) -> Any:
        def step(state: Any) -> Any:
            n, count, total = state
            n = lax.cond(n % 2 == 0, lambda n: n // 2, lambda n: 3 * n + 1, n)
            total += lax.cond(count % 5 == 0, lambda: lax.fori_loop(0, count, lambda i, s: s + i * n % 7, 0), lambda: 0)
            return n, count + 1, total

        return lax.while_loop(lambda s: (s[0] != 1) & (s[1] < limit), step, (start, 0, 0))

    check(collatz, *((np.int32(n), np.int32(limit)) for n, limit in ((27, 200), (1, 5), (27, 9), (6, 100))))


def test_newtons_method_row_by_row() -> None:
    def root(a: Any) -> Any:
        def off(state: Any) -> Any:
            x, old = state
            return jnp.abs(x - old) > 1e-3

        return lax.while_loop(off, lambda s: ((s[0] + a / s[0]) / 2, s[0]), (a, a + 1.0))[0]

    check(jax.vmap(root), (np.float32([1, 2, 3, 100, 1e4]),))
    check(lambda xs: lax.map(root, xs), (np.float32([1, 2, 3, 100, 1e4]),))
