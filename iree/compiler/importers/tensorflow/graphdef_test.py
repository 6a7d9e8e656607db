"""GraphDefs: feeds and fetches, and each silent trap as an error."""

import pytest
import tensorflow.compat.v1 as tf
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects import mhlo
from iree.compiler.importers.tensorflow.graphdef import import_graphdef
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.rewriting import ops_of


@pytest.fixture(scope="module")
def graph():
    with tf.Graph().as_default() as graph:
        a = tf.placeholder(tf.float32, [4], name="a")
        b = tf.placeholder(tf.float32, [4], name="b")
        tf.multiply(a, b, name="product")
        c = tf.placeholder(tf.float32, [None, 2], name="c")
        tf.add(c, 1.0, name="shifted")
        tf.while_loop(lambda i: i < 10, lambda i: i + 1, [tf.constant(0)], name="loop")
    return graph.as_graph_def()


@pytest.fixture
def text_file(graph, tmp_path):
    path = tmp_path / "graph.pbtxt"
    path.write_text(str(graph))
    return path


def arguments(module):
    (function,) = ops_of(module, FuncOp)
    return function.sym_name.data, [a.name_hint for a in function.body.block.args]


def test_text_and_binary(graph, text_file, tmp_path):
    binary = tmp_path / "graph.pb"
    binary.write_bytes(graph.SerializeToString())
    for path in (text_file, binary):
        assert arguments(import_graphdef(path, ["a", "b"], ["product"])) == ("main", ["a", "b"])


def test_arguments_come_in_the_order_given(text_file):
    module = import_graphdef(text_file, ["b:0", "a"], ["product:0"], function_name="f")
    assert arguments(module) == ("f", ["b", "a"])
    (multiply,) = ops_of(module, mhlo.Multiply)
    assert [operand.name_hint for operand in multiply.operands] == ["a", "b"]


def test_a_shape_that_the_graph_leaves_open(text_file):
    module = import_graphdef(text_file, ["c"], ["shifted"], input_shapes={"c": (5, 2)})
    (function,) = ops_of(module, FuncOp)
    assert str(function.function_type.inputs.data[0]) == "tensor<5x2xf32>"


@pytest.mark.parametrize(
    ("inputs", "outputs", "error"),
    [
        (["a"], ["product"], "placeholder b is not fed; give every one: --input_arrays=a,b"),
        ([], ["product"], "placeholder a, b is not fed"),
        (["a", "nope"], ["product"], "has no node nope; it has: a, b, product"),
        (["a", "b"], ["nope"], "has no node nope"),
        (["a", "b"], [], "name what to compute with --output_arrays; nodes: a, b, product"),
        (["a", "a", "b"], ["product"], "input a is given twice"),
        (["a", "b", "c"], ["product"], "input c is not used by any output"),
        (["c"], ["shifted"], r"input c has shape \['\?', 2\]; give a static one: --input_shapes=c="),
    ],
)
def test_feeds_and_fetches_that_do_not_fit(text_file, inputs, outputs, error):
    with pytest.raises(CompileError, match=error):
        import_graphdef(text_file, inputs, outputs)


def test_version_1_control_flow_is_refused(tmp_path):
    tf.disable_control_flow_v2()
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [], name="x")
        loop = tf.while_loop(lambda y: y < 10.0, lambda y: y * 2.0, [x])
        tf.identity(loop, name="out")
    path = tmp_path / "loop.pbtxt"
    path.write_text(str(graph.as_graph_def()))
    with pytest.raises(
        CompileError, match=r"TensorFlow 1 control flow .Enter, NextIteration, Switch.*save a SavedModel"
    ):
        import_graphdef(path, ["x"], ["out"])


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("bad.pbtxt", b"node {", "is no GraphDef"),
        ("bad.pb", b"\xff\xff\xff\xff", "is no GraphDef"),
        ("bad.pbtxt", b"\xff\xfe", "is no GraphDef"),
        ("empty.pb", b"", "is a GraphDef without nodes"),
    ],
)
def test_files_that_are_no_graphdef(tmp_path, name, content, error):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CompileError, match=error):
        import_graphdef(path, ["a"], ["b"])
