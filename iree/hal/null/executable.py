"""NullExecutable: has every entry point and does nothing in any."""

from iree.hal.executable import Executable


class NullExecutable(Executable):
    """Was never read, so it knows none of its entry points."""

    def __init__(self, name: str):
        super().__init__(name, ())

    def check_entry_point(self, ordinal: int) -> None:
        pass
