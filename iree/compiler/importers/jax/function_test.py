import collections
import inspect

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects import mhlo
from iree.compiler.dialects.iree import ABI
from iree.compiler.importers.jax.function import LARGEST_IN_TEXT, import_function
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.location import location_of
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.ir.verifier import verify
from iree.schemas import abi

State = collections.namedtuple("State", ["mean", "count"])
VECTOR = jax.ShapeDtypeStruct((4,), np.float32)


def imported(function, *args, **options):
    module = import_function(function, args, **options)
    verify(module)
    return module


def exported(module):
    (function,) = [op for op in ops_of(module, FuncOp) if ABI in op.attributes]
    return function


def scale(x, *, by):
    return x * by["factor"]


def update(x, i):
    return x.at[i].set(0.0)


def test_the_function_keeps_its_name_and_those_of_its_arguments():
    module = imported(scale, VECTOR, kwargs={"by": {"factor": 2.0}})
    function = exported(module)
    assert module.sym_name.data == function.sym_name.data == "scale"
    assert [argument.name_hint for argument in function.body.block.args] == ["x", "by_factor"]
    assert exported(imported(scale, VECTOR, kwargs={"by": {"factor": 2}}, name="other")).sym_name.data == "other"


def test_nesting_is_kept():
    module = imported(lambda s: {"a": s, "b": [None, (s.mean,)]}, State(VECTOR, np.int32(1)))
    kept = abi.from_text(exported(module).attributes[ABI].data, 2, 3)
    assert repr(kept) == (
        "Abi(arguments={'s': State(mean=0, count=1)}, results={'a': State(mean=0, count=1), 'b': [None, (2,)]})"
    )


def test_arguments_that_are_not_used_stay():
    assert len(exported(imported(lambda x, y: x, VECTOR, VECTOR)).body.block.args) == 2


def test_operations_know_the_line_and_column_they_were_written_in():
    module = imported(scale, VECTOR, kwargs={"by": {"factor": 2.0}})
    (multiply,) = ops_of(module, mhlo.Multiply)
    lines, first = inspect.getsourcelines(scale)
    column = lines[1].index("x * by") + 1
    assert location_of(multiply) == f"{__file__}:{first + 1}:{column}"


@pytest.mark.parametrize("dtype", [np.float32, np.int32, np.bool_, jnp.bfloat16, np.int8, np.complex64])
def test_weights_come_over_whatever_their_type(dtype):
    weights = (np.arange(LARGEST_IN_TEXT + 1) % 3).astype(dtype)
    module = imported(lambda x: (jnp.asarray(weights), x), VECTOR)
    (constant,) = ops_of(module, mhlo.Constant)
    np.testing.assert_array_equal(array_of(constant.value), weights)


def test_what_jax_made_itself_is_where_it_was_called():
    module = imported(jnp.linalg.det, jax.ShapeDtypeStruct((3, 3), np.float32))
    places = {location_of(op) for op in module.walk()}
    assert not any("<function" in place or "importers/jax/function.py" in place for place in places)
    assert any(place.startswith(__file__) for place in places)


def test_an_operation_that_is_not_known_is_named_with_its_line(monkeypatch):
    monkeypatch.setattr(mhlo.DIALECT, "_operations", [op for op in mhlo.DIALECT.operations if op is not mhlo.Scatter])
    first = inspect.getsourcelines(update)[1]
    with pytest.raises(CompileError, match=f"function_test.py:{first + 1}:.*unknown operation 'stablehlo.scatter'"):
        imported(update, VECTOR, np.int32([1]))


def test_a_jitted_function_keeps_what_is_static():
    jitted = jax.jit(lambda x, n: x * n, static_argnums=1)
    assert len(exported(imported(jitted, VECTOR, 3)).body.block.args) == 1
    assert len(exported(imported(lambda x, n: x * n, VECTOR, 3, static_argnames="n")).body.block.args) == 1


def test_a_function_inside_may_have_the_same_name():
    @jax.jit
    def relu(x):
        return jnp.maximum(x, 0)

    module = imported(relu, VECTOR)
    names = [function.sym_name.data for function in ops_of(module, FuncOp)]
    assert names == ["relu", "relu_0"]


def branches(x):
    return x if x[0] > 0 else -x


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            branches,
            r"function_test.py:\d+:\d+: JAX cannot lower branches: TracerBoolConversionError: Attempted boolean",
        ),
        (jnp.linalg.eigh, r"JAX cannot lower eigh: NotImplementedError: MLIR translation rule for primitive 'eigh'"),
        (lambda x: x @ jnp.ones((3, 3)), r"function_test.py:\d+:\d+: JAX cannot lower main: TypeError: dot_general"),
        (lambda x: "text", r"JAX cannot lower main: TypeError: function main traced for jit returned a value of type"),
    ],
)
def test_what_jax_refuses_is_told_with_the_users_line(function, message):
    argument = jax.ShapeDtypeStruct((4, 4), np.float32) if function is jnp.linalg.eigh else VECTOR
    with pytest.raises(CompileError, match=message):
        import_function(function, [argument])
