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


def test_constants_are_used_in_the_file(tmp_path: Path) -> None:
    save(Module("m", [], constants=[Constant(np.arange(4, dtype=np.float32))]), tmp_path / "m.emod")
    added = Context(runtime.get_device("interpreter")).add(VmModule.mmap(tmp_path / "m.emod"))
    with added.constant(0).map(MemoryAccess.READ) as memory:
        in_buffer = memory.array(np.float32, (4,))
        assert np.shares_memory(in_buffer, np.frombuffer(added.module.file.constants[0].contents.use(), np.float32))


def test_simple_mul_is_ready_to_run() -> None:
    module = Context(runtime.get_device("interpreter")).add(VmModule.from_flatbuffer(to_bytes(simple_mul())))
    assert module.executable(0).name == "ex_mul_f"
