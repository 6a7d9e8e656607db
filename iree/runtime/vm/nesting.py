"""How a user's dicts, lists and tuples of arrays turn into a flat list and back, as an abi says."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from iree.runtime.vm.arguments import ArgumentError
from iree.schemas.abi import Abi, Fixed, Structure, leaves, like


def fill(structure: Structure, flat: Sequence[Any]) -> Any:
    """`structure` with each position replaced by what `flat` has there."""
    match structure:
        case None:
            return None
        case Fixed():
            return structure.value
        case int():
            return flat[structure]
        case dict():
            return {key: fill(item, flat) for key, item in structure.items()}
    return like(structure, (fill(item, flat) for item in structure))


def collect(structure: Structure, value: Any, label: str, flat: dict[int, object]) -> None:
    """Puts what stands at the positions of `structure` into `flat`. ArgumentError: `value` does not nest like it."""
    match structure:
        case None:
            if value is not None:
                raise ArgumentError(f"{label} {_is_a(value)}, needs None")
        case Fixed():
            if isinstance(value, np.ndarray) or value != structure.value:
                given = _is_a(value) if isinstance(value, np.ndarray) else f"is {value!r}"
                raise ArgumentError(f"{label} {given}, but {structure.value!r} is what it was compiled for")
        case int():
            flat[structure] = value
        case dict():
            if not isinstance(value, dict) or value.keys() != structure.keys():
                given = f"has the keys {sorted(map(str, value))}" if isinstance(value, dict) else _is_a(value)
                raise ArgumentError(f"{label} {given}, needs a dict with the keys {sorted(structure)}")
            for key, item in structure.items():
                collect(item, value[key], f"{label}[{key!r}]", flat)
        case _:
            if not isinstance(value, list | tuple) or len(value) != len(structure):
                given = f"has {len(value)} items" if isinstance(value, list | tuple) else _is_a(value)
                raise ArgumentError(f"{label} {given}, needs a {type(structure).__name__} of {len(structure)}")
            for index, item in enumerate(structure):
                collect(item, value[index], f"{label}[{index}]", flat)


def is_fixed(structure: Structure) -> bool:
    """Whether a call has nothing to say about an argument."""
    return next(leaves(structure), None) is None


def labels(abi: Abi) -> list[str]:
    """How errors name each flat argument, as the user would: 'options'['scale']."""
    found: dict[int, str] = {}

    def visit(structure: Structure, label: str) -> None:
        match structure:
            case int():
                found[structure] = label
            case dict():
                for key, item in structure.items():
                    visit(item, f"{label}[{key!r}]")
            case list() | tuple():
                for index, item in enumerate(structure):
                    visit(item, f"{label}[{index}]")

    for name, structure in abi.arguments.items():
        visit(structure, f"'{name}'")
    return [found[position] for position in range(len(found))]


def _is_a(value: object) -> str:
    return f"is of type {type(value).__name__}"
