"""A virtual environment that holds what pip would have installed, and nothing else, made without an index.

    environment = CleanEnvironment(folder)
    environment.install(["iree-python-runtime"], wheels)
    environment.python("-c", "import iree.runtime")

pip itself resolves and installs our wheels. What they require of others is linked from the environment that runs this
code, which has the locked version of each; pip then finds it there and checks its version.
"""

import importlib.metadata
import os
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def _metadata_of(wheel: Path) -> importlib.metadata.Distribution:
    """The metadata of a wheel that is not installed."""
    with ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        text = archive.read(name).decode()

    class InWheel(importlib.metadata.Distribution):
        def read_text(self, filename: str) -> str | None:
            return text if filename == "METADATA" else None

        def locate_file(self, path: str | os.PathLike[str]) -> Path:
            raise FileNotFoundError(path)

    return InWheel()


def _requirements(distribution: importlib.metadata.Distribution, extras: Sequence[str]) -> Iterator[Requirement]:
    for text in distribution.requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras or ("",)):
            yield requirement


def closure(requested: Sequence[str], wheels: Sequence[Path]) -> set[str]:
    """The names of everything that must be there for the requested requirements, ours included."""
    ours = {canonicalize_name(wheel.name.partition("-")[0]): wheel for wheel in wheels}
    reached: dict[str, tuple[str, ...]] = {}
    waiting = [Requirement(text) for text in requested]
    while waiting:
        requirement = waiting.pop()
        name, extras = canonicalize_name(requirement.name), tuple(sorted(requirement.extras))
        if reached.get(name) in (extras, (*extras, "")):
            continue
        reached[name] = extras
        distribution = _metadata_of(ours[name]) if name in ours else importlib.metadata.distribution(name)
        waiting += _requirements(distribution, (*extras, ""))
    return set(reached)


class CleanEnvironment:
    """A virtual environment in a folder that does not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        venv.create(folder, with_pip=False, symlinks=True)
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        self.site_packages = folder / "lib" / version / "site-packages"

    def _link(self, name: str) -> None:
        """Links the files of an installed distribution, folder by folder."""
        distribution = importlib.metadata.distribution(name)
        entries = {file.parts[0] for file in distribution.files or () if file.parts[0] not in ("..", "__pycache__")}
        for entry in entries:
            target = self.site_packages / entry
            if not target.exists():
                target.symlink_to(Path(str(distribution.locate_file(entry))).resolve())

    def install(self, requested: Sequence[str], wheels: Sequence[Path]) -> None:
        """Installs our wheels with pip, after linking what they need. RuntimeError: pip could not, or finds fault."""
        ours = {canonicalize_name(wheel.name.partition("-")[0]) for wheel in wheels}
        for name in closure(requested, wheels) - ours:
            self._link(name)
        folders = [f"--find-links={folder}" for folder in sorted({str(wheel.parent) for wheel in wheels})]
        self._pip("install", "--quiet", "--no-index", *folders, *requested)
        self._pip("check")

    def _pip(self, *arguments: str) -> None:
        # A person's own settings could name an index, or other places to look for packages.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
        environment |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        pip = [sys.executable, "-m", "pip", "--python", str(self.folder / "bin/python")]
        result = subprocess.run([*pip, *arguments], capture_output=True, text=True, check=False, env=environment)
        if result.returncode != 0:
            raise RuntimeError(f"pip {' '.join(arguments)}:\n{result.stdout}{result.stderr}")

    def run(self, command: str, *arguments: str) -> str:
        """Runs a command of the environment, away from the workspace; what it prints. RuntimeError: it failed."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "RUNFILES"))}
        result = subprocess.run(
            [self.folder / "bin" / command, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            cwd=self.folder,
        )
        if result.returncode != 0:
            raise RuntimeError(f"{command} {' '.join(arguments)}:\n{result.stdout}{result.stderr}")
        return result.stdout

    def python(self, *arguments: str) -> str:
        return self.run("python", *arguments)
