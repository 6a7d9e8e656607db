"""What a generated class has and does, as data: what its object makes, the commands it records, the host's decisions.

Buffers, rows of buffers and functions are expressions of the language that is written (spelling.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from xdsl.ir import Attribute

from iree.compiler.codegen.hal.module_contents import Part
from iree.compiler.codegen.hal.places import Place

# What an object makes when it is made. `attribute`: the name that it has then; `why`: what it is for.


@dataclass(frozen=True)
class MakeConstant:
    """The buffer of a constant."""

    attribute: str
    why: str
    part: Part


@dataclass(frozen=True)
class MakeBuffer:
    """A buffer; `on_host`: that the host reads and writes."""

    attribute: str
    why: str
    type: Attribute
    on_host: bool


@dataclass(frozen=True)
class MakeRows:
    """Two rows of buffers of these types."""

    attribute: str
    why: str
    types: Sequence[Attribute]


@dataclass(frozen=True)
class MakePart:
    """A part of another buffer."""

    attribute: str
    why: str
    buffer: str
    offset: int
    type: Attribute


@dataclass(frozen=True)
class MakeCommands:
    """The commands that the method `record` records, for each set of buffers."""

    attribute: str
    record: str


# Commands that one method records.


@dataclass(frozen=True)
class Barrier:
    """Later commands see what earlier ones did."""


@dataclass(frozen=True)
class Dispatch:
    """A launch. `symbols`: the sizes that only a call knows, where the entry point is for any."""

    why: str
    executable: str
    entry_point: int
    workload: Sequence[int]
    symbols: Sequence[int] | None
    read: Sequence[Place]
    written: Sequence[Place]


@dataclass(frozen=True)
class Copy:
    """A copy of all of `source`."""

    why: str
    source: Place
    target: Place


Command: TypeAlias = Barrier | Dispatch | Copy


# What the method of a function does, in order. `why`: the line of the IR.


@dataclass(frozen=True)
class Add:
    """Adds recorded commands, for these buffers."""

    commands: str
    buffers: Sequence[str]


@dataclass(frozen=True)
class Loop:
    """A loop that carries buffers: `names` in a turn, `after` out of it, each time in the other of two rows.

    It starts from `initial`; one that asks whether to go on begins with copies of that in the first row. `trips`: how
    many turns, or None where `condition` writes that to `goes_on`. Both functions take `names` and `captures`.
    """

    why: str
    rows: str
    names: Sequence[str]
    after: Sequence[str]
    initial: Sequence[str]
    captures: Sequence[str]
    trips: int | None
    condition: str
    goes_on: str
    body: str


@dataclass(frozen=True)
class Branch:
    """Calls the function whose number `selector` holds, or the last one."""

    why: str
    selector: str
    branches: Sequence[str]
    captures: Sequence[str]
    results: Sequence[str]


@dataclass(frozen=True)
class HostCall:
    """Calls what `table` has under `target`. `where`: for errors."""

    why: str
    table: str
    target: str
    where: str
    config: str
    inputs: Sequence[Place]
    outputs: Sequence[Place]


Statement: TypeAlias = Add | Loop | Branch | HostCall


# Methods.


@dataclass(frozen=True)
class RecordMethod:
    """Records commands for a table of buffers, called `chosen`."""

    name: str
    what: str
    chosen: Sequence[str]
    commands: Sequence[Command]


@dataclass(frozen=True)
class FunctionMethod:
    """Carries out a function of the program, for its callers: buffers in and out."""

    name: str
    symbol: str
    signature: str
    parameters: Sequence[str]
    body: Sequence[Statement]
