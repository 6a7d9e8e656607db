"""iree_wheel: what one package's py_library targets hold, as a wheel that pip installs."""

load("//build_tools/bazel:versions.bzl", "PACKAGE_VERSIONS")

def _distribution(package):
    return "iree-python-" + package.rpartition("/")[2]

def _iree_wheel_impl(ctx):
    prefix = ctx.attr.package + "/"
    sources = [source for source in ctx.attr.library[PyInfo].transitive_sources.to_list() if source.short_path.startswith(prefix)]
    wheel = ctx.actions.declare_file("%s-%s-py3-none-any.whl" % (ctx.attr.distribution.replace("-", "_"), ctx.attr.version))
    description = ctx.actions.declare_file(ctx.label.name + ".json")
    ctx.actions.write(description, json.encode({
        "distribution": ctx.attr.distribution,
        "version": ctx.attr.version,
        "summary": ctx.attr.summary,
        "requires": ctx.attr.requires,
        "extras": ctx.attr.extras,
        "scripts": ctx.attr.scripts,
        "sources": {source.short_path: source.path for source in sources},
    }))
    ctx.actions.run(
        executable = ctx.executable._build_wheel,
        arguments = [description.path, wheel.path],
        inputs = sources + [description],
        outputs = [wheel],
        mnemonic = "Wheel",
        progress_message = "Building the wheel " + ctx.attr.distribution,
    )
    return [DefaultInfo(files = depset([wheel]))]

_iree_wheel = rule(
    implementation = _iree_wheel_impl,
    attrs = {
        "distribution": attr.string(mandatory = True),
        "extras": attr.string_list_dict(),
        "library": attr.label(mandatory = True, providers = [PyInfo]),
        "package": attr.string(mandatory = True),
        "requires": attr.string_list(),
        "scripts": attr.string_dict(),
        "summary": attr.string(mandatory = True),
        "version": attr.string(mandatory = True),
        "_build_wheel": attr.label(default = "//build_tools/packaging:build_wheel", executable = True, cfg = "host"),
    },
)

def iree_wheel(name, package, summary, requires = [], packages = [], extras = {}, scripts = {}):
    """The wheel of one package, at the version of its version.bzl.

    What the package's own target reaches in its folder is in it; so a file without a target is not, and no test is.

    Args:
      name: the target.
      package: the folder; iree/hal is the distribution iree-python-hal.
      summary: one line for pip.
      requires: what pip installs with it, from the index.
      packages: folders of other packages here that it needs, each at its present version.
      extras: an extra's name -> what pip installs with it.
      scripts: a command's name -> module:function.
    """
    _iree_wheel(
        name = name,
        package = package,
        distribution = _distribution(package),
        version = PACKAGE_VERSIONS[package],
        library = "//" + package,
        summary = summary,
        requires = requires + ["%s==%s" % (_distribution(other), PACKAGE_VERSIONS[other]) for other in packages],
        extras = extras,
        scripts = scripts,
    )
