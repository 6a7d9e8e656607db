import builtins
from typing import Any

import pytest

from iree.hal.vulkan import raw


@pytest.mark.parametrize(
    ("type_name", "constant"),
    [
        ("VkBufferCreateInfo", "VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO"),
        ("VkImportMemoryHostPointerInfoEXT", "VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT"),
        ("VkPhysicalDevice8BitStorageFeatures", "VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_8BIT_STORAGE_FEATURES"),
        ("VkPhysicalDeviceShaderFloat16Int8Features", "VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES"),
    ],
)
def test_structure_type_is_vulkans_constant(type_name: str, constant: str) -> None:
    assert raw.structure_type(type_name) == constant
    assert raw.new(type_name).sType == getattr(raw.vk, constant)


@pytest.mark.parametrize(
    ("error", "named"), [(ImportError("No module named 'vulkan'"), "pip install vulkan"), (OSError(), "libvulkan1")]
)
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, error: Exception, named: str) -> None:
    import_as_usual: Any = builtins.__import__

    def fail(name: str, *arguments: object) -> object:
        if name == "vulkan":
            raise error
        return import_as_usual(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", fail)
    module, reason = raw._load()
    assert module is None
    assert reason is not None
    assert named in reason


def test_a_function_that_the_driver_lacks_is_named() -> None:
    functions = raw.Functions(lambda name: raw.NULL, ["vkCmdDispatch"])
    with pytest.raises(AttributeError, match="does not offer vkCmdDispatch"):
        functions.vkCmdDispatch(None, 1, 1, 1)


def test_a_function_is_found_under_its_extension_name() -> None:
    asked = []

    def resolve(name: bytes) -> object:
        asked.append(name)
        return raw.ffi.cast("void *", 8) if name.endswith(b"KHR") else raw.NULL

    functions = raw.Functions(resolve, ["vkWaitSemaphores"])
    assert asked == [b"vkWaitSemaphores", b"vkWaitSemaphoresKHR"]
    assert raw.number(functions.vkWaitSemaphores) == 8
