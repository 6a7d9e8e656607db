"""TensorFlow objects in memory: what is exported, how it is called, where it came from."""

from collections import namedtuple
from pathlib import Path

import pytest
import tensorflow as tf
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects import mhlo, ml_program
from iree.compiler.importers.tensorflow.module import import_object
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.location import location_of
from iree.compiler.ir.rewriting import ops_of


class Arithmetic(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable([1.0, 2.0, 3.0, 4.0])

    @tf.function(input_signature=[tf.TensorSpec([4], tf.float32), tf.TensorSpec([4], tf.float32)])
    def simple_mul(self, left, right):
        return left * right

    @tf.function(input_signature=[tf.TensorSpec([4], tf.float32)])
    def weighted(self, x):
        return tf.maximum(x, self.w)  # the line that errors name


def functions(module):
    return {function.sym_name.data: function for function in ops_of(module, FuncOp)}


def number_of(comment):
    """The number of the line of this file that ends in a comment."""
    source = Path(__file__).read_text().splitlines()
    return 1 + next(index for index, text in enumerate(source) if text.endswith(f"# {comment}"))


def test_every_tf_function_is_exported_by_its_name():
    found = functions(import_object(Arithmetic()))
    assert list(found) == ["simple_mul", "weighted"]
    assert [a.name_hint for a in found["simple_mul"].body.block.args] == ["left", "right"]
    assert all("iree.module.export" in function.attributes for function in found.values())
    assert "iree.abi" not in found["simple_mul"].attributes


def test_only_the_named_functions():
    assert list(functions(import_object(Arithmetic(), ["weighted"]))) == ["weighted"]


def test_ops_know_the_line_they_were_written_in():
    (op,) = ops_of(import_object(Arithmetic(), ["weighted"]), mhlo.Maximum)
    assert location_of(op) == f"{__file__}:{number_of('the line that errors name')}:1"


def test_a_tf_function_by_example():
    @tf.function
    def scale(x):
        return x * 2.0

    (name,) = functions(import_object(scale, arguments=[tf.TensorSpec([3], tf.float32)]))
    assert name == "scale"


def test_a_tf_function_as_it_was_called():
    @tf.function
    def scale(x, mode="twice"):
        return x * 2.0 if mode == "twice" else x

    scale(tf.zeros([3]))
    (function,) = functions(import_object(scale)).values()
    assert str(function.function_type.inputs.data[0]) == "tensor<3xf32>"
    assert '"mode": {"fixed": "twice"}' in function.attributes["iree.abi"].data
    scale(tf.zeros([4]))
    with pytest.raises(CompileError, match=r"function scale: the types .* It was called with: .*shape=\(3,\).*; .*4"):
        import_object(scale)


def test_a_function_that_raises_when_it_is_traced():
    @tf.function(input_signature=[tf.TensorSpec([3], tf.float32)])
    def wrong(x):
        raise KeyError("no such key")

    with pytest.raises(CompileError, match=r"(?s)function wrong cannot be traced: .*module_test.py.*no such key"):
        import_object(wrong)


def test_results_and_arguments_in_named_tuples():
    State = namedtuple("State", "mean count")

    @tf.function
    def update(state, step=None):
        return State(state.count, state.mean)

    spec = tf.TensorSpec([2], tf.float32)
    function = functions(import_object(update, arguments=[State(spec, spec)]))["update"]
    assert function.attributes["iree.abi"].data == (
        '{"arguments": {"state": {"namedtuple": "State", "fields": {"mean": 0, "count": 1}}, "step": null}, '
        '"results": {"namedtuple": "State", "fields": {"mean": 0, "count": 1}}}'
    )
    assert [a.name_hint for a in function.body.block.args] == ["state_mean", "state_count"]


def test_an_argument_that_is_no_tensor_is_refused():
    ragged = tf.RaggedTensorSpec([2, None], tf.float32)

    @tf.function(input_signature=[ragged])
    def total(x):
        return tf.reduce_sum(x)

    with pytest.raises(CompileError, match=r"function total: argument x is RaggedTensorSpec.*; only tensors"):
        import_object(total)


def test_structures_keep_their_shape():
    @tf.function
    def nested(pair, options):
        return [pair[0] + options["shift"], (pair[1],)]

    spec = tf.TensorSpec([2], tf.float32)
    module = import_object(nested, arguments=[(spec, spec), {"shift": spec, "unused": spec}])
    function = functions(module)["nested"]
    assert function.attributes["iree.abi"].data == (
        '{"arguments": {"pair": {"tuple": [0, 1]}, "options": {"dict": {"shift": 2, "unused": 3}}}, '
        '"results": [0, {"tuple": [1]}]}'
    )
    assert [a.name_hint for a in function.body.block.args] == ["pair_0", "pair_1", "options_shift", "options_unused"]


def test_a_keras_model_has_its_layers_as_locations():
    model = tf.keras.Sequential([tf.keras.layers.Input((8,), name="image"), tf.keras.layers.Dense(4, name="top")])
    module = import_object(model)
    function = functions(module)["call"]
    assert str(function.function_type.inputs.data[0]) == "tensor<1x8xf32>"
    (dot,) = ops_of(module, mhlo.Dot)
    assert "top" in location_of(dot)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (
            lambda: import_object(Arithmetic(), ["nope"]),
            r"Arithmetic has no tf.function \['nope'\]; it has: simple_mul, weighted",
        ),
        (lambda: import_object(tf.Module()), "has no tf.function to export"),
        (lambda: import_object(tf.function(lambda x: x)), "the types of its arguments are not known"),
    ],
)
def test_what_cannot_be_exported(make, error):
    with pytest.raises(CompileError, match=error):
        make()


def test_assigned_variables_are_kept_under_their_names():
    class State(tf.Module):
        def __init__(self):
            super().__init__()
            self.count, self.other = tf.Variable(3.0, name="count"), tf.Variable(4.0, name="count")
            self.fixed = tf.Variable(2.0, name="fixed")

        @tf.function(input_signature=[])
        def increase(self):
            self.other.assign(self.count)
            return self.count.assign_add(self.fixed)

        @tf.function(input_signature=[])
        def read(self):
            return self.count + self.fixed

    module = import_object(State())
    variables = ops_of(module, ml_program.Global)
    assert [(v.sym_name.data, float(array_of(v.value))) for v in variables] == [("count", 3.0), ("count_1", 4.0)]
    assert all(v.is_mutable for v in variables)
    assert {load.variable for load in ops_of(module, ml_program.GlobalLoad)} == {"count"}
    assert sorted(store.variable for store in ops_of(module, ml_program.GlobalStore)) == ["count", "count_1"]


def test_ops_without_a_form_in_mhlo_are_all_named_with_their_lines():
    @tf.function
    def inner(x):
        return tf.strings.length(tf.strings.as_string(x))  # the inner line

    @tf.function(input_signature=[tf.TensorSpec([3], tf.float32)])
    def spell(x):
        return inner(x) + tf.strings.length(tf.strings.as_string(-x))  # the outer line

    with pytest.raises(CompileError) as caught:
        import_object(spell)
    inner_line, outer_line = (f"{__file__}:{number_of(text)}:1" for text in ("the inner line", "the outer line"))
    first, *lines = str(caught.value).splitlines()
    assert first == "function spell uses ops that cannot be compiled:"
    assert [line.rpartition(": TensorFlow has no form of it")[0] for line in lines] == [
        f"  {outer_line}: tf.AsString (2 times, also {inner_line})",
        f"  {outer_line}: tf.StringLength (2 times, also {inner_line})",
    ]


def test_what_is_wrong_with_each_function_is_one_report():
    class Texts(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([3], tf.float32)])
        def spell(self, x):
            return tf.strings.length(tf.strings.as_string(x))

        @tf.function(input_signature=[tf.TensorSpec([3], tf.float32)])
        def show(self, x):
            tf.print(x)

    with pytest.raises(CompileError, match=r"(?s)2 problems.*show .*: tf.PrintV2.*function spell .*tf.AsString"):
        import_object(Texts())


def test_a_keras_model_of_unknown_size_is_refused():
    model = tf.keras.Sequential([tf.keras.layers.Input((None, 3)), tf.keras.layers.Dense(2)])
    with pytest.raises(CompileError, match=r"has an input of shape \(None, None, 3\): give it an Input of fixed size"):
        import_object(model)
