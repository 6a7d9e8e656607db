"""FlatBuffer Python code, made by flatc from a schema at build time and never committed."""

load("//build_tools/bazel:iree_py.bzl", "iree_py_library")

def iree_flatbuffer_py_library(name, src, visibility = None):
    """The Python code of one schema, imported as `<schema>_generated`.

    Args:
      name: the schema's file name without .fbs, and "_generated" after it.
      src: the schema. It has one root and no include: flatc 2.0.8's one-file output can't import another schema's classes.
      visibility: as for iree_py_library.
    """
    schema = src.rpartition(":")[2]
    if not schema.endswith(".fbs") or name != schema[:-len(".fbs")] + "_generated":
        fail("//%s:%s must be named after its schema, not after %s" % (native.package_name(), name, src))
    native.genrule(
        name = name + "_py",
        srcs = [src],
        outs = [name + ".py"],
        cmd = "flatc --python --gen-onefile --gen-object-api -o $(RULEDIR) $<",
        message = "flatc",
    )
    iree_py_library(
        name = name,
        srcs = [name + ".py"],
        visibility = visibility,
        deps = ["//third_party/flatbuffers", "//third_party/numpy"],
    )
