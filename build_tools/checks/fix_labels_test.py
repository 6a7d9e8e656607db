"""fix_labels on a small workspace gives BUILD files that labels_test has nothing to say of."""

from pathlib import Path

import pytest

from build_tools.checks.build_files import targets_of
from build_tools.checks.fix_labels import run, set_deps
from build_tools.checks.labels import Labels, missing_deps, unused_deps

FILES = {
    "iree/hal/version.bzl": 'VERSION = "0.1.0"\n',
    "iree/hal/__init__.py": '"""Devices."""\n',
    "iree/hal/registry.py": 'DRIVERS = {"null": "iree.hal.null.driver:Driver"}\n',
    "iree/hal/status.py": "import numpy as np\n",
    "iree/hal/status_test.py": "import pytest\nfrom iree.hal.status import Status\n",
    "iree/hal/null/__init__.py": '"""Does nothing."""\n',
    "iree/hal/null/driver.py": "from iree.hal import status\n",
    "iree/hal/null/conftest.py": "",
    "iree/hal/null/driver_test.py": "import iree.hal.null.driver\n",
    "iree/tool.py": 'import iree.hal.registry\nif __name__ == "__main__":\n    pass\n',
    "third_party/numpy/BUILD": "",
    "third_party/pytest/BUILD": "",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_build_files_from_nothing(root: Path) -> None:
    assert run(root) == 0
    assert (root / "iree/hal/null/BUILD").read_text() == (
        "# Does nothing.\n"
        'load("//build_tools/bazel:iree_py.bzl", "iree_py_library", "iree_py_test")\n'
        'load("//iree/hal:version.bzl", "VERSION")\n'
        '\niree_py_library(\n    name = "null",\n    srcs = ["__init__.py"],\n    version = VERSION,\n'
        '    visibility = ["//visibility:public"],\n    deps = [":driver"],\n)\n'
        '\niree_py_library(\n    name = "conftest",\n    testonly = True,\n    srcs = ["conftest.py"],\n)\n'
        '\niree_py_library(\n    name = "driver",\n    srcs = ["driver.py"],\n    deps = ["//iree/hal:status"],\n)\n'
        '\niree_py_test(\n    name = "driver_test",\n'
        '    deps = [\n        ":conftest",\n        ":driver",\n    ],\n)\n'
    )
    hal = {target.name: target for target in targets_of(root, "iree/hal/BUILD")}
    assert hal["hal"].deps == ("//iree/hal:registry", "//iree/hal:status", "//iree/hal/null:null")
    assert hal["registry"].deps == ("//iree/hal/null:driver",)
    assert hal["status"].deps == ("//third_party/numpy:numpy",)
    assert hal["status_test"].deps == ("//iree/hal:status",)
    assert targets_of(root, "iree/BUILD")[0].rule == "iree_py_binary"


def test_a_second_run_changes_nothing(root: Path) -> None:
    run(root)
    before = {path: path.read_text() for path in root.rglob("BUILD")}
    assert run(root) == 0
    assert before == {path: path.read_text() for path in root.rglob("BUILD")}


def test_what_is_unused_goes_and_what_is_missing_comes(root: Path) -> None:
    run(root)
    build = root / "iree/hal/BUILD"
    build.write_text(build.read_text().replace('"//third_party/numpy"', '":registry"'))
    labels = Labels(root)
    status = labels.by_label["//iree/hal:status"]
    assert missing_deps(labels, status) == {"//third_party/numpy:numpy": "iree/hal/status.py:1"}
    assert unused_deps(labels, status) == ["//iree/hal:registry"]
    run(root)
    assert Labels(root).by_label["//iree/hal:status"].deps == ("//third_party/numpy:numpy",)


def test_a_computed_target_is_left_alone(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "iree/hal/BUILD").write_text(
        'load("//build_tools/bazel:iree_py.bzl", "iree_py_library")\n'
        '[iree_py_library(name = name, srcs = [name + ".py"]) for name in ["status"]]\n'
    )
    assert run(root) == 1
    assert "left as it is: //iree/hal:status" in capsys.readouterr().out


def test_set_deps_leaves_the_rest_of_the_file() -> None:
    text = '# First.\nrule(\n    name = "a",\n    deps = [":b"],\n)\n\nrule(name = "c")\n'
    assert set_deps(text, "a", "[]") == '# First.\nrule(\n    name = "a",\n)\n\nrule(name = "c")\n'
    assert set_deps(text, "c", '[":a"]') == text.replace('"c")', '"c",\n    deps = [":a"],\n)')
    assert set_deps(text, "d", "[]") is None
