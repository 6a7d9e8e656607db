import inspect

import jax
import numpy as np
import pytest

from iree.compiler.importers.jax.callbacks import check_callbacks, place_of
from iree.compiler.ir.diagnostics import CompileError


def inner(x):
    jax.debug.print("{}", x)
    return jax.pure_callback(np.sin, jax.ShapeDtypeStruct(x.shape, x.dtype), x)


def outer(x):
    return jax.lax.scan(lambda carried, _: (jax.jit(inner)(carried), 0), x, length=3)


def test_every_place_is_named():
    with pytest.raises(CompileError) as raised:
        check_callbacks(jax.make_jaxpr(outer)(np.float32(1)))
    first = inspect.getsourcelines(inner)[1]
    text = str(raised.value)
    assert f"{__file__}:{first + 1}:1: jax.debug.print" in text
    assert f"{__file__}:{first + 2}:1: jax.pure_callback calls a function of this process" in text
    assert "custom_calls=" in text


def test_other_functions_pass():
    jaxpr = jax.make_jaxpr(lambda x: jax.lax.cond(x > 0, lambda: x, lambda: -x))(np.float32(1))
    check_callbacks(jaxpr)
    assert place_of(jaxpr.jaxpr.eqns[0]).startswith(__file__)
