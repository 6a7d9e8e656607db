"""The walkthrough's program, in the three forms in which its document begins: Python, GraphDef, module."""

from typing import Any

FUNCTION_NAME = "simple_mul"

# As it stands in the document, but for the module that TensorFlow 2 keeps version 1 in.
GRAPHDEF = """\
node {
  name: "Placeholder"
  op: "Placeholder"
  attr {
    key: "dtype"
    value { type: DT_FLOAT }
  }
  attr {
    key: "shape"
    value { shape { dim { size: 4 } } }
  }
}
node {
  name: "Placeholder_1"
  op: "Placeholder"
  attr {
    key: "dtype"
    value { type: DT_FLOAT }
  }
  attr {
    key: "shape"
    value { shape { dim { size: 4 } } }
  }
}
node {
  name: "Mul"
  op: "Mul"
  input: "Placeholder"
  input: "Placeholder_1"
  attr {
    key: "T"
    value { type: DT_FLOAT }
  }
}
"""
INPUT_ARRAYS = ("Placeholder", "Placeholder_1")
OUTPUT_ARRAYS = ("Mul",)


def graph_of_the_python_program() -> Any:
    """The GraphDef that the document's TensorFlow program prints."""
    import tensorflow.compat.v1 as tf

    with tf.Graph().as_default(), tf.Session() as session:
        arg0 = tf.placeholder(tf.float32, shape=[4])
        arg1 = tf.placeholder(tf.float32, shape=[4])
        tf.multiply(arg0, arg1, name="Mul")
        return session.graph_def
