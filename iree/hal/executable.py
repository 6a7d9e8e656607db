"""Executable: code that a device has made ready to dispatch, and the spec that it is made from."""

from __future__ import annotations

import dataclasses

from iree.hal.status import NotFound
from iree.schemas.file_format import fourcc_text


@dataclasses.dataclass(frozen=True)
class ExecutableSpec:
    """One translation of an executable as the module file holds it. Lives as long as what is prepared from it."""

    format: int  # FourCC
    contents: memoryview
    name: str

    def __str__(self) -> str:
        return f'executable "{self.name}" ({fourcc_text(self.format)}, {len(self.contents)} bytes)'


class Executable:
    """Made by ExecutableCache.prepare_executable; a driver derives its own from it."""

    def __init__(self, name: str, entry_points: tuple[str, ...]):
        self.name = name
        self.entry_points = entry_points

    def check_entry_point(self, ordinal: int) -> None:
        """NotFound: no such entry point."""
        if not 0 <= ordinal < len(self.entry_points):
            listed = ", ".join(f"{i} {name}" for i, name in enumerate(self.entry_points))
            raise NotFound(f'executable "{self.name}" has no entry point {ordinal}: it has {listed or "none"}')
