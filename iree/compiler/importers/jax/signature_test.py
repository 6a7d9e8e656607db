import collections
import functools

import jax
import jax.numpy as jnp
import pytest

from iree.compiler.importers.jax.signature import Signature, check_leaves, name_of, static_names_of, structure_of
from iree.compiler.ir.diagnostics import CompileError

State = collections.namedtuple("State", ["mean", "count"])


def f(a, /, b, *rest, scale=2.0, **options):
    return a, b, rest, scale, options


def test_every_argument_has_a_name_and_can_be_replaced():
    signature = Signature.of(f, (1, 2, 3, 4), {"shift": 5}, ())
    assert signature.traced == {"a": 1, "b": 2, "rest_0": 3, "rest_1": 4, "shift": 5}
    assert signature.call({"a": "A", "rest_1": "R", "shift": "S"}) == ("A", 2, (3, "R"), 2.0, {"shift": "S"})


def test_static_arguments_keep_their_value():
    signature = Signature.of(f, (1, 2), {"scale": 3.0}, {"b", "scale"})
    assert signature.traced == {"a": 1}
    assert signature.call({"a": 7}) == (7, 2, (), 3.0, {})


def test_what_jit_was_told_is_static_is_static():
    jitted = functools.partial(jax.jit, static_argnums=(1,), static_argnames="scale")(f)
    assert static_names_of(jitted) == {"b", "scale"}
    assert static_names_of(f) == set()


@pytest.mark.parametrize(
    ("function", "name"),
    [(f, "f"), (functools.partial(f, 1), "f"), (lambda x: x, "main"), (jax.jit(f), "f"), (jax.vmap(f), "f")],
)
def test_names_of_functions(function, name):
    assert name_of(function) == name


def test_functions_that_do_not_tell_their_parameters():
    assert Signature.of(max, (1, 2), {}, ()).traced == {"arg0": 1, "arg1": 2}


@pytest.mark.parametrize(
    ("args", "static", "message"),
    [
        ((1,), (), r"f: missing a required argument: 'b'"),
        ((1, 2), {"axis"}, r"f has no parameter \['axis'\] to be static; it has: a, b, rest, scale, options"),
    ],
)
def test_arguments_have_to_fit(args, static, message):
    with pytest.raises(CompileError, match=message):
        Signature.of(f, args, {}, static)


def test_how_arrays_nest():
    tree = {"w": [0, (1, None)], "s": State(2, {})}
    assert structure_of(tree, "it") == tree
    assert repr(structure_of(tree, "it")["s"]) == "State(mean=2, count={})"


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"a": {3: 0}}, r"x\['a'\] is a dict with the key 3; keys have to be strings"),
        ([object()], r"x\[0\] is of type object: arrays nest in dicts, lists, tuples and named tuples"),
    ],
)
def test_what_modules_cannot_nest(tree, message):
    with pytest.raises(CompileError, match=message):
        structure_of(tree, "x")


def test_everything_that_is_no_array_is_named():
    check_leaves({"x": [jnp.ones(2), 1.0, None], "k": jax.random.key(0)})
    with pytest.raises(CompileError, match=r"argument 'x'\['act'\] is 'relu' of type str; 'f' is .*static_argnames"):
        check_leaves({"x": {"act": "relu"}, "f": max})
