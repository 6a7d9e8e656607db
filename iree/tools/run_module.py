r"""Runs one function of a module file and prints its results.

run_module --module=math.emod --function=simple_mul --input="4xf32=1 2 3 4" --input=@b.npy
EXEC @simple_mul
4xf32=5 12 21 32

run_module --list_devices
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from absl import flags

from iree import runtime
from iree.hal.buffer_view_text import format_shaped_array
from iree.hal.registry import create_driver, driver_names
from iree.runtime.vm.function_def import BufferType
from iree.tools import command_line
from iree.tools.arrays import to_json
from iree.tools.chosen_function import chosen_function, given_inputs, print_statistics
from iree.tools.command_line import UsageError
from iree.tools.debug_console import Console, QuitError, prompted

Array = np.ndarray[Any, Any]

_OUTPUT = flags.DEFINE_multi_string(
    "output", [], "Where a result goes, once for each in order: - (print it) or @o.npy."
)
_LIST_DRIVERS = flags.DEFINE_bool("list_drivers", False, "Print the drivers and stop.")
_LIST_DEVICES = flags.DEFINE_bool("list_devices", False, "Print the devices of all drivers and stop.")
_DEBUG = flags.DEFINE_bool("debug", False, "Stop before the first instruction and take commands from stdin: help.")
_DEBUG_COMMANDS = flags.DEFINE_string("debug_commands", None, 'Commands for --debug: "break f; continue; print %2".')
_JSON = flags.DEFINE_bool("json", False, "Print JSON instead of text.")


def run(arguments: list[str]) -> None:
    """The tool. UsageError: flags that do not fit the module. HalError: it cannot be loaded or run."""
    if arguments:
        raise UsageError(
            f"{arguments[0]!r} is no flag: name the module by --module=FILE and arguments by --input=VALUE"
        )
    if _LIST_DRIVERS.value:
        _print_list([{"driver": name} for name in driver_names()])
    elif _LIST_DEVICES.value:
        _print_list(list_devices())
    else:
        _run_function()


def list_devices() -> list[dict[str, str]]:
    """One entry for each device, and one for each driver that cannot run here."""
    entries = []
    for name in driver_names():
        driver = create_driver(name)
        reason = driver.why_unavailable()
        if reason is not None:
            entries.append({"driver": name, "unavailable": reason})
            continue
        for index, info in enumerate(driver.enumerate_devices()):
            entries.append({"device": f"{name}://{index}", "name": info.name, "description": info.description})
    return entries


def write_output(text: str, array: Array, of: BufferType) -> None:
    """Puts a result into the file that an --output says. UsageError: it says none, or .npy cannot hold the type."""
    if not text.startswith("@") or len(text) == 1:
        raise UsageError(f"--output={text}: give - to print the result, or @FILE.npy")
    if array.dtype.kind == "V":
        raise UsageError(
            f"--output={text}: an .npy file cannot hold {of.element_type}: print it, or convert it in the program"
        )
    with open(command_line.user_path(text[1:]), "wb") as file:
        np.save(file, array)


def _run_function() -> None:
    function = chosen_function()
    if len(_OUTPUT.value) > len(function.results):
        raise UsageError(f"{len(_OUTPUT.value)} --output for the {len(function.results)} results of {function.name}")
    if _DEBUG.value or _DEBUG_COMMANDS.value is not None:
        function = _under_debugger(function)
    try:
        results = function.invoke(given_inputs())
    except QuitError:
        return
    outputs = [*_OUTPUT.value, *["-"] * (len(results) - len(_OUTPUT.value))]
    printed = []
    for text, array, of in zip(outputs, results, function.results, strict=True):
        if text == "-":
            printed.append(array)
        else:
            write_output(text, array, of)
    _print_results(function.name, printed)
    print_statistics()


def _under_debugger(function: runtime.Function) -> runtime.Function:
    """The function, which takes commands before its first instruction and wherever they make it stop."""
    commands = _DEBUG_COMMANDS.value
    lines = sys.stdin if commands is None else iter(commands.split(";"))
    is_typed = commands is None and sys.stdin.isatty()
    return Console(function, prompted() if is_typed else lines, print, echo=not is_typed).debugger.function


def _print_results(name: str, results: Sequence[Array]) -> None:
    if _JSON.value:
        print(json.dumps({"function": name, "results": [to_json(array) for array in results]}))
        return
    print(f"EXEC @{name}")
    for array in results:
        print(format_shaped_array(array))


def _print_list(entries: Sequence[dict[str, str]]) -> None:
    if _JSON.value:
        print(json.dumps(entries))
        return
    for entry in entries:
        print("  ".join(f"{key}: {text}" if key == "unavailable" else text for key, text in entry.items()))


def main() -> None:
    """The tool iree-run-module."""
    command_line.main(run, runtime.CheckError)


if __name__ == "__main__":
    main()
