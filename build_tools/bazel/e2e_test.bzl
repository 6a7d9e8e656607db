"""Tests of the whole way, from a program to results on every device."""

load("//build_tools/bazel:iree_py.bzl", "iree_py_test")

def iree_e2e_test(name, size = "medium", tags = [], **kwargs):
    """Runs one pytest file that compiles programs, runs them on every driver and compares them with an oracle.

    TensorFlow takes seconds to load, and a gigabyte: many programs share one file. `bazel test --test_tag_filters=e2e //...`
    runs these tests alone.

    Args:
      name: the file's name without .py.
      size: medium, five minutes.
      tags: added to e2e.
      **kwargs: as for iree_py_test.
    """
    iree_py_test(
        name = name,
        size = size,
        tags = tags + ["e2e"],
        **kwargs
    )
