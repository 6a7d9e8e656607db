"""What the documents say of the code is so: excerpts stand in it, tables list what it has, numbers are its numbers."""

import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

from iree.hal import allocator, buffer, driver, executable_cache
from iree.hal.host import command_buffer, command_queue, device
from iree.runtime.vm import module
from iree.schemas import file_format
from samples.custom_driver import bytes_driver, bytes_driver_test

ADD_A_DRIVER = Path("docs/add_a_driver.md").read_text()
MODULE_FILE = Path("docs/module_file.md").read_text()
SCHEMA = Path("iree/schemas/module_def.fbs").read_text()

CLASSES: dict[str, ModuleType] = {
    "Driver": driver,
    "HostDevice": device,
    "Allocator": allocator,
    "Buffer": buffer,
    "HostCommandBuffer": command_buffer,
    "HostCommandQueue": command_queue,
    "ExecutableCache": executable_cache,
}


def rows(text: str, name: str) -> list[list[str]]:
    """The rows of a table whose first cell is `name`, as cells."""
    return [line.split("|")[1:-1] for line in text.splitlines() if line.startswith(f"| `{name}` |")]


def test_excerpts_are_the_drivers_own() -> None:
    excerpts = re.findall(r"^```python\n(.*?)^```$", ADD_A_DRIVER, re.MULTILINE | re.DOTALL)
    code = inspect.getsource(bytes_driver) + inspect.getsource(bytes_driver_test)
    assert len(excerpts) > 5
    for excerpt in excerpts:
        assert excerpt in code, excerpt


@pytest.mark.parametrize("name", CLASSES)
def test_every_hook_is_listed(name: str) -> None:
    ((_, implement, where_needed),) = rows(ADD_A_DRIVER, name)
    cls = getattr(CLASSES[name], name)
    assert set(re.findall(r"`(\w+)`", implement)) == cls.__abstractmethods__
    for hook in re.findall(r"`(\w+)`", where_needed):
        assert inspect.isfunction(getattr(cls, hook))


@pytest.mark.parametrize("table", re.findall(r"^table (\w+)", SCHEMA, re.MULTILINE))
def test_every_table_of_the_definition_is_described(table: str) -> None:
    assert len(rows(MODULE_FILE, table)) == 1


def test_the_trailer_is_as_drawn() -> None:
    fields = re.findall(r"^\| (\d) \| `(\w+)`", MODULE_FILE, re.MULTILINE)
    *named, (size, magic) = [(int(size), name) for size, name in fields]
    assert [name for _, name in named] == list(file_format.Trailer._fields)
    assert magic.encode() == file_format.TRAILER_MAGIC
    assert size == len(magic)
    assert sum(size for size, _ in named) + size == file_format.TRAILER_SIZE
    packed = file_format.Trailer(*range(1, 5)).pack()
    for value, (size, _) in enumerate(named, 1):
        assert packed[:size] == value.to_bytes(size, "little")
        packed = packed[size:]


def test_every_format_is_listed() -> None:
    for format_ in file_format.ExecutableFormat:
        assert len(rows(MODULE_FILE, file_format.fourcc_text(format_))) == 1


def test_numbers_are_the_codes() -> None:
    assert f"bytes 4 to 7 are `{file_format.MODULE_IDENTIFIER.decode()}`" in MODULE_FILE
    assert f"the next multiple of {file_format.PAGE_SIZE}," in MODULE_FILE
    assert f"executables, each at a multiple of {file_format.EXECUTABLE_ALIGNMENT} bytes" in MODULE_FILE
    assert f"constants, each at a multiple of {file_format.CONSTANT_ALIGNMENT} bytes" in MODULE_FILE
    assert f"| end - {file_format.TRAILER_SIZE} |" in MODULE_FILE
    assert f"`format_version` ({file_format.FORMAT_VERSION})" in MODULE_FILE
    assert f"for up to {module.CHECKED_WHOLE_UP_TO >> 20} MiB" in MODULE_FILE
