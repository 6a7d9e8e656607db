r"""check_module: runs what a program expects of itself, on every device.

    check_module abs.mlir --device=interpreter,vulkan
    PASS interpreter @abs (2 checks)
    FAIL vulkan @abs
      abs.mlir:6:3: check.expect_eq: 1 of 4 elements is wrong, first [3]: got 4.0, expected 5.0; largest error 1
    interpreter: 1 of 1 passed; vulkan: 0 of 1 passed

Every exported function without arguments is a test. The program is MLIR text, compiled for each device by itself, or a
module file. Lines `// -----` divide a text into programs of their own. Exits with 1 where anything fails.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from absl import flags

from iree import runtime
from iree.compiler.compile import compile_str
from iree.compiler.ir.diagnostics import CompileError
from iree.hal.status import HalError
from iree.runtime.checks import CHECKS, Check, CheckError, Failure
from iree.runtime.vm.custom_call import CallSite, HostFunction
from iree.schemas.file_format import MODULE_IDENTIFIER
from iree.tools import command_line
from iree.tools.command_line import UsageError, user_path
from iree.tools.devices import TARGET_OF_DRIVER, open_device

DEVICES = flags.DEFINE_list("device", ["all"], "Drivers or devices, interpreter,vulkan://1; all drivers unless given.")
FUNCTIONS = flags.DEFINE_list("function", [], "The functions to run; all without arguments unless given.")
JSON = flags.DEFINE_bool("json", False, "Print JSON instead of text.")

_DIVIDER = "// -----"


class Program(NamedTuple):
    """One program of a file: text to compile, or a module."""

    name: str
    text: str
    module: bytes


class Result(NamedTuple):
    """What one function, or a program that cannot be run at all, came to on one device."""

    device: str
    function: str  # "" where it did not come to that
    checks: int
    failures: tuple[Failure, ...]
    error: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.failures and not self.error


class _Log:
    """What one function's checks have found so far."""

    def __init__(self) -> None:
        self.count = 0
        self.failures: list[Failure] = []


class _Recorder(HostFunction):
    """A check that notes what fails, so that what follows is checked too."""

    def __init__(self, check: Check, log: _Log):
        self.check = check
        self.log = log

    def call(self, site: CallSite) -> None:
        """CheckError: the call is none that can be checked."""
        self.log.count += 1
        failure = self.check.failure(site)
        if failure is not None:
            self.log.failures.append(failure)


def run(arguments: list[str]) -> None:
    """The tool. UsageError: flags that do not fit, or a file without tests."""
    if len(arguments) != 1:
        raise UsageError(f"give one file, of MLIR text or a module, not {len(arguments)}")
    programs = read_programs(arguments[0])
    devices = list(TARGET_OF_DRIVER) if DEVICES.value == ["all"] else DEVICES.value
    names = FUNCTIONS.value
    results = [result for device in devices for each in programs for result in check_program(each, device, names)]
    if not results:
        raise UsageError(f"{arguments[0]} exports no function without arguments; only those are tests")
    if JSON.value:
        print(json.dumps([_as_json(result) for result in results]))
    else:
        _print(results, devices)
    if not all(result.passed for result in results):
        sys.stdout.flush()
        sys.exit(1)


def read_programs(source: str) -> list[Program]:
    """The programs in a file. UsageError: it is neither text nor a module."""
    data = sys.stdin.buffer.read() if source == "-" else user_path(source).read_bytes()
    if data[4:8] == MODULE_IDENTIFIER:
        return [Program(source, "", data)]
    try:
        lines = data.decode().splitlines()
    except UnicodeDecodeError:
        raise UsageError(f"{source} is neither MLIR text nor a module") from None
    starts = [0, *(number + 1 for number, line in enumerate(lines) if line.startswith(_DIVIDER))]
    ends = [*(start - 1 for start in starts[1:]), len(lines)]
    # Empty lines stand for what came before, so that errors name lines of the file.
    pairs = zip(starts, ends, strict=True)
    texts = ["\n" * start + "\n".join(lines[start:end]) for start, end in pairs if any(lines[start:end])]
    return [Program(source, text, b"") for text in texts]


def check_program(program: Program, device_name: str, functions: Sequence[str] = ()) -> Iterator[Result]:
    """Runs these functions, or every one without arguments. Whatever goes wrong is a result."""
    log = _Log()
    recorders = {name: _Recorder(check, log) for name, check in CHECKS.items()}
    try:
        device = open_device(device_name)
        target = TARGET_OF_DRIVER.get(device.info.driver, device.info.driver)
        module = program.module or compile_str(program.text, filename=program.name, target_backends=[target])
        vm_module = runtime.VmModule.from_flatbuffer(module)
        loaded = runtime.load_vm_module(vm_module, runtime.Config(device=device), recorders)
        names = functions or [name for name in loaded if not loaded[name].arguments]
        chosen = [loaded[name] for name in names]
    except (CompileError, HalError) as error:
        yield Result(device_name, "", 0, (), str(error))
        return
    for function in chosen:
        yield _check_function(function, device_name, log)


def _check_function(function: runtime.Function, device_name: str, log: _Log) -> Result:
    log.count, log.failures = 0, []
    error = ""
    try:
        function.invoke([])
    except (CheckError, HalError) as failure:
        error = str(failure)
    return Result(device_name, function.name, log.count, tuple(log.failures), error)


def _print(results: Sequence[Result], devices: Sequence[str]) -> None:
    for result in results:
        what = f" @{result.function}" if result.function else ""
        checks = f" ({result.checks} check{'s' * (result.checks != 1)})" if result.passed else ""
        print(f"{'PASS' if result.passed else 'FAIL'} {result.device}{what}{checks}")
        for failure in result.failures:
            print(f"  {failure.location}{': ' * bool(failure.location)}{failure.text}")
        for line in result.error.splitlines():
            print(f"  {line}")
    print("; ".join(_summary(device, [r for r in results if r.device == device]) for device in devices))


def _summary(device: str, results: Sequence[Result]) -> str:
    return f"{device}: {sum(result.passed for result in results)} of {len(results)} passed"


def _as_json(result: Result) -> dict[str, Any]:
    failures = [failure._asdict() | {"place": list(failure.place)} for failure in result.failures]
    return {**result._asdict(), "failures": failures, "passed": result.passed}


def main() -> None:
    """The tool iree-check-module."""
    command_line.main(run)


if __name__ == "__main__":
    main()
