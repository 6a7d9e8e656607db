"""Invocation: all that one call in flight owns, made once and used again by later calls.

Arguments and results are bound to each call: buffers of the caller's where he has arrays on the device, else buffers of
the invocation, into which a call copies the arrays and out of which it copies the results. So no device ever holds an
array of the host's. Where control flow or the host's functions need what was computed, the call waits for that.
"""

import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from typing import Any, TypeAlias

import numpy as np

from iree.hal.buffer import Buffer
from iree.hal.command_buffer import CommandBuffer
from iree.hal.fence import FenceValue
from iree.hal.submission_batch import SubmissionBatch
from iree.runtime.vm.context import ContextModule
from iree.runtime.vm.custom_call import CallSite, HostFunction
from iree.runtime.vm.interrupts import interrupts_held_back
from iree.runtime.vm.plan import Case, HostCall, Mark, Plan, Run, SlotKind, Step, Steps, View, While
from iree.runtime.vm.recorder import Recorder, Table

Array = np.ndarray[Any, Any]

_TOGETHER = 128  # iterations of a counted loop after which the host waits, so that it can be interrupted

_COUNT = itertools.count()

_Actions: TypeAlias = list[Callable[[], None]]


def _take(actions: _Actions) -> None:
    for action in actions:
        action()


class Invocation:
    """Serves one call at a time: write `arguments`, run, read `results`, views of its own buffers; or run_on others."""

    def __init__(
        self,
        module: ContextModule,
        plan: Plan,
        function_name: str,
        at_mark: Callable[[Mark, Callable[[int], Buffer]], None] = lambda mark, buffer_of: None,
    ):
        """`at_mark` is called at each mark of the plan, with what says where a slot lies, when all before is done."""
        self._module = module
        self._at_mark = at_mark
        self._plan = plan
        self._variable_slots = {i: slot for i, slot in enumerate(plan.slots) if slot.kind is SlotKind.VARIABLE}
        self._variables: dict[int, Buffer] = {}
        self._state_version = -1
        self._recorder = Recorder(module, plan, function_name)
        queues = module.device.dispatch_queues
        self._queue = queues[next(_COUNT) % len(queues)]  # so that calls at once take different ones
        self._fence = module.device.create_fence()
        self._fence_value = 0
        self._is_simple = not self._variable_slots and not _may_not_end(plan.steps)
        self._answer_interrupts: Callable[[], None] = lambda: None
        self._own_actions: _Actions | None = None
        self._chosen_slots = [view.slot for view in (*plan.arguments, *plan.results)]

    @cached_property
    def arguments(self) -> list[Array]:
        """What `run` computes from."""
        return [self._recorder.map(view, self._own) for view in self._plan.arguments]

    @cached_property
    def results(self) -> list[Array]:
        """What `run` has computed."""
        return [self._recorder.map(view, self._own) for view in self._plan.results]

    @cached_property
    def _own(self) -> Table:
        return {slot: self._recorder.make_buffer(self._plan.slots[slot]) for slot in self._chosen_slots}

    def run(self) -> None:
        """Computes the results from the arguments.

        HalError: what the device failed with, or a command is refused: which, where in the source, and why.
        """
        if self._is_simple:
            for action in self._own_actions or self._prepared():
                action()
            self._fence.wait(self._fence_value)
        elif self._variable_slots:
            with self._state():
                self._carry_out(self._prepared())
        else:
            with interrupts_held_back() as self._answer_interrupts:
                self._carry_out(self._prepared())

    def own_argument(self, position: int, value: Array) -> Buffer:
        """The invocation's own buffer for an argument, once it holds this value."""
        self.arguments[position][...] = value
        return self._own[self._chosen_slots[position]]

    def run_on(self, buffers: Sequence[Buffer]) -> None:
        """Computes from arguments that lie in the first of these buffers results that lie in the last. Else as run."""
        table = dict(zip(self._chosen_slots, buffers, strict=True))
        if self._is_simple:
            self._carry_out(self._prepare(self._plan.steps, table))
        elif self._variable_slots:
            with self._state():
                self._carry_out(self._prepare(self._plan.steps, table | self._variables))
        else:
            with interrupts_held_back() as self._answer_interrupts:
                self._carry_out(self._prepare(self._plan.steps, table))

    def _prepared(self) -> _Actions:
        if self._own_actions is None:
            self._own_actions = self._prepare(self._plan.steps, {**self._own, **self._variables})
        return self._own_actions

    def _carry_out(self, actions: _Actions) -> None:
        for action in actions:
            action()
        self._fence.wait(self._fence_value)

    @contextlib.contextmanager
    def _state(self) -> Iterator[None]:
        """Nobody else reads or writes variables meanwhile. An interrupt waits, so that all are written or none."""
        module, stored = self._module, self._plan.stored
        with module.state_lock, interrupts_held_back() as self._answer_interrupts:
            if self._state_version != module.state_version:  # some lie elsewhere than in the last call
                slots = self._variable_slots
                self._variables = {i: module.variable(of.ordinal, of.ordinal in stored) for i, of in slots.items()}
                self._state_version = module.state_version
                self._own_actions = None
            yield

    def _prepare(self, steps: Steps, table: Table) -> _Actions:
        """What carries out the steps on the buffers of the table, in order."""
        return [self._action(step, table) for step in steps]

    def _action(self, step: Step, table: Table) -> Callable[[], None]:
        match step:
            case Run():
                return partial(self._submit, [SubmissionBatch(command_buffers=[self._recorder.commands(step, table)])])
            case Case():
                rows = [self._prepare(row, table) for row in step.branches]
                return partial(self._branch, self._recorder.map(step.selector, table), rows)
            case HostCall():
                return partial(self._call_host, self._module.imports[step.imported], self._site(step, table))
            case While():
                return self._while(step, table)
            case Mark():
                return partial(self._reach, step, table)

    def _while(self, step: While, table: Table) -> Callable[[], None]:
        endings = [self._prepare(row, table) for row in step.endings]
        if not step.predicates and all(len(row) == 1 and isinstance(row[0], Run) for row in step.iterations):
            recorded = [self._recorder.commands(run, table) for (run,) in step.iterations if isinstance(run, Run)]
            return partial(self._count_recorded, step.trip_count, recorded, endings)
        iterations = [self._prepare(row, table) for row in step.iterations]
        if not step.predicates:
            return partial(self._count, step.trip_count, iterations, endings)
        predicates = [self._recorder.map(view, table) for view in step.predicates]
        return partial(self._loop, predicates, iterations, endings)

    def _submit(self, batches: Sequence[SubmissionBatch]) -> None:
        value = self._fence_value = self._fence_value + 1
        self._queue.submit(batches, FenceValue(self._fence, value))

    def _reach(self, mark: Mark, table: Table) -> None:
        self._fence.wait(self._fence_value)
        self._answer_interrupts()
        self._at_mark(mark, lambda slot: self._recorder.buffer(slot, table))

    def _call_host(self, function: HostFunction, site: CallSite) -> None:
        self._fence.wait(self._fence_value)
        function.call(site)

    def _site(self, call: HostCall, table: Table) -> CallSite:
        inputs = [self._read_only(view, table) for view in call.inputs]
        outputs = [self._recorder.map(view, table) for view in call.outputs]
        name = self._module.module.file.imports[call.imported]
        return CallSite(name, call.config, tuple(inputs), tuple(outputs), call.function, call.location)

    def _read_only(self, view: View, table: Table) -> Array:
        """What a slot holds, for a function of the host."""
        slot = self._plan.slots[view.slot]
        if slot.kind is SlotKind.CONSTANT:
            data = self._module.module.file.constants[slot.ordinal].contents.use()
            array: Array = np.frombuffer(data, view.type.dtype).reshape(view.type.shape)
        else:
            array = self._recorder.map(view, table).view()
        array.flags.writeable = False
        return array

    def _branch(self, selector: Array, branches: Sequence[_Actions]) -> None:
        self._fence.wait(self._fence_value)
        number = int(selector)
        _take(branches[number if 0 <= number < len(branches) else -1])

    def _loop(self, predicates: Sequence[Array], iterations: Sequence[_Actions], endings: Sequence[_Actions]) -> None:
        turn, predicate = 0, predicates[0]
        while True:
            self._fence.wait(self._fence_value)
            self._answer_interrupts()
            if not predicate:
                break
            _take(iterations[turn])
            predicate = predicates[1 + turn]
            turn = (turn + 1) % len(iterations)
        if predicate is not predicates[0]:
            _take(endings[turn - 1])

    def _count(self, trip_count: int, iterations: Sequence[_Actions], endings: Sequence[_Actions]) -> None:
        for number in range(trip_count):
            _take(iterations[number % len(iterations)])
            if number % _TOGETHER == _TOGETHER - 1:
                self._fence.wait(self._fence_value)
        _take(endings[(trip_count - 1) % len(iterations)])

    def _count_recorded(
        self, trip_count: int, iterations: Sequence[CommandBuffer], endings: Sequence[_Actions]
    ) -> None:
        """Submits many iterations at once, as each is one command buffer."""
        together = [*iterations] * (_TOGETHER // len(iterations))
        batches = [SubmissionBatch(command_buffers=together)]
        whole, rest = divmod(trip_count, len(together))
        for _ in range(whole):
            self._submit(batches)
            self._fence.wait(self._fence_value)
        if rest:
            self._submit([SubmissionBatch(command_buffers=together[:rest])])
        _take(endings[(trip_count - 1) % len(iterations)])


def _may_not_end(steps: Steps) -> bool:
    """Whether a loop asks whether to go on, and nobody knows how often."""
    for step in steps:
        match step:
            case While():
                if step.predicates or any(map(_may_not_end, step.iterations)):
                    return True
            case Case():
                if any(map(_may_not_end, step.branches)):
                    return True
    return False
