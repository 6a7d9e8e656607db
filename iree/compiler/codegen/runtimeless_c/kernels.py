"""The executables of a program as C functions, by way of the kernel form that compiled targets share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation

from iree.compiler.codegen.runtimeless_c.call_math import CallMath
from iree.compiler.codegen.runtimeless_c.kernel import Kernel, wrapped, write_kernel
from iree.compiler.codegen.runtimeless_c.names import Names
from iree.compiler.codegen.runtimeless_c.options import COptions
from iree.compiler.dialects import iree
from iree.compiler.ir.diagnostics import CompileError, raise_all
from iree.compiler.ir.location import location_text
from iree.compiler.ir.pass_manager import Pass, run_passes
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.kernels.expand_math import INTEGER_FUNCTIONS, ExpandMath
from iree.compiler.kernels.fuse_producers import FuseProducers
from iree.compiler.kernels.lower_to_linalg import LowerToLinalg
from iree.compiler.kernels.schedule_loops import ScheduleLoops
from iree.compiler.kernels.split_complex import SplitComplex
from iree.compiler.kernels.widen_accumulators import WidenAccumulators
from iree.compiler.kernels.widen_scalars import WidenScalars


@dataclass(frozen=True)
class Use:
    """A function of an executable, and how it is called: which bindings are one buffer, and which hold halves."""

    executable: str
    function: str
    sharing: tuple[int, ...]
    halves: frozenset[int]


def kernel_passes(options: COptions) -> Sequence[Pass]:
    """From tensor ops to loops over scalars that C has."""
    return (
        LowerToLinalg(),
        WidenAccumulators(),
        FuseProducers(),
        ExpandMath(frozenset(INTEGER_FUNCTIONS)),
        ScheduleLoops(options.parameters),
        SplitComplex(),
        WidenScalars(),
        *([CallMath()] if options.restrict_math else []),
    )


def write_kernels(module: ModuleOp, names: Names, uses: Sequence[Use], options: COptions) -> dict[Use, Kernel]:
    """Every executable of a module at ll-seq, for each way it is used. CompileError: all that C has no form for."""
    kernels: dict[Use, Kernel] = {}
    errors = []
    for executable in ops_of(module, iree.MultiArchExecutable):
        name = executable.sym_name.data
        for template in executable.executables:
            if template.format.data == iree.UNSPECIFIED:
                try:
                    kernels |= _write_executable(
                        template, names, [use for use in uses if use.executable == name], options
                    )
                except CompileError as error:
                    errors.append(error.with_note(f"  while writing the C of {name}"))
    raise_all(errors)
    return kernels


def _write_executable(
    template: iree.Executable, names: Names, uses: Sequence[Use], options: COptions
) -> dict[Use, Kernel]:
    inner = template.clone().body.block.first_op
    assert isinstance(inner, ModuleOp)
    inner.detach()
    sources = {function.sym_name.data: sources_of(function) for function in ops_of(inner, FuncOp)}
    run_passes(inner, kernel_passes(options), verified=True)
    functions = {function.sym_name.data: function for function in ops_of(inner, FuncOp)}
    found = {}
    for use in dict.fromkeys(uses):
        own = use.function
        kernel = write_kernel(functions[own], names.new(own), use.sharing, use.halves)
        found[use] = replace(kernel, text=_comment(sources[own]) + kernel.text)
    return found


def sources_of(function: FuncOp) -> list[str]:
    """The ops that a kernel is made of, and where the user wrote them."""
    ops = [op for op in function.body.block.ops if not isinstance(op, iree.LoadInput | iree.StoreOutput | iree.Return)]
    return list(dict.fromkeys(map(_source, (op for op in ops if not op.name.endswith(".constant")))))


def _source(op: Operation) -> str:
    place = location_text(op.location)
    return f"{op.name} at {place}" if place else op.name


def _comment(sources: Sequence[str]) -> str:
    texts = [text.replace("*/", "* /") for text in sources] or ["a copy"]
    return wrapped("/* ", texts, " */") + "\n"
