"""NullExecutableCache: takes executables of every format, unread."""

from iree.hal.executable import Executable, ExecutableSpec
from iree.hal.executable_cache import ExecutableCache
from iree.hal.null.executable import NullExecutable


class NullExecutableCache(ExecutableCache):
    """Prepares nothing."""

    def can_prepare_format(self, fourcc: int) -> bool:
        return True

    def prepare(self, spec: ExecutableSpec) -> Executable:
        return NullExecutable(spec.name)
