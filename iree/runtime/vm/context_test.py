from pathlib import Path

import numpy as np
import pytest

from iree import runtime
from iree.hal.memory_access import MemoryAccess
from iree.hal.status import AlreadyExists, FailedPrecondition
from iree.runtime.vm.context import Context
from iree.runtime.vm.module import VmModule
from iree.schemas.file_format import ExecutableFormat
from iree.testing.hand_built import (
    Constant,
    Executable,
    Module,
    binary_executable,
    save,
    simple_mul,
    to_bytes,
)

UNKNOWN = int.from_bytes(b"WASM", "big")


def module_of(*executables: Executable) -> VmModule:
    return VmModule.from_flatbuffer(to_bytes(Module("m", [], executables)))


def test_the_first_translation_that_suits_is_chosen() -> None:
    known = binary_executable("mul_f").variants[0]
    other = binary_executable("add_f").variants[0]
    context = Context(runtime.get_device("interpreter"))
    module = context.add(module_of(Executable("ex", ["mul_f"], [(UNKNOWN, b"?"), known, other])))
    assert module.executable(0).entry_points == ("mul_f",)
    assert module.executable(0) is module.executable(0)


@pytest.mark.parametrize(
    ("formats", "lines"),
    [
        (
            [ExecutableFormat.SPIRV],
            ['module "m" cannot run on driver "interpreter": of executable "ex" it holds', "SPVE (vulkan-spirv): ",
             'compile it with target_backends=["interpreter-bytecode"]', 'or load it with driver="vulkan"'],
        ),
        ([UNKNOWN], ["WASM: ", 'compile it with target_backends=["interpreter-bytecode"]']),
        ([], ["no translation at all"]),
    ],
)  # fmt: skip
def test_no_translation_for_the_driver(formats: list[int], lines: list[str]) -> None:
    module = module_of(Executable("ex", ["main"], [(fourcc, b"") for fourcc in formats]))
    with pytest.raises(FailedPrecondition) as caught:
        Context(runtime.get_device("interpreter")).add(module)
    for line in lines:
        assert line in str(caught.value)


def test_names_are_unique_in_a_context() -> None:
    context = Context(runtime.get_device("interpreter"))
    context.add(module_of())
    with pytest.raises(AlreadyExists, match='a module named "m" is in this context already'):
        context.add(module_of())


def test_constants_become_buffers_once() -> None:
    constant = np.arange(4, dtype=np.float32)
    module = VmModule.from_flatbuffer(to_bytes(Module("m", [], constants=[Constant(constant)])))
    added = Context(runtime.get_device("interpreter")).add(module)
    assert added.constant(0).read() == constant.tobytes()
    assert added.constant(0) is added.constant(0)


@pytest.mark.parametrize("driver", ["interpreter", "vulkan"])
def test_constants_are_one_buffer_over_the_mapped_file(tmp_path: Path, driver: str) -> None:
    arrays = [np.arange(size, dtype=np.float32) for size in (5, 0, 100_000, 1)]
    save(Module("m", [], constants=[Constant(array) for array in arrays]), tmp_path / "m.emod")
    added = Context(runtime.get_device(driver)).add(VmModule.mmap(tmp_path / "m.emod"))
    buffers = [added.constant(ordinal) for ordinal in range(4)]
    assert len({id(buffer.allocated_buffer) for buffer in buffers}) == 1
    in_file = np.frombuffer(added.module.file.constant_segment, np.uint8)
    for array, buffer in zip(arrays, buffers, strict=True):
        assert buffer.read() == array.tobytes()
        with buffer.map(MemoryAccess.READ) as memory:
            assert not array.size or np.shares_memory(memory.array(np.float32, array.shape), in_file)


def test_constants_are_copied_one_by_one_where_the_device_cannot_use_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arrays = [np.arange(size, dtype=np.float32) for size in (5, 100_000)]
    module = VmModule.from_flatbuffer(to_bytes(Module("m", [], constants=[Constant(array) for array in arrays])))
    device = runtime.get_device("vulkan")
    monkeypatch.setattr(device.allocator, "allocate_constants", lambda segment: None)
    added = Context(device).add(module)
    assert [added.constant(ordinal).read() for ordinal in range(2)] == [array.tobytes() for array in arrays]


def test_simple_mul_is_ready_to_run() -> None:
    module = Context(runtime.get_device("interpreter")).add(VmModule.from_flatbuffer(to_bytes(simple_mul())))
    assert module.executable(0).name == "ex_mul_f"
