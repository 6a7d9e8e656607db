"""ExportWriter: an exported function as C: what is recorded at create, and what a call does with it.

    static void record_until(const program_model *model, VkCommandBuffer commands) { ... }

    memcpy(model->stage, x, 12);
    TRY(run(model, 0));
    while (model->stage[64]) TRY(run(model, 1));
    TRY(run(model, 2));
    memcpy(result0, model->stage + 128, 12);

What a function calls is written in its place, so that every buffer's place is known. All commands between two decisions
of the host are one command buffer. What a loop carries lies in one place, to which each turn brings its new values.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from xdsl.dialects.builtin import i1
from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation, SSAValue

from iree.compiler.codegen.runtimeless_c.buffers import bytes_of
from iree.compiler.codegen.runtimeless_c.plan import Plan
from iree.compiler.codegen.runtimeless_c_vulkan.decisions import Decisions
from iree.compiler.codegen.runtimeless_c_vulkan.places import Place
from iree.compiler.codegen.runtimeless_c_vulkan.program import ALIGNMENT, Program
from iree.compiler.codegen.runtimeless_c_vulkan.recording import Recording
from iree.compiler.dialects import ll_seq
from iree.compiler.dialects.buffers import buffer_type
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.diagnostics import fail
from iree.compiler.ir.location import location_text


@dataclass(frozen=True)
class _Scope:
    """One use of a function: where its frame begins, and where its values lie."""

    function: FuncOp
    plan: Plan
    base: int
    places: dict[SSAValue, Place]


class ExportWriter:
    """`recordings`: the command buffers in order; `body`: the statements of a call."""

    def __init__(self, program: Program, function: FuncOp, decision: Place, first: int) -> None:
        self.program = program
        self.function = function
        self.recordings: list[Recording] = []
        self.body: list[str] = []
        self._decisions = Decisions(program.interface.functions)
        self._decision = decision  # where the host reads what it has to decide by
        self._first = first  # number of a command buffer
        self._now = Recording()
        self._is_pending = False  # whether commands may run that the host has not waited for
        self._depth = 1

    def write(self, arguments: Sequence[Place], results: Sequence[Place]) -> None:
        """`arguments`, `results`: what calls bring and want, outside the model."""
        places = []
        frame = 0
        for argument, source in zip(self.function.body.block.args, arguments, strict=True):
            places.append(self.program.own(frame, bytes_of(argument)))
            frame += _aligned(bytes_of(argument))
            if argument.first_use is not None:
                self._now.copy(source, places[-1])
        values = self._use(self.function, places, frame)
        self._now.barrier()
        for value, target in zip(values, results, strict=True):
            self._now.copy(value, target)
        self._end(even_if_empty=self._is_pending or not self.recordings)

    # Functions.

    def _use(
        self, function: FuncOp, arguments: Sequence[Place], base: int, given: Sequence[Place] | None = None
    ) -> list[Place]:
        """Writes what a function does, with its frame at `base`. Where its results lie: at `given`, if that is said."""
        values = ll_seq.returned_by(function) if given is not None else {}
        plan = Plan(function, values, turns=1, alignment=ALIGNMENT)
        places: dict[SSAValue, Place] = dict(zip(function.body.block.args, arguments, strict=True))
        if given is not None:
            places |= {value: given[number] for value, number in values.items()}
        scope = _Scope(function, plan, base, places)
        self.program.own(base, plan.frame.size)
        for op in function.body.block.ops:
            self._op(scope, op)
        last = function.body.block.last_op
        assert isinstance(last, ll_seq.Return)
        results = [places[value] for value in last.values]
        if given is None:
            return results
        self._move(results, given, base + plan.frame.size)
        return list(given)

    def _called(
        self, scope: _Scope, name: str, arguments: Sequence[Place], given: Sequence[Place] | None = None
    ) -> list[Place]:
        function = self.program.interface.functions[name]
        return self._use(function, arguments, scope.base + scope.plan.frame.size, given)

    def _op(self, scope: _Scope, op: Operation) -> None:
        places = scope.places
        match op:
            case ll_seq.Constant():
                if op.buffer.first_use is not None:
                    places[op.buffer] = self.program.constant(op.value)
            case ll_seq.AllocHeap() | ll_seq.AllocStack():
                if op.buffer not in places:
                    places[op.buffer] = self._own(scope, op.buffer)
            case ll_seq.StaticSlice():
                places[op.buffer] = places[op.source].part(op.offset.value.data, bytes_of(op.buffer))
            case ll_seq.StaticDispatch():
                self._dispatch(scope, op)
            case ll_seq.GlobalLoad():
                places[op.buffer] = self.program.variables[op.variable.root_reference.data]
                if op.buffer in scope.plan.own:
                    own = self._own(scope, op.buffer)
                    self._now.copy(places[op.buffer], own, f"load @{op.variable.root_reference.data}")
                    places[op.buffer] = own
            case ll_seq.GlobalStore():
                name = op.variable.root_reference.data
                self._now.copy(places[op.buffer], self.program.variables[name], f"store @{name}")
            case ll_seq.While():
                self._while(scope, op)
            case ll_seq.Case():
                self._case(scope, op)
            case ll_seq.Barrier() | ll_seq.Return():
                pass  # barriers stand where places need them
            case ll_seq.DynamicDispatch():
                fail(op, "computes as many elements as only a call knows; C needs all sizes: give the arguments shapes")
            case ll_seq.CustomCall():
                why = "and C without a runtime has none; compute it in the program"
                fail(op, f"calls @{op.target.data} of the host, {why}")
            case _:
                fail(op, "has no form in C; compile the program to a module")

    def _own(self, scope: _Scope, value: SSAValue) -> Place:
        return self.program.own(scope.base + scope.plan.own[value][0].offset, bytes_of(value))

    def _dispatch(self, scope: _Scope, op: ll_seq.StaticDispatch) -> None:
        workload = [int(size) for size in array_of(op.workload)]
        if 0 in workload:
            return
        executable, name = op.entry_point.root_reference.data, op.entry_point.nested_references.data[0].data
        number, kernel = self.program.kernel(executable, name)
        read, written = ([scope.places[value] for value in values] for values in (op.read, op.written))
        bound = self.program.bound([*read, *written])
        why = ", ".join(kernel.sources) or f"a copy at {location_text(op.location)}"
        self._now.dispatch(number, bound, kernel.groups(workload), read, written, why)

    def _move(self, sources: Sequence[Place], targets: Sequence[Place], free: int) -> None:
        """Copies as if each source was read before any target is written. `free`: memory that nothing needs."""
        moves = [(source, target) for source, target in zip(sources, targets, strict=True) if source != target]
        for number, (source, target) in enumerate(moves):
            if any(source.meets(other) for _, other in moves):
                aside = self.program.own(free, source.bytes)
                free += _aligned(source.bytes)
                self._now.copy(source, aside, "kept apart from what is written")
                moves[number] = (aside, target)
        for source, target in moves:
            self._now.copy(source, target)

    # What the host decides.

    def _say(self, text: str) -> None:
        self.body.append("  " * self._depth + text)

    def _end(self, verb: str = "run", even_if_empty: bool = False) -> None:
        """Ends the command buffer: the host runs it, or only submits it, and waits for both when it runs the next."""
        if even_if_empty or not self._now.is_empty:
            self._now.last_barrier()
            self.recordings.append(self._now)
            self._say(f"TRY({verb}(model, {self._first + len(self.recordings) - 1}));")
            self._is_pending = verb != "run"
        self._now = Recording()

    def _while(self, scope: _Scope, op: ll_seq.While) -> None:
        rows = [self._own(scope, result) for result in op.results]
        captures = [scope.places[value] for value in op.captures]
        for value, row in zip(op.carried, rows, strict=True):
            self._now.copy(scope.places[value], row, f"what the loop at {location_text(op.location)} starts with")
        scope.places.update(zip(op.results, rows, strict=True))
        if op.trip_count is None:
            self._decide(scope, op.condition.root_reference.data, [*rows, *captures])
            self._say(f"while ({self._read('uint8_t')}) {{")
            self._depth += 1
            self._turn(scope, op, rows, captures)
            self._decide(scope, op.condition.root_reference.data, [*rows, *captures])
            self._depth -= 1
            self._say("}")
        else:
            self._count(op, op.trip_count.value.data, partial(self._turn, scope, op, rows, captures))

    def _turn(self, scope: _Scope, op: ll_seq.While, rows: Sequence[Place], captures: Sequence[Place]) -> None:
        name = op.body.root_reference.data
        results = self._called(scope, name, [*rows, *captures])
        self._move(results, rows, scope.base + scope.plan.frame.size + self._frame_bytes(name))

    def _frame_bytes(self, name: str) -> int:
        """How large a function's frame is."""
        return Plan(self.program.interface.functions[name], {}, turns=1, alignment=ALIGNMENT).frame.size

    def _count(self, op: ll_seq.While, count: int, turn: Callable[[], None]) -> None:
        """A loop of which it is known how often it turns: commands again and again, as many as fit at once."""
        at_once = min(count, self._decisions.turns_at_once(op))
        rest = count
        if count and self._decisions.is_taken_at(op):
            self._end("submit")
            self._say(f"for (uint64_t turn = 0; turn < {count // at_once}; ++turn) {{")
            self._depth += 1
            self._repeat(at_once, turn)
            self._end()
            self._depth -= 1
            self._say("}")
            rest = count % at_once
        self._repeat(rest, turn)

    def _repeat(self, count: int, turn: Callable[[], None]) -> None:
        if count == 1:
            turn()
        elif count:
            with self._now.repeated(count):
                turn()

    def _decide(self, scope: _Scope, name: str, arguments: Sequence[Place]) -> None:
        (value,) = self._called(scope, name, arguments)
        self._show(value)

    def _show(self, value: Place) -> None:
        """Brings what the host has to decide by to where it can read it."""
        self._now.copy(value, self._decision.part(0, value.bytes), "for the host to decide")
        self._end()

    def _read(self, type_: str) -> str:
        if type_ == "uint8_t":
            return f"model->stage[{self._decision.start}]"
        return f"*(const {type_} *)(const void *)(model->stage + {self._decision.start})"

    def _case(self, scope: _Scope, op: ll_seq.Case) -> None:
        self._show(scope.places[op.selector])
        for result in op.results:
            if result not in scope.places:
                scope.places[result] = self._own(scope, result)
        results = [scope.places[result] for result in op.results]
        captures = [scope.places[value] for value in op.captures]
        type_ = "uint8_t" if buffer_type(op.selector).element_type == i1 else "int32_t"
        self._say(f"switch ({self._read(type_)}) {{")
        is_pending = False
        for number, branch in enumerate(op.branches.data):
            is_last = number == len(op.branches.data) - 1
            self._say("  default:" if is_last else f"  case {number}:")
            self._depth += 2
            self._is_pending = False
            self._called(scope, branch.root_reference.data, captures, results)
            self._end("submit")
            is_pending |= self._is_pending
            self._say("break;")
            self._depth -= 2
        self._say("}")
        self._is_pending = is_pending


def _aligned(bytes_: int) -> int:
    return -(-bytes_ // ALIGNMENT) * ALIGNMENT
