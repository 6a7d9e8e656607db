"""The rules of every BUILD file here: iree_py_library, iree_py_test, iree_py_binary.

    load("//build_tools/bazel:iree_py.bzl", "iree_py_library", "iree_py_test")
    load("//iree/hal:version.bzl", "VERSION")

    # What this folder is for.
    iree_py_library(name = "hal", srcs = ["__init__.py"], version = VERSION, visibility = ["//visibility:public"], deps = [":buffer"])
    iree_py_library(name = "buffer", srcs = ["buffer.py"], deps = ["//third_party/numpy"])
    iree_py_test(name = "buffer_test", deps = [":buffer"])

One target a file, private to the repository; a folder's own target is public and names all that the folder ships.
"""

load("//build_tools/bazel:versions.bzl", "version_of")

_PYTEST_MAIN = "//build_tools/bazel:pytest_main.py"

# Lavapipe rasterises in the caller's thread, so that a test uses the one core it was given; every Vulkan call is validated.
_TEST_ENV = {
    "IREE_VULKAN_VALIDATION": "1",
    "LP_NUM_THREADS": "0",
}

def iree_py_library(name, srcs = [], version = None, deps = [], data = [], visibility = None, tags = [], **kwargs):
    """A Python library that carries its package's version as the tag "version=X".

    Args:
      name: the file's name without .py; the folder's name for the folder's own target.
      srcs: usually one file.
      version: required for a folder's own target, where it states the VERSION of the package's version.bzl.
      deps: what the sources import, and no more (//build_tools/checks:labels_test).
      data: files that the sources read at run time.
      visibility: the repository, unless the target is a folder's own.
      tags: as everywhere in Bazel.
      **kwargs: testonly = True for what helps tests and is not shipped.
    """
    expected = version_of(native.package_name())
    if version != None and expected != None and version != expected:
        fail("//%s:%s has version %s, its package has %s" % (native.package_name(), name, version, expected))
    version = version or expected
    native.py_library(
        name = name,
        srcs = srcs,
        srcs_version = "PY3",
        data = data,
        tags = tags + (["version=" + version] if version else []),
        visibility = visibility or ["//:__subpackages__"],
        deps = deps,
        **kwargs
    )

def iree_py_test(name, srcs = None, deps = [], data = [], env = {}, size = "small", **kwargs):
    """Runs one pytest file; fails when no test of it ran.

    Args:
      name: the file's name without .py.
      srcs: [name + ".py"]; exactly one test file.
      deps: what the test imports. A conftest.py is an iree_py_library in deps or a file in data.
      data: files that the test reads.
      env: added to LP_NUM_THREADS=0 and IREE_VULKAN_VALIDATION=1.
      size: small is two minutes (.bazelrc), medium five.
      **kwargs: timeout, tags, shard_count, ... as for py_test.
    """
    srcs = srcs or [name + ".py"]
    if len(srcs) != 1:
        fail("//%s:%s: a test is one file, not %s" % (native.package_name(), name, srcs))
    args = kwargs.pop("args", [])
    native.py_test(
        name = name,
        size = size,
        srcs = srcs + [_PYTEST_MAIN],
        args = ["$(rootpath %s)" % srcs[0]] + args,
        data = data + ["//:pyproject.toml"],
        env = dict(_TEST_ENV, **env),
        main = _PYTEST_MAIN,
        python_version = "PY3",
        srcs_version = "PY3",
        visibility = ["//:__subpackages__"],
        deps = deps + ["//third_party/pytest"],
        **kwargs
    )

def iree_py_binary(name, srcs = None, main = None, deps = [], data = [], visibility = None, **kwargs):
    """A program to `bazel run`; also usable in deps, so that its test can import it.

    Args:
      name: the file's name without .py.
      srcs: [name + ".py"].
      main: the file that runs, where srcs has several.
      deps: what the sources import.
      data: files that the sources read at run time.
      visibility: everyone.
      **kwargs: env, args, tags, ... as for py_binary.
    """
    srcs = srcs or [name + ".py"]
    native.py_binary(
        name = name,
        srcs = srcs,
        data = data,
        main = main or srcs[0],
        python_version = "PY3",
        srcs_version = "PY3",
        visibility = visibility or ["//visibility:public"],
        deps = deps,
        **kwargs
    )
