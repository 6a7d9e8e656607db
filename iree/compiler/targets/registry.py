"""Every target by the name users say; its code is imported when it is asked for."""

import difflib
import importlib
from collections.abc import Sequence

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.targets.target import Target

_TARGETS = {
    "interpreter-bytecode": "iree.compiler.targets.interp.target:InterpTarget",
    "vulkan-spirv": "iree.compiler.targets.spirv.target:VulkanSpirvTarget",
}


def target_names() -> tuple[str, ...]:
    """Every target there is."""
    return tuple(_TARGETS)


def create_target(name: str) -> Target:
    """The target called `name`. CompileError: there is none; the error lists those that exist."""
    if name not in _TARGETS:
        near = difflib.get_close_matches(name, _TARGETS, 1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise CompileError(f"no target backend is called {name!r}{hint}; there are: {', '.join(_TARGETS)}")
    module, _, attribute = _TARGETS[name].partition(":")
    target: Target = getattr(importlib.import_module(module), attribute)()
    return target


def create_targets(names: Sequence[str]) -> list[Target]:
    """Targets in the order of the registry, each once, so that the order of `names` never changes a module.

    A lone string is one name. CompileError: there is no such target.
    """
    if isinstance(names, str):
        names = (names,)
    unknown = [name for name in names if name not in _TARGETS]
    return [create_target(name) for name in (unknown or [name for name in _TARGETS if name in names])]
