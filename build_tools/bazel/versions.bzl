"""The version of each package, by folder: the one place that knows which packages exist.

Every py_library under a folder of this table carries the folder's version (iree_py.bzl), and each folder is one wheel
(//build_tools/packaging). A version itself is written in the folder's version.bzl and nowhere else.
"""

load("//iree/compiler:version.bzl", COMPILER = "VERSION")
load("//iree/hal:version.bzl", HAL = "VERSION")
load("//iree/runtime:version.bzl", RUNTIME = "VERSION")
load("//iree/schemas:version.bzl", SCHEMAS = "VERSION")
load("//iree/tools:version.bzl", TOOLS = "VERSION")

PACKAGE_VERSIONS = {
    "iree/compiler": COMPILER,
    "iree/hal": HAL,
    "iree/runtime": RUNTIME,
    "iree/schemas": SCHEMAS,
    "iree/testing": TOOLS,
    "iree/tools": TOOLS,
}

def version_of(package):
    """The version of the package that a Bazel package belongs to, None outside iree/."""
    for folder, version in PACKAGE_VERSIONS.items():
        if package == folder or package.startswith(folder + "/"):
            return version
    return None
