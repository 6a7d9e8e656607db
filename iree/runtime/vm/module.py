"""VmModule: one module file, mapped or in memory, ready to be put into a Context.

A small file is checked to the last byte when it is opened. In a large one each function, executable and constant is
checked when it is first used, so that opening takes the same time whatever the file holds.
"""

import copy
import mmap
import os
from collections.abc import Mapping

from iree.hal.status import DataLoss, InvalidArgument, NotFound
from iree.runtime.vm.bytecode_verifier import DecodedFunction, functions_called, verify_function, verify_sizes
from iree.runtime.vm.checked_bytes import Check
from iree.runtime.vm.function_def import FunctionDef
from iree.runtime.vm.module_file import ModuleFile

CHECKED_WHOLE_UP_TO = 16 << 20  # bytes of a file, some milliseconds of checksum


class VmModule:
    """What a module file holds: `file` for its tables; functions are decoded here, each once."""

    def __init__(self, data: memoryview, source: str, check: Check | None = None):
        """Use from_flatbuffer or mmap. `check`: None is at once for a small file, when used for a large one."""
        if check is None:
            check = Check.AT_ONCE if len(data) <= CHECKED_WHOLE_UP_TO else Check.WHEN_USED
        self.file = ModuleFile(data, source, check)
        self.name = self.file.name
        self._decoded: dict[int, DecodedFunction] = {}
        if check is Check.AT_ONCE:
            self.verify()

    @staticmethod
    def from_flatbuffer(data: bytes | bytearray | memoryview, check: Check | None = None) -> "VmModule":
        """The module in these bytes, which must not change while it lives.

        InvalidArgument: not a module. DataLoss: cut or damaged. FailedPrecondition: of another version.
        """
        if isinstance(data, str | os.PathLike):
            raise InvalidArgument(f"{os.fspath(data)!r} is a path: use load_vm_flatbuffer_file or VmModule.mmap")
        try:
            view = memoryview(data).cast("B").toreadonly()
        except TypeError:
            raise InvalidArgument(f"a module is given as bytes, not as {type(data).__name__}") from None
        return VmModule(view, f"module of {len(view)} bytes", check)

    @staticmethod
    def mmap(path: str | os.PathLike[str], check: Check | None = None) -> "VmModule":
        """The module in this file, mapped. The file must not be overwritten in place while the module lives.

        NotFound: no such file. Otherwise as from_flatbuffer.
        """
        try:
            with open(path, "rb") as file:
                if os.fstat(file.fileno()).st_size == 0:
                    raise InvalidArgument(f"{os.fspath(path)}: not a module file: it is empty")
                data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except OSError as error:
            raise NotFound(f"{os.fspath(path)}: cannot be read: {error.strerror}") from None
        return VmModule(data, os.fspath(path), check)

    @property
    def exports(self) -> Mapping[str, int]:
        """Ordinal of each function that users can call, by name."""
        return self.file.exports

    @property
    def functions(self) -> tuple[FunctionDef, ...]:
        """All functions, in the order of their ordinals."""
        return self.file.functions

    def decoded(self, ordinal: int) -> DecodedFunction:
        """A function's instructions, checked. DataLoss: what is wrong with them."""
        function = self._decoded.get(ordinal)
        if function is None:
            try:
                function = self._decoded[ordinal] = verify_function(self.file, ordinal)
            except ValueError as error:
                raise DataLoss(f"{self.file.source}: {error}; compile it again") from None
        return function

    def at(self, ordinal: int, symbols: tuple[int, ...]) -> "VmModule":
        """The module with one function as it is for sizes of its caller's choice. DataLoss: it can be none."""
        functions = list(self.functions)
        pending, reached = [ordinal], set[int]()
        while pending:  # what it calls knows the sizes by the same symbols
            number = pending.pop()
            if number in reached or number >= len(functions):
                continue
            reached.add(number)
            pending += functions_called(functions[number])
            try:
                functions[number] = functions[number].at(symbols)
            except ValueError as error:
                raise DataLoss(f"{self.file.source}: @{functions[number].name} for sizes {symbols}: {error}") from None
        module = copy.copy(self)
        module.file = copy.copy(self.file)
        module.file.functions = tuple(functions)
        module._decoded = {}
        return module

    def check(self, ordinal: int) -> None:
        """Checks a function, as far as it is known before a call. DataLoss: what is wrong."""
        function = self.functions[ordinal]
        if not function.symbol_count:
            self.decoded(ordinal)
            return
        try:
            verify_sizes(function, ordinal in self.exports.values())
        except ValueError as error:
            raise DataLoss(f"{self.file.source}: {error}; compile it again") from None

    def verify(self) -> None:
        """Checks the whole file: all checksums and every function. DataLoss: what is wrong."""
        self.file.verify_contents()
        for ordinal in range(len(self.functions)):
            self.check(ordinal)

    def __repr__(self) -> str:
        return f"<VmModule {self.name}: {', '.join(self.exports) or 'no exports'}>"
