r"""Prints what a module file holds: sizes, functions and executables with their code and where it came from.

dump_module math.emod
dump_module --json math.emod | jq '.functions[].name'
dump_module --commands math.emod                       what a call of each exported function records and submits
"""

import json
from collections.abc import Iterator

from absl import flags

from iree.runtime.vm.bytecode_dispatch import plan_function
from iree.runtime.vm.checked_bytes import Check
from iree.runtime.vm.module import VmModule
from iree.tools import command_line
from iree.tools.command_text import command_lines
from iree.tools.module_description import Description, describe_module

_JSON = flags.DEFINE_bool("json", False, "Print JSON instead of text.")
_COMMANDS = flags.DEFINE_bool("commands", False, "Print what a call records: commands, what they touch, barriers.")
_SIZES = flags.DEFINE_list("sizes", [], "With --commands: the sizes that the call chooses, in order: --sizes=4,8.")
_VERIFY = flags.DEFINE_bool("verify", True, "Check the whole file first, however large it is.")


def run(arguments: list[str]) -> None:
    """The tool. UsageError: not one file. HalError: not a module, or damaged."""
    if len(arguments) != 1:
        raise command_line.UsageError("name one module file: dump_module math.emod")
    module = VmModule.mmap(
        command_line.user_path(arguments[0]), check=Check.AT_ONCE if _VERIFY.value else Check.WHEN_USED
    )
    if _COMMANDS.value:
        print("\n".join(_commands(module)))
        return
    description = describe_module(module)
    print(json.dumps(description, indent=2) if _JSON.value else "\n".join(to_text(description)))


def _commands(module: VmModule) -> Iterator[str]:
    """What a call of each exported function records and submits. HalError: a function is damaged."""
    for name, ordinal in module.exports.items():
        count = module.functions[ordinal].symbol_count
        if count and len(_SIZES.value) != count:
            yield f"commands of @{name}: they depend on sizes; give them: --sizes={','.join(['4'] * count)}"
            continue
        sized = module.at(ordinal, tuple(map(_size, _SIZES.value))) if count else module
        yield f"commands of @{name}"
        yield from (f"  {line}" for line in command_lines(sized, plan_function(sized, ordinal)))


def _size(text: str) -> int:
    if not text.isdecimal():
        raise command_line.UsageError(f"--sizes={','.join(_SIZES.value)} are not sizes: --sizes=4,8")
    return int(text)


def to_text(module: Description) -> Iterator[str]:
    """The description as lines."""
    size = module["bytes"]
    yield f"module {module['name']}: format {module['format_version']}, made by {module['producer'] or 'unknown'}"
    parts = ", ".join(f"{part} {length}" for part, length in size.items() if part != "file")
    yield f"  file {size['file']} bytes: {parts}"
    if module["imports"]:
        yield f"  calls the host's {_list(module['imports'])}"
    for function in module["functions"]:
        arguments = ", ".join(f"{argument['name']}: {argument['type']}" for argument in function["arguments"])
        yield ""
        kind = "export" if function["exported"] else "function"
        yield f"{kind} @{function['name']}({arguments}) -> ({_list(function['results'])})"
        yield from _instructions(function["instructions"], "  ")
    for ordinal, constant in enumerate(module["constants"]):
        yield from ([""] if ordinal == 0 else [])
        yield f"constant {ordinal}: {constant['type']}, {constant['bytes']} bytes"
    for ordinal, variable in enumerate(module["variables"]):
        yield from ([""] if ordinal == 0 else [])
        yield f"variable @{variable['name']}: {variable['type']}, starts as constant {variable['initial']}"
    for executable in module["executables"]:
        yield ""
        yield f"executable @{executable['name']}: {_list(executable['entry_points'])}"
        for variant in executable["variants"]:
            yield from _variant(variant)


def _variant(variant: Description) -> Iterator[str]:
    yield f"  {variant['format']}, {variant['bytes']} bytes"
    if "error" in variant:
        yield f"    cannot be read: {variant['error']}"
    for function in variant.get("functions", ()):
        arguments = ", ".join(f"%{i}: {of}" for i, of in enumerate(function["arguments"]))
        yield f"    @{function['name']}({arguments})"
        yield from _instructions(function["instructions"], "      ")
    if "spirv_version" in variant:
        yield f"    needs SPIR-V {variant['spirv_version']}"
        for what in ("capabilities", "extensions"):
            yield f"    needs {what} {_list(variant[what]) or 'none'}"
        yield f"    needs subgroup size {variant['subgroup_size'] or 'any'}"
    for entry in variant.get("entry_points", ()):
        yield (
            f"    @{entry['name']}: {entry['bindings']} bindings, workgroups of {_times(entry['workgroup_size'])} "
            f"for {_times(entry['workgroup_tile'])} elements, {entry['shared_memory_bytes']} bytes shared"
        )
    if "disassembly" in variant:
        text = variant["disassembly"] or "(install spirv-tools to see the code)"
        yield from (f"      {line}" for line in text.splitlines())


def _instructions(instructions: list[Description], indent: str) -> Iterator[str]:
    width = max((len(instruction["text"]) for instruction in instructions), default=0)
    for instruction in instructions:
        location = f"  // {instruction['location']}" if instruction["location"] else ""
        yield f"{indent}{instruction['offset']:5}  {instruction['text']:{width}}{location}".rstrip()


def _list(items: list[str]) -> str:
    return ", ".join(items)


def _times(sizes: list[int]) -> str:
    return "x".join(map(str, sizes))


def main() -> None:
    """The tool iree-dump-module."""
    command_line.main(run)


if __name__ == "__main__":
    main()
