"""The executables of a program for the CPU: one C99 file, with a function for each entry point that the HAL calls.

void mlp_cpu_f_rgn_dispatch_0(void *const *bindings, const int64_t *sizes) {
  (void)sizes;
  f_rgn_dispatch_0(bindings[0], bindings[1], bindings[2]);
}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp

from iree.compiler.codegen.runtimeless_c import helpers
from iree.compiler.codegen.runtimeless_c.buffers import check_buffers
from iree.compiler.codegen.runtimeless_c.functions import kernel_of
from iree.compiler.codegen.runtimeless_c.includes import standard_includes
from iree.compiler.codegen.runtimeless_c.kernel import Kernel, wrapped
from iree.compiler.codegen.runtimeless_c.kernels import Use, write_kernels
from iree.compiler.codegen.runtimeless_c.names import Names
from iree.compiler.codegen.runtimeless_c.options import COptions
from iree.compiler.codegen.runtimeless_c.reserved_names import LIBRARY
from iree.compiler.dialects import ll_seq
from iree.compiler.ir.rewriting import ops_of


@dataclass(frozen=True)
class CpuKernels:
    """The text of the file, and for each executable and entry point the function that runs it."""

    text: str
    functions: Mapping[tuple[str, str], str]


def cpu_kernels(module: ModuleOp, name: str) -> CpuKernels:
    """The kernels of a program at ll-seq. CompileError: what C has no form for."""
    for function in ops_of(module, FuncOp):
        if function.parent_op() is module:
            check_buffers(function)
    names = Names({*LIBRARY, *helpers.HELPERS})
    uses = [kernel_of(op) for op in ops_of(module, ll_seq.StaticDispatch)]
    kernels = write_kernels(module, names, uses, COptions())
    by_entry: dict[tuple[str, str], list[Use]] = {}
    for use in kernels:
        by_entry.setdefault((use.executable, use.function), []).append(use)
    functions = {entry: names.new(f"{name}_cpu_{entry[1]}") for entry in by_entry}
    bodies = [kernel.text for kernel in kernels.values() if kernel.written]
    bodies += [_function(functions[entry], {use: kernels[use] for use in uses}) for entry, uses in by_entry.items()]
    code = "\n".join(bodies)
    used = helpers.definitions({helper for helper in helpers.HELPERS if f"{helper}(" in code})
    head = f"/* The kernels of {name} for the CPU, made by iree-translate --to=hal-cpp. */\n"
    includes = f"#include <stdint.h>\n{standard_includes(used + code, (), COptions())}"
    return CpuKernels("\n".join(filter(None, [head + includes, used, code])), functions)


def _function(name: str, uses: Mapping[Use, Kernel]) -> str:
    """What the HAL calls: the kernel for those bindings that are one buffer."""
    by_sharing = sorted(uses.items(), key=lambda item: -_shared(item[0].sharing))
    lines = [f"void {name}(void *const *bindings, const int64_t *sizes) {{", "  (void)sizes;"]
    for number, (use, kernel) in enumerate(by_sharing):
        call = wrapped(f"{kernel.name}(", [f"bindings[{place}]" for place in kernel.used], ");")
        call = call if kernel.written else "(void)bindings;"
        if number < len(by_sharing) - 1:
            same = [f"bindings[{a}] == bindings[{b}]" for a, b in enumerate(use.sharing) if a != b]
            lines += [f"  if ({' && '.join(same)}) {{", f"    {call}", "    return;", "  }"]
        else:
            lines.append(f"  {call}")
    declared = f"void {name}(void *const *bindings, const int64_t *sizes);"
    return "\n".join([declared, *lines, "}", ""])


def _shared(sharing: Sequence[int]) -> int:
    return sum(number != first for number, first in enumerate(sharing))
