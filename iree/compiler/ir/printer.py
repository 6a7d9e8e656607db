"""Module -> MLIR text: one spelling, numbered as MLIR does, the same for the same module whatever made it.

    %argN    arguments of entry blocks     %N      results and other arguments, counted anew in each region's siblings
    %name    a value with a name; %name_0, %name_1 where the name is taken
    %0:2     an operation with two results, used as %0#0 and %0#1

Constants are printed from their bytes, never by way of Python numbers: megabytes take milliseconds.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from xdsl.dialects.builtin import (
    AnyFloat,
    ComplexType,
    DenseIntOrFPElementsAttr,
    ModuleOp,
    UnregisteredOp,
    i1,
)
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Block, BlockArgument, Operation, SSAValue
from xdsl.printer import Printer

from iree.compiler.ir import xdsl_fixes  # noqa: F401
from iree.compiler.ir.constants import dtype_of, element_bytes, is_splat
from iree.compiler.ir.narrow_integers import hex_bytes_of_attribute, narrow_dtype

LONGEST_LIST = 100  # elements of a constant that are printed as numbers; more are hexadecimal, as in MLIR


def print_module(
    op: Operation, *, locations: bool = False, generic: bool = False, elide_large: int | None = None
) -> str:
    """The text of a module or any other operation, with a newline at its end.

    `locations` adds loc(..) to each operation, `generic` prints all in MLIR's generic form. `elide_large` is for
    people: constants of more elements are printed dense<...>, which the parser refuses.
    """
    stream = io.StringIO()
    printer = AsmPrinter(stream, locations=locations, generic=generic, elide_large=elide_large)
    printer.name_values(op)
    printer.print_op(op)
    return stream.getvalue() + "\n"


def print_attribute(attribute: Attribute, *, elide_large: int | None = None) -> str:
    """The text of an attribute or type."""
    stream = io.StringIO()
    AsmPrinter(stream, elide_large=elide_large).print_attribute(attribute)
    return stream.getvalue()


class AsmPrinter(Printer):
    """xDSL's printer with the names and constants of this project. Values are named before printing begins."""

    def __init__(
        self,
        stream: io.StringIO,
        *,
        locations: bool = False,
        generic: bool = False,
        elide_large: int | None = None,
    ):
        super().__init__(stream, print_generic_format=generic, print_debuginfo=locations)
        self._elide_large = elide_large
        self._write = stream.write

    def print_string(self, text: str, *, indent: int | None = None) -> None:
        """Writes a text; what follows a newline is indented."""
        if "\n" in text:
            super().print_string(text, indent=indent)
        else:
            self._write(text)  # xDSL also counts columns, which only its own error messages need

    # Names.

    def name_values(self, root: Operation) -> None:
        """Names every value in and below `root`, as MLIR does: a region's own values before those of regions in it."""
        numbering = _Numbering()
        self._name_results(root, numbering)
        pending = [(region, numbering) for region in root.regions]
        while pending:
            region, outer = pending.pop()
            numbering = outer.inner()
            for index, block in enumerate(region.blocks):
                self._blocks.setdefault(block, self._block_name(block, index, numbering))
                for argument in block.args:
                    self._ssa_values[argument] = numbering.name_argument(argument, entry=index == 0)
                numbering.end_arguments(len(block.args) if index == 0 else 0)
                for op in block.ops:
                    self._name_results(op, numbering)
            pending += [(inner, numbering) for block in region.blocks for op in block.ops for inner in op.regions]

    def _block_name(self, block: Block, index: int, numbering: "_Numbering") -> str:
        return numbering.unused(f"^{block.name_hint}")[1:] if block.name_hint else f"bb{index}"

    def _name_results(self, op: Operation, numbering: "_Numbering") -> None:
        if _prints_as_group(op):
            name = numbering.name_result(op.results[0])
            for index, result in enumerate(op.results):
                self._ssa_values[result] = f"{name}#{index}"
        else:
            for result in op.results:
                self._ssa_values[result] = numbering.name_result(result)

    def print_ssa_value(self, value: SSAValue) -> str:
        """Prints the name of a value; `<undefined>` for one that is not part of what is printed."""
        name = self._ssa_values.get(value, "<undefined>")
        self.print_string(f"%{name}")
        return name

    # Operations.

    def print_op(self, op: Operation) -> None:
        """Prints an operation."""
        if isinstance(op, UnregisteredOp):
            super().print_op(op)
            return
        self._print_results(op)
        if self.print_generic_format or Operation.print is type(op).print:
            self.print_string(f'"{op.name}"')
            self.print_op_with_default_format(op)
            return
        self.print_string(_short_name(op))
        op.print(self)
        if self.print_debuginfo:
            self.print_string(" ")
            self.print_attribute(op.location)

    def _print_results(self, op: Operation) -> None:
        if _prints_as_group(op):
            name = self._ssa_values[op.results[0]].rpartition("#")[0]
            self.print_string(f"%{name}:{len(op.results)} = ")
        else:
            super()._print_results(op)

    # Attributes.

    def print_attribute(self, attribute: Attribute) -> None:
        """Prints an attribute or type."""
        if isinstance(attribute, DenseIntOrFPElementsAttr):
            self.print_string("dense<")
            self._print_elements(attribute)
            self.print_string("> : ")
            self.print_attribute(attribute.type)
        else:
            super().print_attribute(attribute)

    def print_float(self, value: float, type: AnyFloat) -> None:
        """Prints the shortest of MLIR's spellings that reads back as the same bits."""
        self.print_string(_float_text(element_bytes(type, value) if np.isfinite(value) else type.pack((value,)), type))

    def _print_elements(self, attribute: DenseIntOrFPElementsAttr) -> None:
        element, data = attribute.get_element_type(), attribute.data.data
        size = element.compile_time_size
        count = len(data) // size
        if is_splat(attribute):
            self.print_string(_element_text(data[:size], element))
        elif self._elide_large is not None and count > self._elide_large:
            self.print_string("...")
        elif count > LONGEST_LIST and element != i1:  # MLIR's versions do not agree on i1 in hexadecimal
            narrow = narrow_dtype(element)
            written = data if narrow is None else hex_bytes_of_attribute(data, narrow)
            self.print_string(f'"0x{written.hex().upper()}"')
        elif count:
            texts = iter([_element_text(data[i * size : (i + 1) * size], element) for i in range(count)])
            self.print_string(_nested(texts, attribute.get_shape()))


class _Numbering:
    """The names given so far on the way down to one region."""

    def __init__(self) -> None:
        self._next_result = self._next_argument = 0
        self._used: set[str] = set()

    def inner(self) -> "_Numbering":
        """The numbering of a region in this one: it goes on counting, and its names do not disturb its siblings'."""
        numbering = _Numbering()
        numbering._next_result, numbering._next_argument = self._next_result, self._next_argument
        numbering._used = self._used.copy()
        return numbering

    def name_argument(self, argument: BlockArgument, entry: bool) -> str:
        if argument.name_hint or not entry:
            return self.name_result(argument)
        return self.unused(f"arg{self._next_argument + argument.index}")

    def end_arguments(self, count: int) -> None:
        self._next_argument += count

    def name_result(self, value: SSAValue) -> str:
        if value.name_hint:
            return self.unused(value.name_hint)
        self._next_result += 1
        return str(self._next_result - 1)

    def unused(self, name: str) -> str:
        chosen, number = name, 0
        while chosen in self._used:
            chosen, number = f"{name}_{number}", number + 1
        self._used.add(chosen)
        return chosen


def _prints_as_group(op: Operation) -> bool:
    """Whether results share one name, `%0:2`: unless they have names of their own."""
    return len(op.results) > 1 and len({result.name_hint for result in op.results}) == 1


def _short_name(op: Operation) -> str:
    """`module`, and in a function `return` and `call`: the names MLIR prints without their dialect."""
    if isinstance(op, ModuleOp):
        return "module"
    return op.name.removeprefix("func.") if isinstance(op.parent_op(), FuncOp) else op.name


def _nested(texts: Iterator[str], shape: tuple[int, ...]) -> str:
    if not shape:
        return next(texts)
    return f"[{', '.join(_nested(texts, shape[1:]) for _ in range(shape[0]))}]"


def _element_text(raw: bytes, element: Any) -> str:
    if isinstance(element, ComplexType):
        half = len(raw) // 2
        part = element.element_type
        return f"({_element_text(raw[:half], part)},{_element_text(raw[half:], part)})"
    if isinstance(element, AnyFloat):
        return _float_text(raw, element)
    if element == i1:
        return "true" if raw != b"\x00" else "false"
    return str(element.unpack(raw, 1)[0])


def _float_text(raw: bytes, type_: Any) -> str:
    """The decimal that reads back as these bits, in scientific notation where six digits do; else the bits."""
    try:
        value = float(np.frombuffer(raw, dtype_of(type_))[0])
    except TypeError:
        value = type_.unpack(raw, 1)[0]
    if np.isfinite(value):
        short = re.sub(r"e", "0e", f"{value:.5e}", count=1)
        for text in (short, _upper_exponent(f"{value:.9g}"), _upper_exponent(f"{value:.17g}")):
            if "." in text and element_bytes_or_none(type_, float(text)) == raw:
                return text
    return f"0x{raw[::-1].hex().upper()}"


def _upper_exponent(text: str) -> str:
    """`7.8e-05` as MLIR writes it: `7.8E-5`."""
    return re.sub(r"e([+-])0*", r"E\1", text)


def element_bytes_or_none(type_: Any, value: float) -> bytes | None:
    """element_bytes, None where the type cannot hold the value: a rounded decimal may be above the largest."""
    try:
        return element_bytes(type_, value)
    except ValueError:
        return None
