"""The header of a model: its type, how it is made and destroyed, and its functions."""

from iree.compiler.codegen.runtimeless_c.kernel import wrapped
from iree.compiler.codegen.runtimeless_c.weights import described_weights
from iree.compiler.codegen.runtimeless_c_vulkan.model import Entry, Model


def header_text(model: Model, origin: str) -> str:
    """NAME.h."""
    said = (
        f"{origin} in C99 over Vulkan, made by iree-translate --to=c-vulkan.\n\n"
        f"   The device needs {model.requirements.described()}.\n"
        "   Arrays are row-major and must not overlap. One thread at a time may use a model and its queue.\n"
        "   A model that has answered anything but VK_SUCCESS can only be destroyed."
    )
    parts = [_type(model), _lifetime(model)]
    if model.program.constants.is_external:
        parts.insert(0, described_weights(model.program.constants, model.file))
    if model.program.variables:
        parts.append(
            f"/* Gives all variables the values that they start with. */\n"
            f"VkResult {model.name}_reset(const {model.type} *model);\n"
        )
    for entry in model.entries:
        parts.append(f"/* {model.interface.described(entry.function)} */\n{call_head(model, entry)};\n")
        if entry.record is not None:
            parts.append(
                "/* The same as commands, between buffers of the caller that can be copied from and to. They begin\n"
                "   and end with a barrier; until they are done, nothing else may use the model. */\n"
                f"{record_head(model, entry)};\n"
            )
    return model.interface.header(said, "#include <vulkan/vulkan.h>", parts)


def create_head(model: Model) -> str:
    """The function that makes a model."""
    parameters = ["VkPhysicalDevice physical", "VkDevice device", "VkQueue queue", "uint32_t queue_family"]
    parameters += ["const unsigned char *weights"] if model.program.constants.is_external else []
    return wrapped(f"VkResult {model.name}_create(", [*parameters, f"{model.type} *model"], ")")


def call_head(model: Model, entry: Entry) -> str:
    """The function that runs an entry on arrays."""
    parameters = [f"const {model.type} *model", *model.interface.parameters(entry.function.sym_name.data)]
    return wrapped(f"VkResult {entry.signature.name}(", parameters, ")")


def record_head(model: Model, entry: Entry) -> str:
    """The function that records an entry on buffers."""
    parameters = [f"const {model.type} *model", "VkCommandBuffer commands"]
    for place in entry.bound:
        parameters += [f"VkBuffer {place.buffer}", f"VkDeviceSize {place.base}"]
    return wrapped(f"void {entry.record}(", parameters, ")")


def _type(model: Model) -> str:
    lines = [
        f"/* The program on a device: {model.buffer_bytes} bytes there, and {model.stage_bytes} that the host sees. */",
        f"typedef struct {model.type} {{",
        "  VkDevice device;",
        "  VkQueue queue;",
        "  VkBuffer buffer, stage_buffer;",
        "  VkDeviceMemory memory, stage_memory;",
        "  unsigned char *stage;",
    ]
    if model.program.kernels:
        lines += [
            "  VkDescriptorSetLayout set_layout;",
            "  VkPipelineLayout layout;",
            f"  VkPipeline pipelines[{len(model.program.kernels)}];",
            "  VkDescriptorPool descriptors;",
            f"  VkDescriptorSet sets[{len(model.program.bindings)}];",
        ]
    if model.recordings:
        lines += ["  VkCommandPool pool;", f"  VkCommandBuffer commands[{len(model.recordings)}];", "  VkFence done;"]
    return "\n".join([*lines, f"}} {model.type};", ""])


def _lifetime(model: Model) -> str:
    return (
        "/* Makes the model on a device whose queue computes. VK_ERROR_FEATURE_NOT_PRESENT: not on this one. */\n"
        f"{create_head(model)};\n\n"
        "/* Waits for the queue, and frees all that the model has. */\n"
        f"void {model.name}_destroy({model.type} *model);\n"
    )
