"""Which deps a target needs: what its sources import, no more and no less.

A file belongs to the one target that lists it. A folder's own target (//iree/hal) stands for all files that it
reaches in the folder and below, so a test may name either //iree/hal or //iree/hal:buffer for an import of
iree.hal.buffer.
"""

import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from build_tools.checks.build_files import PYTHON_RULES, TEST_RULES, Target, all_targets
from build_tools.checks.imports import Import, imports_of, module_path
from build_tools.checks.source_tree import files

# Modules whose distribution has another name in third_party.
_INSTALLED_BY = {
    "cffi": "vulkan",
    "google": "tensorflow",
    "jaxlib": "jax",
    "keras": "tensorflow",
    "sklearn": "scikit_learn",
}


class Labels:
    """The targets of a workspace and the files that they own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.targets = [target for target in all_targets(root) if target.rule in PYTHON_RULES]
        self.by_label = {target.label: target for target in self.targets}

    @cached_property
    def versioned_folders(self) -> list[str]:
        """The folders that are a wheel each, with one version for all in them."""
        return [path.removesuffix("/version.bzl") for path in files(self.root, "/version.bzl")]

    def wheel_of(self, package: str) -> str | None:
        return next((folder for folder in self.versioned_folders if f"{package}/".startswith(f"{folder}/")), None)

    @cached_property
    def owners(self) -> dict[str, list[Target]]:
        owners: dict[str, list[Target]] = {}
        for target in self.targets:
            for path in target.srcs:
                owners.setdefault(path, []).append(target)
        return owners

    def imports(self, target: Target) -> Iterator[tuple[str, Import]]:
        for path in target.srcs:
            if (self.root / path).is_file() and not path.endswith("_generated.py"):
                yield from ((path, found) for found in imports_of(self.root, path))

    def label_of(self, module: str) -> str | None:
        """The label that a module asks for: "" for Python's own, None where nothing here provides it."""
        path = module_path(self.root, module)
        if path:
            owners = self.owners.get(path)
            return owners[0].label if owners else None
        name = module.partition(".")[0]
        if name in sys.stdlib_module_names or (self.root / module.replace(".", "/")).is_dir():
            return ""
        name = _INSTALLED_BY.get(name, name)
        return f"//third_party/{name}:{name}" if (self.root / "third_party" / name).is_dir() else None

    def needed(self, target: Target) -> dict[str, str]:
        """The labels that the sources ask for at run time, each with the file:line of its first import."""
        labels: dict[str, str] = {}
        for path, found in self.imports(target):
            label = "" if found.only_types else self.label_of(found.module)
            if label and label != target.label:
                labels.setdefault(label, f"{path}:{found.line}")
        if target.rule in TEST_RULES:
            labels.pop("//third_party/pytest:pytest", None)  # the rule adds it
            labels |= dict.fromkeys(self._of_test(target), target.name)
        return labels

    def _of_test(self, target: Target) -> Iterator[str]:
        """What a test needs by where it stands: what it is named after, which it may run, and each conftest.py."""
        tested = target.label.removesuffix("_test")
        if tested != target.label and tested in self.by_label:
            yield tested
        yield from (owner.label for owner in self._conftests(target.package))

    def _conftests(self, package: str) -> Iterator[Target]:
        """The conftest.py of a folder and of those above it: pytest takes what it finds."""
        for folder in (Path(package), *Path(package).parents):
            yield from self.owners.get((folder / "conftest.py").as_posix(), ())

    def allowed(self, target: Target) -> set[str]:
        """The labels that the sources may have, needed or for types alone."""
        imported = {label for _, found in self.imports(target) if (label := self.label_of(found.module))}
        return imported | set(self._of_test(target))

    def covers(self, label: str) -> set[str]:
        """The labels that stand behind one: itself, and for a folder's own target all that it reaches in its folder."""
        target = self.by_label.get(label)
        reached = {label}
        if target is None or not target.is_folder:
            return reached
        waiting = list(target.deps)
        while waiting:
            dep = waiting.pop()
            inside = dep.startswith((f"//{target.package}:", f"//{target.package}/"))
            if inside and dep not in reached and dep in self.by_label:
                reached.add(dep)
                waiting += self.by_label[dep].deps
        return reached

    def only_gathers(self, target: Target) -> bool:
        """Whether deps are the point of the target: it has no source but an __init__.py."""
        return all(path.endswith("__init__.py") for path in target.srcs)


def short(label: str, package: str = "") -> str:
    """A label as a BUILD file of the package writes it."""
    folder, _, name = label.removeprefix("//").partition(":")
    if package and folder == package:
        return f":{name}"
    return f"//{folder}" if folder.rpartition("/")[2] == name else f"//{folder}:{name}"


def missing_deps(labels: Labels, target: Target) -> dict[str, str]:
    """Needed labels that no dep covers."""
    covered = {label for dep in target.deps for label in labels.covers(dep)}
    return {label: where for label, where in labels.needed(target).items() if label not in covered}


def unused_deps(labels: Labels, target: Target) -> list[str]:
    """Deps of which nothing is imported."""
    if labels.only_gathers(target):
        return []
    allowed = labels.allowed(target)
    return [dep for dep in target.deps if not labels.covers(dep) & allowed]


def _gathered(labels: Labels, folder_target: Target) -> Iterator[str]:
    """What a folder's own target gathers: its libraries and programs, and the own targets of the folders in it."""
    for target in labels.targets:
        same_folder = target.package == folder_target.package and target.name != folder_target.name
        below = target.is_folder and Path(target.package).parent.as_posix() == folder_target.package
        if (same_folder or below) and target.rule not in TEST_RULES and not target.testonly:
            yield target.label


def ungathered(labels: Labels, target: Target) -> list[str]:
    """What a folder's own target should reach and doesn't; nothing for other targets."""
    if not target.is_folder or not labels.only_gathers(target) or target.testonly:
        return []
    covered = labels.covers(target.label)
    return [label for label in _gathered(labels, target) if label not in covered]


def wanted_deps(labels: Labels, target: Target) -> list[str]:
    """The deps that a target has and uses, and those that it lacks."""
    unused = unused_deps(labels, target)
    known = [
        dep for dep in target.deps if dep not in unused and (dep in labels.by_label or dep.startswith("//third_party"))
    ]
    return list(dict.fromkeys([*known, *missing_deps(labels, target), *ungathered(labels, target)]))


def is_up_to_date(labels: Labels, target: Target) -> bool:
    return sorted(wanted_deps(labels, target)) == sorted(target.deps)
