"""The wheels install in a clean environment, each with no more than it needs, and hold what was built."""

import importlib.metadata
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from build_tools.packaging.clean_environment import CleanEnvironment

PACKAGES = ("compiler", "hal", "runtime", "schemas", "tools")

# What must not be there for a package to be imported.
UNNEEDED = {
    "schemas": ("xdsl", "tensorflow", "vulkan", "absl"),
    "hal": ("xdsl", "tensorflow", "absl", "iree.compiler", "iree.runtime"),
    "runtime": ("xdsl", "tensorflow", "absl", "iree.compiler"),
    "compiler": ("tensorflow", "absl"),
    "tools": ("tensorflow",),
}

# A tool is a program of its own, with flags that another tool may also have: each is imported in a process of its own.
IMPORT_ALL = """
import importlib, os, pkgutil, sys
package = importlib.import_module("iree.{package}")
for module in pkgutil.walk_packages(package.__path__, "iree.{package}."):
    if "tensorflow" in module.name:
        continue
    process = os.fork() if "{package}" == "tools" else None
    if process:
        assert os.waitpid(process, 0)[1] == 0, module.name
        continue
    importlib.import_module(module.name)
    if process == 0:
        sys.exit()
for name in {unneeded!r}:
    try:
        found = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        found = None
    assert found is None, f"{{name}} is installed"
"""


@pytest.fixture(scope="module")
def wheels() -> dict[str, Path]:
    """The five wheels that Bazel built, by package."""
    found = list(Path("build_tools/packaging").glob("*.whl"))
    return {wheel.name.removeprefix("iree_python_").partition("-")[0]: wheel.resolve() for wheel in found}


def test_one_wheel_a_package(wheels: dict[str, Path]) -> None:
    assert sorted(wheels) == sorted(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_wheel_holds_its_folder_and_no_test(wheels: dict[str, Path], package: str) -> None:
    names = ZipFile(wheels[package]).namelist()
    code = [name for name in names if ".dist-info/" not in name]
    assert f"iree/{package}/__init__.py" in code
    assert [name for name in code if not name.startswith(f"iree/{package}/") or not name.endswith(".py")] == []
    assert [name for name in code if name.endswith(("_test.py", "conftest.py")) or "/cts/" in name] == []


def test_schemas_hold_generated_code(wheels: dict[str, Path]) -> None:
    assert "iree/schemas/module_def_generated.py" in ZipFile(wheels["schemas"]).namelist()


def requirements_of(wheel: Path) -> list[Requirement]:
    archive = ZipFile(wheel)
    name = next(name for name in archive.namelist() if name.endswith("/METADATA"))
    return [Requirement(text) for text in Parser().parsestr(archive.read(name).decode()).get_all("Requires-Dist") or ()]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_lock_satisfies_what_a_wheel_asks_for(wheels: dict[str, Path], package: str) -> None:
    for requirement in requirements_of(wheels[package]):
        if not requirement.name.startswith("iree-python-"):
            assert requirement.specifier.contains(importlib.metadata.version(requirement.name)), requirement


@pytest.mark.parametrize("package", PACKAGES)
def test_wheels_of_one_build_fit_each_other(wheels: dict[str, Path], package: str) -> None:
    for requirement in requirements_of(wheels[package]):
        if requirement.name.startswith("iree-python-"):
            wheel = wheels[requirement.name.removeprefix("iree-python-")]
            assert requirement.specifier.contains(wheel.name.split("-")[1]), requirement


@pytest.mark.parametrize("package", PACKAGES)
def test_a_wheel_needs_no_more_than_it_says(wheels: dict[str, Path], package: str, tmp_path: Path) -> None:
    """Installed alone, every module of it can be imported; TensorFlow's importer needs its extra."""
    environment = CleanEnvironment(tmp_path / "venv")
    environment.install([f"iree-python-{package}"], list(wheels.values()))
    environment.python("-c", IMPORT_ALL.format(package=package, unneeded=UNNEEDED[package]))
