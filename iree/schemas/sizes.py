"""Sizes that only a call knows, in files: sums of products of the call's symbols.

    2*d0*d1 + 3   is the Polynomial   {(0, 1): 2, (): 3}   and in a file   [2, 2, 0, 1, 3, 0]

that is, for each product its factor, how many symbols it has, and which. Bytecode names such a size by where it stands
in its function's table: as an integer of FIRST + position, which no size and no offset reaches.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from iree.schemas.instruction import InstructionSet, Operand

FIRST = 1 << 62
MAX_SYMBOLS = 8
MAX_DEGREE = 3
LARGEST = (1 << 46) - 1  # what a size may come to

Polynomial = Mapping[tuple[int, ...], int]  # symbols, ascending -> factor


def encode(size: Polynomial) -> list[int]:
    """The integers that say `size` in a file."""
    return [number for symbols, factor in sorted(size.items()) for number in (factor, len(symbols), *symbols)]


def decode(numbers: Sequence[int], symbol_count: int) -> Polynomial:
    """The inverse. ValueError: the integers say no size of so many symbols."""
    size: dict[tuple[int, ...], int] = {}
    rest = list(numbers)
    while rest:
        factor, degree = rest[0], rest[1] if len(rest) > 1 else -1
        symbols = tuple(rest[2 : 2 + max(degree, 0)])
        legal = 0 <= degree <= MAX_DEGREE and len(symbols) == degree and symbols == tuple(sorted(symbols))
        if not legal or any(not 0 <= symbol < symbol_count for symbol in symbols) or symbols in size:
            raise ValueError(f"{list(numbers)} is no sum of products of {symbol_count} symbols")
        size[symbols] = factor
        del rest[: 2 + degree]
    return size


def text(size: Polynomial) -> str:
    """The size as people write it: "2*d0*d1+3"."""
    products = []
    for symbols, factor in sorted(size.items(), key=lambda item: (-len(item[0]), item[0])):
        parts = [*([str(factor)] if factor != 1 or not symbols else []), *(f"d{symbol}" for symbol in symbols)]
        products.append("*".join(parts))
    return "+".join(products).replace("+-", "-") or "0"


def evaluate(size: Polynomial, symbols: Sequence[int]) -> int:
    """What `size` comes to, which may be below 0. ValueError: more than any memory holds."""
    total = 0
    for factors, product in size.items():
        for symbol in factors:
            product *= symbols[symbol]
        total += product
    if abs(total) > LARGEST:
        raise ValueError(f"the size {text(size)} comes to {total}, more than any memory holds")
    return total


def solve(patterns: Iterable[tuple[Polynomial | int, int]], count: int) -> list[int | None]:
    """The symbols that the first bare occurrence of each among (pattern, size) gives; None where there is none."""
    symbols: list[int | None] = [None] * count
    for pattern, size in patterns:
        if not isinstance(pattern, int) and len(pattern) == 1:
            ((factors, factor),) = pattern.items()
            if factor == 1 and len(factors) == 1 and symbols[factors[0]] is None:
                symbols[factors[0]] = size
    return symbols


def substituted(code: bytes, instructions: InstructionSet, value_of: Callable[[int], int]) -> bytes:
    """Bytecode with `value_of(position)` for each integer that names a size. Instructions stay where they are."""
    result = bytearray()
    for _, instruction, operands in instructions.decode(code):
        known: list[Operand] = []
        for letter, operand in zip(instruction.operands, operands, strict=True):
            if letter == "I" and isinstance(operand, tuple):
                operand = tuple(value_of(number - FIRST) if number >= FIRST else number for number in operand)
            known.append(operand)
        result += instructions.encode(instruction.name, *known)
    return bytes(result)
