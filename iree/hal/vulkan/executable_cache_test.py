import dataclasses
import re

import flatbuffers
import numpy as np
import pytest

from iree.hal.cts import spirv_executables
from iree.hal.executable import ExecutableSpec
from iree.hal.status import DataLoss, InvalidArgument, ResourceExhausted
from iree.hal.vulkan.device import VulkanDevice
from iree.hal.vulkan.executable_cache import VulkanExecutableCache
from iree.hal.vulkan.executable_def import KernelDef, read_executable_def
from iree.schemas import spirv_executable_def_generated as fb
from iree.schemas.file_format import ExecutableFormat

WORDS = spirv_executables.assemble(spirv_executables.elementwise("run"))


def spec(contents: bytes, fourcc: int = ExecutableFormat.SPIRV) -> ExecutableSpec:
    return ExecutableSpec(fourcc, memoryview(contents), "ex")


def test_it_takes_spirv_only(device: VulkanDevice) -> None:
    cache = device.create_executable_cache()
    assert cache.can_prepare_format(ExecutableFormat.SPIRV)
    assert not cache.can_prepare_format(ExecutableFormat.INTERP)
    assert "IREE" in (cache.why_unsuitable(spec(b"", ExecutableFormat.INTERP)) or "")


def test_a_fitting_executable_has_its_entry_points(device: VulkanDevice) -> None:
    cache = device.create_executable_cache()
    fitting = spec(spirv_executables.simple_mul("mul"))
    assert cache.why_unsuitable(fitting) is None
    executable = cache.prepare_executable(fitting)
    assert executable.entry_points == ("mul",)
    assert cache.prepare_executable(fitting) is executable


@pytest.mark.parametrize(
    ("needs", "named"),
    [
        ({"capabilities": ["Shader", "CooperativeMatrixKHR", "Kernel"]}, "it lacks CooperativeMatrixKHR, Kernel"),
        ({"extensions": ["SPV_NV_ray_tracing"]}, "it lacks SPV_NV_ray_tracing"),
        ({"subgroup_size": 3}, r"its subgroups have .* invocations, not 3"),
        ({"binding_count": 1 << 30}, r"run binds 1073741824 buffers, the device \d+ at most"),
        ({"workgroup_size": (1, 1, 1 << 30)}, r"run has workgroups of \(1, 1, 1073741824\), the device of"),
        ({"workgroup_size": (64, 64, 64)}, r"run has workgroups of 262144 invocations, the device of \d+ at most"),
        ({"shared_memory_bytes": 1 << 30}, r"run shares 1073741824 bytes in a workgroup, the device \d+ at most"),
    ],
)
def test_what_the_device_lacks_is_named(device: VulkanDevice, needs: dict[str, object], named: str) -> None:
    unfit = spec(spirv_executables.executable(WORDS, ["run"], **needs))  # type: ignore[arg-type]
    cache = device.create_executable_cache()
    reason = cache.why_unsuitable(unfit) or ""
    assert re.search(named, reason)
    assert device.properties.name in reason
    with pytest.raises(InvalidArgument, match=named):
        cache.prepare_executable(unfit)


def test_a_newer_spirv_than_the_device_reads_is_named(device: VulkanDevice) -> None:
    words = (WORDS[0], 0x00010900, *WORDS[2:])
    reason = device.create_executable_cache().why_unsuitable(spec(spirv_executables.executable(words, ["run"])))
    assert re.search(r"it reads SPIR-V up to 1\.\d, not 1\.9", reason or "")


def test_everything_that_is_missing_comes_in_one_report(device: VulkanDevice) -> None:
    contents = spirv_executables.executable(
        WORDS, ["run"], capabilities=["Kernel"], subgroup_size=3, binding_count=1 << 30
    )
    reason = device.create_executable_cache().why_unsuitable(spec(contents)) or ""
    assert all(part in reason for part in ("Kernel", "subgroups", "buffers"))


def test_a_range_of_subgroup_sizes_is_named(device: VulkanDevice) -> None:
    definition = read_executable_def(memoryview(spirv_executables.executable(WORDS, ["run"], subgroup_size=128)))
    wide = dataclasses.replace(device.properties, subgroup_sizes=(8, 64))
    assert "its subgroups have 8 to 64 invocations, not 128" in (definition.why_unsuitable(wide) or "")


def test_a_required_subgroup_size_that_the_device_has(device: VulkanDevice) -> None:
    size = device.properties.subgroup_size
    contents = spirv_executables.executable(WORDS, ["run"], subgroup_size=size)
    assert device.create_executable_cache().prepare_executable(spec(contents)).entry_points == ("run",)


@pytest.mark.parametrize(
    ("words", "names", "fields", "message"),
    [
        (WORDS, ["walk"], {}, 'no entry point "walk": it has run'),
        (WORDS, ["run"], {"workgroup_size": (2, 1, 1)}, "LocalSize"),
        (WORDS, ["run"], {"binding_count": 2}, "the code uses binding 2 of set 0, the table has 2 in set 0"),
        (WORDS, ["run"], {"capabilities": []}, "capabilities that the table does not state: Shader"),
        ((0, *WORDS[1:]), ["run"], {}, "magic number"),
        ((), ["run"], {}, "magic number"),
        (WORDS[:-7], ["run"], {}, "cut or damaged"),
        ((*WORDS[:5], 0, *WORDS[6:]), ["run"], {}, "cut or damaged"),
    ],
)
def test_code_that_is_not_what_the_table_says(
    device: VulkanDevice, words: tuple[int, ...], names: list[str], fields: dict[str, object], message: str
) -> None:
    contents = spirv_executables.executable(words or (0, WORDS[1]), names, **fields)  # type: ignore[arg-type]
    with pytest.raises(DataLoss, match=message):
        device.create_executable_cache().prepare_executable(spec(contents))


SHARES = """
               OpCapability Shader
               OpMemoryModel Logical GLSL450
               OpEntryPoint GLCompute %main "main"
               OpExecutionMode %main LocalSize 1 1 1
       %uint = OpTypeInt 32 0
    %pointer = OpTypePointer Workgroup %uint
          %a = OpVariable %pointer Workgroup
       %void = OpTypeVoid
   %function = OpTypeFunction %void
       %main = OpFunction %void None %function
      %label = OpLabel
               OpReturn
               OpFunctionEnd
"""


def test_more_shared_memory_than_the_table_says() -> None:
    words = spirv_executables.assemble(SHARES)
    read_executable_def(memoryview(spirv_executables.executable(words, ["main"], shared_memory_bytes=4))).check_code()
    less = read_executable_def(memoryview(spirv_executables.executable(words, ["main"], shared_memory_bytes=3)))
    with pytest.raises(DataLoss, match="the code shares 4 bytes in a workgroup, the table says 3"):
        less.check_code()


def test_a_version_that_is_not_the_codes() -> None:
    definition = read_executable_def(memoryview(spirv_executables.executable(WORDS, ["run"])))
    with pytest.raises(DataLoss, match="version word"):
        dataclasses.replace(definition, version=(1, 0)).check_code()


@pytest.mark.parametrize("contents", [b"", b"SPVE", b"\0" * 100, b"\xff\xff\xff\x7fSPVE" + b"\xff" * 40])
def test_bytes_that_are_no_executable(device: VulkanDevice, contents: bytes) -> None:
    with pytest.raises(DataLoss, match="ex"):
        device.create_executable_cache().prepare_executable(spec(contents))


def test_a_damaged_table_never_crashes(device: VulkanDevice) -> None:
    """Each byte outside the code is flipped in turn; the code is the affair of the module file's checksum."""
    contents = spirv_executables.executable(WORDS, ["run"])
    cache = VulkanExecutableCache(device.logical, device._layouts, device._pipelines)
    code = np.array(WORDS, np.uint32).tobytes()
    first = contents.index(code)
    for position in [*range(first), *range(first + len(code), len(contents))]:
        flipped = bytearray(contents)
        flipped[position] ^= 0xFF
        try:
            cache.why_unsuitable(spec(bytes(flipped)))
        except DataLoss:
            continue


def test_a_workgroup_of_nothing_is_damage() -> None:
    with pytest.raises(DataLoss, match=r"run has a workgroup or a tile of \[0, 1, 1\]"):
        read_executable_def(memoryview(spirv_executables.executable(WORDS, ["run"], workgroup_size=(0, 1, 1))))


def test_a_kernel_that_fits_has_nothing_to_say(device: VulkanDevice) -> None:
    assert KernelDef("run", 3, (8, 1, 1), (8, 1, 1), 0).why_unsuitable(device.properties) is None


SIZED = KernelDef("run", 1, (1, 1, 1), (1, 1, 1), 0, 2, (({(1,): 1, (): -3}, "too few"),))


def test_a_kernel_is_for_the_sizes_that_it_says() -> None:
    SIZED.check_sizes((0, 3))
    with pytest.raises(ResourceExhausted, match="run: too few; here d0 is 5, d1 is 2: interpreter-bytecode runs it"):
        SIZED.check_sizes((5, 2))
    with pytest.raises(InvalidArgument, match="run has to know 2 sizes of a call, 1 are given"):
        SIZED.check_sizes((5,))


@pytest.mark.parametrize(
    ("count", "rows", "named"),
    [
        (9, [], "run has to know 9 sizes, of 8 that there can be"),
        (1, [[1, 1, 1]], "run: .* is no sum of products of 1 symbols"),
    ],
)
def test_damaged_sizes_are_refused(count: int, rows: list[list[int]], named: str) -> None:
    table = fb.SpirvExecutableDefT.InitFromObj(fb.SpirvExecutableDef.GetRootAs(spirv_executables.simple_mul("run")))
    (entry,) = table.entryPoints
    entry.symbolCount, entry.requirements = count, []
    for row in rows:
        requirement = fb.SpirvRequirementDefT()
        requirement.terms, requirement.text = row, "?"
        entry.requirements.append(requirement)
    builder = flatbuffers.Builder(1024)
    builder.Finish(table.Pack(builder), file_identifier=b"SPVE")
    with pytest.raises(DataLoss, match=named):
        read_executable_def(memoryview(bytes(builder.Output())))
