"""The kernels of a program as SPIR-V: what a C file has to say of each to launch it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp

from iree.compiler.codegen.runtimeless_c.kernels import sources_of
from iree.compiler.dialects import iree
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.targets.spirv.target import VulkanSpirvTarget
from iree.schemas import spirv_executable_def_generated

_fb: Any = spirv_executable_def_generated  # generated code has no types

Triple = tuple[int, int, int]


@dataclass(frozen=True)
class Kernel:
    """An entry point. `code`: the words of its executable, which declares `version`, `capabilities` and `extensions`.

    A workgroup computes a tile of the workload. `sources`: the ops that it is made of, and where the user wrote them.
    """

    name: str
    executable: str
    code: Sequence[int]
    version: int
    capabilities: frozenset[str]
    extensions: frozenset[str]
    workgroup_size: Triple
    tile: Triple
    sources: Sequence[str]

    def groups(self, workload: Sequence[int]) -> Triple:
        """How many workgroups a workload takes in x, y and z."""
        x, y, z = (-(-size // tile) for size, tile in zip(workload, self.tile, strict=True))
        return x, y, z


def kernels_of(module: ModuleOp) -> dict[tuple[str, str], Kernel]:
    """Every kernel of a module whose executables are compiled to SPIR-V, by executable and entry point."""
    target = VulkanSpirvTarget()
    found: dict[tuple[str, str], Kernel] = {}
    for executable in ops_of(module, iree.MultiArchExecutable):
        name = executable.sym_name.data
        by_format = {each.format.data: each for each in executable.executables}
        sources = {op.sym_name.data: sources_of(op) for op in ops_of(by_format[iree.UNSPECIFIED], FuncOp)}
        content = by_format[target.executable_format].body.block.first_op
        assert content is not None
        table = _fb.SpirvExecutableDefT.InitFromObj(_fb.SpirvExecutableDef.GetRootAs(target.serialize(content)))
        capabilities, extensions = _names(table.capabilities), _names(table.extensions)
        code = [int(word) for word in table.code]
        for entry in table.entryPoints:
            own = entry.name.decode()
            size, tile = _triple(entry.workgroupSize), _triple(entry.workgroupTile)
            found[name, own] = Kernel(
                own, name, code, table.version, capabilities, extensions, size, tile, sources.get(own, ())
            )
    return found


def _names(texts: Sequence[bytes]) -> frozenset[str]:
    return frozenset(text.decode() for text in texts)


def _triple(numbers: Any) -> Triple:
    x, y, z = (int(number) for number in numbers)
    return x, y, z
