"""The whole file: what it imports, the helpers that it needs, and the class of the module."""

from iree.compiler.codegen.hal.names import class_name
from iree.compiler.codegen.hal.program import Program, Storage
from iree.compiler.codegen.hal.scope import Scope
from iree.compiler.codegen.hal_python.exports import methods, write_exports
from iree.compiler.codegen.hal_python.prelude import CALL, CALL_HOST, constants, has, imports
from iree.compiler.codegen.hal_python.setup import setup_lines
from iree.compiler.codegen.hal_python.source import call, comment, docstring, layout, row, text_literal
from iree.compiler.codegen.hal_python.types import constant_name, length_text
from iree.schemas.element_types import ELEMENT_TYPES
from iree.schemas.file_format import ExecutableFormat

_IN = "        "


def write_module(program: Program, origin: str) -> str:
    """The Python source of a module."""
    scope = Scope(program.spelling, program.attributes)
    classes = write_exports(program, scope)
    name = f"{class_name(program.name)}Module"
    body = [*classes, *_class(program, scope, name)]
    text = "\n".join(body)
    helpers = [helper for name, helper in (("_Call", CALL), ("_call_host", CALL_HOST)) if has(text, name)]
    text = "\n\n".join([*helpers, text])
    values = constants(text)
    for of in ELEMENT_TYPES:
        if has(text, constant_name(of)):
            values.append(f'{constant_name(of)} = element_types.from_name("{of.name}")')
    text = "\n".join([*values, "", "", text])
    first = f'Module "{program.name}" as a class over iree.hal, made of {origin} by iree-translate --to=hal-python.'
    second = "Its executables and constants lie in the module file that was written with it, under the same name."
    return "\n".join([*docstring("", first, second), "", imports(text), "", text]) + "\n"


def _class(program: Program, scope: Scope, name: str) -> list[str]:
    said = f'Module "{program.name}" on one device; not for use by two threads at once.'
    how = (
        "An asynchronous call begins when its wait_semaphores have their values, and signals the others and its fence"
        " when it is done. InvalidArgument: arrays or buffers of other types or sizes. HalError: what the device failed"
        " with."
    )
    lines = [f"class {name}:", *docstring("    ", said, how), "", *_init(program, scope), "", *_create(program)]
    for method in methods(scope):
        lines += ["", *method]
    return lines


def _init(program: Program, scope: Scope) -> list[str]:
    has_calls = bool(program.custom_calls)
    parameter = ", custom_calls: Mapping[str, Callable[..., Any]]" if has_calls else ""
    lines = [f"    def __init__(self, device: Device, contents: memoryview{parameter}):"]
    lines += docstring(_IN, "Prepares executables, constants and transient buffers. `contents`: of the module file.")
    lines += [f"{_IN}self.device = device", f"{_IN}self._fence, self._calls = device.create_fence(), 0"]
    if has_calls:
        lines.append(f"{_IN}self.custom_calls = custom_calls")
    lines += _executables(program)
    variables = _variables(program)
    if program.setup:
        segment = program.contents.constants
        lines.append(f"{_IN}constant = Constants(device, contents[{segment.start}:{segment.end}]).at")
    return [*lines, *setup_lines(program.setup), *variables, *setup_lines(scope.setup)]


def _executables(program: Program) -> list[str]:
    if not program.executables:
        return []
    lines = [f"{_IN}cache = device.create_executable_cache()"]
    for name, attribute in program.executables.items():
        specs = []
        for variant in program.contents.executables[name].variants:
            part = f"contents[{variant.part.start}:{variant.part.end}]"
            format_ = f"ExecutableFormat.{ExecutableFormat(variant.fourcc).name}"
            specs.append(call("ExecutableSpec", format_, part, text_literal(name)))
        lines += layout(_IN, f"self.{attribute} = ", call("cache.prepare_first", *specs))
    return lines


def _variables(program: Program) -> list[str]:
    lines = []
    for name, variable in program.variables.items():
        if variable.storage is Storage.CONSTANT:
            continue
        first = program.contents.constants.start + variable.initial.start
        lines += comment(_IN, f"Matches IR: iree.global @{name}, which starts with what the file holds.")
        length = length_text(variable.type)
        attribute = f"self.{variable.attribute}"
        lines.append(f"{_IN}{attribute} = device.allocator.allocate({length})")
        lines.append(f"{_IN}{attribute}.write(contents[{first}:{first + variable.initial.length}])")
        if variable.copy:
            lines.append(f"{_IN}self.{variable.copy} = device.allocator.allocate({length})")
    return lines


def _create(program: Program) -> list[str]:
    has_calls = bool(program.custom_calls)
    arguments = ["cls", "device: Device", *["custom_calls: Mapping[str, Callable[..., Any]]"] * has_calls]
    lines = ["    @classmethod"]
    head = f"    def create({', '.join(arguments)}, file: Path = MODULE_FILE) -> Self:"
    said = "The module on `device`. InvalidArgument: the wrong file, or nothing in it that the device runs."
    more = ["NotFound: `custom_calls`, functions of the host by their names, lacks one."] * has_calls
    lines += [head, *docstring(_IN, said, *more)]
    lines += [
        f'{_IN}contents = np.memmap(file, np.uint8, "r").data',
        f"{_IN}if zlib.crc32(contents) != {program.contents.crc}:",
        f'{_IN}    raise InvalidArgument(f"{{file}} was not written with {{__file__}}: translate again")',
    ]
    if has_calls:
        names = row(*map(text_literal, program.custom_calls))
        lines += layout(_IN, "missing = ", f"[name for name in {names.flat} if name not in custom_calls]")
        lines += [f"{_IN}if missing:", f"{_IN}    raise NotFound(f\"custom_calls has no {{', '.join(missing)}}\")"]
    return [*lines, f"{_IN}return cls(device, contents{', custom_calls' * has_calls})"]
