"""The sizes that a call chooses, from the shapes of its arguments.

    @f(x: tensor<[d0]x784xf32>, y: tensor<[d0]x10xf32>), called with 3x784 and 3x10, has d0 = 3

A symbol's value is the first size that is the symbol and nothing else; all others have to agree with it.
"""

from collections.abc import Mapping, Sequence

from iree.runtime.vm.arguments import ArgumentError
from iree.runtime.vm.function_def import FunctionDef
from iree.schemas import sizes

LARGEST = (1 << 31) - 1  # executables count with 32 bits


def symbols_of_call(function: FunctionDef, shapes: Sequence[tuple[int, ...]], labels: Sequence[str]) -> tuple[int, ...]:
    """The value of each symbol. Ranks and known sizes are right already.

    ArgumentError: two sizes do not agree, or one is not what the function can do; arguments are called by their labels.
    """
    pairs = [pair for entry in zip(function.argument_sizes, shapes, strict=True) for pair in zip(*entry, strict=True)]
    found = sizes.solve(pairs, function.symbol_count)
    symbols = tuple(size for size in found if size is not None)
    if symbols and max(symbols) > LARGEST:
        raise ArgumentError(f"{function.name}: a size of {max(symbols)} is more than {LARGEST}")
    for number, (patterns, shape) in enumerate(zip(function.argument_sizes, shapes, strict=True)):
        for dim, (pattern, size) in enumerate(zip(patterns, shape, strict=True)):
            if not isinstance(pattern, int) and sizes.evaluate(pattern, symbols) != size:
                raise ArgumentError(_disagreement(function, shapes, labels, number, dim))
    for condition, text in function.conditions:
        if sizes.evaluate(condition, symbols) < 0:
            names = _names(function, labels)
            given = ", ".join(f"{names[number]} is {size}" for number, size in enumerate(symbols))
            raise ArgumentError(f"{function.name}: {text}, where {given}")
    return symbols


def _disagreement(
    function: FunctionDef, shapes: Sequence[tuple[int, ...]], labels: Sequence[str], number: int, dim: int
) -> str:
    """What is wrong with a size of an argument, in the words of the arguments that decide it."""
    pattern = function.argument_sizes[number][dim]
    assert not isinstance(pattern, int)
    names, deciding = _names(function, labels), _deciding(function)
    involved = sorted({deciding[symbol][0] for product in pattern for symbol in product} | {number})
    given = " and ".join(f"{labels[i]} is {_type_text(function, i, shapes[i])}" for i in involved)
    needed = sizes.text(pattern)
    for symbol in sorted(names, reverse=True):
        needed = needed.replace(f"d{symbol}", names[symbol])
    return f"{function.name}: {given}, but size {dim} of {labels[number]} has to be {needed}"


def _deciding(function: FunctionDef) -> Mapping[int, tuple[int, int]]:
    """Which dimension of which argument decides each symbol."""
    found: dict[int, tuple[int, int]] = {}
    for number, patterns in enumerate(function.argument_sizes):
        for dim, pattern in enumerate(patterns):
            match [] if isinstance(pattern, int) else list(pattern.items()):
                case [((symbol,), 1)]:
                    found.setdefault(symbol, (number, dim))
    return found


def _names(function: FunctionDef, labels: Sequence[str]) -> Mapping[int, str]:
    return {symbol: f"size {dim} of {labels[number]}" for symbol, (number, dim) in _deciding(function).items()}


def _type_text(function: FunctionDef, number: int, shape: tuple[int, ...]) -> str:
    return str(function.arguments[number]._replace(shape=shape))
