"""MLIR text -> module: today's spelling and the walkthrough's, with an error that names the line for every bad text.

    module = parse_module(text, "model.mlir", make_context())

What is read beyond xDSL's own grammar: operations without a prefix (`func`, `return`, `mulf`), old dialects (`spv.`),
StableHLO and CHLO as mhlo, location tables after their use, constants of every element type (dense_literals.py).
Each operation and block argument gets its place in the text as location, unless the text says loc(..) itself.
"""

import bisect
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from xdsl.context import Context
from xdsl.dialects.arith import CmpfOp, CmpiOp
from xdsl.dialects.builtin import (
    ArrayAttr,
    CallSiteLoc,
    DenseIntOrFPElementsAttr,
    FileLineColLoc,
    FusedLoc,
    LocationAttr,
    ModuleOp,
    NameLoc,
    NoneAttr,
    StringAttr,
    UnknownLoc,
    UnregisteredOp,
)
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, BlockArgument, Operation, Region, SSAValue, TypeAttribute
from xdsl.parser import Parser, UnresolvedOperand
from xdsl.traits import IsolatedFromAbove
from xdsl.utils.exceptions import ParseError, PyRDLError
from xdsl.utils.lexer import Span
from xdsl.utils.mlir_lexer import MLIRTokenKind

from iree.compiler.ir import xdsl_fixes  # noqa: F401
from iree.compiler.ir.dense_literals import parse_dense
from iree.compiler.ir.dense_resources import Resources
from iree.compiler.ir.diagnostics import CompileError, raise_all
from iree.compiler.ir.location import file_location, innermost_place, location_text
from iree.compiler.ir.spelling import DIALECT_ALIASES, UNPREFIXED_DIALECTS, op_name_of
from iree.compiler.ir.suggestions import unknown_operation
from iree.compiler.ir.syntax_errors import located_error, syntax_error

_Result = TypeVar("_Result")


def parse_module(
    text: str, filename: str, context: Context, resources: Mapping[str, bytes] = MappingProxyType({})
) -> ModuleOp:
    """The module a text describes; operations outside any module are put into one.

    `resources`: the data of dense_resource constants that the text names but does not hold.
    CompileError: the text is no module of known operations, with its first syntax error, and all unknown operations
    before that are in generic form. Rules of operations are not checked here but by the verifier.
    """
    return _run(lambda: AsmParser(context, text, filename, resources), lambda parser: parser.parse_module())


def parse_attribute(text: str, context: Context) -> Attribute:
    """The attribute or type a text describes. CompileError: it describes none."""

    def whole(parser: "AsmParser") -> Attribute:
        attribute = parser.parse_attribute()
        if parser._current_token.kind != MLIRTokenKind.EOF:
            parser.raise_error("the attribute ends before this")
        return attribute

    return _run(lambda: AsmParser(context, text, "attribute"), whole)


def _run(make: Callable[[], "AsmParser"], read: Callable[["AsmParser"], _Result]) -> _Result:
    """Runs a parser; whatever goes wrong in it becomes a CompileError at the place it had come to."""
    parser: AsmParser | None = None
    try:
        parser = make()
        result = read(parser)
    except CompileError:
        raise
    except ParseError as error:
        unknown = [] if parser is None else parser.unknown
        raise_all([*unknown, syntax_error(error)])
        raise
    except RecursionError:
        raise _error_at(parser, "the text is nested too deeply") from None
    except (ImportError, PyRDLError):
        raise  # a dialect's own file is broken, not the text
    except MemoryError:
        raise _error_at(parser, "the constants of this text do not fit into memory") from None
    except Exception as error:  # an operation's own parse method met a text it was not written for
        raise _error_at(parser, f"{error}" or type(error).__name__) from error
    raise_all(parser.unknown)
    return result


def _error_at(parser: "AsmParser | None", message: str) -> CompileError:
    return CompileError(message) if parser is None else located_error(parser._current_token.span, message)


class AsmParser(Parser):
    """xDSL's parser with the spellings and error messages of this project. One use per text."""

    def __init__(
        self, context: Context, text: str, filename: str, resources: Mapping[str, bytes] = MappingProxyType({})
    ):
        self._filename = StringAttr(filename)
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._op_types: list[type[Operation]] = []  # those being read, outermost first
        self._first_uses: dict[str, Span[str]] = {}
        self._types: dict[str, TypeAttribute] = {}  # by their text
        self._alias_places: dict[str, int] | None = None
        self._aliases_in_progress: list[str] = []
        self._resources: Resources | None = None
        self.unknown: list[CompileError] = []  # operations that nobody knows, in a form that can be read nevertheless
        self._given_resources = resources
        super().__init__(context, text, filename)

    # Modules and operations.

    def parse_module(self, allow_implicit_module: bool = True) -> ModuleOp:
        """The whole text as one module."""
        ops: list[Operation] = []
        while self._current_token.kind != MLIRTokenKind.EOF:
            match self._current_token.kind:
                case MLIRTokenKind.HASH_IDENT | MLIRTokenKind.EXCLAMATION_IDENT:
                    self._parse_alias_def()
                case MLIRTokenKind.FILE_METADATA_BEGIN:
                    self._parse_file_metadata_dictionary()
                case _:
                    op = self.parse_optional_operation()
                    if op is None:
                        self.raise_error("expected an operation")
                    ops.append(op)
        if not ops:
            self.raise_error("the text holds no operation")
        self._check_all_defined()
        if len(ops) == 1 and isinstance(ops[0], ModuleOp):
            return ops[0]
        module = ModuleOp(ops)
        module.location = self._place(0)
        return module

    def parse_operation(self) -> Operation:
        """One operation, in its own form or in the generic one, with its location."""
        first = self._current_token.span
        bound = self._parse_op_result_list()
        name = self._current_token.span
        own_form = self._current_token.kind == MLIRTokenKind.BARE_IDENT
        spelling = self.parse_identifier_or_str_literal() if own_form else self.parse_str_literal(" for an operation")
        unknown = len(self.unknown)
        op_type = self._op_type(spelling, name, own_form)
        self._op_types.append(op_type)
        op = op_type.parse(self) if own_form else self._parse_generic_operation(op_type)
        self._op_types.pop()
        location = self.parse_optional_location() if own_form else op.location
        op.location = self._place(name.start) if isinstance(location, None | UnknownLoc) else location
        if isinstance(op, UnregisteredOp) and isinstance(innermost_place(op.location), FileLineColLoc):
            self.unknown[unknown].location = location_text(op.location)
        self._bind_results(op, bound, first)
        return op

    def _bind_results(self, op: Operation, bound: list[tuple[Span[str], int]], first: Span[str]) -> None:
        count = sum(size for _, size in bound)
        if bound and count != len(op.results):
            self.raise_error(f"{op.name} has {len(op.results)} results, but {count} names are bound", first)
        index = 0
        for span, size in bound:
            self._register_ssa_definition(span.text[1:], op.results[index : index + size], span)
            index += size

    def _op_type(self, spelling: str, span: Span[str], own_form: bool) -> type[Operation]:
        name = op_name_of(spelling)
        candidates = [name]
        if own_form and "." not in name:
            candidates += [f"{dialect}.{name}" for dialect in UNPREFIXED_DIALECTS]
        found = next(filter(None, map(self.ctx.get_optional_op, candidates)), None)
        if found is not None:
            return found
        message = unknown_operation(spelling, name, self.ctx)
        if own_form:  # nobody knows where it ends
            self.raise_error(message, span)
        error = located_error(span, message)
        error.op = spelling
        self.unknown.append(error)
        return UnregisteredOp.with_name(name)

    def parse_identifier(self, context_msg: str = "") -> str:
        """A word. The predicate of a comparison may be quoted, as it once was: `cmpf "olt", %a, %b : f32`."""
        if self._op_types and self._op_types[-1] in (CmpiOp, CmpfOp):
            return self.parse_identifier_or_str_literal(context_msg)
        return super().parse_identifier(context_msg)

    # Values.

    def parse_optional_region(self, arguments: Iterable[Parser.Argument] | None = None) -> Region | None:
        """A region. Inside one that is isolated from above, names of outer values may be used again."""
        isolated = bool(self._op_types) and self._op_types[-1].has_trait(IsolatedFromAbove)
        if not isolated or self._current_token.kind != MLIRTokenKind.L_BRACE:
            return super().parse_optional_region(arguments)
        outer = self.ssa_values, self.forward_ssa_references, self._first_uses
        self.ssa_values, self.forward_ssa_references, self._first_uses = {}, {}, {}
        region = super().parse_optional_region(arguments)
        self._check_all_defined()
        self.ssa_values, self.forward_ssa_references, self._first_uses = outer
        return region

    def resolve_operand(self, operand: UnresolvedOperand, type: Any) -> SSAValue[Any]:
        """The value an operand names; where it is not defined yet, a stand-in until it is."""
        if operand.operand_name not in self.ssa_values:
            self._first_uses.setdefault(operand.operand_name, operand.span)
        return super().resolve_operand(operand, type)

    def _check_all_defined(self) -> None:
        for name in self.forward_ssa_references:
            self.raise_error(f"%{name} is used but not defined", self._first_uses[name])

    def _register_ssa_definition(self, name: str, values: Any, span: Span[str]) -> None:
        super()._register_ssa_definition(name, values, span)
        self._first_uses.pop(name, None)
        default = re.fullmatch(r"arg\d+", name) is not None
        of_function = bool(self._op_types) and self._op_types[-1] is FuncOp
        for value in values:
            if isinstance(value, BlockArgument) and isinstance(value.location, UnknownLoc):
                value.location = self._place(span.start)
            # %arg3 is what the printer calls an argument without a name, except where a function has another order.
            if default and not (isinstance(value, BlockArgument) and of_function and name != f"arg{value.index}"):
                value.name_hint = None

    # Attributes and types.

    def parse_optional_type(self) -> TypeAttribute | None:
        """A type, if one is here. Most types of a text are few and stand there often; a simple one is read once."""
        start = self._current_token.span.start
        content: str = self.lexer.input.content
        if not content.startswith(("tensor<", "memref<", "vector<"), start):
            return super().parse_optional_type()
        end = content.find(">", start) + 1
        known = self._types.get(content[start:end])
        if known is not None:
            self._resume_from(end)
            return known
        type_ = super().parse_optional_type()
        if type_ is not None and re.fullmatch(r"[a-z]+<[\dx?a-z]+>", content[start:end]):
            self._types[content[start:end]] = type_
        return type_

    def _parse_extended_type_or_attribute(self, attr_or_dialect_name: str, is_type: bool) -> Any:
        dialect, dot, rest = attr_or_dialect_name.partition(".")
        if dot or self._current_token.text == "<":
            attr_or_dialect_name = f"{DIALECT_ALIASES.get(dialect, dialect)}{dot}{rest}"
        else:
            self._read_alias(f"{'!' if is_type else '#'}{attr_or_dialect_name}")
        return super()._parse_extended_type_or_attribute(attr_or_dialect_name, is_type)  # type: ignore[call-overload]

    def _read_alias(self, alias: str) -> None:
        """Reads the definition of an alias that is used before it: TF and MLIR print location tables at the end."""
        if alias in self.attribute_aliases:
            return
        if self._alias_places is None:
            content = self.lexer.input.content
            found = re.finditer(r"^[ \t]*([#!][A-Za-z_][\w$.]*)[ \t]*=", content, re.MULTILINE)
            self._alias_places = {match[1]: match.start(1) for match in found}
        place = self._alias_places.get(alias)
        if place is None:
            return
        if alias in self._aliases_in_progress:
            self.raise_error(f"the alias {alias} is defined by itself")
        resume = self._current_token.span.start
        self._aliases_in_progress.append(alias)
        self._resume_from(place)
        self._parse_alias_def()
        self._aliases_in_progress.pop()
        self._resume_from(resume)

    def _parse_alias_def(self) -> None:
        name, place = self._current_token.text, self._current_token.span.start
        if self._alias_places is not None and self._alias_places.get(name) == place:
            self.attribute_aliases.pop(name, None)  # read before, when it was used
        super()._parse_alias_def()  # type: ignore[no-untyped-call]

    def parse_dense_int_or_fp_elements_attr(self, type: Any) -> DenseIntOrFPElementsAttr:
        """`<...> : type` after the word `dense`."""
        return parse_dense(self, type)

    def _parse_builtin_dense_resource_attr(self) -> Any:
        if self._resources is None:
            self._resources = Resources(self, self._given_resources)
        return self._resources.parse_use(self)

    def _parse_file_metadata_dictionary(self) -> None:
        if self._resources is None:
            self._resources = Resources(self, self._given_resources)
        self._resources.skip_section(self)

    # Locations.

    def _place(self, position: int) -> FileLineColLoc:
        line = bisect.bisect_right(self._line_starts, position)
        return file_location(self._filename.data, line, position - self._line_starts[line - 1] + 1)

    def _parse_location(self) -> LocationAttr:
        if (filename := self.parse_optional_str_literal()) is not None:
            if self.parse_optional_punctuation(":") is None:
                return self._parse_name_location(filename)
            return self._parse_file_location(filename)
        if self.parse_optional_keyword("fused") is not None:
            return self._parse_fused_location()
        if self.parse_optional_keyword("callsite") is not None:
            with self.in_parens():
                callee = self._parse_location()
                self.parse_keyword("at")
                return CallSiteLoc(callee, self._parse_location())
        if self.parse_optional_keyword("loc") is not None:
            with self.in_parens():
                return self._parse_location()
        return super()._parse_location()

    def _parse_name_location(self, name: str) -> NameLoc:
        if self._current_token.kind != MLIRTokenKind.L_PAREN:
            return NameLoc(StringAttr(name), NoneAttr())
        with self.in_parens():
            return NameLoc(StringAttr(name), self._parse_location())

    def _parse_file_location(self, filename: str) -> FileLineColLoc:
        """`"file":line:col`, of a range `"file":line:col to line:col` the beginning."""
        line = self.parse_integer(False, False)
        column = self.parse_integer(False, False) if self.parse_optional_punctuation(":") else 1
        if self.parse_optional_keyword("to") is not None:
            self.parse_optional_integer(False, False)
            self.parse_punctuation(":")
            self.parse_integer(False, False)
        return file_location(filename, line, column)

    def _parse_fused_location(self) -> FusedLoc:
        metadata: Attribute = NoneAttr()
        if self.parse_optional_punctuation("<") is not None:
            metadata = self.parse_attribute()
            self.parse_punctuation(">")
        locations = self.parse_comma_separated_list(self.Delimiter.SQUARE, self._parse_location)
        return FusedLoc(ArrayAttr[Attribute](locations), metadata)
