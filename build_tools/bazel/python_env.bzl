"""The project's Python: a virtual environment with the locked packages, and the toolchain that runs every target in it.

A py_library of //third_party names what a target needs; the packages themselves lie in the environment once, not in runfiles, so that
a test that imports TensorFlow starts at once.
"""

_CANDIDATES = ["python3", "python3.13", "python3.12", "python3.11"]

# Prints the interpreter behind any shim, if it can make environments and is of a version that the lock was made for.
# bazelw asks the same.
_IDENTIFY = """
import ensurepip, sys, venv
if (3, 11) <= sys.version_info[:2] <= (3, 13):
    print(sys.executable)
"""

_ANNOUNCE = """
print('''
Installing the Python packages of third_party/requirements.txt, TensorFlow among them, into an environment for this project alone.
It takes a few minutes, once; pip's own words follow.
''')
"""

_BUILD = """\
load("@bazel_tools//tools/python:toolchain.bzl", "py_runtime_pair")

package(default_visibility = ["//visibility:public"])

py_runtime(
    name = "python",
    interpreter_path = "{interpreter}",
    python_version = "PY3",
    stub_shebang = "#!/usr/bin/env python3",
)

py_runtime_pair(
    name = "python_pair",
    py3_runtime = ":python",
)

toolchain(
    name = "toolchain",
    toolchain = ":python_pair",
    toolchain_type = "@bazel_tools//tools/python:toolchain_type",
)
"""

def _find_python(ctx):
    chosen = ctx.os.environ.get("IREE_PYTHON")
    tried = [chosen] if chosen else _CANDIDATES
    for name in tried:
        path = ctx.which(name) if "/" not in name else name
        if not path:
            continue
        result = ctx.execute([path, "-c", _IDENTIFY])
        if result.return_code == 0 and result.stdout.strip():
            return result.stdout.strip()
    fail("no Python 3.11, 3.12 or 3.13 with its venv module among %s: ./bazelw installs one, IREE_PYTHON chooses one" % ", ".join(tried))

def _run(ctx, arguments, what, quiet = True):
    result = ctx.execute(arguments, timeout = 3600, quiet = quiet)
    if result.return_code != 0:
        fail("%s failed:\n%s\n%s" % (what, result.stdout, result.stderr))
    return result.stdout

def _python_env_impl(ctx):
    requirements = ctx.path(ctx.attr.requirements)
    python = _find_python(ctx)

    # The folder's name follows the lock: a test result cached under another lock does not count for this one.
    lock = "import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], 'rb').read()).hexdigest()[:12])"
    venv = ctx.path("venv_" + _run(ctx, [python, "-c", lock, requirements], "reading the lock").strip())
    interpreter = str(venv) + "/bin/python"

    ctx.report_progress("making a virtual environment with " + python)
    _run(ctx, [python, "-m", "venv", venv], "python -m venv")
    ctx.report_progress("pip install, a few minutes, once")
    _run(ctx, [interpreter, "-c", _ANNOUNCE], "python", quiet = False)
    _run(
        ctx,
        [interpreter, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar=off", "--no-deps", "--require-hashes", "-r", requirements],
        "pip install",
        quiet = False,
    )
    ctx.file("BUILD", _BUILD.format(interpreter = interpreter))

python_env = repository_rule(
    implementation = _python_env_impl,
    attrs = {"requirements": attr.label(allow_single_file = True, mandatory = True)},
    environ = ["IREE_PYTHON"],
    doc = "Makes @python_env//:toolchain from a locked requirements file.",
)
