"""An exported function as the methods that users call, a synchronous and an asynchronous one."""

from iree.compiler.codegen.hal.export import Export
from iree.compiler.codegen.hal.names import Names
from iree.compiler.codegen.hal.types import listed
from iree.compiler.codegen.hal_cpp.methods import HAL, bind
from iree.compiler.codegen.hal_cpp.source import call, comment, layout, text_literal
from iree.compiler.codegen.hal_cpp.types import array_type, braces, element_name, shape_text

_IN = "  "


def declarations(export: Export) -> list[str]:
    """Both methods, as users read them."""
    takes, gives = listed(export.arguments), listed(export.results, "nothing")
    straight = export.writer.is_straight
    waits = [] if straight else ["Where the host has to decide something, this waits for what it needs."]
    return [
        *comment(_IN, f"Runs @{export.symbol} on {takes}, and gives {gives}."),
        *layout(_IN, f"void {export.name}(", _arrays(export), ");"),
        "",
        *comment(_IN, f"Starts @{export.symbol} on {takes}; {gives} is written.", *waits),
        *layout(_IN, f"void {export.name}_async(", _parameters(export, HAL), ");"),
    ]


def views_declaration(export: Export) -> list[str]:
    """Where the synchronous method has its arguments and results, once it was called."""
    count = len(export.arguments) + len(export.results)
    return [f"{_IN}std::optional<std::array<{HAL}BufferView, {count}>> {export.views};"] if count else []


def definitions(export: Export, class_name: str) -> list[str]:
    """Both methods."""
    return [*_synchronous(export, class_name), "", *_asynchronous(export, class_name)]


def _synchronous(export: Export, class_name: str) -> list[str]:
    writer = export.writer
    names = Names(writer.scope.spelling, [*writer.arguments, *writer.outputs])
    inputs = [names.unique(f"{name}_view") for name, _ in export.arguments]
    outputs = [names.unique(f"{name}_view") for name, _ in export.results]
    views = [*inputs, *outputs]
    lines = layout("", f"void {class_name}::{export.name}(", _arrays(export), ") {")
    if views:
        allocated = [
            f"BufferView::allocate(_device->allocator(), {shape_text(type_)}, {element_name(type_)})"
            for _, type_ in (*export.arguments, *export.results)
        ]
        lines.append(f"{_IN}if (!{export.views}) {{")
        lines += [*layout(f"{_IN}  ", f"{export.views} = std::array{{", allocated, "};"), f"{_IN}}}"]
        lines += layout(_IN, "auto &[", views, f"] = *{export.views};")
    lines += [f"{_IN}{view}.write({name});" for view, (name, _) in zip(inputs, export.arguments, strict=True)]
    lines += call(_IN, f"{export.name}_async", "*_device", "{}", *views, "{}", "{_fence, ++_calls}")
    lines.append(f"{_IN}_fence->wait(_calls);")
    lines += [f"{_IN}{view}.read({name});" for view, (name, _) in zip(outputs, export.results, strict=True)]
    return [*lines, "}"]


def _asynchronous(export: Export, class_name: str) -> list[str]:
    writer = export.writer
    lines = comment("", f"Matches IR: {writer.text.signature}")
    lines += layout("", f"void {class_name}::{export.name}_async(", _parameters(export), ") {")
    lines += _requirements(export)
    if writer.is_straight:
        commands = "{}"
        if writer.launch is not None:
            buffers = [f"{name}.buffer" for name in writer.launch.buffers]
            lines += layout(_IN, "", [f"auto commands = {bind(writer.launch.commands, buffers)}"], ";")
            commands = "{commands}"
        batch = braces(["wait_semaphores", commands, "signal_semaphores"])
        return [*lines, *call(_IN, "device.dispatch_queue().submit", f"{{{batch}}}", "signal_fence"), "}"]
    lines.append(f"{_IN}Call call(device, wait_semaphores);")
    lines += call(_IN, writer.method_name, "call", *(f"{name}.buffer" for name in _names(export)))
    return [*lines, f"{_IN}call.end(signal_semaphores, signal_fence);", "}"]


def _requirements(export: Export) -> list[str]:
    lines, before = [], [f"&{name}" for name, _ in export.arguments]
    for name, type_ in export.arguments:
        lines += call(_IN, f"{name}.require", text_literal(name), shape_text(type_), element_name(type_))
    for name, type_ in export.results:
        apart = [braces(before)] if before else []
        lines += call(_IN, f"{name}.require", text_literal(name), shape_text(type_), element_name(type_), *apart)
        before.append(f"&{name}")
    return lines


def _names(export: Export) -> list[str]:
    return [name for name, _ in (*export.arguments, *export.results)]


def _arrays(export: Export) -> list[str]:
    return [
        *(f"const {array_type(type_)} *{name}" for name, type_ in export.arguments),
        *(f"{array_type(type_)} *{name}" for name, type_ in export.results),
    ]


def _parameters(export: Export, hal: str = "") -> list[str]:
    views = [f"const {hal}BufferView &{name}" for name in _names(export)]
    before = [f"{hal}Device &device", f"const {hal}SemaphoreValues &wait_semaphores"]
    return [*before, *views, f"const {hal}SemaphoreValues &signal_semaphores", f"const {hal}FenceValue &signal_fence"]
