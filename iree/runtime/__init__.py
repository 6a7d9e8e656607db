"""Loads compiled modules and runs them: the user's API.

m = iree.runtime.load_vm_flatbuffer_file("math.emod", driver="interpreter")
m.simple_mul(np.float32([1, 2, 3, 4]), np.float32([5, 6, 7, 8]))
"""

from iree.hal.registry import driver_names
from iree.hal.status import HalError
from iree.runtime.c_function import CFunction
from iree.runtime.checks import CheckError
from iree.runtime.system_api import (
    BoundModule,
    Config,
    SystemContext,
    UnknownNameError,
    get_device,
    load_vm_flatbuffer,
    load_vm_flatbuffer_file,
    load_vm_module,
)
from iree.runtime.vm.arguments import ArgumentError
from iree.runtime.vm.async_call import AsyncCall
from iree.runtime.vm.checked_bytes import Check
from iree.runtime.vm.debugger import Debugger, Resume, Stop
from iree.runtime.vm.device_array import DeviceArray, asdevicearray
from iree.runtime.vm.function import Function
from iree.runtime.vm.module import VmModule
from iree.runtime.vm.variables import UnknownVariableError, Variables

__all__ = [
    "ArgumentError",
    "AsyncCall",
    "BoundModule",
    "CFunction",
    "Check",
    "CheckError",
    "Config",
    "Debugger",
    "DeviceArray",
    "Function",
    "HalError",
    "Resume",
    "Stop",
    "SystemContext",
    "UnknownNameError",
    "UnknownVariableError",
    "Variables",
    "VmModule",
    "asdevicearray",
    "driver_names",
    "get_device",
    "load_vm_flatbuffer",
    "load_vm_flatbuffer_file",
    "load_vm_module",
]
