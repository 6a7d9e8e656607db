"""FunctionWriter: one function of the IR as methods: those that record its commands, and what puts them in order.

A function gets its arguments as buffers and the buffers that its results are to lie in, and everything else from the
object: what it allocates there is made once. What it returns is computed where the caller wants it, or copied there.
"""

from collections.abc import Sequence

from xdsl.dialects.builtin import SymbolRefAttr
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Operation, SSAValue, Use

from iree.compiler.codegen.hal import control_flow
from iree.compiler.codegen.hal.ir_text import IrText
from iree.compiler.codegen.hal.names import Names
from iree.compiler.codegen.hal.places import Place, whole
from iree.compiler.codegen.hal.program import Program, Storage, Variable
from iree.compiler.codegen.hal.scope import Scope
from iree.compiler.codegen.hal.statements import (
    Add,
    Copy,
    Dispatch,
    FunctionMethod,
    MakeCommands,
    MakePart,
    RecordMethod,
    Statement,
)
from iree.compiler.codegen.hal.stretch import Stretch
from iree.compiler.dialects import iree, ll_seq
from iree.compiler.dialects.buffers import byte_length
from iree.compiler.ir.constants import array_of
from iree.compiler.ir.diagnostics import fail

_ASYNC = ("wait_semaphores", "signal_semaphores", "signal_fence")


class FunctionWriter:
    """Writes one function into a scope: `body` is what puts its commands in order.

    `launch`: in its place, the only commands of an export whose body would be that and no more.
    """

    def __init__(self, program: Program, scope: Scope, function: FuncOp):
        self.program = program
        self.scope = scope
        self.function = function
        self.text = IrText(function)
        self.name = scope.spelling.identifier(function.sym_name.data)
        self.is_export = iree.MODULE_EXPORT in function.attributes
        self.is_straight = not any(isinstance(op, _HOST_OPS) for op in function.body.block.ops)
        block = function.body.block
        outputs = [f"out{number}" for number in range(len(function.function_type.outputs))]
        self.names = Names(scope.spelling, [*scope.spelling.reserved, *_ASYNC, *outputs])
        self.arguments = [self.names.unique(self.text.name(argument)) for argument in block.args]
        self.outputs = outputs
        self.body: list[Statement] = []
        self.launch: Add | None = None
        self.places: dict[SSAValue, Place] = {}
        for name, argument in zip(self.arguments, block.args, strict=True):
            self.places[argument] = whole(name, argument.type)
        self._stretch: Stretch | None = None
        self._stretches = 0
        self._returned = ll_seq.returned_by(function)
        self._held: dict[str, Place] = {}  # what variables hold, that the call's end brings home

    def write(self) -> None:
        """Fills `body`, and writes the methods that record."""
        if self.is_export:
            self._take_copies()
        for op in self.function.body.block.ops:
            self._write_op(op)
        if self.is_export:
            self._bring_home()
        self.end_stretch()

    def method(self) -> FunctionMethod:
        """The method that carries the function out, for its callers."""
        parameters = [*self.arguments, *self.outputs]
        return FunctionMethod(self.method_name, self.function.sym_name.data, self.text.signature, parameters, self.body)

    @property
    def method_name(self) -> str:
        """What method() is called."""
        return self.scope.private[self.function.sym_name.data]

    def called(self, name: str) -> str:
        """The method of another function, which is written into the same scope first."""
        if name not in self.scope.private:
            function = self.program.functions[name]
            self.scope.private[name] = self.scope.attributes.unique(name, private=True)
            writer = FunctionWriter(self.program, self.scope, function)
            writer.write()
            self.scope.methods.append(writer.method())
        return self.scope.spelling.member(self.scope.private[name])

    def matches(self, op: Operation) -> str:
        """The line of the IR."""
        return f"Matches IR: {self.text.line(op)}"

    # Commands.

    @property
    def stretch(self) -> Stretch:
        """The commands since the host last did something else."""
        if self._stretch is None:
            self._stretch = Stretch(starts_with_barrier=not (self.is_export and self._has_no_memory()))
        return self._stretch

    def copy(self, why: str, source: Place, target: Place) -> None:
        """Adds a copy, unless the two are one."""
        if (source.buffer, source.offset) != (target.buffer, target.offset) and byte_length(source.type) != 0:
            self.stretch.add(Copy(why, source, target))

    def end_stretch(self) -> None:
        """Puts the commands so far into the body."""
        stretch, self._stretch = self._stretch, None
        if stretch is None or stretch.is_empty:
            return
        number = f"_{self._stretches}" if not self.is_straight else ""
        self._stretches += 1
        record = self.scope.attributes.unique(f"record_{self.name}{number}", private=True)
        commands = self.scope.attributes.unique(f"{self.name}_commands{number}", private=True)
        what = f"The commands of @{self.function.sym_name.data}" + (f", part {self._stretches}." if number else ".")
        chosen = list(stretch.chosen)
        self.scope.methods.append(RecordMethod(record, what, chosen, stretch.commands))
        self.scope.setup.append(MakeCommands(commands, record))
        added = Add(self.scope.spelling.member(commands), chosen)
        if self.is_export and self.is_straight:
            self.launch = added
        else:
            self.body.append(added)

    def transient(self, value: SSAValue, why: str, *, on_host: bool = False, suffix: str = "") -> Place:
        """A buffer of the object's for a value."""
        name = f"{self._name_of(value)}{suffix}"
        return whole(self.scope.allocate(name, why, value.type, on_host=on_host), value.type, is_fixed=True)

    def result_place(self, value: SSAValue, why: str) -> Place:
        """Where a result of a branch lies: where the caller wants it, if it is returned."""
        if value in self._returned:
            return whole(self.outputs[self._returned[value]], value.type)
        return self.transient(value, why)

    def on_host(self, value: SSAValue, why: str) -> Place:
        """Where the host can read and write a value's buffer: itself, or one beside it."""
        place = self.places[value]
        if isinstance(value.owner, ll_seq.AllocHeap) and value not in self._returned:
            return place
        return self.transient(value, why, on_host=True, suffix="_on_host")

    def _name_of(self, value: SSAValue) -> str:
        return f"{self.name}_{self.scope.spelling.identifier(self.text.name(value))}"

    # One method for each kind of op.

    def _write_op(self, op: Operation) -> None:
        match op:
            case ll_seq.Constant():
                self.places[op.buffer] = self._shared(self.program.constant(op.value), op.buffer.type)
            case ll_seq.AllocHeap() | ll_seq.AllocStack():
                self._allocate(op)
            case ll_seq.StaticSlice():
                self._slice(op)
            case ll_seq.Barrier():
                self.stretch.barrier()
            case ll_seq.StaticDispatch():
                self._dispatch(op, op.entry_point, [int(size) for size in array_of(op.workload)], None)
            case ll_seq.DynamicDispatch():
                self._dispatch(op, op.entry_point, list(op.workload.data), list(op.symbols.data))
            case ll_seq.GlobalLoad():
                self._load(op)
            case ll_seq.GlobalStore():
                self._store(op)
            case ll_seq.While():
                control_flow.write_while(self, op)
            case ll_seq.Case():
                control_flow.write_case(self, op)
            case ll_seq.CustomCall():
                control_flow.write_custom_call(self, op)
            case ll_seq.Return():
                for number, value in enumerate(op.values):
                    self.copy(self.matches(op), self.places[value], whole(self.outputs[number], value.type))
            case _:
                said = self.scope.spelling
                fail(
                    op,
                    f"is not said in {said.language} yet; compile a module and run that: leave out --to={said.flag}",
                )

    def _allocate(self, op: ll_seq.AllocHeap | ll_seq.AllocStack) -> None:
        if op.buffer in self._returned:
            self.places[op.buffer] = whole(self.outputs[self._returned[op.buffer]], op.buffer.type)
        else:
            on_host = any(_is_seen_by_host(use) for use in op.buffer.uses)
            self.places[op.buffer] = self.transient(op.buffer, self.matches(op), on_host=on_host)

    def _slice(self, op: ll_seq.StaticSlice) -> None:
        source, type_ = self.places[op.source], op.buffer.type
        offset = source.offset + op.offset.value.data
        if source.is_fixed:
            name = self.scope.attributes.unique(self._name_of(op.buffer), private=True)
            self.scope.setup.append(MakePart(name, self.matches(op), source.buffer, offset, type_))
            text = self.scope.spelling.member(name)
        else:
            text = self.scope.spelling.subspan(source.buffer, offset, type_)
        self.places[op.buffer] = Place(source.buffer, type_, text, offset, source.is_fixed)

    def _dispatch(
        self, op: ll_seq.Dispatch, entry_point: SymbolRefAttr, workload: Sequence[int], symbols: Sequence[int] | None
    ) -> None:
        attribute, number = self.program.entry_point(entry_point)
        executable = self.scope.shared(attribute)
        read, written = self.places_of(op.read), self.places_of(op.written)
        self.stretch.add(Dispatch(self.matches(op), executable, number, workload, symbols, read, written))

    def _load(self, op: ll_seq.GlobalLoad) -> None:
        name = op.variable.root_reference.data
        variable = self.program.variables[name]
        if variable.storage is Storage.COPY:
            self.places[op.buffer] = self.transient(op.buffer, self.matches(op))
            self.copy(self.matches(op), self._now(variable), self.places[op.buffer])
        else:
            self.places[op.buffer] = self._held.get(variable.attribute) or self._home(variable)

    def _store(self, op: ll_seq.GlobalStore) -> None:
        name = op.variable.root_reference.data
        variable = self.program.variables[name]
        if variable.storage is Storage.COPY:
            self.copy(self.matches(op), self.places[op.buffer], self._now(variable))
        else:
            self._held[variable.attribute] = self.places[op.buffer]

    def places_of(self, values: Sequence[SSAValue]) -> list[Place]:
        """Where values lie."""
        return [self.places[value] for value in values]

    # Variables.

    def _shared(self, attribute: str, type_: Attribute) -> Place:
        return whole(self.scope.shared(attribute), type_, is_fixed=True)

    def _home(self, variable: Variable) -> Place:
        return self._shared(variable.attribute, variable.type)

    def _now(self, variable: Variable) -> Place:
        return self._shared(variable.copy, variable.type)

    def _take_copies(self) -> None:
        for variable in self.program.variables_of(self.function, ll_seq.GlobalLoad, ll_seq.GlobalStore):
            if variable.storage is Storage.COPY:
                why = f"What {variable.attribute} holds, for this call to work on."
                self.copy(why, self._home(variable), self._now(variable))

    def _bring_home(self) -> None:
        """The new values of variables, as if each was read before any is written."""
        moves = []
        for variable in self.program.variables_of(self.function, ll_seq.GlobalStore):
            source = self._now(variable) if variable.storage is Storage.COPY else self._held[variable.attribute]
            moves.append((variable.attribute, source, self._home(variable)))
        written = {target.buffer for _, source, target in moves if source.buffer != target.buffer}
        for number, (name, source, target) in enumerate(moves):
            if source.buffer in written and source.buffer != target.buffer:
                why = f"The new value of {name}, kept apart from the others."
                buffer = self.scope.allocate(f"{self.name}_{name}_aside", why, target.type)
                aside = whole(buffer, target.type, is_fixed=True)
                self.copy(why, source, aside)
                moves[number] = (name, aside, target)
        for name, source, target in moves:
            self.copy(f"The new value of {name}.", source, target)

    def _has_no_memory(self) -> bool:
        """Whether a call works on nothing but what its caller gives, so that calls in flight do not meet."""
        return all(
            op.buffer in self._returned if isinstance(op, ll_seq.AllocHeap) else isinstance(op, _PURE_OPS)
            for op in self.function.body.block.ops
        )


_HOST_OPS = (ll_seq.While, ll_seq.Case, ll_seq.CustomCall)
_PURE_OPS = (ll_seq.Dispatch, ll_seq.Barrier, ll_seq.Constant, ll_seq.StaticSlice, ll_seq.Return)


def _is_seen_by_host(use: Use) -> bool:
    return isinstance(use.operation, ll_seq.CustomCall) or (isinstance(use.operation, ll_seq.Case) and use.index == 0)
