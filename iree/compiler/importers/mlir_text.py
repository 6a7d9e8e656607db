"""MLIR text: MHLO, StableHLO, CHLO, in today's spelling or the walkthrough's, or the IR of any milestone."""

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp

from iree.compiler.ir.parser import parse_module


def import_text(text: str, filename: str, context: Context) -> ModuleOp:
    """The module that a text holds. CompileError: a syntax error or an unknown op, with file:line:col."""
    return parse_module(text, filename, context)
