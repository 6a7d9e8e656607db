"""The header and the source of a module's class."""

from collections.abc import Mapping, Sequence

from iree.compiler.codegen.hal import names as naming
from iree.compiler.codegen.hal.export import Export, export_name, write_export
from iree.compiler.codegen.hal.program import Program, Storage, Variable
from iree.compiler.codegen.hal.scope import Scope
from iree.compiler.codegen.hal.statements import FunctionMethod, RecordMethod
from iree.compiler.codegen.hal_cpp.export import declarations, definitions, views_declaration
from iree.compiler.codegen.hal_cpp.methods import (
    HAL,
    function_declaration,
    function_definition,
    record_declaration,
    record_definition,
)
from iree.compiler.codegen.hal_cpp.setup import setup_declarations, setup_lines
from iree.compiler.codegen.hal_cpp.source import comment, layout, text_literal
from iree.compiler.codegen.hal_cpp.types import braces, length_text
from iree.compiler.codegen.runtimeless_c.names import identifier

_IN = "  "


class ModuleClass:
    """The class of a module. `kernels`: for each executable, its functions for the CPU by entry point.

    `spirv`: for each executable that Vulkan runs, the object that holds its code.
    """

    def __init__(
        self,
        program: Program,
        file_name: str,
        origin: str,
        kernels: Mapping[str, Sequence[str]],
        spirv: Mapping[str, str],
    ):
        self.program = program
        self.file_name = file_name
        self.origin = origin
        self.kernels = kernels
        self.spirv = spirv
        self.name = f"{naming.class_name(program.name)}Module"
        self.scope = Scope(program.spelling, program.attributes)
        self.exports = [
            write_export(program, self.scope, function, export_name(program, function)) for function in program.exports
        ]

    @property
    def has_constants(self) -> bool:
        """Whether the object reads a file of constants."""
        return bool(self.program.setup or self._stored())

    # The header.

    def header(self) -> str:
        """NAME.h."""
        guard = f"{identifier(self.file_name).upper()}_H_"
        said = f'Module "{self.program.name}" as a class over iree/hal/c++, made of {self.origin} by iree-translate'
        lines = [
            *comment("", f"{said} --to=hal-cpp."),
            "",
            f"#ifndef {guard}",
            f"#define {guard}",
            "",
            "#include <array>",
            "#include <optional>",
            "",
            '#include "iree/hal/c++/module.h"',
            "",
            *self._class(),
            "",
            f"#endif  // {guard}",
        ]
        return "\n".join(lines) + "\n"

    def _class(self) -> list[str]:
        said = f'Module "{self.program.name}" on one device; not for use by two threads at once.'
        how = (
            "Arrays lie row by row. An asynchronous call begins when its wait_semaphores have their values, and signals"
            " the others and its fence when it is done. HalError: buffers of other types or sizes; what the device"
            " failed with."
        )
        lines = [*comment("", said, how), f"class {self.name} {{", " public:"]
        fails = "nothing in it that the device runs"
        fails += "; the file of its constants is missing, or another one." * self.has_constants or "."
        lines += comment(_IN, f"Prepares executables, constants and transient buffers. HalError: {fails}")
        lines += layout(_IN, f"explicit {self.name}(", self._parameters(HAL, default=True), ");")
        lines += [f"{_IN}{self.name}(const {self.name} &) = delete;"]
        lines += [f"{_IN}{self.name} &operator=(const {self.name} &) = delete;"]
        for export in self.exports:
            lines += ["", *declarations(export)]
        lines += ["", " private:"]
        for method in self.scope.methods:
            match method:
                case RecordMethod():
                    lines += record_declaration(method)
                case FunctionMethod():
                    lines += function_declaration(method)
        return [*lines, "", *self._attributes(), "};"]

    def _attributes(self) -> list[str]:
        lines = [
            f"{_IN}std::shared_ptr<{HAL}Device> _device;",
            f"{_IN}std::shared_ptr<{HAL}Fence> _fence;",
            f"{_IN}uint64_t _calls = 0;",
        ]
        lines += [f"{_IN}std::shared_ptr<{HAL}Executable> {name};" for name in self.program.executables.values()]
        lines += setup_declarations(self.program.setup)
        for variable in self._stored():
            lines += [f"{_IN}{HAL}Buffer {name};" for name in (variable.attribute, variable.copy) if name]
        lines += setup_declarations(self.scope.setup)
        return [*lines, *(line for export in self.exports for line in views_declaration(export))]

    # The source.

    def source(self) -> str:
        """NAME.cc."""
        said = f'Module "{self.program.name}" over iree/hal/c++, made of {self.origin} by iree-translate --to=hal-cpp'
        lines = [*comment("", f"{said}; see {self.file_name}.h."), "", f'#include "{self.file_name}.h"', ""]
        lines += self._kernels()
        lines += ["using namespace iree::hal;", "", *self._constructor()]
        for method in self.scope.methods:
            match method:
                case Export():
                    lines += ["", *definitions(method, self.name)]
                case RecordMethod():
                    lines += ["", *record_definition(method, self.name)]
                case FunctionMethod():
                    lines += ["", *function_definition(method, self.name)]
        return "\n".join(lines) + "\n"

    def _kernels(self) -> list[str]:
        lines = []
        functions = list(dict.fromkeys(name for names in self.kernels.values() for name in names))
        if functions:
            lines += [f"// Of {self.file_name}_cpu.c."]
            lines += ['extern "C" {', *(f"{HAL}CpuKernel {name};" for name in functions), "}", ""]
        if self.spirv:
            lines += [f"// Of {self.file_name}_vulkan.cc."]
            lines += [*(f"extern const {HAL}SpirvExecutable {name};" for name in self.spirv.values()), ""]
        return lines

    def _constructor(self) -> list[str]:
        lines = layout("", f"{self.name}::{self.name}(", self._parameters(), ")")
        lines.append("    : _device(std::move(device)), _fence(_device->create_fence()) {")
        if self.program.executables:
            lines.append(f"{_IN}auto cache = _device->create_executable_cache();")
        for name, attribute in self.program.executables.items():
            spirv = f"&{self.spirv[name]}" if name in self.spirv else "nullptr"
            spec = [text_literal(name), braces(self.kernels[name]), spirv]
            lines += layout(_IN, f"{attribute} = cache->prepare_first({{{{", spec, "}});")
        if self.has_constants:
            lines.append(f"{_IN}ConstantFile file(constants_file, {', '.join(self._file_facts())});")
        if self.program.setup:
            lines.append(f"{_IN}Buffer constants = file.wrap(_device->allocator());")
        lines += setup_lines(self.program.setup)
        for variable in self._stored():
            lines += self._variable(variable)
        return [*lines, *setup_lines(self.scope.setup), "}"]

    def _file_facts(self) -> tuple[str, str]:
        contents = self.program.contents
        return str(contents.constants.length), f"0x{contents.constants_crc:08x}u"

    def _variable(self, variable: Variable) -> list[str]:
        length, part, member = length_text(variable.type), variable.initial, self.program.spelling.member
        lines = comment(_IN, f"Matches IR: iree.global @{variable.attribute}, which starts with what the file holds.")
        lines.append(f"{_IN}{member(variable.attribute)} = _device->allocator().allocate({length});")
        lines.append(f"{_IN}{member(variable.attribute)}.write(file.at({part.start}), {part.length});")
        if variable.copy:
            lines.append(f"{_IN}{variable.copy} = _device->allocator().allocate({length});")
        return lines

    def _stored(self) -> list[Variable]:
        return [each for each in self.program.variables.values() if each.storage is not Storage.CONSTANT]

    def _parameters(self, hal: str = "", *, default: bool = False) -> list[str]:
        file = "const std::string &constants_file" + f" = {text_literal(f'{self.file_name}.weights')}" * default
        return [f"std::shared_ptr<{hal}Device> device", *[file] * self.has_constants]
