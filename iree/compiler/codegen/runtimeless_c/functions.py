"""Functions of the host at ll-seq as C: dispatches are calls of kernels, loops are loops, copies are memcpy.

void f(const float *a, const float *b, float *result0) {
  float *const t = (float *)(void *)(arena + 64);
  f_rgn_dispatch_0(a, weights, t);
  f_rgn_dispatch_1(t, b, result0);
}
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import f16
from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation, SSAValue

from iree.compiler.codegen.runtimeless_c.buffers import bytes_of, element_type, region
from iree.compiler.codegen.runtimeless_c.constants import Constant, Constants
from iree.compiler.codegen.runtimeless_c.interface import Signature
from iree.compiler.codegen.runtimeless_c.kernel import Kernel, wrapped
from iree.compiler.codegen.runtimeless_c.kernels import Use
from iree.compiler.codegen.runtimeless_c.names import Names
from iree.compiler.codegen.runtimeless_c.plan import Plan, called
from iree.compiler.dialects import ll_seq
from iree.compiler.ir.diagnostics import fail


@dataclass(frozen=True)
class Program:
    """What functions refer to. `given`: what each is given first, "arena" and "weights" if callers bring them."""

    given: Sequence[str]
    signatures: Mapping[str, Signature]
    kernels: Mapping[Use, Kernel]
    variables: Mapping[str, str]
    constants: Constants
    names: Names


class FunctionWriter:
    """One function. Planned when made; written once all frames have their place."""

    def __init__(self, function: FuncOp) -> None:
        self.function = function
        self.ops = list(function.body.block.ops)
        self._results = ll_seq.returned_by(function)
        self._plan = Plan(function, self._results, turns=2)
        self.frame = self._plan.frame

    @property
    def calls(self) -> list[str]:
        """The functions that it calls."""
        return [name for op in self.ops for name in called(op)]

    # The text.

    def write(self, program: Program, base: int, head: str) -> str:
        """The definition; `head` is what stands before the brace."""
        signature = program.signatures[self.function.sym_name.data]
        self.program = program
        self.lines: list[str] = []
        self.weights: dict[Constant, str] = {}
        self.names = program.names.inner({*signature.arguments, *signature.results, "arena", "weights"})
        self.base = base
        self.result_names = signature.results
        self.exprs: dict[SSAValue, str] = dict(zip(self.function.body.block.args, signature.arguments, strict=True))
        self.exprs |= {value: signature.results[number] for value, number in self._results.items()}
        for op in self.ops:
            self._op(op)
        said = "\n".join(self.lines)
        parameters = (*program.given, *signature.arguments, *signature.results)
        unused = [name for name in parameters if not re.search(rf"\b{name}\b", said)]
        self.lines += [f"  (void){name};" for name in unused]
        return "\n".join([head + " {", *self.lines, "}", ""])

    def _line(self, text: str, depth: int = 1) -> None:
        self.lines.append("  " * depth + text)

    def _op(self, op: Operation) -> None:
        match op:
            case ll_seq.Constant() | ll_seq.AllocStack() | ll_seq.Barrier():
                pass
            case ll_seq.StaticSlice():
                self._slice(op)
            case ll_seq.AllocHeap():
                if op.buffer not in self._results:
                    self.exprs[op.buffer] = self._pointer(op.buffer, op.buffer.name_hint or "t")
            case ll_seq.StaticDispatch():
                self._dispatch(op)
            case ll_seq.GlobalLoad():
                self._load(op)
            case ll_seq.GlobalStore():
                self._copy(self.program.variables[op.variable.root_reference.data], op.buffer)
            case ll_seq.While():
                self._while(op)
            case ll_seq.Case():
                self._case(op)
            case ll_seq.Return():
                for number, value in enumerate(op.values):
                    if self._results.get(value) != number:
                        self._copy(self.result_names[number], value)
            case ll_seq.DynamicDispatch():
                fail(op, "computes as many elements as only a call knows; C needs all sizes: give the arguments shapes")
            case ll_seq.CustomCall():
                fail(
                    op,
                    f"calls @{op.target.data} of the host, and C without a runtime has none; compute it in the program",
                )
            case _:
                fail(op, "has no form in C; compile the program to a module")

    def _expr(self, value: SSAValue) -> str:
        """A buffer's name."""
        return self._constant(value, value.owner) if isinstance(value.owner, ll_seq.Constant) else self.exprs[value]

    def _constant(self, value: SSAValue, op: ll_seq.Constant) -> str:
        """A constant is an array of the file, or lies in the weights, once something reads it."""
        constants = self.program.constants
        constant = constants.add(op.value, value.name_hint or "constant")
        if not constants.is_external:
            return constant.name
        if constant not in self.weights:
            type_, name = element_type(value), self.names.new(constant.name)
            self.weights[constant] = name
            self._line(f"const {type_} *const {name} = (const {type_} *)(const void *)(weights + {constant.offset});")
        return self.weights[constant]

    def _pointer(self, value: SSAValue, wanted: str, number: int = 0) -> str:
        """Declares where a buffer of its own lies."""
        name = self.names.new(wanted)
        type_ = element_type(value)
        offset = self.base + self._plan.own[value][number].offset
        self._line(f"{type_} *const {name} = ({type_} *)(void *)(arena + {offset});")
        return name

    def _slice(self, op: ll_seq.StaticSlice) -> None:
        root, start, _ = region(op.buffer)
        name = self.names.new(op.buffer.name_hint or "t")
        self.exprs[op.buffer] = name
        type_ = element_type(op.buffer)
        if root in self._plan.own:
            start += self.base + self._plan.own[root][0].offset
            self._line(f"{type_} *const {name} = ({type_} *)(void *)(arena + {start});")
        elif start:
            self._line(f"{type_} *const {name} = ({type_} *)(void *)((unsigned char *){self._expr(root)} + {start});")
        else:
            pointer = self._expr(root) if type_ == element_type(root) else f"({type_} *)(void *){self._expr(root)}"
            self._line(f"{type_} *const {name} = {pointer};")

    def _copy(self, target: str, value: SSAValue) -> None:
        if bytes_of(value) and target != self._expr(value):
            self._line(f"memcpy({target}, {self._expr(value)}, {bytes_of(value)});")

    def _dispatch(self, op: ll_seq.StaticDispatch) -> None:
        kernel = self.program.kernels[kernel_of(op)]
        if not kernel.written:
            return
        arguments = [
            self._as(op.bindings[number], type_, number in kernel.written)
            for number, type_ in zip(kernel.used, kernel.types, strict=True)
        ]
        self._line(wrapped(f"{kernel.name}(", arguments, ");"))

    def _as(self, value: SSAValue, type_: str, is_written: bool) -> str:
        """A buffer as a kernel takes it: without the sign of its elements, and small floats as their bits."""
        if type_ == element_type(value):
            return self._expr(value)
        return f"({'' if is_written else 'const '}{type_} *){self._expr(value)}"

    def _load(self, op: ll_seq.GlobalLoad) -> None:
        variable = self.program.variables[op.variable.root_reference.data]
        self.exprs[op.buffer] = variable
        if op.buffer in self._plan.own:
            name = self._pointer(op.buffer, op.buffer.name_hint or "t")
            self._copy(name, op.buffer)
            self.exprs[op.buffer] = name

    def _call(self, callee: str, arguments: Sequence[str], results: Sequence[str], depth: int) -> None:
        given = [*self.program.given, *arguments, *results]
        self._line(wrapped(f"{self.program.signatures[callee].name}(", given, ");"), depth)

    def _while(self, op: ll_seq.While) -> None:
        """What is carried lies in one of two buffers, and the next values are made in the other."""
        captures = [self._expr(value) for value in op.captures]
        now, after, pairs = [], [], []
        for value, result in zip(op.carried, op.results, strict=True):
            pairs.append([self._pointer(result, "turn", number) for number in range(2)])
            now.append(self.names.new(result.name_hint or "now"))
            after.append(self.names.new("after"))
            type_ = element_type(result)
            self._line(f"const {type_} *{now[-1]} = {self._expr(value)};")
            self._line(f"{type_} *{after[-1]} = {pairs[-1][0]};")
            self.exprs[result] = now[-1]
        if op.trip_count is None:
            self._line("for (;;) {")
            goes_on = self.names.new("goes_on")
            self._line(f"uint8_t {goes_on};", 2)
            self._call(op.condition.root_reference.data, [*now, *captures], [f"&{goes_on}"], 2)
            self._line(f"if (!{goes_on}) break;", 2)
        else:
            turn = self.names.new("n")
            self._line(f"for (int64_t {turn} = 0; {turn} < {op.trip_count.value.data}; ++{turn}) {{")
        self._call(op.body.root_reference.data, [*now, *captures], after, 2)
        for current, next_, (first, second) in zip(now, after, pairs, strict=True):
            self._line(f"{current} = {next_};", 2)
            self._line(f"{next_} = {next_} == {first} ? {second} : {first};", 2)
        self._line("}")

    def _case(self, op: ll_seq.Case) -> None:
        for result in op.results:
            if result not in self._results:
                self.exprs[result] = self._pointer(result, result.name_hint or "t")
        results = [self._expr(result) for result in op.results]
        captures = [self._expr(value) for value in op.captures]
        branches = [branch.root_reference.data for branch in op.branches.data]
        self._line(f"switch (*{self._expr(op.selector)}) {{")
        for number, branch in enumerate(branches):
            self._line("default:" if number == len(branches) - 1 else f"case {number}:", 2)
            self._call(branch, captures, results, 3)
            self._line("break;", 3)
        self._line("}")


def kernel_of(op: ll_seq.StaticDispatch) -> Use:
    """The kernel that a dispatch calls. CompileError: what it writes overlaps in part with what it reads."""
    regions = [region(value) for value in op.bindings]
    written = regions[len(regions) - op.output_count :]
    for root, start, end in written:
        for other_root, other_start, other_end in regions:
            is_other = (start, end) != (other_start, other_end)
            if is_other and root is other_root and start < other_end and other_start < end:
                fail(op, "writes bytes that it reads elsewhere; this is a defect of the compiler's memory plan")
    sharing = [regions.index(each) if each in written else number for number, each in enumerate(regions)]
    executable, function = op.entry_point.root_reference.data, op.entry_point.nested_references.data[0].data
    constants = {number: value.owner for number, value in enumerate(op.bindings)}
    halves = {
        number
        for number, owner in constants.items()
        if isinstance(owner, ll_seq.Constant) and owner.value.get_element_type() == f16
    }
    return Use(executable, function, tuple(sharing), frozenset(halves))
