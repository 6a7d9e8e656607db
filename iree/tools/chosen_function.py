"""The function that a tool is to run, as its user names it: --module, --function, --device, --input.

And what its run took: --print_statistics.
"""

import sys
from collections.abc import Sequence

from absl import flags

from iree import runtime
from iree.tools import command_line
from iree.tools.arrays import Array, read_input
from iree.tools.command_line import UsageError
from iree.tools.devices import open_device

MODULE = flags.DEFINE_string("module", None, "The module file to run.")
FUNCTION = flags.DEFINE_string("function", None, "The exported function; not needed where there is only one.")
DEVICE = flags.DEFINE_string("device", "interpreter", "A driver, or one of --list_devices: vulkan, vulkan://1.")
INPUT = flags.DEFINE_multi_string(
    "input",
    [],
    "An argument, once for each in order: 4xf32=1,2,3,4, or 2x2xi32=[1 2][3 4], f32=2, 4xf32 (zeros), @x.npy.",
)
PRINT_STATISTICS = flags.DEFINE_bool(
    "print_statistics", False, "Print to stderr, in the end, how much memory the device's allocator has in use."
)


def chosen_function() -> runtime.Function:
    """The function, on its device. UsageError: flags that do not fit the module. HalError: it cannot be loaded."""
    if MODULE.value is None:
        raise UsageError("name the module file: --module=FILE")
    vm_module = runtime.VmModule.mmap(command_line.user_path(MODULE.value))
    module = runtime.load_vm_module(vm_module, runtime.Config(device=open_device(DEVICE.value)))
    return module[_function_name(list(module))]


def given_inputs() -> list[Array]:
    """The arrays that every --input says. InvalidArgument, UsageError: see read_input."""
    return [read_input(text) for text in INPUT.value]


def print_statistics() -> None:
    """What --print_statistics asks for."""
    if PRINT_STATISTICS.value:
        print(f"memory of {DEVICE.value}: {open_device(DEVICE.value).allocator.statistics()}", file=sys.stderr)


def _function_name(exports: Sequence[str]) -> str:
    if FUNCTION.value is not None:
        return str(FUNCTION.value)
    if len(exports) != 1:
        raise UsageError(f"the module exports {', '.join(exports) or 'nothing'}: choose one by --function=NAME")
    return exports[0]
