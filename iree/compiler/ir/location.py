"""Where an operation came from, as an error names it: file:line:col."""

from xdsl.dialects.builtin import (
    ArrayAttr,
    CallSiteLoc,
    FileLineColLoc,
    FusedLoc,
    IntAttr,
    LocationAttr,
    NameLoc,
    NoneAttr,
    StringAttr,
    UnknownLoc,
)
from xdsl.ir import Attribute, Operation


def file_location(filename: str, line: int, column: int) -> FileLineColLoc:
    """The location of one character of a file; lines and columns count from 1."""
    return FileLineColLoc(StringAttr(filename), IntAttr(line), IntAttr(column))


def fused(locations: list[LocationAttr]) -> LocationAttr:
    """One location for an operation made of several. Unknown and repeated ones are left out."""
    known = list(dict.fromkeys(location for location in locations if is_known(location)))
    if not known:
        return UnknownLoc()
    return known[0] if len(known) == 1 else FusedLoc(ArrayAttr[Attribute](known), NoneAttr())


def is_known(location: Attribute) -> bool:
    """Whether the location leads to a place in some file, or at least to a name."""
    return bool(location_text(location))


def location_text(location: Attribute) -> str:
    """`file:line:col` of the innermost place a location names, a name where it has no place, "" where it has neither.

    Of a call it is the called line, of several operations fused into one the first that is known.
    """
    return _text(innermost_place(location))


def innermost_place(location: Attribute) -> FileLineColLoc | NameLoc | None:
    """The place that location_text spells, or the name; None where there is neither."""
    match location:
        case FileLineColLoc():
            return location
        case NameLoc():
            return innermost_place(location.location) or location
        case CallSiteLoc():
            return innermost_place(location.callee) or innermost_place(location.caller)
        case FusedLoc(locations=ArrayAttr() as locations):
            return next((place for place in map(innermost_place, locations) if place), None)
    return None


def location_of(op: Operation) -> str:
    """`file:line:col` of an operation, or of the nearest operation around it that has a location."""
    return _text(_place_of(op))


def stored_location_of(op: Operation) -> str:
    """As location_of, with the file's name alone: a module is the same wherever its source lies."""
    place = _place_of(op)
    if isinstance(place, FileLineColLoc):
        name = place.filename.data.replace("\\", "/").rpartition("/")[2]
        place = file_location(name, place.line.data, place.column.data)
    return _text(place)


def _place_of(op: Operation) -> FileLineColLoc | NameLoc | None:
    around: Operation | None = op
    while around is not None:
        place = innermost_place(around.location)
        if _text(place):
            return place
        around = around.parent_op()
    return None


def _text(place: FileLineColLoc | NameLoc | None) -> str:
    if isinstance(place, FileLineColLoc):
        return f"{place.filename.data}:{place.line.data}:{place.column.data}"
    return "" if place is None else place.desc.data
