import pytest

from iree.hal.status import Unavailable
from iree.hal.vulkan import instance as instance_module
from iree.hal.vulkan import raw
from iree.hal.vulkan.instance import Instance, pack_version, version_pair


def test_it_lists_the_physical_devices() -> None:
    instance = Instance()
    assert len(instance.physical_devices()) >= 1
    instance.close()


def test_close_twice_does_nothing() -> None:
    instance = Instance()
    instance.close()
    instance.close()


def test_versions_are_packed_as_vulkan_does() -> None:
    assert pack_version((1, 3)) == raw.vk.VK_MAKE_VERSION(1, 3, 0)
    assert version_pair(raw.vk.VK_MAKE_VERSION(1, 2, 198)) == (1, 2)


def test_a_missing_validation_layer_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance_module, "VALIDATION_LAYER", "VK_LAYER_no_such")
    with pytest.raises(
        Unavailable, match=r"VK_LAYER_no_such is not installed.*apt-get install vulkan-validationlayers"
    ):
        Instance(validation=True)


def test_a_missing_loader_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw, "MISSING", "the Vulkan loader (libvulkan.so.1) is missing")
    with pytest.raises(Unavailable, match=r"libvulkan\.so\.1"):
        Instance()


def test_an_old_loader_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance_module, "_loader_version", lambda loader: (1, 0))
    with pytest.raises(Unavailable, match=r"Vulkan 1\.0 only"):
        Instance()


def test_a_loader_without_the_question_is_1_0() -> None:
    assert instance_module._loader_version(raw.Functions(lambda name: raw.NULL, [])) == (0, 0)
