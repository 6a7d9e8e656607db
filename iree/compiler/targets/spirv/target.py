"""Vulkan as a target: kernels as SPIR-V, for every device with a Vulkan driver."""

from collections.abc import Sequence

from xdsl.ir import Operation

from iree.compiler.ir.pass_manager import Pass
from iree.compiler.kernels.expand_math import ExpandMath
from iree.compiler.kernels.fuse_producers import FuseProducers
from iree.compiler.kernels.lower_to_linalg import LowerToLinalg
from iree.compiler.kernels.schedule_kernels import ScheduleKernels
from iree.compiler.kernels.split_complex import SplitComplex
from iree.compiler.kernels.stage_rows import StageRows
from iree.compiler.kernels.widen_accumulators import WidenAccumulators
from iree.compiler.kernels.widen_scalars import WidenScalars
from iree.compiler.targets.description import TargetDescription
from iree.compiler.targets.spirv.check_spirv_kernel import CheckSpirvKernel
from iree.compiler.targets.spirv.convert_to_spirv import ConvertToSpirv
from iree.compiler.targets.spirv.serialize import entry_points_of, serialize_executable
from iree.schemas.file_format import ExecutableFormat


class VulkanSpirvTarget:
    """vulkan-spirv: kernels scheduled by iree/compiler/kernels, spelled as SPIR-V."""

    name = "vulkan-spirv"
    executable_format = "SPIRV"
    fourcc = ExecutableFormat.SPIRV
    dialect = "spirv"
    description = TargetDescription(  # of Mesa's software Vulkan
        name, launch=20, bytes_per_us=8_000, steps_per_us=5_000, products_per_us=2_000, load_steps=4, lanes=4
    )

    @property
    def passes(self) -> Sequence[Pass]:
        """From the template to a spirv.module."""
        return (
            LowerToLinalg(),
            WidenAccumulators(),
            StageRows(),
            FuseProducers(),
            ExpandMath(),
            ScheduleKernels(),
            SplitComplex(),
            WidenScalars(),
            CheckSpirvKernel(),
            ConvertToSpirv(),
        )

    def serialize(self, inner: Operation) -> bytes:
        """The executable as SpirvExecutableDef bytes."""
        return serialize_executable(inner)

    def entry_points(self, inner: Operation) -> list[str]:
        """The names of the kernels, in order of their ordinals."""
        return [entry.function.root_reference.data for entry in entry_points_of(inner)]
