"""An exported function as the methods that users call, a synchronous and an asynchronous one."""

from iree.compiler.codegen.hal.export import Export
from iree.compiler.codegen.hal.names import Names
from iree.compiler.codegen.hal.types import listed
from iree.compiler.codegen.hal_python.methods import IN, bind
from iree.compiler.codegen.hal_python.source import Group, call, docstring, layout, row, text_literal, tuple_of
from iree.compiler.codegen.hal_python.types import array_hint, element_name, shape_text


def synchronous_head(export: Export) -> list[str]:
    """The synchronous method's signature."""
    parameters = ["self", *(f"{name}: {array_hint(type_)}" for name, type_ in export.arguments)]
    hints = [array_hint(type_) for _, type_ in export.results]
    returned = hints[0] if len(hints) == 1 else f"tuple[{', '.join(hints)}]" if hints else "None"
    return layout("    ", "", Group(f"def {export.name}(", parameters, f") -> {returned}:"))


def asynchronous_head(export: Export) -> list[str]:
    """The asynchronous method's signature."""
    views = [f"{name}: BufferView" for name, _ in (*export.arguments, *export.results)]
    before = ["self", "device: Device", "wait_semaphores: Sequence[SemaphoreValue]"]
    after = ["signal_semaphores: Sequence[SemaphoreValue]", "signal_fence: FenceValue | None"]
    return layout("    ", "", Group(f"def {export.name}_async(", [*before, *views, *after], ") -> None:"))


def synchronous(export: Export) -> list[str]:
    """The synchronous method, and the buffers that it works on."""
    writer = export.writer
    names = Names(writer.scope.spelling, [*writer.arguments, *writer.outputs, "self"])
    inputs = [names.unique(f"{name}_view") for name, _ in export.arguments]
    outputs = [name for name, _ in export.results]
    said = f"Runs @{export.symbol} on {listed(export.arguments)}, and gives {listed(export.results, 'nothing')}."
    lines = [*synchronous_head(export), *docstring(IN, said)]
    lines += [
        f"{IN}if self._fence.query() != self._calls:  # somebody interrupted the last call",
        f"{IN}    self.device.wait_idle()",
    ]
    if inputs or outputs:
        take = ", ".join([*inputs, *outputs])
        lines.append(f"{IN}{take if len(inputs + outputs) > 1 else f'({take},)'} = self.{export.views}")
    lines += [f"{IN}{view}.write({name})" for view, (name, _) in zip(inputs, export.arguments, strict=True)]
    lines.append(f"{IN}self._calls += 1")
    passed = ["self.device", "()", *inputs, *outputs, "()", "FenceValue(self._fence, self._calls)"]
    lines += layout(IN, "", call(f"self.{export.name}_async", *passed))
    lines.append(f"{IN}self._fence.wait(self._calls)")
    if outputs:
        lines.append(f"{IN}return {', '.join(f'{name}.read()' for name in outputs)}")
    return [*lines, "", *_views(export)] if inputs or outputs else lines


def asynchronous(export: Export) -> list[str]:
    """The asynchronous method."""
    writer = export.writer
    said = f"Starts @{export.symbol} on {listed(export.arguments)}; {listed(export.results, 'nothing')} is written."
    waits = [] if writer.is_straight else ["Where the host has to decide something, this waits for what it needs."]
    matches = f"Matches IR: {writer.text.signature}"
    lines = [*asynchronous_head(export), *docstring(IN, said, *waits, matches)]
    lines += _requirements(export)
    if writer.is_straight:
        commands = []
        if writer.launch is not None:
            views = [f"{name}.buffer" for name in writer.launch.buffers]
            lines += layout(IN, "commands = ", bind(writer.launch.commands, views))
            commands = ["commands"]
        batch = call("SubmissionBatch", "wait_semaphores", row(*commands), "signal_semaphores")
        lines += layout(IN, "batch = ", batch)
        return [*lines, f"{IN}device.dispatch_queues[0].submit([batch], signal_fence)"]
    lines.append(f"{IN}call = _Call(device, wait_semaphores)")
    buffers = [f"{name}.buffer" for name, _ in (*export.arguments, *export.results)]
    lines += layout(IN, "", call(f"self.{writer.method_name}", "call", *buffers))
    return [*lines, f"{IN}call.end(signal_semaphores, signal_fence)"]


def _requirements(export: Export) -> list[str]:
    lines, before = [], [name for name, _ in export.arguments]
    for name, type_ in export.arguments:
        lines += layout(IN, "", call(f"{name}.require", text_literal(name), shape_text(type_), element_name(type_)))
    for name, type_ in export.results:
        needed = [text_literal(name), shape_text(type_), element_name(type_)]
        apart = [f"apart_from={row(*before).flat}"] if before else []
        lines += layout(IN, "", call(f"{name}.require", *needed, *apart))
        before.append(name)
    return lines


def _views(export: Export) -> list[str]:
    said = f"Where {export.name} has its arguments and results."
    lines = ["    @cached_property", f"    def {export.views}(self) -> tuple[BufferView, ...]:", *docstring(IN, said)]
    views = []
    for _, type_ in (*export.arguments, *export.results):
        arguments = ["self.device.allocator", shape_text(type_), element_name(type_)]
        views.append(call("BufferView.allocate", *arguments))
    return [*lines, *layout(IN, "return ", tuple_of(views))]
