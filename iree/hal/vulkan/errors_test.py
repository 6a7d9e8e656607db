import pytest

from iree.hal import status
from iree.hal.vulkan.errors import DeviceLost, check, failure, result_name
from iree.hal.vulkan.raw import vk


@pytest.mark.parametrize(
    ("result", "error"),
    [
        (vk.VK_ERROR_OUT_OF_DEVICE_MEMORY, status.ResourceExhausted),
        (vk.VK_ERROR_OUT_OF_HOST_MEMORY, status.ResourceExhausted),
        (vk.VK_ERROR_DEVICE_LOST, DeviceLost),
        (vk.VK_ERROR_INCOMPATIBLE_DRIVER, status.Unavailable),
        (vk.VK_ERROR_FORMAT_NOT_SUPPORTED, status.Internal),
    ],
)
def test_result_becomes_an_error_that_names_call_and_code(result: int, error: type[status.HalError]) -> None:
    with pytest.raises(error, match=f"vkFoo returned {result_name(result)}"):
        check(result, "vkFoo")


def test_success_is_no_error() -> None:
    check(vk.VK_SUCCESS, "vkFoo")
    check(vk.VK_TIMEOUT, "vkFoo")


def test_unknown_result_keeps_its_number() -> None:
    assert "VkResult -123456" in str(failure(-123456, "vkFoo"))
