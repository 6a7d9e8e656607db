"""Tests of the whole way, from a program to results on a device."""

load("//build_tools/bazel:iree_py.bzl", "iree_py_test")

# Compilation target -> the driver that runs it.
DRIVERS = {
    "interpreter-bytecode": "interpreter",
    "vulkan-spirv": "vulkan",
}

def iree_e2e_test(name, targets = DRIVERS.keys(), size = "medium", tags = [], env = {}, **kwargs):
    """Runs one pytest file over the given targets, by default all: TensorFlow is loaded once for all of them.

    The file reads $IREE_TEST_TARGETS and $IREE_TEST_DRIVERS, names joined by commas in the same order.
    `bazel test --test_tag_filters=e2e //...` runs these alone.

    Args:
      name: the file's name without .py.
      targets: names of iree/compiler/targets/registry.py.
      size: medium, five minutes: TensorFlow, and many programs in one file.
      tags: added to e2e.
      env: added to the two above.
      **kwargs: as for iree_py_test.
    """
    test_env = {
        "IREE_TEST_DRIVERS": ",".join([DRIVERS[target] for target in targets]),
        "IREE_TEST_TARGETS": ",".join(targets),
    }
    iree_py_test(
        name = name,
        size = size,
        env = dict(test_env, **env),
        tags = tags + ["e2e"],
        **kwargs
    )
