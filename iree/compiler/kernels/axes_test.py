"""Axes: places as symbols."""

from collections.abc import Callable

from xdsl.dialects import arith
from xdsl.ir import Block, SSAValue
from xdsl.ir.affine import AffineConstantExpr, AffineDimExpr, AffineMap

from iree.compiler.kernels.axes import Axes, divisions, stride, uses
from iree.compiler.kernels.emitter import Emitter
from iree.compiler.kernels.folding import constant_int


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


def test_a_sum_begins_with_what_the_outermost_loop_knows() -> None:
    emitter, axes = Emitter(Block()), Axes()
    inner, outer = axes.add(4), axes.add(3)
    made: list[SSAValue] = []

    def each(name: str, axis: AffineDimExpr, body: Callable[[], None]) -> None:
        def step(counter: SSAValue, carried: object) -> list[SSAValue]:
            axes[axis], counter.name_hint = counter, name
            body()
            return []

        emitter.loop(emitter.index(0), emitter.index(9), emitter.index(1), (), step)

    expr = inner * -1 + outer * 4 + inner + 3 + outer
    each("i", outer, lambda: each("j", inner, lambda: made.append(axes.emit(emitter, expr))))

    def text(value: SSAValue) -> str:
        match value.owner:
            case arith.ConstantOp():
                return str(constant_int(value))
            case arith.AddiOp() | arith.MuliOp() as op:
                return f"({text(op.lhs)} {'+' if isinstance(op, arith.AddiOp) else '*'} {text(op.rhs)})"
        return str(value.name_hint)

    assert text(made[0]) == "(((((i * 4) + i) + j) + (j * -1)) + 3)"
