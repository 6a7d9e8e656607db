"""Arrows go one way. The module file is the wall: nothing of the runtime imports the compiler, nor the other way
round, but for one file: what is known when compiling is computed by the program's own interpreter.

A folder of the table imports itself, what its entry names, and nothing else of this workspace: a folder with
all below it, one file, or `folder/*`, the files that lie in it. A registry may also name the classes of folders
below its own. A test reaches further, over its own side of the wall and iree/testing.
"""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest

from build_tools.checks.imports import Import, imports_of, module_path
from build_tools.checks.source_tree import files, workspace

EVALUATOR = "iree/compiler/transforms/constants/evaluator.py"

_IR = ("iree/schemas", "iree/compiler/ir")
_DIALECTS = (*_IR, "iree/compiler/dialects")
_PASSES = (*_DIALECTS, "iree/compiler/transforms/common")
_COSTS = "iree/compiler/targets/description.py"
_TARGET = (*_PASSES, "iree/compiler/kernels", "iree/compiler/targets/target.py", _COSTS)
_EVALUATION = ("iree/compiler/transforms/input", "iree/compiler/targets/interp", "iree/compiler/module")
_DRIVER = ("iree/schemas", "iree/hal/*", "iree/hal/host")

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "iree/schemas": (),
    # Left of the wall, in the order of the data.
    "iree/compiler/ir": ("iree/schemas",),
    "iree/compiler/dialects": _IR,
    "iree/compiler/importers": _DIALECTS,
    "iree/compiler/transforms/common": _DIALECTS,
    "iree/compiler/transforms/input": _PASSES,
    "iree/compiler/transforms/constants": (*_PASSES, EVALUATOR),
    EVALUATOR: (*_PASSES, *_EVALUATION, "iree/runtime"),
    "iree/compiler/transforms/dispatch_regions": (*_PASSES, _COSTS),
    "iree/compiler/transforms/hl_seq": _PASSES,
    "iree/compiler/transforms/ll_seq": _PASSES,
    "iree/compiler/kernels": _PASSES,
    "iree/compiler/targets": _PASSES,
    "iree/compiler/targets/interp": _TARGET,
    "iree/compiler/targets/spirv": _TARGET,
    "iree/compiler/codegen/runtimeless_c": (
        *_PASSES,
        "iree/compiler/codegen/*",
        "iree/compiler/kernels",
        "iree/compiler/module/module_writer.py",
        "iree/compiler/pipeline.py",
    ),
    "iree/compiler/codegen/runtimeless_c_vulkan": (
        *_PASSES,
        "iree/compiler/codegen/*",
        "iree/compiler/codegen/runtimeless_c",
        "iree/compiler/module/module_writer.py",
        "iree/compiler/pipeline.py",
        "iree/compiler/targets/spirv",
    ),
    "iree/compiler/codegen": (*_PASSES, "iree/compiler/pipeline.py"),
    "iree/compiler/codegen/hal": _PASSES,
    "iree/compiler/codegen/hal_cpp": (
        *_PASSES,
        "iree/compiler/codegen/*",
        "iree/compiler/codegen/hal",
        "iree/compiler/codegen/runtimeless_c",
        "iree/compiler/module",
        "iree/compiler/pipeline.py",
        "iree/compiler/targets/*",
    ),
    "iree/compiler/codegen/hal_python": (
        *_PASSES,
        "iree/compiler/codegen/*",
        "iree/compiler/codegen/hal",
        "iree/compiler/module",
        "iree/compiler/pipeline.py",
        "iree/compiler/targets/*",
    ),
    "iree/compiler/module": (*_DIALECTS, "iree/compiler/targets/*"),
    "iree/compiler": ("iree/schemas", "iree/compiler"),
    # Right of it.
    "iree/hal": ("iree/schemas",),
    "iree/hal/host": ("iree/schemas", "iree/hal/*"),
    "iree/hal/null": _DRIVER,
    "iree/hal/interpreter": _DRIVER,
    "iree/hal/interpreter/testing": ("iree/schemas", "iree/hal"),
    "iree/hal/vulkan": _DRIVER,
    "iree/hal/cts": ("iree/schemas", "iree/hal"),
    "iree/runtime": ("iree/schemas", "iree/hal"),
    # Both sides.
    "iree/testing": ("iree/schemas", "iree/compiler", "iree/hal", "iree/runtime"),
    "iree/tools": ("iree/schemas", "iree/compiler", "iree/hal", "iree/runtime"),
}

SIDES = (("iree/compiler",), ("iree/hal", "iree/runtime"))

# Who imports what is installed. The tests of any folder may compare with an oracle.
ONLY_IN: dict[str, tuple[str, ...]] = {
    "vulkan": ("iree/hal/vulkan",),
    "xdsl": ("iree/compiler", "iree/testing", "iree/tools", "test"),
    "tensorflow": ("iree/compiler/importers/tensorflow", "iree/testing", "test", "samples", "benchmarks"),
    "jax": ("iree/compiler/importers/jax", "iree/testing", "test", "samples", "benchmarks"),
    "scipy": ("test", "benchmarks"),
    "sklearn": ("test", "samples", "benchmarks"),
}
ORACLES = ("tensorflow", "jax", "scipy")

XDSL_INSIDES = ("xdsl.utils.lexer", "xdsl.utils.mlir_lexer", "xdsl.utils.base_printer")


class Arrow(NamedTuple):
    """One import: from a file, to a file of this workspace or a module that is installed."""

    source: str
    found: Import
    target: str | None

    @property
    def text(self) -> str:
        return f"{self.source}:{self.found.line}: imports {self.found.module}"

    @property
    def from_test(self) -> bool:
        return self.source.endswith(("_test.py", "conftest.py"))


def within(path: str, *places: str) -> bool:
    return any(path == place or fnmatch(path, f"{place}/*") for place in places if not place.endswith("/*")) or any(
        Path(path).parent.as_posix() == place.removesuffix("/*") for place in places if place.endswith("/*")
    )


def entry_of(path: str) -> str | None:
    """The nearest folder of the table."""
    return max((folder for folder in MAY_IMPORT if within(path, folder)), key=len, default=None)


def is_allowed(arrow: Arrow) -> bool:
    entry = entry_of(arrow.source)
    if entry is None or arrow.target is None:
        return True
    allowed = MAY_IMPORT[entry]
    if arrow.from_test:
        allowed += ("iree/testing", *(place for side in SIDES if within(arrow.source, *side) for place in side))
    if arrow.found.by_name:
        allowed += (entry,)
    return entry_of(arrow.target) == entry or within(arrow.target, *allowed)


@pytest.fixture(scope="module")
def arrows() -> list[Arrow]:
    root = workspace()
    found = [(path, one) for path in files(root, ".py") for one in imports_of(root, path)]
    return [Arrow(path, one, module_path(root, one.module)) for path, one in found]


def test_arrows_go_one_way(arrows: list[Arrow]) -> None:
    wrong = [arrow.text for arrow in arrows if not is_allowed(arrow)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_no_import_crosses_the_module_file(arrows: list[Arrow]) -> None:
    """The table says so too; here it stands by itself, for tests as for the rest. The evaluator alone may."""
    wrong = []
    for arrow in arrows:
        for here, there in (SIDES, SIDES[::-1]):
            if within(arrow.source, *here) and arrow.target and within(arrow.target, *there):
                if arrow.source == EVALUATOR and within(arrow.target, "iree/runtime"):
                    continue
                wrong.append(arrow.text)
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_installed_packages_stay_in_their_place(arrows: list[Arrow]) -> None:
    wrong = []
    for arrow in arrows:
        package = arrow.found.module.partition(".")[0]
        is_oracle = package in ORACLES and arrow.from_test
        if arrow.target is None and not is_oracle and not within(arrow.source, *ONLY_IN.get(package, (arrow.source,))):
            wrong.append(arrow.text)
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def _reaches_inside_xdsl(found: Import) -> bool:
    parts = [*found.module.split("."), found.name]
    return parts[0] == "xdsl" and (any(part.startswith("_") for part in parts) or found.module.startswith(XDSL_INSIDES))


def test_only_ir_knows_the_insides_of_xdsl(arrows: list[Arrow]) -> None:
    wrong = [
        arrow.text
        for arrow in arrows
        if _reaches_inside_xdsl(arrow.found) and not within(arrow.source, "iree/compiler/ir")
    ]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def _folders_with_code(root: Path) -> Iterator[str]:
    yield from sorted({Path(path).parent.as_posix() for path in files(root, ".py") if path.startswith("iree/")})


def test_every_folder_has_its_place() -> None:
    wrong = [folder for folder in _folders_with_code(workspace()) if entry_of(f"{folder}/x.py") is None]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_the_check_sees_a_wrong_arrow() -> None:
    """The table would be worth nothing if it let everything pass."""

    def arrow(source: str, target: str, by_name: bool = False) -> Arrow:
        module = target.removesuffix(".py").replace("/", ".")
        return Arrow(source, Import(module, 1, by_name=by_name), target)

    assert not is_allowed(arrow("iree/runtime/vm/module.py", "iree/compiler/pipeline.py"))
    assert not is_allowed(arrow("iree/hal/buffer.py", "iree/hal/vulkan/driver.py"))
    assert not is_allowed(arrow("iree/hal/vulkan/driver.py", "iree/hal/null/driver.py"))
    assert not is_allowed(arrow("iree/compiler/transforms/hl_seq/a.py", "iree/compiler/transforms/ll_seq/b.py"))
    assert not is_allowed(arrow("iree/compiler/pipeline_test.py", "iree/runtime/vm/module.py"))
    assert is_allowed(arrow("iree/hal/registry.py", "iree/hal/vulkan/driver.py", by_name=True))
    assert is_allowed(arrow("iree/hal/vulkan/driver.py", "iree/hal/driver.py"))
    assert is_allowed(arrow("iree/compiler/transforms/hl_seq/a_test.py", "iree/compiler/transforms/ll_seq/b.py"))
