"""Without Bazel: what a person does with the installed wheels, on real input.

One environment has the compiler, its TensorFlow extra and the tools, and compiles a SavedModel. Another has the
runtime alone, and runs the module on both devices. Neither sees the workspace.
"""

from pathlib import Path

import numpy as np
import pytest

from build_tools.packaging.clean_environment import CleanEnvironment
from samples.digits.train import load_digits, save, train

RUN = """
import sys
import numpy as np
import iree.runtime

module, driver = sys.argv[1:]
assert not {"tensorflow", "xdsl"} & set(sys.modules)
images, expected = np.load("images.npy"), np.load("expected.npy")
actual = np.asarray(iree.runtime.load_vm_flatbuffer_file(module, driver=driver).classify_all(images))
print((actual.argmax(1) == expected.argmax(1)).sum(), np.abs(actual - expected).max() < 1e-5)
"""


@pytest.fixture(scope="module")
def wheels() -> list[Path]:
    return [wheel.resolve() for wheel in Path("build_tools/packaging").glob("*.whl")]


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory, wheels: list[Path]) -> CleanEnvironment:
    environment = CleanEnvironment(tmp_path_factory.mktemp("runtime") / "venv")
    environment.install(["iree-python-runtime"], wheels)
    return environment


@pytest.fixture(scope="module")
def module(runtime: CleanEnvironment, tmp_path_factory: pytest.TempPathFactory, wheels: list[Path]) -> Path:
    """The digits model, compiled by the installed iree-translate; images and answers lie where the runtime starts."""
    folder = tmp_path_factory.mktemp("compiler")
    images, labels = load_digits()
    model = train(images, labels, 10, lambda epoch, loss: None)
    np.save(runtime.folder / "images.npy", images)
    np.save(runtime.folder / "expected.npy", model.classify_all(images).numpy())
    save(model, folder / "saved_model")
    environment = CleanEnvironment(folder / "venv")
    environment.install(["iree-python-compiler[tensorflow]", "iree-python-tools"], wheels)
    environment.run("iree-translate", str(folder / "saved_model"), "-o", str(folder / "digits.emod"))
    return folder / "digits.emod"


@pytest.mark.parametrize("driver", ["interpreter", "vulkan"])
def test_the_digits_run_where_only_the_runtime_is(runtime: CleanEnvironment, module: Path, driver: str) -> None:
    assert runtime.python("-c", RUN, str(module), driver) == "1797 True\n"


def test_the_runtime_brings_neither_xdsl_nor_tensorflow(runtime: CleanEnvironment) -> None:
    installed = {path.name for path in runtime.site_packages.iterdir()}
    assert "iree" in installed
    assert not {"xdsl", "tensorflow", "jax", "absl"} & installed
