"""Export: an exported function as the methods that users call, a synchronous and an asynchronous one.

simple_mul(a, b)                                              arrays in, new arrays out
simple_mul_async(device, wait, a, b, out0, signal, fence)     buffers that the caller has, and no waiting
"""

from collections.abc import Sequence

from xdsl.ir import Attribute

from iree.compiler.codegen.hal_python.function import IN, FunctionWriter
from iree.compiler.codegen.hal_python.names import Names
from iree.compiler.codegen.hal_python.source import Group, call, docstring, layout, row, text_literal, tuple_of
from iree.compiler.codegen.hal_python.types import array_hint, element_name, memref, people_text, shape_text


class Export:
    """An exported function: its types, and its methods."""

    def __init__(self, writer: FunctionWriter, name: str):
        self.writer = writer
        self.name = name
        self.symbol = writer.function.sym_name.data
        self.arguments = list(zip(writer.arguments, writer.function.function_type.inputs, strict=True))
        self.results = list(zip(writer.outputs, writer.function.function_type.outputs, strict=True))
        self.dims = {argument: memref(type_).get_shape() for argument, type_ in self.arguments}

    @property
    def synchronous_head(self) -> list[str]:
        """The synchronous method's signature."""
        parameters = ["self", *(f"{name}: {array_hint(type_)}" for name, type_ in self.arguments)]
        hints = [array_hint(type_) for _, type_ in self.results]
        returned = hints[0] if len(hints) == 1 else f"tuple[{', '.join(hints)}]" if hints else "None"
        return layout("    ", "", Group(f"def {self.name}(", parameters, f") -> {returned}:"))

    @property
    def asynchronous_head(self) -> list[str]:
        """The asynchronous method's signature."""
        views = [f"{name}: BufferView" for name, _ in (*self.arguments, *self.results)]
        before = ["self", "device: Device", "wait_semaphores: Sequence[SemaphoreValue]"]
        after = ["signal_semaphores: Sequence[SemaphoreValue]", "signal_fence: FenceValue | None"]
        return layout("    ", "", Group(f"def {self.name}_async(", [*before, *views, *after], ") -> None:"))

    def synchronous(self) -> list[str]:
        """The synchronous method, and the buffers that it works on."""
        views = self.writer.scope.attributes.unique(f"_{self.name}_views")
        names = Names([*self.writer.arguments, *self.writer.outputs, "self"])
        inputs = [names.unique(f"{name}_view") for name, _ in self.arguments]
        outputs = [name for name, _ in self.results]
        said = f"Runs @{self.symbol} on {listed(self.arguments)}, and gives {listed(self.results, 'nothing')}."
        lines = [*self.synchronous_head, *docstring(IN, said)]
        if inputs or outputs:
            take = ", ".join([*inputs, *outputs])
            lines.append(f"{IN}{take if len(inputs + outputs) > 1 else f'({take},)'} = self.{views}")
        lines += [f"{IN}{view}.write({name})" for view, (name, _) in zip(inputs, self.arguments, strict=True)]
        lines.append(f"{IN}self._calls += 1")
        passed = ["self.device", "()", *inputs, *outputs, "()", "FenceValue(self._fence, self._calls)"]
        lines += layout(IN, "", call(f"self.{self.name}_async", *passed))
        lines.append(f"{IN}self._fence.wait(self._calls)")
        if outputs:
            lines.append(f"{IN}return {', '.join(f'{name}.read()' for name in outputs)}")
        return [*lines, "", *self._views(views)] if inputs or outputs else lines

    def asynchronous(self) -> list[str]:
        """The asynchronous method."""
        writer = self.writer
        said = f"Starts @{self.symbol} on {listed(self.arguments)}; {listed(self.results, 'nothing')} is written."
        waits = [] if writer.is_straight else ["Where the host has to decide something, this waits for what it needs."]
        matches = f"Matches IR: {writer.text.signature}"
        lines = [*self.asynchronous_head, *docstring(IN, said, *waits, matches)]
        lines += self._requirements()
        if writer.is_straight:
            commands = []
            if writer.last_bind is not None:
                lines += layout(IN, "commands = ", _bind_of(writer.last_bind))
                commands = ["commands"]
            batch = call("SubmissionBatch", "wait_semaphores", row(*commands), "signal_semaphores")
            lines += layout(IN, "batch = ", batch)
            return [*lines, f"{IN}device.dispatch_queues[0].submit([batch], signal_fence)"]
        lines.append(f"{IN}call = _Call(device, wait_semaphores)")
        buffers = [f"{name}.buffer" for name, _ in (*self.arguments, *self.results)]
        lines += layout(IN, "", call(f"self.{writer.method_name}", "call", *buffers))
        return [*lines, f"{IN}call.end(signal_semaphores, signal_fence)"]

    def _requirements(self) -> list[str]:
        lines, before = [], [name for name, _ in self.arguments]
        for name, type_ in self.arguments:
            lines += layout(IN, "", call(f"{name}.require", text_literal(name), shape_text(type_), element_name(type_)))
        for name, type_ in self.results:
            needed = [text_literal(name), shape_text(type_), element_name(type_)]
            apart = [f"apart_from={row(*before).flat}"] if before else []
            lines += layout(IN, "", call(f"{name}.require", *needed, *apart))
            before.append(name)
        return lines

    def _views(self, attribute: str) -> list[str]:
        said = f"Where {self.name} has its arguments and results."
        lines = ["    @cached_property", f"    def {attribute}(self) -> tuple[BufferView, ...]:", *docstring(IN, said)]
        views = []
        for _, type_ in (*self.arguments, *self.results):
            arguments = ["self.device.allocator", shape_text(type_), element_name(type_)]
            views.append(call("BufferView.allocate", *arguments))
        return [*lines, *layout(IN, "return ", tuple_of(views))]


def listed(values: Sequence[tuple[str, Attribute]], none: str = "no arguments") -> str:
    """Names and types, for people."""
    return ", ".join(f"{name}: {people_text(type_)}" for name, type_ in values) or none


def _bind_of(bind: str) -> Group:
    opening, _, inner = bind.partition("([")
    return call(opening, row(*inner.removesuffix("])").split(", ")))
