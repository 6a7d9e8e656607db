from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.targets.registry import create_target
from iree.compiler.targets.spirv.check_spirv_kernel import CheckSpirvKernel
from iree.compiler.targets.spirv.convert_to_spirv import ConvertToSpirv
from iree.compiler.targets.spirv.target import VulkanSpirvTarget
from iree.schemas.file_format import ExecutableFormat
from iree.testing.ir import parse
from iree.testing.spirv_kernels import kernel_text


def test_the_registry_has_it() -> None:
    target = create_target("vulkan-spirv")
    assert isinstance(target, VulkanSpirvTarget)
    assert (target.name, target.executable_format, target.dialect) == ("vulkan-spirv", "SPIRV", "spirv")
    assert target.fourcc == ExecutableFormat.SPIRV


def test_it_ends_in_spirv() -> None:
    assert [type(pass_) for pass_ in VulkanSpirvTarget().passes][-2:] == [CheckSpirvKernel, ConvertToSpirv]


def test_it_serializes_and_names_its_entry_points() -> None:
    target = VulkanSpirvTarget()
    module = parse(kernel_text(["%a: memref<4xf32>"], "", name="kernel"))
    run_passes(module, [CheckSpirvKernel(), ConvertToSpirv()])
    assert target.serialize(module)[4:8] == b"SPVE"
    assert target.entry_points(module) == ["kernel"]
