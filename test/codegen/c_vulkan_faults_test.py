"""C over Vulkan where Vulkan fails: every call in turn, and devices that lack what the program needs."""

import ctypes
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iree.testing.c_programs import NAME, STRICT
from iree.testing.c_vulkan_programs import sources_of, write
from iree.testing.vulkan_device import VulkanDevice
from iree.testing.vulkan_faults import renamed, wrappers

OUT_OF_HOST_MEMORY, FEATURE_NOT_PRESENT, INCOMPATIBLE_DRIVER = -1, -8, -9

PROGRAM = """
ml_program.global public mutable @v(dense<[1, 2, 3]> : tensor<3xi64>) : tensor<3xi64>
func.func @f(%n: tensor<i32>, %a: tensor<3xi8>) -> (tensor<3xi8>, tensor<3xi64>) {
  %one = stablehlo.constant dense<1> : tensor<i32>
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %many = stablehlo.constant dense<[3, 1, 4]> : tensor<3xi64>
  %0:2 = stablehlo.while(%i = %zero, %b = %a) : tensor<i32>, tensor<3xi8>
    cond {
      %less = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %less : tensor<i1>
    } do {
      %c = stablehlo.add %b, %b : tensor<3xi8>
      %j = stablehlo.add %i, %one : tensor<i32>
      stablehlo.return %j, %c : tensor<i32>, tensor<3xi8>
    }
  %v = ml_program.global_load @v : tensor<3xi64>
  %w = stablehlo.add %v, %many : tensor<3xi64>
  ml_program.global_store @v = %w : tensor<3xi64>
  return %0#1, %w : tensor<3xi8>, tensor<3xi64>
}
"""


class Faulty:
    """The program on a device that can be made to fail."""

    def __init__(self, folder: Path) -> None:
        sources = sources_of(PROGRAM)
        write(sources, folder)
        (folder / "faults.c").write_text(wrappers(sources.source))
        glue = f'#include "{NAME}.h"\nunsigned model_bytes(void) {{ return sizeof({NAME}_model); }}\n'
        (folder / "glue.c").write_text(glue)
        for name, flags in ((NAME, renamed(sources.source)), ("faults", []), ("glue", [])):
            subprocess.run(["gcc", *STRICT, *flags, "-fPIC", "-c", f"{name}.c"], cwd=folder, check=True)
        command = ["gcc", "-shared", "-o", "faulty.so", f"{NAME}.o", "faults.o", "glue.o", "-lvulkan"]
        subprocess.run(command, cwd=folder, check=True)
        self.library = ctypes.CDLL(str(folder / "faulty.so"))
        self.features = sources.features
        self.device = VulkanDevice(sources.features)
        self.model = ctypes.create_string_buffer(b"\xa5" * self.library.model_bytes(), self.library.model_bytes())

    def __getitem__(self, name: str) -> int:
        return ctypes.c_int.in_dll(self.library, name).value

    def __setitem__(self, name: str, value: int) -> None:
        ctypes.c_int.in_dll(self.library, name).value = value

    def fail_at(self, number: int) -> None:
        """Has a call fail that comes so many later."""
        self["calls"], self["fails_at"] = 0, number

    def create(self) -> int:
        opened = self.device.opened
        handles = map(ctypes.c_void_p, (opened.physical, opened.device, opened.queue))
        return int(self.library[f"{NAME}_create"](*handles, ctypes.c_uint32(opened.family), self.model))

    def call(self, n: int) -> tuple[int, list[Any]]:
        arrays: list[np.ndarray[Any, Any]] = [
            np.asarray(n, np.int32),
            np.array([1, 2, 3], np.int8),
            np.zeros(3, np.int8),
            np.zeros(3, np.int64),
        ]
        addresses = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
        result = self.library[f"{NAME}_f"](self.model, *addresses)
        return int(result), [array.tolist() for array in arrays[2:]]

    def destroy(self) -> None:
        self.library[f"{NAME}_destroy"](self.model)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    faulty = Faulty(tmp_path_factory.mktemp("faulty"))
    yield faulty
    faulty.device.close()  # the layer would speak of what is left


@pytest.fixture(autouse=True)
def nothing_is_left(faulty: Faulty) -> Iterator[None]:
    faulty.fail_at(-1)
    yield
    faulty["lacks"] = faulty["version"] = 0
    assert faulty["live"] == 0
    assert not any(faulty.model.raw)
    faulty.device.check()


def test_it_works(faulty: Faulty) -> None:
    assert faulty.create() == 0
    assert faulty["live"] > 10
    assert faulty.call(3) == (0, [[8, 16, 24], [4, 3, 7]])
    assert faulty.call(0) == (0, [[1, 2, 3], [7, 4, 11]])
    faulty.destroy()


def test_create_leaves_nothing_whatever_fails(faulty: Faulty) -> None:
    assert faulty.create() == 0
    count = faulty["calls"]
    faulty.destroy()
    assert count > 40
    for number in range(count):
        faulty.fail_at(number)
        assert faulty.create() == OUT_OF_HOST_MEMORY, number
        assert faulty["live"] == 0, number
        assert not any(faulty.model.raw), number
        faulty.destroy()  # which there is nothing for
        faulty.device.check()


def test_a_call_hands_back_what_fails(faulty: Faulty) -> None:
    assert faulty.create() == 0
    faulty.fail_at(-1)
    assert faulty.call(2)[0] == 0
    count = faulty["calls"]
    faulty.destroy()
    for number in range(count):
        assert faulty.create() == 0
        faulty.fail_at(number)
        assert faulty.call(2)[0] == OUT_OF_HOST_MEMORY, number
        faulty.fail_at(-1)
        faulty.destroy()


def test_a_device_that_lacks_a_feature(faulty: Faulty) -> None:
    assert list(faulty.features) == ["shaderInt64", "storageBuffer8BitAccess"]
    faulty["lacks"] = 1
    assert faulty.create() == FEATURE_NOT_PRESENT


def test_a_device_of_vulkan_1_0(faulty: Faulty) -> None:
    faulty["version"] = 1 << 22
    assert faulty.create() == INCOMPATIBLE_DRIVER
