"""Affine maps of iteration spaces whose sizes are known, which decides most divisions.

    reshape_map((6, 4), (2, 3, 4))      (d0, d1, d2) -> (d0 * 3 + d1, d2)
    simplify(d0 * 4 + d1 floordiv 4)    d0, where d1 < 4

All maps here stay within 0 and the sizes they index, so division never meets a negative number.
"""

import math
from collections.abc import Sequence

from xdsl.ir import SSAValue
from xdsl.ir.affine import (
    AffineBinaryOpExpr,
    AffineBinaryOpKind,
    AffineConstantExpr,
    AffineDimExpr,
    AffineExpr,
    AffineMap,
)

from iree.compiler.ir import sizes
from iree.compiler.kernels.emitter import INDEX, Emitter

Shape = Sequence[int]
_Terms = dict[AffineExpr, int]  # what is summed, and how often; dimensions, quotients and remainders


def dims(count: int) -> list[AffineExpr]:
    """d0, d1, ..."""
    return [AffineExpr.dimension(position) for position in range(count)]


def make_map(count: int, results: Sequence[AffineExpr | int]) -> AffineMap:
    """A map from `count` dimensions."""
    exprs = [AffineExpr.constant(result) if isinstance(result, int) else result for result in results]
    return AffineMap(count, 0, tuple(exprs))


def compose(outer: AffineMap, inner: AffineMap, shape: Shape) -> AffineMap:
    """outer(inner(...)), simplified for an iteration space of these sizes."""
    results = [expr.replace_dims_and_symbols(inner.results, ()) for expr in outer.results]
    return AffineMap(inner.num_dims, 0, tuple(simplify(expr, shape) for expr in results))


def strides(shape: Shape) -> list[int]:
    """How many elements apart neighbours are along each dimension, row-major."""
    return [math.prod(shape[dim + 1 :]) for dim in range(len(shape))]


def linearize(indices: Sequence[AffineExpr], shape: Shape) -> AffineExpr:
    """The position of an element in row-major order."""
    total = AffineExpr.constant(0)
    for index, stride in zip(indices, strides(shape), strict=True):
        total = total + index * stride
    return total


def delinearize(position: AffineExpr, shape: Shape) -> list[AffineExpr]:
    """The element at a position in row-major order."""
    parts = [position // stride for stride in strides(shape)]
    return [part % size if dim else part for dim, (part, size) in enumerate(zip(parts, shape, strict=True))]


def reshape_map(source: Shape, result: Shape) -> AffineMap:
    """Where an element of the result lies in the source. Neither is empty."""
    position = linearize(dims(len(result)), result)
    return make_map(len(result), [simplify(expr, result) for expr in delinearize(position, source)])


def simplify(expr: AffineExpr, shape: Shape) -> AffineExpr:
    """The same index with fewer operations, for dimensions 0 <= di < shape[i]."""
    return _expression(*_terms(expr, shape))


def bounds(expr: AffineExpr, shape: Shape) -> tuple[int, int]:
    """The least and the greatest value of a position."""
    return _bounds(*_terms(expr, shape), shape)


def apply(emitter: Emitter, expr: AffineExpr, indices: Sequence[SSAValue]) -> SSAValue:
    """Computes an index expression."""
    match expr:
        case AffineConstantExpr(value):
            return emitter.index(value)
        case AffineDimExpr(position):
            return indices[position]
        case AffineBinaryOpExpr(kind, lhs, rhs) if kind in _OPS:
            operands = [apply(emitter, lhs, indices), apply(emitter, rhs, indices)]
            return emitter.pure(_OPS[kind], operands, INDEX)
    raise ValueError(f"no code for index expression {expr}")


def apply_map(emitter: Emitter, map_: AffineMap, indices: Sequence[SSAValue]) -> tuple[SSAValue, ...]:
    """Computes all results of a map."""
    return tuple(apply(emitter, expr, indices) for expr in map_.results)


_OPS = {
    AffineBinaryOpKind.Add: "arith.addi",
    AffineBinaryOpKind.Mul: "arith.muli",
    AffineBinaryOpKind.FloorDiv: "arith.divui",
    AffineBinaryOpKind.Mod: "arith.remui",
}


def _terms(expr: AffineExpr, shape: Shape) -> tuple[_Terms, int]:
    match expr:
        case AffineConstantExpr(value):
            return {}, value
        case AffineDimExpr(position):
            return ({expr: 1} if shape[position] > 1 else {}), 0
        case AffineBinaryOpExpr(AffineBinaryOpKind.Add, lhs, rhs):
            return _recombined(*_sum(_terms(lhs, shape), _terms(rhs, shape)), shape)
        case AffineBinaryOpExpr(AffineBinaryOpKind.Mul, lhs, AffineConstantExpr(factor)):
            terms, constant = _terms(lhs, shape)
            return ({atom: count * factor for atom, count in terms.items()} if factor else {}), constant * factor
        case AffineBinaryOpExpr(AffineBinaryOpKind.FloorDiv, lhs, AffineConstantExpr(divisor)):
            return _quotient(*_terms(lhs, shape), divisor, shape)
        case AffineBinaryOpExpr(AffineBinaryOpKind.Mod, lhs, AffineConstantExpr(divisor)):
            return _remainder(*_terms(lhs, shape), divisor, shape)
    raise ValueError(f"no simplification of index expression {expr}")


def _sum(first: tuple[_Terms, int], second: tuple[_Terms, int]) -> tuple[_Terms, int]:
    terms = dict(first[0])
    for atom, count in second[0].items():
        terms[atom] = terms.get(atom, 0) + count
    return {atom: count for atom, count in terms.items() if count}, first[1] + second[1]


def _recombined(terms: _Terms, constant: int, shape: Shape) -> tuple[_Terms, int]:
    """(e floordiv c) * c + e mod c is e."""
    for atom, count in terms.items():
        match atom:
            case AffineBinaryOpExpr(AffineBinaryOpKind.Mod, lhs, AffineConstantExpr(divisor)):
                quotient = lhs // divisor
                if terms.get(quotient) == count * divisor:
                    others = {other: n for other, n in terms.items() if other not in (atom, quotient)}
                    return _recombined(*_sum((others, constant), _terms(lhs * count, shape)), shape)
    return terms, constant


def _split(terms: _Terms, constant: int, divisor: int) -> tuple[_Terms, int, _Terms, int]:
    """What is a multiple of the divisor, divided by it, and the rest."""
    multiple = {atom: count // divisor for atom, count in terms.items() if sizes.divides(divisor, count)}
    rest = {atom: count for atom, count in terms.items() if not sizes.divides(divisor, count)}
    if sizes.divides(divisor, constant) or sizes.are_known((constant, divisor)):
        return multiple, constant // divisor, rest, constant % divisor
    return multiple, 0, rest, constant


def _split_for_division(terms: _Terms, constant: int, divisor: int, shape: Shape) -> tuple[_Terms, int, _Terms, int]:
    """_split with a rest that is never negative: divisions are unsigned."""
    multiple, whole, rest, offset = _split(terms, constant, divisor)
    low, _ = _bounds(rest, offset, shape)
    lift = 0 if sizes.is_at_most(0, low) else max(0, -(low // divisor))
    return multiple, whole - lift, rest, offset + lift * divisor


def _quotient(terms: _Terms, constant: int, divisor: int, shape: Shape) -> tuple[_Terms, int]:
    multiple, whole, rest, offset = _split_for_division(terms, constant, divisor, shape)
    if (single := _only_quotient(rest, offset, divisor, shape)) is not None:
        return multiple, whole + single
    match list(rest.items()):
        case [(AffineBinaryOpExpr(AffineBinaryOpKind.FloorDiv, inner, AffineConstantExpr(first)), 1)] if not offset:
            return _sum((multiple, whole), _quotient(*_terms(inner, shape), first * divisor, shape))
    for common in _common_factors(rest, divisor):
        coarse, coarse_offset, fine, fine_offset = _split(rest, offset, common)
        if _fits(fine, fine_offset, common, shape):
            return _sum((multiple, whole), _quotient(coarse, coarse_offset, divisor // common, shape))
    return _sum((multiple, whole), ({_expression(rest, offset) // divisor: 1}, 0))


def _remainder(terms: _Terms, constant: int, divisor: int, shape: Shape) -> tuple[_Terms, int]:
    _, _, rest, offset = _split_for_division(terms, constant, divisor, shape)
    if (single := _only_quotient(rest, offset, divisor, shape)) is not None:
        return rest, offset - single * divisor
    for common in _common_factors(rest, divisor):
        coarse, coarse_offset, fine, fine_offset = _split(rest, offset, common)
        if _fits(fine, fine_offset, common, shape):
            inner, inner_offset = _remainder(coarse, coarse_offset, divisor // common, shape)
            scaled = {atom: count * common for atom, count in inner.items()}
            return _sum((scaled, inner_offset * common), (fine, fine_offset))
    return {_expression(rest, offset) % divisor: 1}, 0


def _common_factors(terms: _Terms, divisor: int) -> list[int]:
    """Factors of the divisor that some of the terms share, the largest first."""
    common = {math.gcd(count, divisor) for count in terms.values()} - {1, divisor}
    return sorted(filter(sizes.is_size, common), reverse=True)


def _only_quotient(terms: _Terms, constant: int, divisor: int, shape: Shape) -> int | None:
    """The quotient, if it is the same everywhere and in every call."""
    low, high = _bounds(terms, constant, shape)
    if sizes.are_known((low, high, divisor)):
        return low // divisor if low // divisor == high // divisor else None
    return 0 if sizes.is_at_most(0, low) and sizes.is_at_most(high + 1, divisor) else None


def _fits(terms: _Terms, constant: int, divisor: int, shape: Shape) -> bool:
    low, high = _bounds(terms, constant, shape)
    return sizes.is_at_most(0, low) and sizes.is_at_most(high + 1, divisor)


def _bounds(terms: _Terms, constant: int, shape: Shape) -> tuple[int, int]:
    low = high = constant
    for atom, count in terms.items():
        ends = [end * count for end in _atom_bounds(atom, shape)]
        low, high = low + min(ends), high + max(ends)
    return low, high


def _atom_bounds(atom: AffineExpr, shape: Shape) -> tuple[int, int]:
    match atom:
        case AffineDimExpr(position):
            return 0, shape[position] - 1
        case AffineBinaryOpExpr(AffineBinaryOpKind.FloorDiv, lhs, AffineConstantExpr(divisor)):
            low, high = _bounds(*_terms(lhs, shape), shape)
            return low // divisor, high // divisor
    assert isinstance(atom, AffineBinaryOpExpr), "an atom is a dimension, a quotient or a remainder"
    assert isinstance(atom.rhs, AffineConstantExpr), "divisors are numbers"
    return 0, atom.rhs.value - 1


def _expression(terms: _Terms, constant: int) -> AffineExpr:
    """Terms as an expression, in a fixed order."""
    total = AffineExpr.constant(0)
    for atom, count in sorted(terms.items(), key=lambda term: (term[1] < 0, str(term[0]))):
        total = total + atom * count
    return total + constant
