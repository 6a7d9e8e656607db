"""What an error offers in place of a name that is not known."""

import difflib
from collections.abc import Iterable

from xdsl.context import Context


def nearest(name: str, known: Iterable[str], prefix: str = "") -> str:
    """` (did you mean 'x'?)` with the known name most like `name`; nothing where none is like it.

    `prefix` stands before both and makes no two names alike.
    """
    found = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean '{prefix}{found[0]}'?)" if found else ""


def unknown_operation(spelling: str, name: str, context: Context) -> str:
    """Why an operation name is refused. `spelling` is the text's, `name` what it was read as."""
    dialect, _, short_name = name.partition(".")
    dialects = sorted(context.registered_dialect_names)
    if "." not in name:
        loaded = [op.name.partition(".")[2] for op in context.loaded_ops]
        return f"unknown operation '{spelling}'{nearest(name, loaded)}"
    if context.get_optional_dialect(dialect) is None:
        hint = nearest(dialect, dialects)
        return f"unknown dialect '{dialect}' of operation '{spelling}'{hint}; known: {', '.join(dialects)}"
    own = [op.name.partition(".")[2] for op in context.loaded_ops if op.dialect_name() == dialect]
    return f"unknown operation '{spelling}'{nearest(short_name, own, spelling.partition('.')[0] + '.')}"
