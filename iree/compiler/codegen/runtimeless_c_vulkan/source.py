"""The C file of a model: its kernels, what records its commands, how it is made and freed, and its functions."""

import json
import re
from collections.abc import Sequence
from string import Template

from iree.compiler.codegen.runtimeless_c.constants import ALIGNED, LITTLE_ENDIAN
from iree.compiler.codegen.runtimeless_c.kernel import wrapped
from iree.compiler.codegen.runtimeless_c_vulkan import skeleton
from iree.compiler.codegen.runtimeless_c_vulkan.header import call_head, create_head, record_head
from iree.compiler.codegen.runtimeless_c_vulkan.model import Entry, Model
from iree.compiler.codegen.runtimeless_c_vulkan.recording import Recording

_WEIGHTS = ("const unsigned char *weights",)


def source_text(model: Model, origin: str) -> str:
    """NAME.c."""
    said = f"{origin} in C99 over Vulkan, made by iree-translate --to=c-vulkan; see {model.file}.h"
    functions = [_reset(model), *(_call(model, entry) for entry in model.entries)]
    body = [skeleton.TRY, *_tables(model), *_recordings(model), *_making(model), *functions]
    aligned = [ALIGNED] if any(" ALIGNED" in text for text in body) else []
    aligned += [LITTLE_ENDIAN] if model.program.constants.is_external else []
    includes = f'#include "{model.file}.h"\n\n#include <string.h>\n'
    return f"/* {model.file}.c: {said} */\n" + "\n".join([includes, *aligned, *filter(None, body)])


# Data.


def _tables(model: Model) -> list[str]:
    program = model.program
    sizes = [f"#define BUFFER_BYTES {model.buffer_bytes}", f"#define STAGE_BYTES {model.stage_bytes}"]
    if not program.kernels:
        return ["\n".join([*sizes, ""]), *program.constants.definitions()]
    count = max(map(len, program.bindings))
    sizes += [f"#define SETS {len(program.bindings)}", f"#define BINDINGS {count}"]
    codes = {program.codes[kernel.executable]: kernel.code for kernel in program.kernels}
    words = [_words(name, code) for name, code in codes.items()]
    return ["\n".join([*sizes, ""]), *program.constants.definitions(), *words, _kernels(model), _bound(model, count)]


def _words(name: str, code: Sequence[int]) -> str:
    rows = [", ".join(f"0x{word:08x}" for word in code[start : start + 9]) for start in range(0, len(code), 9)]
    lines = "".join(f"  {row},\n" for row in rows)
    return f"static const uint32_t {name}[{len(code)}] = {{\n{lines}}};\n"


def _kernels(model: Model) -> str:
    lines = ["static const struct { const char *name; const uint32_t *code; size_t bytes; } KERNELS[] = {"]
    for kernel in model.program.kernels:
        code = model.program.codes[kernel.executable]
        lines.append(f"  {{{json.dumps(kernel.name)}, {code}, sizeof {code}}},")
    return "\n".join([*lines, "};", ""])


def _bound(model: Model, count: int) -> str:
    lines = [
        "/* What dispatches are bound to: parts of the buffer. */",
        "static const struct { VkDeviceSize offset, bytes; } BOUND[SETS][BINDINGS] = {",
    ]
    for row in model.program.bindings:
        padded = [*row, *[(0, 4)] * (count - len(row))]
        lines.append(wrapped("  {", [f"{{{start}, {length}}}" for start, length in padded], "},"))
    return "\n".join([*lines, "};", ""])


# Functions.


def _recordings(model: Model) -> list[str]:
    texts = [skeleton.BARRIER]
    bodies = [_record(model, name, recording) for name, recording in model.recordings]
    if model.program.uploads or any("  copy(" in body for body in bodies):
        texts.append(skeleton.COPY)
    if model.program.kernels:
        texts.append(_filled(model, skeleton.DISPATCH))
    return [*texts, *bodies]


def _record(model: Model, name: str, recording: Recording) -> str:
    entry = model.recorded_by(name)
    head = f"static void {name}(const {model.type} *model, VkCommandBuffer commands)"
    parameters = ["model"]
    if entry is not None:
        head = record_head(model, entry)
        parameters += [parameter for place in entry.bound for parameter in (place.buffer, place.base)]
    return "\n".join([f"{head} {{", *recording.lines, *_unused(parameters, recording.lines), "}", ""])


def _making(model: Model) -> list[str]:
    submits = any("(submit(" in line for entry in model.entries for line in entry.body)
    texts = [skeleton.BEGIN, *[skeleton.SUBMIT] * submits, skeleton.RUN]
    texts += [skeleton.UPLOAD] if model.program.uploads else []
    texts += [model.requirements.check(), skeleton.MEMORY]
    texts += [skeleton.PIPELINES] if model.program.kernels else []
    texts.append(skeleton.COMMANDS)
    return [*(_filled(model, text) for text in texts), _prepare(model), _destroy(model), _create(model)]


def _filled(model: Model, text: str) -> str:
    again = ".flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT, " if model.program.uploads else ""
    return Template(text).substitute(model=model.type, commands=len(model.recordings), flags=again)


def _prepare(model: Model) -> str:
    parameters = ["VkPhysicalDevice physical", "uint32_t queue_family", *_WEIGHTS * model.program.constants.is_external]
    lines = [
        wrapped("static VkResult prepare(", [*parameters, f"{model.type} *model"], ") {"),
        "  TRY(check(physical));",
        "  TRY(make_memory(physical, model));",
    ]
    if model.program.kernels:
        lines += [
            "  TRY(make_sets(model));",
            f"  for (uint32_t i = 0; i < {len(model.program.kernels)}; ++i) TRY(make_pipeline(model, i));",
        ]
    lines.append("  TRY(make_commands(model, queue_family));")
    for constant, place in model.program.uploads.items():
        array = f"weights + {constant.offset}" if model.program.constants.is_external else constant.name
        lines.append(f"  TRY(upload(model, {array}, {place.start}, {place.bytes}));")
    for number, (name, _) in enumerate(model.recordings):
        entry = model.recorded_by(name)
        staged = () if entry is None else (*entry.arguments, *entry.results)
        arguments = ["model", f"model->commands[{number}]"]
        arguments += [part for place in staged for part in (place.buffer, place.at)]
        lines.append(f"  TRY(begin(model->commands[{number}]));")
        lines.append(wrapped(f"  {name}(", arguments, ");"))
        lines.append(f"  TRY(vkEndCommandBuffer(model->commands[{number}]));")
    if model.program.constants.is_external:
        lines += _unused(["weights"], lines[1:])
    last = f"{model.name}_reset(model)" if model.program.variables else "VK_SUCCESS"
    return "\n".join([*lines, f"  return {last};", "}", ""])


def _destroy(model: Model) -> str:
    lines = [
        f"void {model.name}_destroy({model.type} *model) {{",
        "  if (model->device == VK_NULL_HANDLE) return;",
        "  vkQueueWaitIdle(model->queue);",
        "  vkDestroyFence(model->device, model->done, NULL);",
        "  vkDestroyCommandPool(model->device, model->pool, NULL);",
    ]
    if model.program.kernels:
        count = len(model.program.kernels)
        lines += [
            "  vkDestroyDescriptorPool(model->device, model->descriptors, NULL);",
            f"  for (uint32_t i = 0; i < {count}; ++i) vkDestroyPipeline(model->device, model->pipelines[i], NULL);",
            "  vkDestroyPipelineLayout(model->device, model->layout, NULL);",
            "  vkDestroyDescriptorSetLayout(model->device, model->set_layout, NULL);",
        ]
    for name in ("stage_", ""):
        lines.append(f"  vkDestroyBuffer(model->device, model->{name}buffer, NULL);")
        lines.append(f"  vkFreeMemory(model->device, model->{name}memory, NULL);")
    return "\n".join([*lines, "  memset(model, 0, sizeof *model);", "}", ""])


def _create(model: Model) -> str:
    given = ", ".join(["physical", "queue_family", *["weights"] * model.program.constants.is_external])
    lines = [
        f"{create_head(model)} {{",
        "  VkResult result;",
        f"  *model = ({model.type}){{.device = device, .queue = queue}};",
        f"  result = prepare({given}, model);",
        f"  if (result != VK_SUCCESS) {model.name}_destroy(model);",
        "  return result;",
    ]
    return "\n".join([*lines, "}", ""])


def _reset(model: Model) -> str:
    if not model.program.variables:
        return ""
    return f"VkResult {model.name}_reset(const {model.type} *model) {{\n  return run(model, 0);\n}}\n"


def _call(model: Model, entry: Entry) -> str:
    lines = [
        f"  memcpy(model->stage + {place.start}, {name}, {place.bytes});"
        for name, place in zip(entry.signature.arguments, entry.arguments, strict=True)
        if place.bytes
    ]
    lines += entry.body
    lines += [
        f"  memcpy({name}, model->stage + {place.start}, {place.bytes});"
        for name, place in zip(entry.signature.results, entry.results, strict=True)
        if place.bytes
    ]
    lines += _unused([*entry.signature.arguments, *entry.signature.results], lines)
    return "\n".join([f"{call_head(model, entry)} {{", *lines, "  return VK_SUCCESS;", "}", ""])


def _unused(names: Sequence[str], lines: Sequence[str]) -> list[str]:
    text = "\n".join(lines)
    return [f"  (void){name};" for name in names if not re.search(rf"\b{name}\b", text)]
