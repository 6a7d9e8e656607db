"""Sizes that only a call knows: integers that calculate like sums of products."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iree.compiler.ir import sizes
from iree.schemas.sizes import MAX_SYMBOLS, Polynomial

D = [sizes.symbol(number) for number in range(MAX_SYMBOLS)]

polynomials = st.dictionaries(
    st.lists(st.integers(0, MAX_SYMBOLS - 1), max_size=3).map(lambda p: tuple(sorted(p))),
    st.integers(-(10**10), 10**10).filter(bool),
    max_size=5,
)


def _size(polynomial: Polynomial) -> int:
    return sum(factor * math.prod(D[number] for number in product) for product, factor in polynomial.items())


@given(polynomials)
@settings(deadline=None)
def test_an_integer_says_which_sum_of_products_it_is(polynomial: Polynomial) -> None:
    assert dict(sizes.terms(_size(polynomial))) == polynomial


@given(polynomials)
@settings(deadline=None)
def test_texts_read_back(polynomial: Polynomial) -> None:
    size = _size(polynomial)
    assert sizes.parse(sizes.text(size).strip("[]")) == size


@given(polynomials, polynomials, st.lists(st.integers(0, 50), min_size=8, max_size=8))
@settings(deadline=None)
def test_sizes_calculate_as_their_values_do(one: Polynomial, other: Polynomial, values: list[int]) -> None:
    def value(size: int) -> int:
        return sizes.replaced(size, values)

    assert value(_size(one) + _size(other)) == value(_size(one)) + value(_size(other))
    assert value(_size(one) * 6 - _size(other)) == value(_size(one)) * 6 - value(_size(other))
    assert (_size(one) == _size(other)) == (one == other)
    if sizes.is_at_most(_size(one), _size(other)):
        assert value(_size(one)) <= value(_size(other))


def test_texts() -> None:
    assert sizes.text(2 * D[0] * D[1] + 3) == "[2*d0*d1+3]"
    assert sizes.shape_text([D[0] - 1, 4, -1]) == "[[d0-1], 4, ?]"
    assert sizes.text(D[0] // 2) == "[not a size]"


@pytest.mark.parametrize(
    "size",
    [D[0] // 2, D[0] // 3, D[0] % 1000 - D[1] // 7, D[0] ** 4, D[0] << 39, D[1] // D[0], D[1] // (D[0] * 1000)],
    ids=sizes.text,
)
def test_what_is_no_sum_of_products_is_no_size(size: int) -> None:
    with pytest.raises(sizes.SizeError, match="is no sum of products"):
        sizes.terms(size)


def test_no_size_becomes_a_number_of_the_machine() -> None:
    with pytest.raises(OverflowError):
        float(D[0])
    with pytest.raises(OverflowError):
        D[0].to_bytes(8, "little")
    assert not sizes.is_known(D[0] // 4096)


def test_order_is_what_holds_in_every_call() -> None:
    assert sizes.is_at_most(D[0], D[0] + D[1])
    assert sizes.is_at_most(0, D[0])
    assert not sizes.is_at_most(1, D[0])
    assert not sizes.is_at_most(D[0], 1 << 40)
    assert not sizes.is_at_most(0, D[0] // 2)


@pytest.mark.parametrize("size", [0, 5, -3, D[0], D[7] * -3 + 9, D[2] - 100_000], ids=sizes.text)
def test_packed_sizes_read_back(size: int) -> None:
    assert sizes.unpacked(sizes.packed(size)) == size
    assert -(1 << 63) <= sizes.packed(size) < 1 << 63


@pytest.mark.parametrize("size", [D[0] + D[1], D[0] * D[1], D[0] * (1 << 30), D[0] + (1 << 35)], ids=sizes.text)
def test_a_list_of_integers_holds_one_symbol_at_most(size: int) -> None:
    with pytest.raises(sizes.SizeError, match="more than one size of the caller's choice"):
        sizes.packed(size)


def test_what_is_written_wrong_is_no_size() -> None:
    with pytest.raises(sizes.SizeError, match="'2\\*x' is no size"):
        sizes.parse("2*x")
    with pytest.raises(sizes.SizeError, match="8 sizes of its caller's choice at most"):
        sizes.symbol(8)


def test_a_table_names_each_size_once() -> None:
    table = sizes.SizeTable()
    first, known, again = table.names([D[1], 7, D[1]])
    assert known == 7
    assert first == again
    assert (len(table.rows), table.symbol_count) == (1, 2)


def test_symbols() -> None:
    assert sizes.symbols_of(D[0] * D[3] + 1) == {0, 3}
    assert sizes.lone_symbol(D[3]) == 3
    assert sizes.lone_symbol(D[3] + 1) is None
    assert sizes.lone_symbol(3) is None


def test_what_divides_what() -> None:
    assert sizes.divides(3, 6 * D[0] + 3)
    assert sizes.divides(D[0], 4 * D[0] * D[1])
    for divisor, size in ((2, D[0]), (D[0], D[1]), (D[1], D[7]), (D[0] * D[1], D[2]), (4 * D[0], 6 * D[0]), (D[0], 12)):
        assert not sizes.divides(divisor, size)


def test_no_product_looks_like_another_one_or_like_a_quotient() -> None:
    products = [(), *(p for n in (1, 2, 3) for p in itertools.combinations_with_replacement(range(MAX_SYMBOLS), n))]
    places = {sum(sizes._PLACES[number] for number in product): product for product in products}
    assert len(places) == len(products)
    for above in products:
        for below in products:
            rest = sum(sizes._PLACES[n] for n in above) - sum(sizes._PLACES[n] for n in below)
            if rest in places:
                assert sorted(above) == sorted(below + places[rest])
