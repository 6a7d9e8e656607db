"""Every Python file belongs to one target, and a target's deps are what its sources import.

`bazel run //build_tools/checks:fix_labels` writes what this test asks for.
"""

from pathlib import Path

import pytest

from build_tools.checks.build_files import LIBRARY_RULES, TEST_RULES
from build_tools.checks.labels import Labels, missing_deps, short, ungathered, unused_deps
from build_tools.checks.source_tree import files, workspace


@pytest.fixture(scope="module")
def root() -> Path:
    return workspace()


@pytest.fixture(scope="module")
def labels(root: Path) -> Labels:
    return Labels(root)


def test_every_file_has_one_target(root: Path, labels: Labels) -> None:
    wrong = []
    for path in files(root, ".py"):
        owners = labels.owners.get(path, [])
        if len(owners) != 1:
            wrong.append(f"{path}: in {', '.join(owner.label for owner in owners) or 'no target'}")
    assert not wrong, "\n".join(wrong)


def test_every_source_is_there(root: Path, labels: Labels) -> None:
    wrong = []
    for target in labels.targets:
        for path in target.srcs:
            source = path.replace("_generated.py", ".fbs")
            if not (root / source).is_file():
                wrong.append(f"{target.label}: {source} does not exist")
    assert not wrong, "\n".join(wrong)


def test_a_test_file_is_a_test(labels: Labels) -> None:
    wrong = []
    for path, owners in labels.owners.items():
        if path.endswith("_test.py") != (owners[0].rule in TEST_RULES):
            wrong.append(f"{path}: a {owners[0].rule}")
    assert not wrong, "\n".join(wrong)


def test_every_dep_exists(root: Path, labels: Labels) -> None:
    third_party = {f"//third_party/{folder.name}:{folder.name}" for folder in (root / "third_party").iterdir()}
    wrong = []
    for target in labels.targets:
        unknown = set(target.deps) - set(labels.by_label) - third_party
        wrong += [f"{target.label} (line {target.line}): no target {short(dep)}" for dep in sorted(unknown)]
    assert not wrong, "\n".join(wrong)


def test_every_import_has_a_dep(labels: Labels) -> None:
    wrong = []
    for target in labels.targets:
        wrong += [f"{where}: {target.label} lacks {short(dep)}" for dep, where in missing_deps(labels, target).items()]
    assert not wrong, "\n".join(wrong)


def test_every_dep_is_imported(labels: Labels) -> None:
    wrong = []
    for target in labels.targets:
        unused = unused_deps(labels, target)
        wrong += [f"{target.label} (line {target.line}): {short(dep)} is not imported" for dep in unused]
    assert not wrong, "\n".join(wrong)


def test_every_import_is_known(labels: Labels) -> None:
    wrong = []
    for target in labels.targets:
        for path, found in labels.imports(target):
            if labels.label_of(found.module) is None:
                wrong.append(f"{path}:{found.line}: {found.module} is in no target, nor in third_party")
    assert not wrong, "\n".join(wrong)


def test_a_folders_own_target_is_public_and_versioned(labels: Labels) -> None:
    """Which version it has is checked by the rule itself."""
    wrong = []
    for target in labels.targets:
        own = target.is_folder and target.rule in LIBRARY_RULES and labels.wheel_of(target.package)
        if own and not (target.is_public and target.version):
            wrong.append(f"{target.label} (line {target.line}): needs public visibility and version = VERSION")
    assert not wrong, "\n".join(wrong)


def test_a_folders_own_target_gathers_the_folder(labels: Labels) -> None:
    """A wheel holds what its package's own target reaches."""
    wrong = []
    for target in labels.targets:
        if labels.wheel_of(target.package):
            wrong += [f"{target.label} (line {target.line}) lacks {short(dep)}" for dep in ungathered(labels, target)]
    assert not wrong, "\n".join(wrong)
