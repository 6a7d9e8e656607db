import numpy as np
import pytest
from xdsl.dialects.builtin import ModuleOp

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.printer import print_module
from iree.compiler.targets.spirv.serialize import entry_points_of, serialize_executable
from iree.compiler.targets.spirv.write_module import module_words
from iree.schemas import spirv_executable_def_generated as fb
from iree.testing.ir import parse
from iree.testing.spirv_kernels import convert, kernel_text

TILED = (
    "iree.ordinal = 1 : i32, iree.executable.workgroup_size = dense<[32, 1, 1]> : tensor<3xi32>, "
    "iree.executable.workgroup_tile = dense<[128, 1, 1]> : tensor<3xi32>"
)
TEXT = kernel_text(["%a: memref<4xf32>", "%b: memref<4xi1>"], "", name="g") + kernel_text(
    ["%a: memref<4xf32>"], "", name="g_arg", attributes=TILED
)


def inner_of(text: str) -> ModuleOp:
    module = convert(text).parent_op()
    assert isinstance(module, ModuleOp)
    return module


def test_the_table_says_what_loading_and_launching_takes() -> None:
    inner = inner_of(TEXT)
    data = serialize_executable(inner)
    assert data[4:8] == b"SPVE"
    table = fb.SpirvExecutableDefT.InitFromObj(fb.SpirvExecutableDef.GetRootAs(data))
    assert np.array_equal(table.code, module_words(convert(TEXT)))
    assert table.version == 0x00010000
    assert table.capabilities == [b"Shader", b"StorageBuffer8BitAccess"]
    assert table.extensions == [b"SPV_KHR_storage_buffer_storage_class", b"SPV_KHR_8bit_storage"]
    assert table.subgroupSize == 0
    plain, tiled = table.entryPoints
    assert (plain.name, plain.bindingCount, list(plain.workgroupSize), list(plain.workgroupTile)) == (
        b"g",
        2,
        [1, 1, 1],
        [1, 1, 1],
    )
    assert (tiled.name, tiled.bindingCount, list(tiled.workgroupSize), list(tiled.workgroupTile)) == (
        b"g_arg",
        1,
        [32, 1, 1],
        [128, 1, 1],
    )
    assert plain.sharedMemoryBytes == tiled.sharedMemoryBytes == 0


def test_a_position_is_an_ordinal() -> None:
    assert [entry.function.root_reference.data for entry in entry_points_of(inner_of(TEXT))] == ["g", "g_arg"]


def test_equal_modules_have_equal_bytes() -> None:
    assert serialize_executable(inner_of(TEXT)) == serialize_executable(inner_of(TEXT))


def test_an_executable_holds_one_module() -> None:
    with pytest.raises(CompileError, match=r"a SPIR-V executable holds one spirv\.module, this one 0"):
        serialize_executable(ModuleOp([]))


def test_a_kernel_has_a_size() -> None:
    inner = inner_of(kernel_text([], ""))
    mode = next(op for op in inner.walk() if op.name == "spirv.ExecutionMode")
    mode.detach()
    with pytest.raises(CompileError, match=r"spirv\.EntryPoint: has no spirv\.ExecutionMode LocalSize"):
        serialize_executable(inner)


def test_the_text_of_an_executable_serializes_to_the_same_bytes() -> None:
    inner = inner_of(TEXT)
    assert serialize_executable(parse(print_module(inner))) == serialize_executable(inner)
