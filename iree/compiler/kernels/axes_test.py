"""Axes: places as symbols."""

from xdsl.ir.affine import AffineConstantExpr, AffineMap

from iree.compiler.kernels.axes import Axes, divisions, stride, uses


def test_a_place_read_through_a_reshape_is_one_position() -> None:
    axes = Axes()
    row, column = axes.add(4), axes.add(6)
    position = axes.linear((row, column), (4, 6))
    place = (position // 8, position % 8)
    assert axes.linear(tuple(map(axes.simplify, place)), (3, 8)) == position


def test_maps() -> None:
    axes = Axes()
    row, column = axes.add(4), axes.add(6)
    swapped = AffineMap.from_callable(lambda i, j: (j, i))
    assert axes.through(swapped, (row, column)) == (column, row)


def test_strides() -> None:
    axes = Axes()
    row, column = axes.add(4), axes.add(6)
    assert stride(axes.linear((row, column), (4, 6)), row) == 6
    assert stride(axes.linear((row, column), (4, 6)), column) == 1
    assert stride(row * 6, column) == 0
    assert stride(row + (column % 4), column) is None
    assert stride(AffineConstantExpr(3), row) == 0


def test_which_places_differ_along_an_axis() -> None:
    axes = Axes()
    row, column = axes.add(4), axes.add(6)
    assert uses((row, column), column)
    assert not uses((row * 2,), column)
    assert not uses((row,), None)


def test_divisions_are_counted() -> None:
    axes = Axes()
    row = axes.add(12)
    assert divisions((row // 4) * 2 + row % 4) == 2
    assert divisions(row * 4 + 1) == 0


def test_between_which_numbers_a_position_lies() -> None:
    axes = Axes()
    row, column = axes.add(4), axes.add(6)
    assert axes.bounds(row * 6 + column - 3) == (-3, 20)
    assert axes.bounds(row * -2 + column // 4) == (-6, 1)
