"""What a C file includes of the standard library: only what it uses."""

import re
from collections.abc import Sequence

from iree.compiler.codegen.runtimeless_c import own_math
from iree.compiler.codegen.runtimeless_c.options import COptions
from iree.compiler.codegen.runtimeless_c.reserved_names import CALLED

_MATH = re.compile(rf"\b(NAN|INFINITY|({'|'.join(sorted(CALLED))})f?\()")


def standard_includes(code: str, data: Sequence[str], options: COptions) -> str:
    """The lines for `code`, and for arrays of `data`, whose numbers may be NAN and INFINITY."""
    uses_math = _MATH.search(code) or any("NAN" in text or "INFINITY" in text for text in data)
    math = own_math.CONSTANTS if options.restrict_math else "#include <math.h>\n"
    return (math if uses_math else "") + ("#include <string.h>\n" if "memcpy(" in code or "memset(" in code else "")
