"""How a function's arguments and results nest, for the user who calls it: FunctionDef.abi and the attribute iree.abi.

A function of the IR takes and returns a flat list. A `Structure` says where each of them sits in what the user passes
and gets: an int is a position in the flat list, None is None, dicts, lists and tuples nest.

    Abi(arguments={"image": 0, "options": {"scale": 1, "shift": 2}}, results=(0, [1]))
  as text
    {"arguments": {"image": 0, "options": {"dict": {"scale": 1, "shift": 2}}}, "results": {"tuple": [0, [1]]}}

Named tuples keep the names of their class and fields: {"namedtuple": "State", "fields": {"mean": 0, "count": 1}}.
What was a value of Python when the function was compiled, such as training=False, is {"fixed": false}: a call may leave
it out, or say the same.
"""

import json
from collections import namedtuple
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Scalar = bool | int | float | str


class Fixed:
    """An argument, or a part of one, whose value was decided when the function was compiled."""

    def __init__(self, value: Scalar):
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fixed) and type(self.value) is type(other.value) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return f"Fixed({self.value!r})"


Structure = int | None | Fixed | list[Any] | tuple[Any, ...] | dict[str, Any]


class Abi(NamedTuple):
    """`arguments` by the parameters' names, in order; `results` is what a call returns."""

    arguments: dict[str, Structure]
    results: Structure


def to_text(abi: Abi) -> str:
    """One line of JSON."""
    arguments = {name: _encode(value) for name, value in abi.arguments.items()}
    return json.dumps({"arguments": arguments, "results": _encode(abi.results)})


def from_text(text: str, argument_count: int, result_count: int) -> Abi:
    """The inverse. ValueError: not such a text, or a flat position that is missing, double or out of range."""
    try:
        content = json.loads(text)
        abi = Abi({name: _decode(value) for name, value in content["arguments"].items()}, _decode(content["results"]))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"not the text of an abi: {error}") from None
    given = sorted(leaf for value in abi.arguments.values() for leaf in leaves(value))
    if given != list(range(argument_count)):
        raise ValueError(f"abi: arguments {given} are not 0 to {argument_count - 1}, each once")
    missing = set(leaves(abi.results)) ^ set(range(result_count))
    if missing:
        raise ValueError(f"abi: results {sorted(missing)} are missing or do not exist; there are {result_count}")
    return abi


def named_tuple(name: str, fields: Mapping[str, Any]) -> tuple[Any, ...]:
    """A named tuple of a class that is called so. ValueError: names that are no identifiers."""
    made: tuple[Any, ...] = namedtuple(name, fields)(*fields.values())
    return made


def like(structure: list[Any] | tuple[Any, ...], items: Iterator[Any]) -> list[Any] | tuple[Any, ...]:
    """A list, tuple or named tuple of the same class with other items."""
    return structure._make(items) if hasattr(structure, "_make") else type(structure)(items)


def leaves(structure: Structure) -> Iterator[int]:
    """The flat positions, left to right."""
    match structure:
        case int():
            yield structure
        case list() | tuple():
            for item in structure:
                yield from leaves(item)
        case dict():
            for item in structure.values():
                yield from leaves(item)


def _encode(structure: Structure) -> Any:
    match structure:
        case Fixed():
            return {"fixed": structure.value}
        case list():
            return [_encode(item) for item in structure]
        case tuple() if hasattr(structure, "_fields"):
            fields = {key: _encode(item) for key, item in zip(structure._fields, structure, strict=True)}
            return {"namedtuple": type(structure).__name__, "fields": fields}
        case tuple():
            return {"tuple": [_encode(item) for item in structure]}
        case dict():
            return {"dict": {key: _encode(item) for key, item in structure.items()}}
    return structure


def _decode(content: Any) -> Structure:
    match content:
        case bool():
            raise TypeError("true and false are no positions")
        case int() | None:
            return content
        case list():
            return [_decode(item) for item in content]
        case {"tuple": list(items)}:
            return tuple(_decode(item) for item in items)
        case {"namedtuple": str(name), "fields": dict(items)}:
            return named_tuple(name, {key: _decode(item) for key, item in items.items()})
        case {"fixed": bool() | int() | float() | str() as value}:
            return Fixed(value)
        case {"dict": dict(items)}:
            return {key: _decode(item) for key, item in items.items()}
    raise TypeError(f"{content!r} is no structure")
