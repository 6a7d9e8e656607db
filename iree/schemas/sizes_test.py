"""Sizes in files."""

import pytest

from iree.schemas import sizes
from iree.schemas.interpreter_bytecode import INTERPRETER

SIZE = {(0, 1): 2, (): 3, (0,): -1}


def test_sizes_read_back() -> None:
    assert sizes.decode(sizes.encode(SIZE), 2) == SIZE
    assert sizes.text(SIZE) == "2*d0*d1-1*d0+3"
    assert sizes.text({}) == "0"
    assert sizes.evaluate(SIZE, [4, 5]) == 2 * 20 - 4 + 3


@pytest.mark.parametrize(
    "numbers", [[1], [1, 1], [1, 1, 2], [1, 4, 0, 0, 0, 0], [1, 2, 1, 0], [1, -1], [1, 0, 1, 0], [1, 1, -1]]
)
def test_integers_that_say_no_size(numbers: list[int]) -> None:
    with pytest.raises(ValueError, match="is no sum of products of 2 symbols"):
        sizes.decode(numbers, 2)


def test_a_size_beyond_memory() -> None:
    with pytest.raises(ValueError, match=r"the size d0\*d0 comes to 1073741824000000, more than any memory holds"):
        sizes.evaluate({(0, 0): 1}, [32768000])


def test_the_first_size_that_is_a_symbol_decides_it() -> None:
    pairs = [({(0,): 2}, 6), (4, 4), ({(0,): 1}, 3), ({(0,): 1}, 5)]
    assert sizes.solve(pairs, 2) == [3, None]


def test_bytecode_for_known_sizes() -> None:
    code = INTERPRETER.encode("alloc_heap", 12, (sizes.FIRST + 1, 4), 0) + INTERPRETER.encode("return")
    known = sizes.substituted(code, INTERPRETER, lambda row: 10 + row)
    assert known == INTERPRETER.encode("alloc_heap", 12, (11, 4), 0) + INTERPRETER.encode("return")
