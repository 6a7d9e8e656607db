"""The lines of the IR that generated statements stand beside."""

import re
from collections.abc import Mapping

from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation, SSAValue

from iree.compiler.ir.printer import print_module

_LONGEST_CONSTANT = 8  # elements
_RESULTS = re.compile(r"%([\w$.-]+)(?::\d+)? = ")


class IrText:
    """A function's text: `signature`, the line of each operation, the name of each value."""

    def __init__(self, function: FuncOp):
        first, *lines = print_module(function, elide_large=_LONGEST_CONSTANT).splitlines()
        self.signature = re.sub(r"( attributes \{.*\})? \{$", "", first)
        block = function.body.block
        self._lines: Mapping[Operation, str] = dict(zip(block.ops, map(str.strip, lines), strict=False))
        self._names: dict[SSAValue, str] = {}
        for index, argument in enumerate(block.args):
            self._names[argument] = argument.name_hint or f"arg{index}"
        for op, line in self._lines.items():
            found = _RESULTS.match(line)
            for index, result in enumerate(op.results):
                base = found.group(1) if found else "value"
                self._names[result] = f"{base}_{index}" if len(op.results) > 1 else base

    def line(self, op: Operation) -> str:
        """The operation as it is printed."""
        return self._lines[op]

    def name(self, value: SSAValue) -> str:
        """What the text calls a value, without %."""
        return self._names[value]
