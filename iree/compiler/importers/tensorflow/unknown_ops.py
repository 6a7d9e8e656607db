"""What TensorFlow's bridge left that has no form here: each op once, with how often and where it stands, in one report.

function spell uses ops that cannot be compiled:
  model.py:12:1: tf.AsString (2 times, also model.py:15:1): it has no form in mhlo
"""

import re
from collections.abc import Callable, Iterator

from xdsl.context import Context

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.spelling import op_name_of

_OP = re.compile(r'^ *(?:%[\w:#., %]+ = )?"?([a-z_]+\.[\w.]+)"?[ (<].*?(?:loc\((#loc\d*)\))?$', re.MULTILINE)
_LOCATION = re.compile(r"^(#loc\d*) = loc\((.*)\)$", re.MULTILINE)
_PART = re.compile(r'(#loc\d+)|"([^"]*[^":])"')  # of a location: another one, or a node's name; "MatMul:" is a type
_MOST_PLACES = 5

_REASONS = {
    "tf": "TensorFlow has no form of it for a device; strings, files, tables and whatever only a host can do "
    "has to stay outside",
    "shape": "it computes sizes that are only known when the program runs; give inputs static shapes",
    "tensor": "it computes with sizes that are only known when the program runs; give inputs static shapes",
}


def check_known(text: str, what: str, context: Context, line_of: Callable[[str], tuple[str, int] | None]) -> None:
    """Raises one CompileError that names every op of the text that the context does not know.

    `line_of` tells where the node of a graph was made.
    """
    found: dict[str, list[str]] = {}
    for match in _OP.finditer(text):
        if context.get_optional_op(op_name_of(match[1])) is None:
            found.setdefault(match[1], []).append(match[2] or "")
    if not found:
        return
    locations = dict(_LOCATION.findall(text))
    lines = [
        _problem(name, [_place(each, locations, line_of) for each in places]) for name, places in sorted(found.items())
    ]
    raise CompileError(f"{what} uses ops that cannot be compiled:", notes=tuple(f"  {line}" for line in lines))


def _problem(name: str, places: list[str]) -> str:
    reason = _REASONS.get(name.partition(".")[0], "it is not supported")
    first, *others = dict.fromkeys(filter(None, places)) or [""]
    more = [f"{len(places)} times"] if len(places) > 1 else []
    if others:
        more.append(f"also {', '.join(others[:_MOST_PLACES])}{', ...' if len(others) > _MOST_PLACES else ''}")
    count = f" ({', '.join(more)})" if more else ""
    return f"{first}{': ' if first else ''}{name}{count}: {reason}"


def _place(location: str, locations: dict[str, str], line_of: Callable[[str], tuple[str, int] | None]) -> str:
    """file:line:col of the first node in a location that has a line, or the first node's name."""
    nodes = list(_nodes(location, locations))
    for node in nodes:
        if (line := line_of(node)) is not None:
            return f"{line[0]}:{line[1]}:1"
    return nodes[0].partition("@")[0] if nodes else ""


def _nodes(location: str, locations: dict[str, str]) -> Iterator[str]:
    for reference, name in _PART.findall(locations.get(location, "")):
        if reference:
            yield from _nodes(reference, locations)
        else:
            yield name
