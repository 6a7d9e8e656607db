"""Every generator by the name that `translate --to` takes; its code is imported when it is asked for."""

import importlib

from iree.compiler.codegen.generator import Generator

_GENERATORS = {
    "c": "iree.compiler.codegen.runtimeless_c.generator:RuntimelessC",
    "c-vulkan": "iree.compiler.codegen.runtimeless_c_vulkan.generator:RuntimelessCVulkan",
    "hal-cpp": "iree.compiler.codegen.hal_cpp.generator:HalCpp",
    "hal-python": "iree.compiler.codegen.hal_python.generator:HalPython",
}


def generator_names() -> tuple[str, ...]:
    """Every generator there is."""
    return tuple(_GENERATORS)


def create_generator(name: str, **settings: bool) -> Generator:
    """The generator called `name`, one of generator_names, with what its class takes."""
    module, _, attribute = _GENERATORS[name].partition(":")
    generator: Generator = getattr(importlib.import_module(module), attribute)(**settings)
    return generator
