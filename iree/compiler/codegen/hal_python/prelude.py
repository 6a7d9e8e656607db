"""What generated files have at their beginning: imports, names of values, helpers; each only where it is used."""

import re

_STANDARD = (
    ("import itertools", ""),
    ("import zlib", ""),
    ("collections.abc", "Callable Mapping Sequence"),
    ("functools", "cached_property"),
    ("pathlib", "Path"),
    ("typing", "Any Self"),
)
_NUMPY = (("import numpy as np", ""), ("import numpy.typing as npt", ""))
_HAL = (
    ("iree.hal.barrier", "BETWEEN_COMMANDS TO_HOST WORK"),
    ("iree.hal.buffer", "Buffer"),
    ("iree.hal.buffer_usage", "BufferUsage"),
    ("iree.hal.buffer_view", "BufferView"),
    ("iree.hal.command_buffer", "CommandBuffer"),
    ("iree.hal.constants", "Constants"),
    ("iree.hal.device", "Device"),
    ("iree.hal.dispatch_request", "BufferBinding DispatchRequest"),
    ("iree.hal.executable", "ExecutableSpec"),
    ("iree.hal.execution_stage", "ExecutionStage"),
    ("iree.hal.fence", "FenceValue"),
    ("iree.hal.indirect_command_buffer", "IndirectCommandBuffer"),
    ("iree.hal.memory_access", "MemoryAccess"),
    ("iree.hal.memory_type", "MemoryType"),
    ("iree.hal.semaphore", "SemaphoreValue"),
    ("iree.hal.status", "InvalidArgument NotFound"),
    ("iree.hal.submission_batch", "SubmissionBatch"),
    ("iree.schemas", "element_types"),
    ("iree.schemas.file_format", "ExecutableFormat"),
)

CONSTANTS = (
    'MODULE_FILE = Path(__file__).with_suffix(".emod")',
    "TRANSIENT = BufferUsage.TRANSFER | BufferUsage.DISPATCH",
    "READ = MemoryAccess.READ",
)

CALL = '''\
class _Call:
    """One call: its commands wait here until the host has to see what they did, or until its end."""

    def __init__(self, device: Device, wait_semaphores: Sequence[SemaphoreValue]):
        self._queue = device.dispatch_queues[0]
        self._fence, self._value = device.create_fence(), 0
        self._wait_semaphores = wait_semaphores
        self._commands: list[CommandBuffer] = []

    def add(self, commands: CommandBuffer) -> None:
        """Commands that come after all before them."""
        self._commands.append(commands)
        if len(self._commands) == 128:  # so that a long loop can be interrupted
            self.wait()

    def wait(self) -> None:
        """Submits the commands so far, and waits until they are done."""
        self._value += 1
        self._submit((), FenceValue(self._fence, self._value))
        self._fence.wait(self._value)

    def reads(self, buffer: Buffer) -> int:
        """The number that a buffer holds, once all before is done."""
        self.wait()
        return int.from_bytes(buffer.read(), "little", signed=True)

    def end(self, signal_semaphores: Sequence[SemaphoreValue], signal_fence: FenceValue | None) -> None:
        """Submits the rest."""
        self._submit(signal_semaphores, signal_fence)

    def _submit(self, signal_semaphores: Sequence[SemaphoreValue], fence: FenceValue | None) -> None:
        self._queue.submit([SubmissionBatch(self._wait_semaphores, self._commands, signal_semaphores)], fence)
        self._wait_semaphores, self._commands = (), []
'''

CALL_HOST = '''\
def _call_host(
    function: Callable[..., Any],
    where: str,
    config: str,
    inputs: Sequence[BufferView],
    outputs: Sequence[BufferView],
) -> None:
    """Calls a function of the host on arrays, and writes the arrays that it returns.

    InvalidArgument: they are not those that the module was compiled for. Or what the function raises.
    """
    arrays = [view.read() for view in inputs]
    for array in arrays:
        array.flags.writeable = False
    try:
        returned = function(*arrays, **({"config": config} if config else {}))
    except Exception as error:
        error.add_note(f"in {where}")
        raise
    values = returned if isinstance(returned, tuple | list) else () if returned is None else (returned,)
    if len(values) != len(outputs):
        raise InvalidArgument(f"{where}: returned {len(values)} results, needs {len(outputs)}")
    for index, (value, output) in enumerate(zip(values, outputs, strict=True)):
        output.write(np.asarray(value), f"{where}: result {index}")
'''


def has(text: str, name: str) -> bool:
    """Whether Python source mentions a name."""
    return re.search(rf"(?<![\w.]){re.escape(name)}\b", text) is not None


def imports(text: str) -> str:
    """The imports that Python source needs."""
    groups = ("\n".join(_imports(text, group)) for group in (_STANDARD, _NUMPY, _HAL))
    return "\n\n".join(filter(None, groups))


def constants(text: str) -> list[str]:
    """The names of values that Python source needs, in order."""
    found: list[str] = []
    for line in reversed(CONSTANTS):
        if has("\n".join([text, *found]), line.partition(" = ")[0]):
            found.insert(0, line)
    return found


def _imports(text: str, group: tuple[tuple[str, str], ...]) -> list[str]:
    lines = []
    for module, names in group:
        used = [name for name in names.split() if has(text, name)]
        if used:
            lines.append(f"from {module} import {', '.join(used)}")
        elif not names and has(text, module.split()[-1]):
            lines.append(module)
    return lines
