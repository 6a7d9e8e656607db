"""ExecutableCache: makes executables ready for one device, each only once."""

import hashlib
import threading
from abc import ABC, abstractmethod

from iree.hal.executable import Executable, ExecutableSpec
from iree.hal.status import InvalidArgument
from iree.schemas.file_format import fourcc_text


class ExecutableCache(ABC):
    """A driver implements can_prepare_format and prepare, and why_unsuitable where devices differ."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._prepared: dict[tuple[int, bytes], Executable] = {}

    @abstractmethod
    def can_prepare_format(self, fourcc: int) -> bool:
        """Whether prepare_executable takes executables of this format."""

    def why_unsuitable(self, spec: ExecutableSpec) -> str | None:
        """None when the device can run it; else what the device lacks. Reads no more of it than that needs."""
        if self.can_prepare_format(spec.format):
            return None
        return f"this device does not run executables of format {fourcc_text(spec.format)}"

    def prepare_executable(self, spec: ExecutableSpec) -> Executable:
        """The executable of this spec; the same one for the same bytes. Any thread may call it.

        InvalidArgument: not for this device. DataLoss: malformed.
        """
        key = spec.format, hashlib.sha256(spec.contents).digest()
        with self._lock:
            executable = self._prepared.get(key)
            if executable is None:
                reason = self.why_unsuitable(spec)
                if reason is not None:
                    raise InvalidArgument(f"{spec}: {reason}")
                executable = self._prepared[key] = self.prepare(spec)
            return executable

    def prepare_first(self, *specs: ExecutableSpec) -> Executable:
        """The executable of the first spec that suits. InvalidArgument: none does; why not the last one."""
        suitable = (spec for spec in specs if self.why_unsuitable(spec) is None)
        return self.prepare_executable(next(suitable, specs[-1]))

    @abstractmethod
    def prepare(self, spec: ExecutableSpec) -> Executable:
        """Hook: the executable of a spec that suits. DataLoss: malformed; checked here so that no dispatch crashes."""
