"""Loads the installed Vulkan drivers' libraries so that each uses its own copy of what it was built with.

TensorFlow puts the C++ symbols of its LLVM before those of all libraries, loaded earlier or later. Mesa's CPU driver
would compile kernels with half of either and crash. The Vulkan loader opens a library by path, so the first way in
which it was opened counts: ours, with RTLD_DEEPBIND.
"""

import contextlib
import ctypes
import functools
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

_DEEP_BIND: Final = getattr(os, "RTLD_DEEPBIND", 0)  # glibc's own; elsewhere there is nothing to do
_MANIFESTS: Final = "vulkan/icd.d"


@functools.cache
def load_driver_libraries() -> None:
    """Call before vkCreateInstance. A library that does not load is left for the loader to complain of."""
    if not _DEEP_BIND:
        return
    for path in library_paths(os.environ):
        with contextlib.suppress(OSError):
            ctypes.CDLL(path, mode=os.RTLD_NOW | _DEEP_BIND)


def library_paths(environment: Mapping[str, str]) -> list[str]:
    """The libraries that the drivers' manifests name, which are looked for where the Vulkan loader looks."""
    paths = []
    for manifest in _manifests(environment):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            path = str(json.loads(manifest.read_text())["ICD"]["library_path"])
            is_relative = "/" in path and not path.startswith("/")
            paths.append(str(manifest.parent / path) if is_relative else path)
    return paths


def _manifests(environment: Mapping[str, str]) -> Iterator[Path]:
    given = environment.get("VK_DRIVER_FILES") or environment.get("VK_ICD_FILENAMES")
    places = [Path(place) for place in given.split(":")] if given else list(_folders(environment))
    places += [Path(place) for place in environment.get("VK_ADD_DRIVER_FILES", "").split(":") if place]
    for place in places:
        yield from sorted(place.glob("*.json")) if place.is_dir() else [place]


def _folders(environment: Mapping[str, str]) -> Iterator[Path]:
    home = environment.get("HOME", "/")
    lists = (
        environment.get("XDG_CONFIG_HOME") or f"{home}/.config",
        environment.get("XDG_CONFIG_DIRS") or "/etc/xdg",
        "/usr/local/etc:/etc",
        environment.get("XDG_DATA_HOME") or f"{home}/.local/share",
        environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share",
    )
    for folders in lists:
        yield from (Path(folder) / _MANIFESTS for folder in folders.split(":"))
