"""What a program asks of a device is what its kernels and their launches take, where Vulkan does not promise it."""

from iree.compiler.codegen.runtimeless_c_vulkan.executables import Kernel
from iree.compiler.codegen.runtimeless_c_vulkan.requirements import requirements_of


def kernel(*capabilities: str, workgroup_size: tuple[int, int, int] = (64, 1, 1)) -> Kernel:
    return Kernel("f", "ex", (), frozenset(["Shader", *capabilities]), workgroup_size, (64, 1, 1), ())


def test_what_every_device_has_is_not_asked_for() -> None:
    found = requirements_of([kernel()], [((0, 16), (256, 16))], [(65535, 1, 1)], 2**30)
    assert (found.features, found.limits, found.alignment) == ([], {}, 256)
    assert found.described() == "Vulkan 1.1"
    assert "Features2" not in found.check()
    assert found.check().count("return VK_ERROR") == 1


def test_features_that_a_program_needs() -> None:
    found = requirements_of([kernel("StorageBuffer16BitAccess"), kernel("Int64", "StorageBuffer8BitAccess")], [], [], 4)
    assert found.described() == "Vulkan 1.1, shaderInt64, storageBuffer8BitAccess, storageBuffer16BitAccess"
    assert "if (!features.features.shaderInt64) return VK_ERROR_FEATURE_NOT_PRESENT;" in found.check()
    assert ".pNext = &storage8}" in found.check()


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
    assert requirements_of([], [], [], 4).limits == {}
