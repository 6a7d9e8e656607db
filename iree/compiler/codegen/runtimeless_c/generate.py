"""A program at ll-seq as one C file and its header.

    generate(module, "mlp", "mlp.mlir", COptions())     Sources(header, source)

CompileError: what C99 without a runtime cannot do, with its place in the user's program and what to do about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.codegen.runtimeless_c import arena, helpers, own_math
from iree.compiler.codegen.runtimeless_c.constants import ALIGNED, LITTLE_ENDIAN, Constants, array_text
from iree.compiler.codegen.runtimeless_c.functions import FunctionWriter, Program, kernel_of
from iree.compiler.codegen.runtimeless_c.half_weights import halve_weights
from iree.compiler.codegen.runtimeless_c.includes import standard_includes
from iree.compiler.codegen.runtimeless_c.interface import Export, Interface
from iree.compiler.codegen.runtimeless_c.kernel import wrapped
from iree.compiler.codegen.runtimeless_c.kernels import write_kernels
from iree.compiler.codegen.runtimeless_c.names import Names, identifier
from iree.compiler.codegen.runtimeless_c.options import COptions
from iree.compiler.codegen.runtimeless_c.reserved_names import LIBRARY
from iree.compiler.codegen.runtimeless_c.weights import described_weights
from iree.compiler.dialects import iree, ll_seq
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.rewriting import ops_of


@dataclass(frozen=True)
class Sources:
    """The texts of NAME.h and NAME.c, the bytes of NAME.weights if there are such, and what they export.

    `arena`: bytes of memory that calls work in.
    """

    header: str
    source: str
    weights: bytes
    exports: Sequence[Export]
    arena: int


def generate(module: ModuleOp, name: str, origin: str, options: COptions) -> Sources:
    """The C of a program. `name`: what files are called, and functions if C can; `origin`: what it was made from."""
    return _Generation(module, name, origin, options).sources()


class _Generation:
    def __init__(self, module: ModuleOp, file: str, origin: str, options: COptions) -> None:
        self.file = file
        self.name = name = identifier(file)
        self.options = options
        self.origin = origin.replace("*/", "* /")
        self.names = Names({*LIBRARY, *helpers.HELPERS, *own_math.OWN, "arena", "weights", f"{name}_reset"})
        self.interface = Interface(module, file, self.names, {"arena", "weights"})
        self.exports, self.signatures = self.interface.exports, self.interface.signatures
        if options.half_weights:
            halve_weights(list(self.interface.functions.values()))
        self.writers = {own: FunctionWriter(function) for own, function in self.interface.functions.items()}
        self.globals = ops_of(module, iree.Global)
        self.variables = {variable.sym_name.data: self.names.new(variable.sym_name.data) for variable in self.globals}
        self.constants = Constants(self.names, options.external_weights)
        self.given = {
            **({"arena": "unsigned char *arena"} if options.external_arena else {}),
            **({"weights": "const unsigned char *weights"} if options.external_weights else {}),
        }
        self.order = self._order()
        called = [self.writers[name].function for name in self.order]
        uses = [kernel_of(op) for function in called for op in ops_of(function, ll_seq.StaticDispatch)]
        kernels = write_kernels(module, self.names, uses, options)
        self.program = Program(list(self.given), self.signatures, kernels, self.variables, self.constants, self.names)
        self.functions = self._functions()

    def _order(self) -> list[str]:
        """The functions that exports need, each after those that it calls; a counted loop needs no condition."""
        order: list[str] = []

        def visit(name: str) -> None:
            if name not in order:
                for callee in self.writers[name].calls:
                    visit(callee)
                order.append(name)

        for function in self.exports:
            visit(function.sym_name.data)
        return order

    def _functions(self) -> str:
        calls = {name: writer.calls for name, writer in self.writers.items()}
        frames = {name: writer.frame for name, writer in self.writers.items()}
        bases = arena.bases(frames, calls, [function.sym_name.data for function in self.exports])
        self.arena = max((bases[name] + frames[name].size for name in frames), default=0)
        return "\n".join(self.writers[name].write(self.program, bases[name], self._head(name)) for name in self.order)

    def _head(self, name: str) -> str:
        signature = self.signatures[name]
        parameters = list(self.given.values())
        parameters += self.interface.parameters(name)
        static = "" if self.writers[name].function in self.exports else "static "
        return wrapped(f"{static}void {signature.name}(", parameters, ")")

    # The files.

    def sources(self) -> Sources:
        """The files."""
        kernels = "\n".join(kernel.text for kernel in self.program.kernels.values() if kernel.written)
        code = "\n".join(filter(None, [kernels, self._reset(), self.functions]))
        own = own_math.used_by(code) if self.options.restrict_math else []
        code = "\n".join([*own, code])
        used = helpers.definitions({name for name in helpers.HELPERS if f"{name}(" in code})
        state = self._state()
        data = [*self.constants.definitions(), *state]
        head = [
            f"/* {self.file}.c: {self.origin} in C99, made by iree-translate --to=c; see {self.file}.h */\n"
            f'#include "{self.file}.h"\n',
            standard_includes(used + code, data, self.options),
            ALIGNED if data else "",
            LITTLE_ENDIAN if self.options.external_weights else "",
        ]
        source = "\n".join(filter(None, [*head, used, *data, code]))
        return Sources(self._header(), source, self.constants.weights(), self.interface.listed(), self.arena)

    def _state(self) -> list[str]:
        """The arena, the variables, and what they start with where that is not zero."""
        found = []
        if self.arena and not self.options.external_arena:
            found.append(f"static unsigned char arena[{self.arena}] ALIGNED;\n")
        for variable in self.globals:
            name = self.variables[variable.sym_name.data]
            if array_of(variable.value).any():
                self.constants.add(variable.value, f"{name}_start")
            found.append(f"static {array_text(name, variable.value)}")
        return found

    def _reset(self) -> str:
        if not self.globals:
            return ""
        lines = [f"{self._reset_head()} {{"]
        for variable in self.globals:
            name = self.variables[variable.sym_name.data]
            if array_of(variable.value).any():
                start = self.constants.add(variable.value, f"{name}_start")
                place = f"weights + {start.offset}" if self.options.external_weights else start.name
                lines.append(f"  memcpy({name}, {place}, sizeof {name});")
            else:
                lines.append(f"  memset({name}, 0, sizeof {name});")
        if self.options.external_weights and not any("weights" in line for line in lines[1:]):
            lines.append("  (void)weights;")
        return "\n".join([*lines, "}", ""])

    def _reset_head(self) -> str:
        return f"void {self.name}_reset({self.given.get('weights', 'void')})"

    def _header(self) -> str:
        said = (
            f"{self.origin} in C99, made by iree-translate --to=c.\n\n"
            "   Arrays are row-major, aligned to 8 bytes, and must not overlap.\n"
            "   Calls share memory: make one at a time."
        )
        if self.options.half_weights:
            said += "\n   Weights are kept as IEEE halves: each is off by at most 1/2048 of itself, or by 3e-8."
        parts = [
            f"/* Bytes of memory that calls work in: {self._arena_place()}. */\n"
            f"#define {self.name.upper()}_ARENA_BYTES {self.arena}\n",
        ]
        if self.options.external_weights:
            parts.append(described_weights(self.constants, self.file))
        if self.globals:
            parts.append(f"/* Gives all variables the values that they start with. */\n{self._reset_head()};\n")
        for function in self.exports:
            parts.append(f"/* {self.interface.described(function)} */\n{self._head(function.sym_name.data)};\n")
        return self.interface.header(said, "#include <stdint.h>", parts)

    def _arena_place(self) -> str:
        return "what arena points to, aligned to 64" if self.options.external_arena else f"part of {self.file}.c"
