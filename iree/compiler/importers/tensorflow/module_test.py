"""TensorFlow objects in memory: what is exported, how it is called, where it came from."""

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
    source = Path(__file__).read_text().splitlines()
    line = 1 + next(i for i, text in enumerate(source) if "the line that errors name" in text)
    assert location_of(op) == f"{__file__}:{line}:1"


def test_a_tf_function_by_example():
    @tf.function
    def scale(x):
        return x * 2.0

    (name,) = functions(import_object(scale, arguments=[tf.TensorSpec([3], tf.float32)]))
    assert name == "scale"


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


def test_ops_without_a_form_in_mhlo_are_all_named():
    @tf.function(input_signature=[tf.TensorSpec([3], tf.float32)])
    def spell(x):
        return tf.strings.length(tf.strings.as_string(x))

    with pytest.raises(
        CompileError, match=r"uses TensorFlow ops that have no form in mhlo: tf.AsString, tf.StringLength"
    ):
        import_object(spell)


def test_a_keras_model_of_unknown_size_is_refused():
    model = tf.keras.Sequential([tf.keras.layers.Input((None, 3)), tf.keras.layers.Dense(2)])
    with pytest.raises(CompileError, match=r"has an input of shape \(None, None, 3\): give it an Input of fixed size"):
        import_object(model)
