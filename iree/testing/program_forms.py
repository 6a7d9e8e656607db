"""All that the compiler makes of a program, each ready to be called: module on the VM, classes over the HAL, C.

    with tempfile.TemporaryDirectory() as folder:
        for form in FORMS:
            form.create(module, Path(folder)).simple_mul(a, b)

Forms whose kernels are the same code have to give the same bits.
"""

import enum
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from xdsl.dialects.builtin import ModuleOp

import iree.runtime
from iree.testing.c_programs import CProgram
from iree.testing.c_vulkan_programs import CVulkanProgram
from iree.testing.cpp_programs import CppProgram
from iree.testing.generated_python import generate_module


class Kernels(enum.Enum):
    """Whose instructions compute."""

    INTERPRETER = "the interpreter's bytecode"
    SPIRV = "SPIR-V"
    C = "C"


class Form(NamedTuple):
    """One way to run a program. `create` leaves the module as it was."""

    name: str
    kernels: Kernels
    make: Callable[[ModuleOp, Path], Any]

    def create(self, module: ModuleOp, folder: Path) -> Any:
        """An object with a method for each exported function, which takes arrays and gives one or a tuple."""
        return self.make(module.clone(), folder)


def _vm(driver: str) -> Callable[[ModuleOp, Path], Any]:
    return lambda module, folder: iree.runtime.load_vm_flatbuffer(
        generate_module(module, folder).module_file, driver=driver
    )


def _hal_python(driver: str) -> Callable[[ModuleOp, Path], Any]:
    return lambda module, folder: generate_module(module, folder).create(driver)


FORMS = (
    Form("VM, interpreter", Kernels.INTERPRETER, _vm("interpreter")),
    Form("VM, Vulkan", Kernels.SPIRV, _vm("vulkan")),
    Form("hal-python, interpreter", Kernels.INTERPRETER, _hal_python("interpreter")),
    Form("hal-python, Vulkan", Kernels.SPIRV, _hal_python("vulkan")),
    Form("c-vulkan", Kernels.SPIRV, lambda module, _: CVulkanProgram(module)),
    Form("hal-cpp, Vulkan", Kernels.SPIRV, lambda module, _: CppProgram(module, "vulkan")),
    Form("hal-cpp, CPU", Kernels.C, lambda module, _: CppProgram(module, "cpu", flags=["-O2"])),
    Form("c", Kernels.C, lambda module, _: CProgram(module, flags=["-O2"])),
)
