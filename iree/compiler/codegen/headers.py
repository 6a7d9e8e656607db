"""Names of headers that C has: a generated header of such a name would be found in place of C's own."""

from pathlib import Path

from iree.compiler.ir.diagnostics import CompileError

# C17, section 7.1.2, and C23's; C++ includes these under their own names, too.
_NAMES = """
    assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic
    stdbit stdbool stdckdint stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype
"""
STANDARD = frozenset(_NAMES.split())


def header_beside(source: Path) -> Path:
    """Where the header of a source file lies. CompileError: it would have the name of one of C's own."""
    header = source.with_suffix(".h")
    if source.stem.lower() in STANDARD:
        raise CompileError(f"{header.name} would hide a header that C has; choose another name with -o")
    return header
