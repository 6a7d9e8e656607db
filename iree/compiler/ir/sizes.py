"""Sizes that only a call knows, as the compiler counts with them: as integers larger than any size.

    tensor<[d0]x784xf32>     d0 is the function's first symbol, the size that a caller chooses: a batch
    tensor<[2*d0+3]x10xf32>  any sum of products of symbols is a size too

To the compiler such a size is an integer like any other: each symbol has a value of its own, a power of a large prime,
and what is added, multiplied or divided without a rest is again a number whose digits in that base say which sum of
products it is (Kronecker's substitution). So every rule that works with sizes works with these: reshapes find that
their elements are as many, a concatenation adds them up. Two such sizes are equal exactly where they are equal whatever
the caller chooses, and more than 1 or 4096.

What must not happen is that such a number becomes part of the code. It cannot: it fits into no integer and no float of
a machine, so whatever tries raises OverflowError, which is reported like any refusal; and `terms` raises for what is no
sum of products, like half a batch. A rule that decides by the order of two sizes, not by whether they are equal, asks
`is_at_most` instead of `<=`, since a batch may well be 1 or 0.

Symbols are numbered within a function; what it dispatches counts them alike.
"""

import functools
import math
import re
from collections.abc import Sequence

from iree.schemas import sizes as files
from iree.schemas.sizes import MAX_DEGREE, MAX_SYMBOLS, Polynomial

_BASE = (1 << 40) - 87  # a prime, so that a symbol is a multiple of nothing but itself
_LARGEST_FACTOR = 1 << 38
# The digit at which each symbol's value stands. A sum of up to three of these is no sum of up to six others, so that
# no product of symbols looks like another one, nor like the quotient of two. They lie five digits apart, so that nor
# does a factor that grows into the next digits; and the first is beyond what a float of 64 bits reaches.
_PLACES = tuple(5 * place for place in (6, 7, 43, 82, 229, 565, 939, 1571))
_LEAST = 1 << 100  # more than any size that is known, and less than any part of one that is not
_PACKED_FACTOR, _PACKED_OFFSET = 1 << 20, 1 << 32  # what a packed size has room for
_PRODUCT = re.compile(r"[+-]?[^+-]+")


class SizeError(ValueError):
    """An integer that is not the size of anything."""


def symbol(number: int) -> int:
    """The size that the caller chooses. SizeError: a function has no so many."""
    if number >= MAX_SYMBOLS:
        raise SizeError(f"a function has {MAX_SYMBOLS} sizes of its caller's choice at most")
    return _power(_place((number,)))


def is_known(size: int) -> bool:
    """Whether a size is the same in all calls."""
    return -_LEAST < size < _LEAST


def are_known(shape: Sequence[int]) -> bool:
    """Whether all sizes are the same in all calls."""
    return all(map(is_known, shape))


def terms(size: int) -> Polynomial:
    """The sum of products that a size is. SizeError: it is none, as half a batch is none."""
    if is_known(size):
        return {(): size} if size else {}
    found = _terms(size)
    if found is None:
        raise SizeError("is no sum of products of sizes that the caller chooses")
    return found


@functools.lru_cache(maxsize=4096)
def _terms(size: int) -> Polynomial | None:
    found: dict[tuple[int, ...], int] = {}
    rest = size
    for place, symbols in _products():
        if 39 * place > rest.bit_length() + 1:
            continue  # the product is more than twice of what is left
        value = _power(place)
        factor = (2 * rest + value) // (2 * value)  # the nearest: what stands lower comes to less than half
        if abs(factor) > _LARGEST_FACTOR:
            return None
        if factor:
            found[symbols] = factor
            rest -= factor * value
    return found if rest == 0 else None


def text(size: int) -> str:
    """ "784", "[2*d0+3]"."""
    if is_known(size):
        return str(size)
    try:
        return f"[{files.text(terms(size))}]"
    except SizeError:
        return "[not a size]"


def shape_text(shape: Sequence[int]) -> str:
    """ "[[d0], 784]"; "?" is a size that nothing is known of yet."""
    return "[" + ", ".join("?" if size == -1 else text(size) for size in shape) + "]"


def parse(spelled: str) -> int:
    """The size that text within brackets says. SizeError: it says none."""
    total = 0
    for product in _PRODUCT.findall(spelled.replace(" ", "")):
        value = -1 if product.startswith("-") else 1
        for factor in product.lstrip("+-").split("*"):
            if not re.fullmatch(r"d?\d+", factor):
                raise SizeError(f"'{spelled}' is no size; one reads like 2*d0+3")
            value *= symbol(int(factor[1:])) if factor.startswith("d") else int(factor)
        total += value
    return total


def is_at_most(size: int, limit: int) -> bool:
    """Whether `size <= limit` whatever the caller chooses, as far as the signs of the difference's terms can tell."""
    if is_known(size) and is_known(limit):
        return size <= limit
    try:
        return all(factor >= 0 for factor in terms(limit - size).values())
    except SizeError:
        return False


def lone_symbol(size: int) -> int | None:
    """The symbol that a size is, if it is nothing else. SizeError: it is the size of nothing."""
    if is_known(size):
        return None
    match list(terms(size).items()):
        case [((number,), 1)]:
            return number
    return None


def divides(divisor: int, size: int) -> bool:
    """Whether a size is so many times the divisor in every call."""
    return size % divisor == 0 and all(map(is_size, (size, divisor, size // divisor)))


def is_size(size: int) -> bool:
    """Whether an integer is the size of anything."""
    return is_known(size) or _terms(size) is not None


def symbols_of(size: int) -> frozenset[int]:
    """The symbols in a size. SizeError: it is none."""
    return frozenset() if is_known(size) else frozenset(number for product in terms(size) for number in product)


def replaced(size: int, values: Sequence[int]) -> int:
    """The size when each symbol has another value, itself a size. SizeError: it is none."""
    if is_known(size):
        return size
    products = terms(size).items()
    return sum(factor * math.prod(values[number] for number in product) for product, factor in products)


def packed(size: int) -> int:
    """The size as an integer of 64 bits: itself, or beyond FIRST. SizeError: more than one symbol and a number."""
    if is_known(size):
        return size
    polynomial = dict(terms(size))
    offset = polynomial.pop((), 0)
    ((product, factor),) = polynomial.items() if len(polynomial) == 1 else [((0, 0), 0)]
    if len(product) != 1 or not abs(factor) < _PACKED_FACTOR or not abs(offset) < _PACKED_OFFSET:
        raise SizeError(f"{text(size)} in a list of sizes is more than one size of the caller's choice and a number")
    digits = (product[0] * 2 + int(factor < 0)) * _PACKED_FACTOR + abs(factor)
    return files.FIRST + (digits * 2 + int(offset < 0)) * _PACKED_OFFSET + abs(offset)


def unpacked(number: int) -> int:
    """The inverse."""
    if number < files.FIRST:
        return number
    digits, offset = divmod(number - files.FIRST, _PACKED_OFFSET)
    digits, offset_sign = divmod(digits, 2)
    digits, factor = divmod(digits, _PACKED_FACTOR)
    index, factor_sign = divmod(digits, 2)
    return (-factor if factor_sign else factor) * symbol(index) + (-offset if offset_sign else offset)


class SizeTable:
    """The sizes of a function that a file lists, and how its bytecode names them."""

    def __init__(self) -> None:
        self.rows: list[list[int]] = []
        self.symbol_count = 0

    def name(self, size: int) -> int:
        """The integer that says this size in bytecode. SizeError: it is the size of nothing."""
        if is_known(size):
            return size
        polynomial = terms(size)
        self.symbol_count = max(self.symbol_count, *(1 + max(product, default=0) for product in polynomial))
        row = files.encode(polynomial)
        if row not in self.rows:
            self.rows.append(row)
        return files.FIRST + self.rows.index(row)

    def names(self, shape: Sequence[int]) -> tuple[int, ...]:
        """The integers for several sizes."""
        return tuple(map(self.name, shape))


@functools.cache
def _power(place: int) -> int:
    value: int = _BASE**place
    return value


def _place(symbols: tuple[int, ...]) -> int:
    return sum(_PLACES[number] for number in symbols)


@functools.cache
def _products() -> list[tuple[int, tuple[int, ...]]]:
    """Each product of symbols and its digit, the largest first."""
    level: list[tuple[int, ...]] = [()]
    products = list(level)
    for _ in range(MAX_DEGREE):
        level = [(*p, number) for p in level for number in range(p[-1] if p else 0, MAX_SYMBOLS)]
        products += level
    return sorted(((_place(product), product) for product in products), reverse=True)
