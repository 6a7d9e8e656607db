"""What the documents say of the tree is so: each file or folder that they draw or link to is there, and each label
that they name is a target.

Of a code block, the lines that start with a path of ours count; `{a,b}` stands for both, `...` for more.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from build_tools.checks.build_files import all_targets, full_label
from build_tools.checks.source_tree import files, workspace

_LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)")
_LABEL = re.compile(r"(?<![\w/])//(?:[a-z_][\w-]*(?:/[\w-]+)*)?(?::[\w.-]+)?(?![\w/.*])")
_CODE = re.compile(r"`([^`\n]+)`")
_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_TOP = ("build_tools/", "third_party/", "iree/", "test/", "samples/", "benchmarks/", "docs/", ".ci/")


@pytest.fixture(scope="module")
def root() -> Path:
    return workspace()


@pytest.fixture(scope="module")
def documents(root: Path) -> dict[str, str]:
    return {path: (root / path).read_text() for path in files(root, ".md")}


def expand(path: str) -> Iterator[str]:
    """a/{b,c}.py as a/b.py and a/c.py."""
    braces = re.search(r"\{([^{}]*)\}", path)
    if braces is None:
        yield path
        return
    for choice in re.split(r"[ ,]+", braces[1].strip()):
        yield from expand(path[: braces.start()] + choice + path[braces.end() :])


def paths_of(text: str) -> Iterator[str]:
    """The paths of the workspace that a text names, in code or in a drawing."""
    named = [line.strip() for block in _BLOCK.findall(text) for line in block.splitlines()]
    named += _CODE.findall(_BLOCK.sub("", text))
    for name in named:
        word = re.match(r"[\w./{}, -]*?(?=\s|$)", name)
        if word and word[0].startswith(_TOP) and not re.search(r"[<>*]|\.\.\.", word[0]):
            yield from expand(word[0])


def exists(root: Path, path: str) -> bool:
    """A generated file exists where its schema does."""
    return (root / path).exists() or (
        path.endswith("_generated.py") and (root / path.replace("_generated.py", ".fbs")).exists()
    )


def test_every_path_exists(root: Path, documents: dict[str, str]) -> None:
    wrong = [f"{name}: {path}" for name, text in documents.items() for path in paths_of(text) if not exists(root, path)]
    assert not wrong, "\n".join(wrong)


def test_every_link_leads_somewhere(root: Path, documents: dict[str, str]) -> None:
    wrong = []
    for name, text in documents.items():
        for link in _LINK.findall(_BLOCK.sub("", text)):
            if not ((root / name).parent / link).exists():
                wrong.append(f"{name}: {link}")
    assert not wrong, "\n".join(wrong)


def test_every_label_is_a_target(root: Path, documents: dict[str, str]) -> None:
    targets = all_targets(root)
    known = {target.label for target in targets} | {f"//{target.package}:all" for target in targets}
    wrong = []
    for name, text in documents.items():
        for label in _LABEL.findall(text):
            if full_label("", label) not in known and label != "//":
                wrong.append(f"{name}: {label}")
    assert not wrong, "\n".join(wrong)


def test_the_readme_has_the_command_that_ci_runs(root: Path, documents: dict[str, str]) -> None:
    command = "./bazelw test //..."
    assert command in documents["README.md"]
    assert f"\n{command}\n" in (root / ".ci/run").read_text()


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("see `iree/hal/buffer.py`", ["iree/hal/buffer.py"]),
        ("```\niree/hal/   what runs\n  more\n```", ["iree/hal/"]),
        ("`iree/hal/{a,b}.py`", ["iree/hal/a.py", "iree/hal/b.py"]),
        ("`iree/hal/<driver>/x.py`, `numpy`", []),
    ],
)
def test_the_check_reads_what_a_person_reads(text: str, paths: list[str]) -> None:
    assert list(paths_of(text)) == paths
