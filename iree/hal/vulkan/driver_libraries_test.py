import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from iree.hal.vulkan.driver_libraries import library_paths


def manifest(path: Path, library: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"ICD": {"library_path": library}}))
    return path


def test_manifests_are_found_where_the_loader_looks(tmp_path: Path) -> None:
    manifest(tmp_path / "data/vulkan/icd.d/b.json", "libb.so")
    manifest(tmp_path / "data/vulkan/icd.d/a.json", "/lib/liba.so")
    manifest(tmp_path / "home/.config/vulkan/icd.d/c.json", "../libc.so")
    environment = {"HOME": str(tmp_path / "home"), "XDG_DATA_DIRS": str(tmp_path / "data"), "XDG_CONFIG_DIRS": "/none"}
    found = [
        path for path in library_paths(environment) if str(tmp_path) in path or path in ("libb.so", "/lib/liba.so")
    ]
    assert found == [str(tmp_path / "home/.config/vulkan/icd.d/../libc.so"), "/lib/liba.so", "libb.so"]


@pytest.mark.parametrize("variable", ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"])
def test_manifests_can_be_named(tmp_path: Path, variable: str) -> None:
    one, two = manifest(tmp_path / "one.json", "libone.so"), manifest(tmp_path / "two.json", "libtwo.so")
    assert library_paths({variable: f"{one}:{two}"}) == ["libone.so", "libtwo.so"]
    assert library_paths({variable: str(one), "VK_ADD_DRIVER_FILES": str(tmp_path)}) == 2 * ["libone.so"] + [
        "libtwo.so"
    ]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"ICD": {}}'])
def test_what_is_no_manifest_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.json").write_text(text)
    assert library_paths({"VK_DRIVER_FILES": f"{tmp_path / 'bad.json'}:{tmp_path / 'none.json'}"}) == []


BESIDE_TENSORFLOW = """
import tensorflow
from iree.hal.cts.commands import floats, multiplication, run, simple_mul_of, values
from iree.hal.vulkan.driver import VulkanDriver

device = VulkanDriver().create_device()
buffers = [floats(device, *[value] * 4) for value in (4.0, 2.0, 0.0)]
run(device, lambda commands: commands.dispatch(multiplication(simple_mul_of(device), buffers)))
assert values(buffers[2]) == [8.0] * 4
"""


def test_kernels_compile_beside_another_llvm() -> None:
    """TensorFlow's comes before the driver's own; without RTLD_DEEPBIND this process dies of a segmentation fault."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", BESIDE_TENSORFLOW]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
