"""Scalar ops as C expressions that compute exactly what the op says."""

from collections.abc import Callable, Sequence

from xdsl.dialects import arith, func, math
from xdsl.dialects.builtin import AnyFloat, FloatAttr, IndexType, IntegerAttr, IntegerType, f32, i1
from xdsl.ir import Attribute, Operation

from iree.compiler.codegen.runtimeless_c.expressions import (
    Expr,
    bits,
    call,
    cast,
    choice,
    prefix,
    product,
    relation,
    total,
)
from iree.compiler.codegen.runtimeless_c.types import literal, scalar_type
from iree.compiler.ir.diagnostics import fail
from iree.compiler.kernels.folding import PREDICATES

Rule = Callable[[Operation, Sequence[Expr]], Expr]


def expression(op: Operation, operands: Sequence[Expr]) -> Expr:
    """An op of the operands' expressions. CompileError: C99 has nothing for it."""
    rule = _RULES.get(type(op))
    types = [value.type for value in (*op.operands, *op.results)]
    if rule is None or any(scalar_type(type_) is None for type_ in types):
        shown = ", ".join(dict.fromkeys(map(str, types)))
        fail(op, f"has no form in C for {shown}; the targets vulkan-spirv and interpreter-bytecode may have one")
    return rule(op, operands)


def _constant(op: Operation, operands: Sequence[Expr]) -> Expr:
    assert isinstance(op, arith.ConstantOp)
    assert isinstance(op.value, IntegerAttr | FloatAttr)
    return literal(op.value.value.data, op.result.type)


def _float(make: Callable[[str, Expr, Expr], Expr], operator: str) -> Rule:
    return lambda op, operands: make(operator, *operands)


def _function(name: str) -> Rule:
    """A function of math.h."""
    return lambda op, operands: call(name + _suffix(op.operands[0].type), *operands)


def _suffix(type_: Attribute) -> str:
    return "f" if type_ == f32 else ""


def _wrapping(name: str, make: Callable[[str, Expr, Expr], Expr], operator: str) -> Rule:
    """addi, subi, muli: int is wide enough for 8 and 16 bits; positions do not overflow."""

    def rule(op: Operation, operands: Sequence[Expr]) -> Expr:
        type_ = op.results[0].type
        if isinstance(type_, IndexType):
            return make(operator, *operands)
        if type_ == i1:
            return bits("&", *operands) if name == "mul" else relation("!=", *operands)
        if _width(type_) < 32:
            return cast(_name(type_), make(operator, *operands))
        return call(f"{name}_i{_width(type_)}", *operands)

    return rule


def _divided(operator: str, is_unsigned: bool) -> Rule:
    """The divisor is no zero, and no -1 of the least number: lower-to-linalg sees to that."""

    def rule(op: Operation, operands: Sequence[Expr]) -> Expr:
        type_ = op.results[0].type
        if isinstance(type_, IndexType):
            return product(operator, *operands)
        if is_unsigned:
            return cast(_name(type_), product(operator, *(_unsigned(a, type_) for a in operands)))
        found = product(operator, *operands)
        return cast(_name(type_), found) if _width(type_) < 32 else found

    return rule


def _bitwise(operator: str) -> Rule:
    def rule(op: Operation, operands: Sequence[Expr]) -> Expr:
        if op.results[0].type != i1:
            return bits(operator, *operands)
        if operator != "^":
            return bits(operator, *operands)
        a, b = operands
        return prefix("!", a) if b.text == "1" else relation("!=", a, b)

    return rule


def _shift(operator: str, is_unsigned: bool) -> Rule:
    """By less than the width: lower-to-linalg sees to that."""

    def rule(op: Operation, operands: Sequence[Expr]) -> Expr:
        value, amount = operands
        type_ = op.results[0].type
        if not is_unsigned:
            return bits(operator, value, amount)
        return cast(_name(type_), bits(operator, _unsigned(value, type_), amount))

    return rule


def _extremum(name: str, is_unsigned: bool) -> Rule:
    def rule(op: Operation, operands: Sequence[Expr]) -> Expr:
        type_ = op.results[0].type
        if type_ == i1:  # true is -1 where it is signed
            return bits("&" if (name == "max") != is_unsigned else "|", *operands)
        if not is_unsigned:
            return call(f"{name}_i{_width(type_)}", *operands)
        return cast(_name(type_), call(f"{name}_u{_width(type_)}", *(_unsigned(a, type_) for a in operands)))

    return rule


def _float_extremum(name: str) -> Rule:
    """With a constant, which is no NaN, one comparison is exact, signs of zeros included."""

    def rule(op: Operation, operands: Sequence[Expr]) -> Expr:
        for number, (other, value) in enumerate((operands, operands[::-1])):
            constant = op.operands[1 - number].owner
            if isinstance(constant, arith.ConstantOp) and isinstance(constant.value, FloatAttr) and _is_name(other):
                limit = constant.value.value.data
                if limit != limit:
                    continue
                replaces_zero = limit == 0 and (str(limit) == "0.0") == (name == "max")
                operator = ("<" if name == "max" else ">") + ("=" if replaces_zero or limit else "")
                return choice(relation(operator, other, value), value, other)
        return call(f"{name}_{op.results[0].type}", *operands)

    return rule


def _is_name(expr: Expr) -> bool:
    return expr.text.isidentifier()


_SIGNED = {"eq": "==", "ne": "!=", "slt": "<", "sle": "<=", "sgt": ">", "sge": ">="}
_UNSIGNED = {"ult": "<", "ule": "<=", "ugt": ">", "uge": ">="}


def _compare_integers(op: Operation, operands: Sequence[Expr]) -> Expr:
    assert isinstance(op, arith.CmpiOp)
    predicate, type_ = PREDICATES[op.predicate.value.data], op.lhs.type
    if predicate in _UNSIGNED:
        return relation(_UNSIGNED[predicate], *(_unsigned(a, type_) for a in operands))
    if type_ == i1 and predicate not in ("eq", "ne"):  # true is -1
        operands = operands[::-1]
    return relation(_SIGNED[predicate], *operands)


_ORDERED = {1: "==", 2: ">", 3: ">=", 4: "<", 5: "<=", 13: "!="}
_UNORDERED = {9: "<=", 10: "<", 11: ">=", 12: ">"}  # the opposite of the ordered ones


def _compare_floats(op: Operation, operands: Sequence[Expr]) -> Expr:
    assert isinstance(op, arith.CmpfOp)
    number = op.predicate.value.data
    a, b = operands
    if number in _ORDERED:
        return relation(_ORDERED[number], a, b)
    if number in _UNORDERED:
        return prefix("!", relation(_UNORDERED[number], a, b))
    if number in (7, 14):
        is_nan = _is_nan(a) if a == b else bits("|", _is_nan(a), _is_nan(b))
        return is_nan if number == 14 else prefix("!", is_nan)
    if number in (6, 8):
        differ = bits("|", relation("<", a, b), relation(">", a, b))
        return differ if number == 6 else prefix("!", differ)
    return Expr(str(int(number == 15)))


def _is_nan(a: Expr) -> Expr:
    return relation("!=", a, a)


def _select(op: Operation, operands: Sequence[Expr]) -> Expr:
    return choice(*operands)


def _negate(op: Operation, operands: Sequence[Expr]) -> Expr:
    return prefix("-", operands[0])


def _call(op: Operation, operands: Sequence[Expr]) -> Expr:
    assert isinstance(op, func.CallOp)
    return call(op.callee.root_reference.data, *operands)


def _inverse_root(op: Operation, operands: Sequence[Expr]) -> Expr:
    type_ = op.results[0].type
    return product("/", literal(1.0, type_), call(f"sqrt{_suffix(type_)}", *operands))


def _bitcast(op: Operation, operands: Sequence[Expr]) -> Expr:
    source, target = op.operands[0].type, op.results[0].type
    if isinstance(source, AnyFloat) == isinstance(target, AnyFloat):
        return operands[0]
    return call(f"bits_of_{source}" if isinstance(source, AnyFloat) else f"{target}_of_bits", operands[0])


def _cast(op: Operation, operands: Sequence[Expr]) -> Expr:
    """Between numbers; true is 1 unsigned and -1 signed."""
    (value,) = operands
    source, target = op.operands[0].type, op.results[0].type
    if source == target:
        return value
    if source == i1:
        is_signed = isinstance(op, arith.ExtSIOp | arith.SIToFPOp | arith.IndexCastOp)
        return choice(value, literal(-1 if is_signed else 1, target), literal(0, target))
    if target == i1:  # the lowest bit
        return relation("!=", Expr(f"({bits('&', value, Expr('1')).text})"), Expr("0"))
    if isinstance(op, arith.ExtUIOp | arith.UIToFPOp):
        value = _unsigned(value, source)
    if isinstance(op, arith.FPToUIOp):
        value = cast(f"u{_name(target)}", value)
    return value if _name(source) == _name(target) else cast(_name(target), value)


def _unsigned(value: Expr, type_: Attribute) -> Expr:
    return value if type_ == i1 else cast(f"u{_name(type_)}", value)


def _name(type_: Attribute) -> str:
    name = scalar_type(type_)
    assert name is not None
    return name


def _width(type_: Attribute) -> int:
    return type_.bitwidth if isinstance(type_, IntegerType) else 32


_RULES: dict[type[Operation], Rule] = {
    arith.ConstantOp: _constant,
    arith.AddfOp: _float(total, "+"),
    arith.SubfOp: _float(total, "-"),
    arith.MulfOp: _float(product, "*"),
    arith.DivfOp: _float(product, "/"),
    arith.NegfOp: _negate,
    arith.MaximumfOp: _float_extremum("max"),
    arith.MinimumfOp: _float_extremum("min"),
    arith.CmpfOp: _compare_floats,
    arith.AddiOp: _wrapping("add", total, "+"),
    arith.SubiOp: _wrapping("sub", total, "-"),
    arith.MuliOp: _wrapping("mul", product, "*"),
    arith.DivSIOp: _divided("/", False),
    arith.DivUIOp: _divided("/", True),
    arith.RemSIOp: _divided("%", False),
    arith.RemUIOp: _divided("%", True),
    arith.AndIOp: _bitwise("&"),
    arith.OrIOp: _bitwise("|"),
    arith.XOrIOp: _bitwise("^"),
    arith.ShLIOp: _shift("<<", True),
    arith.ShRUIOp: _shift(">>", True),
    arith.ShRSIOp: _shift(">>", False),
    arith.MinSIOp: _extremum("min", False),
    arith.MaxSIOp: _extremum("max", False),
    arith.MinUIOp: _extremum("min", True),
    arith.MaxUIOp: _extremum("max", True),
    arith.CmpiOp: _compare_integers,
    arith.SelectOp: _select,
    arith.BitcastOp: _bitcast,
    **dict.fromkeys(
        (
            arith.IndexCastOp, arith.FPToSIOp, arith.FPToUIOp, arith.SIToFPOp, arith.UIToFPOp, arith.ExtFOp,
            arith.TruncFOp, arith.TruncIOp, arith.ExtSIOp, arith.ExtUIOp,
        ),
        _cast,
    ),
    func.CallOp: _call,
    math.RsqrtOp: _inverse_root,
    math.AbsFOp: _function("fabs"),
    math.Atan2Op: _function("atan2"),
    math.CbrtOp: _function("cbrt"),
    math.CeilOp: _function("ceil"),
    math.CosOp: _function("cos"),
    math.ExpM1Op: _function("expm1"),
    math.ExpOp: _function("exp"),
    math.FloorOp: _function("floor"),
    math.Log1pOp: _function("log1p"),
    math.LogOp: _function("log"),
    math.PowFOp: _function("pow"),
    math.RoundEvenOp: _function("rint"),
    math.RoundOp: _function("round"),
    math.SinOp: _function("sin"),
    math.SqrtOp: _function("sqrt"),
    math.TanOp: _function("tan"),
    math.TanhOp: _function("tanh"),
    math.TruncOp: _function("trunc"),
}  # fmt: skip
