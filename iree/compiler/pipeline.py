"""Everything the compiler does, in order. The first file to read.

    importers -> mhlo -> dispatch-regions -> hl-seq -> ll-seq
              -> interp-executables -> spirv-executables -> final -> module

A stage is a row of passes and ends at a milestone: IR that stands by itself as text, so that compilation can stop there
and go on from there. The last milestone is not IR but the module file.
"""

import importlib
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TextIO

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp

from iree.compiler.dialects.iree import UNSPECIFIED, Executable, MultiArchExecutable
from iree.compiler.ir.diagnostics import CompileError, kinds_of, raise_all
from iree.compiler.ir.pass_manager import Pass, Timing, run_passes
from iree.compiler.ir.rewriting import erase, inherit, ops_of
from iree.compiler.ir.verifier import verify
from iree.compiler.targets.description import TargetDescription
from iree.compiler.targets.registry import create_targets, target_names
from iree.compiler.targets.target import Target
from iree.compiler.transforms.dispatch_regions.explanation import Explanation


@dataclass(frozen=True)
class Stage:
    """Passes, each with the reason it stands where it does, and the milestone they lead to."""

    milestone: str
    what: str
    passes: tuple[tuple[str, str], ...] = ()
    target: str | None = None  # the stage that compiles executables for this target instead of running passes


_INPUT = "iree.compiler.transforms.input"
_EXPAND = "iree.compiler.transforms.input.expand"
_COMMON = "iree.compiler.transforms.common"
_CONSTANTS = "iree.compiler.transforms.constants"
_REGIONS = "iree.compiler.transforms.dispatch_regions"
_HL_SEQ = "iree.compiler.transforms.hl_seq"
_LL_SEQ = "iree.compiler.transforms.ll_seq"

DISPATCH_REGIONS, LL_SEQ = "dispatch-regions", "ll-seq"
SPIRV_EXECUTABLES, FINAL, MODULE = "spirv-executables", "final", "module"

STAGES: tuple[Stage, ...] = (
    Stage(
        "mhlo",
        "the program as it was imported, in one op set",
        (
            (f"{_INPUT}.resolve_sizes:ResolveSizes", "what TensorFlow says of shapes in dialects of its own ends here"),
            (f"{_INPUT}.strip_annotations:StripAnnotations", "what frontends write beside a program says nothing"),
            (f"{_INPUT}.lower_checks:LowerChecks", "what a program expects of itself is the host's to compare"),
            (f"{_INPUT}.drop_ordering:DropOrdering", "nothing has side effects that could be ordered"),
            (f"{_INPUT}.call_decompositions:CallDecompositions", "what a composite op does is said by a function"),
            (f"{_INPUT}.mark_exports:MarkExports", "only what users can call has to stay"),
            (f"{_INPUT}.inline_calls:InlineCalls", "dispatches form within one function"),
            (f"{_INPUT}.drop_unreachable_functions:DropUnreachableFunctions", "what was inlined everywhere"),
            (f"{_INPUT}.dissolve_tuples:DissolveTuples", "values are tensors"),
            (f"{_EXPAND}.expand_lapack_calls:ExpandLapackCalls", "no host has to have LAPACK"),
            (f"{_EXPAND}.expand_rng:ExpandRng", "numbers that differ from call to call are drawn from a variable"),
            (f"{_INPUT}.resolve_globals:ResolveGlobals", "what never changes is a constant"),
            (
                f"{_INPUT}.resolve_sizes:ResolveSizes",
                "and what JAX hands on; every size is an integer now",
            ),
            (f"{_COMMON}.dce:Dce", "what is not computed need not be supported"),
            (f"{_INPUT}.lower_quantized_types:LowerQuantizedTypes", "integers are what holds quantized numbers"),
            (f"{_INPUT}.check_input:CheckInput", "refuse the user's own ops, all in one report, before they change"),
            (f"{_EXPAND}.expand_broadcasting_ops:ExpandBroadcastingOps", "CHLO's ops are made of others"),
            (f"{_EXPAND}.expand_batch_norm:ExpandBatchNorm", "arithmetic that fuses with what is around it"),
            (f"{_EXPAND}.expand_einsum:ExpandEinsum", "there is one kind of contraction"),
            (f"{_EXPAND}.expand_fft:ExpandFft", "products with matrices of roots of unity"),
            (f"{_EXPAND}.expand_linear_algebra:ExpandLinearAlgebra", "loops over rows and columns"),
            (f"{_EXPAND}.expand_random_bits:ExpandRandomBits", "integer arithmetic, the same bits on every target"),
            (f"{_EXPAND}.expand_special_functions:ExpandSpecialFunctions", "targets have the elementary ones"),
            (f"{_INPUT}.isolate_bodies:IsolateBodies", "what has a body can then be replaced by other ops"),
            (f"{_INPUT}.canonicalize_input:CanonicalizeInput", "one way to say each thing"),
            (
                f"{_EXPAND}.expand_select_and_scatter:ExpandSelectAndScatter",
                "first windows, then elements in them",
            ),
            (f"{_EXPAND}.expand_sort:ExpandSort", "one dispatch finds the order, others read in it"),
            (f"{_INPUT}.fold_trivial_ops:FoldTrivialOps", "ops that change nothing must not break up dispatches"),
            (f"{_CONSTANTS}.fold_constants:FoldConstants", "what is known when compiling is computed once"),
            (f"{_CONSTANTS}.fold_scales:FoldScales", "weights can take over what is done to each result"),
            (f"{_CONSTANTS}.pack_weights:PackWeights", "no run has to turn weights"),
            (
                f"{_INPUT}.simplify_control_flow:SimplifyControlFlow",
                "each branch and each turn of a loop may have to wait",
            ),
            (f"{_COMMON}.cse:Cse", "compute once what the program says twice"),
            (f"{_COMMON}.dce:Dce", "what folding and sharing left without users"),
        ),
    ),
    Stage(
        DISPATCH_REGIONS,
        "what runs as one dispatch, still on tensors",
        (
            (f"{_REGIONS}.split_large_contractions:SplitLargeContractions", "nothing waits longer than it may"),
            (f"{_REGIONS}.split_concatenations:SplitConcatenations", "a dispatch may use only so many buffers"),
            (f"{_REGIONS}.pad_convolutions:PadConvolutions", "padding tested at each place keeps results apart"),
            (f"{_REGIONS}.split_reductions:SplitReductions", "one result is the work of one invocation"),
            (f"{_INPUT}.legalize_to_std:LegalizeToStd", "targets know arith and math; what has no twin stays"),
            (f"{_REGIONS}.identify_dispatch_regions:IdentifyDispatchRegions", "decide what runs together"),
            (f"{_COMMON}.cse:Cse", "regions of one workload then share its constant"),
            (f"{_REGIONS}.rematerialize_dispatch_constants:RematerializeDispatchConstants", "splats are free inside"),
            (
                f"{_REGIONS}.combine_dispatch_regions:CombineDispatchRegions",
                "launches cost more than small dispatches",
            ),
            (f"{_COMMON}.dce:Dce", "constants that moved into all their users"),
        ),
    ),
    Stage(
        "hl-seq",
        "executables apart from the order in which the host dispatches them",
        (
            (f"{_HL_SEQ}.outline_dispatch_regions:OutlineDispatchRegions", "isolate the work from its dispatch"),
            (f"{_HL_SEQ}.outline_control_flow:OutlineControlFlow", "instructions stand in rows: bodies are functions"),
            (f"{_HL_SEQ}.lower_to_hl_seq:LowerToHlSeq", "functions pass buffers, no longer tensors"),
            (f"{_HL_SEQ}.deduplicate_executables:DeduplicateExecutables", "targets compile equal executables once"),
        ),
    ),
    Stage(
        LL_SEQ,
        "one op for each instruction of the host",
        (
            (f"{_LL_SEQ}.make_static_dispatch:MakeStaticDispatch", "workloads are known: shapes are static"),
            (f"{_LL_SEQ}.lower_to_ll_seq:LowerToLlSeq", "what is left has a twin"),
            (f"{_LL_SEQ}.assign_executable_workloads:AssignExecutableWorkloads", "targets compile for one workload"),
            (f"{_LL_SEQ}.order_dispatches:OrderDispatches", "what is independent runs at once"),
            (f"{_LL_SEQ}.store_in_place:StoreInPlace", "what a variable holds next has its place already"),
            (f"{_LL_SEQ}.plan_memory:PlanMemory", "what is not alive at once shares memory"),
            (f"{_LL_SEQ}.place_barriers:PlaceBarriers", "what shares memory has to wait, and nothing else"),
            (f"{_LL_SEQ}.prove_plan:ProvePlan", "a plan that is wrong would be a wrong result"),
            (f"{_LL_SEQ}.assign_function_ordinals:AssignFunctionOrdinals", "the module file refers by number"),
            (f"{_LL_SEQ}.assign_executable_ordinals:AssignExecutableOrdinals", "the same for executables"),
        ),
    ),
    Stage("interp-executables", "executables for the reference interpreter", target="interpreter-bytecode"),
    Stage(SPIRV_EXECUTABLES, "executables for Vulkan", target="vulkan-spirv"),
    Stage(
        FINAL,
        "every executable for every target, and what the host says in a few instructions",
        ((f"{_LL_SEQ}.outline_commands:OutlineCommands", "what is recorded once is one instruction of the host"),),
    ),
    Stage(MODULE, "the module file"),
)

MILESTONES: tuple[str, ...] = tuple(stage.milestone for stage in STAGES)


@dataclass(frozen=True)
class Options:
    """How to compile. Milestones are names from MILESTONES.

    `target_backends`: names of targets/registry.py.
    `print_ir_after`: names of passes after which the IR is printed to `out`; `print_ir_after_all`: after each.
    `verify_each`: check the module after each pass, not only after each stage.
    `explanation`: is told why dispatch regions are what they are.
    `buffer_alignment`: of buffers that share memory, in bytes.
    `max_dispatch_flops`: contractions and convolutions that take more operations are dispatched in parts.
    `extra_passes`: a milestone's name -> passes that run when it is reached.
    """

    target_backends: Sequence[str] = field(default_factory=target_names)
    compile_from: str = ""  # empty: from what the importer gives
    compile_to: str = "module"
    print_ir_after: Sequence[str] = ()
    print_ir_after_all: bool = False
    verify_each: bool = False
    extra_passes: dict[str, Sequence[Pass]] = field(default_factory=dict)
    timing: Timing | None = None
    explanation: Explanation | None = None
    max_dispatch_flops: int | None = None
    buffer_alignment: int = 64
    out: TextIO = sys.stderr


def run_pipeline(
    module: ModuleOp, options: Options, reached: Callable[[str, ModuleOp], None] = lambda *_: None
) -> None:
    """Takes `module` through the stages after `compile_from` up to `compile_to`, in place.

    `reached` is told every milestone and the module as it stands there. The milestone "module" is not IR: it is
    module_writer's, from what this function leaves at "final".
    CompileError: the program cannot be compiled; a milestone's or a target's name is unknown.
    """
    targets = create_targets(options.target_backends)
    refused: list[CompileError] = []
    verify(module)
    for stage in stages_between(options.compile_from, options.compile_to):
        if stage.milestone == MODULE:
            break
        if stage.target is not None:
            for target in targets:
                if target.name == stage.target:
                    refused += _compile_executables(module, target, options)
        elif stage.milestone == FINAL:
            _raise_refused(module, refused, options)
            _drop_templates(module)
        _run(module, [*_create(stage.passes, options), *options.extra_passes.get(stage.milestone, ())], options)
        reached(stage.milestone, module)
    _raise_refused(module, refused, options)


def stages_between(compile_from: str, compile_to: str) -> Sequence[Stage]:
    """The stages after milestone `compile_from` (empty: all) up to `compile_to`. CompileError: no such milestones."""
    for name in filter(None, (compile_from, compile_to)):
        if name not in MILESTONES:
            raise CompileError(f"there is no milestone {name!r}; there are: {', '.join(MILESTONES)}")
    first = MILESTONES.index(compile_from) + 1 if compile_from else 0
    last = MILESTONES.index(compile_to) + 1
    if compile_from and last < first:
        raise CompileError(
            f"milestone {compile_to!r} comes before {compile_from!r}; the order is: {', '.join(MILESTONES)}"
        )
    return STAGES[first:last]


def _compile_executables(module: ModuleOp, target: Target, options: Options) -> list[CompileError]:
    """Adds the target's translation to every executable; what it cannot compile."""
    errors: list[CompileError] = []
    for executable in ops_of(module, MultiArchExecutable):
        for template in executable.executables:
            if template.format.data == UNSPECIFIED:
                try:
                    executable.body.block.add_op(_translate(template, target, options))
                except CompileError as error:
                    note = f"  while compiling {executable.sym_name.data} for {target.name}"
                    for problem in error.problems:
                        problem.target = target.name
                        errors.append(problem.with_note(note))
    return errors


def _raise_refused(module: ModuleOp, refused: Sequence[CompileError], options: Options) -> None:
    """CompileError: all that some target refuses, and which targets compile the program."""
    if not refused:
        return
    refusing = list(dict.fromkeys(problem.target for problem in refused))
    able = [target for target in target_names() if target not in refusing and _compiles(module, target, options)]
    count, kinds = len(refused), len(kinds_of(refused))
    plural = f"{kinds} kind{'s' * (kinds != 1)} of problems in {count} places"
    parts = ["1 problem" if count == 1 else plural]
    for target in refusing:
        ops = Counter(problem.op or "other problems" for problem in refused if problem.target == target)
        parts.append(f"{target}: {', '.join(f'{op} ({count})' for op, count in ops.items())}")
    parts += [f'{target} compiles all of it: target_backends=["{target}"]' for target in able]
    try:
        raise_all(refused)
    except CompileError as error:
        raise error.with_note("; ".join(parts)) from None


def _compiles(module: ModuleOp, name: str, options: Options) -> bool:
    """Whether a target compiles every executable, whether or not it was asked for."""
    if name in options.target_backends:
        return True
    (target,) = create_targets([name])
    return not _compile_executables(module.clone(), target, options)


def _translate(template: Executable, target: Target, options: Options) -> Executable:
    inner = template.clone().body.block.first_op
    assert isinstance(inner, ModuleOp)
    inner.detach()
    _run(inner, target.passes, options)
    content = list(inner.ops)
    if len(content) == 1 and not isinstance(content[0], FuncOp):  # the format has a module op of its own
        content[0].detach()
        return inherit(Executable(target.executable_format, content), template)
    return inherit(Executable(target.executable_format, [inner]), template)


def _drop_templates(module: ModuleOp) -> None:
    for executable in ops_of(module, Executable):
        if executable.format.data == UNSPECIFIED:
            erase(executable)


def _run(module: ModuleOp, passes: Sequence[Pass], options: Options) -> None:
    run_passes(
        module,
        passes,
        verified=True,  # by the importer's check, and then after the passes before
        print_ir_after=options.print_ir_after,
        print_ir_after_all=options.print_ir_after_all,
        verify_each=options.verify_each,
        timing=options.timing,
        out=options.out,
    )


def _descriptions(options: Options) -> list[TargetDescription]:
    """What the targets cost and allow, within the bound of the options."""
    described = [target.description for target in create_targets(options.target_backends)]
    most = options.max_dispatch_flops
    return described if most is None else [replace(each, max_flops=most) for each in described]


def _create(passes: Sequence[tuple[str, str]], options: Options) -> list[Pass]:
    """The passes of a stage; those that have a field for it are told which targets the program is for."""
    created = []
    for path, _ in passes:
        module, _, name = path.partition(":")
        pass_ = getattr(importlib.import_module(module), name)()
        if hasattr(pass_, "target_backends"):
            pass_.target_backends = options.target_backends
        if hasattr(pass_, "targets"):
            pass_.targets = _descriptions(options)
        if hasattr(pass_, "alignment"):
            pass_.alignment = options.buffer_alignment
        if hasattr(pass_, "explanation"):
            pass_.explanation = options.explanation
        created.append(pass_)
    return created
