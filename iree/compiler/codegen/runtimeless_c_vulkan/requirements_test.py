"""What a program asks of a device is what its kernels and their launches take, where Vulkan does not promise it."""

from collections.abc import Sequence

import pytest

from iree.compiler.codegen.runtimeless_c_vulkan.executables import Kernel
from iree.compiler.codegen.runtimeless_c_vulkan.requirements import requirements_of

BUFFERS = "SPV_KHR_storage_buffer_storage_class"


def kernel(
    *capabilities: str,
    version: int = 0x10000,
    extensions: Sequence[str] = (BUFFERS,),
    workgroup_size: tuple[int, int, int] = (64, 1, 1),
) -> Kernel:
    declared = frozenset(["Shader", *capabilities]), frozenset(extensions)
    return Kernel("f", "ex", (), version, *declared, workgroup_size, (64, 1, 1), ())


def test_what_every_device_has_is_not_asked_for() -> None:
    found = requirements_of([kernel()], [((0, 16), (256, 16))], [(65535, 1, 1)], 2**30)
    assert (found.features, found.limits, found.alignment) == ([], {}, 256)
    assert found.described() == "Vulkan 1.1"
    assert "Features2" not in found.check()
    assert found.check().count("return VK_ERROR") == 1


def test_features_that_a_program_needs() -> None:
    halves = kernel("StorageBuffer16BitAccess", extensions=[BUFFERS, "SPV_KHR_16bit_storage"])
    bytes_ = kernel("Int64", "StorageBuffer8BitAccess", extensions=[BUFFERS, "SPV_KHR_8bit_storage"])
    found = requirements_of([halves, bytes_], [], [], 4)
    assert found.described() == (
        "Vulkan 1.1, VK_KHR_8bit_storage or Vulkan 1.2; "
        "switched on: shaderInt64, storageBuffer8BitAccess, storageBuffer16BitAccess"
    )
    assert "if (!features.features.shaderInt64) return VK_ERROR_FEATURE_NOT_PRESENT;" in found.check()
    assert ".pNext = &storage8}" in found.check()


@pytest.mark.parametrize(
    ("spirv", "vulkan"), [(0x10000, "1.0"), (0x10100, "1.1"), (0x10300, "1.1"), (0x10500, "1.2"), (0x10600, "1.3")]
)
def test_the_version_that_reads_the_spirv(spirv: int, vulkan: str) -> None:
    found = requirements_of([kernel(version=spirv, extensions=[])], [], [], 4)
    assert found.described() == f"Vulkan {vulkan}"
    assert f"apiVersion < VK_API_VERSION_{vulkan.replace('.', '_')})" in found.check()


def test_an_extension_that_the_version_has() -> None:
    found = requirements_of([kernel(version=0x10500, extensions=["SPV_KHR_8bit_storage"])], [], [], 4)
    assert found.described() == "Vulkan 1.2"


def test_limits_that_a_program_needs() -> None:
    bindings = [tuple((number * 256, 16) for number in range(5)), ((64, 2**27 + 4),)]
    found = requirements_of([kernel(workgroup_size=(256, 1, 1))], bindings, [(1, 65536, 1)], 2**30 + 1)
    assert found.limits == {
        "maxStorageBufferRange": 2**27 + 4,
        "maxPerStageDescriptorStorageBuffers": 5,
        "maxComputeWorkGroupInvocations": 256,
        "maxComputeWorkGroupSize[0]": 256,
        "maxComputeWorkGroupCount[1]": 65536,
    }
    assert "if (properties.limits.maxComputeWorkGroupCount[1] < 65536) return" in found.check()
    assert "if (memory.maxMemoryAllocationSize < BUFFER_BYTES) return" in found.check()
    assert "if (properties.limits.minStorageBufferOffsetAlignment > 64) return" in found.check()


def test_nothing_to_launch() -> None:
    found = requirements_of([], [], [], 4)
    assert (found.limits, found.described()) == ({}, "Vulkan 1.0")
    assert requirements_of([], [], [], 2**30 + 1).described() == "Vulkan 1.1"  # asks for the largest allocation
