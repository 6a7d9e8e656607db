"""The scalar ops that kernel bodies are made of, by name, with the properties that xDSL wants spelled out."""

from collections.abc import Sequence

from xdsl.dialects import arith, complex, math
from xdsl.dialects.builtin import AnyFloat, ComplexType
from xdsl.ir import Attribute, Operation, SSAValue

_NO_FASTMATH: dict[str, Attribute] = {"fastmath": arith.FastMathFlagsAttr("none")}
_NO_OVERFLOW: dict[str, Attribute] = {"overflowFlags": arith.IntegerOverflowAttr("none")}

_FLOAT = (
    arith.AddfOp, arith.SubfOp, arith.MulfOp, arith.DivfOp, arith.NegfOp, arith.CmpfOp,
    arith.MaximumfOp, arith.MinimumfOp,
    math.AbsFOp, math.Atan2Op, math.CbrtOp, math.CeilOp, math.CosOp, math.ExpM1Op, math.ExpOp, math.FloorOp,
    math.Log1pOp, math.LogOp, math.PowFOp, math.RoundEvenOp, math.RoundOp, math.RsqrtOp, math.SinOp, math.SqrtOp,
    math.TanOp, math.TanhOp, math.TruncOp, complex.ReOp, complex.ImOp,
)  # fmt: skip
_OVERFLOWING = (arith.AddiOp, arith.SubiOp, arith.MuliOp, arith.ShLIOp)
_PLAIN = (
    arith.DivSIOp, arith.DivUIOp, arith.RemSIOp, arith.RemUIOp,
    arith.MinSIOp, arith.MaxSIOp, arith.MinUIOp, arith.MaxUIOp,
    arith.AndIOp, arith.OrIOp, arith.XOrIOp, arith.ShRUIOp, arith.ShRSIOp,
    arith.CmpiOp, arith.SelectOp, arith.BitcastOp, arith.IndexCastOp,
    arith.FPToSIOp, arith.FPToUIOp, arith.SIToFPOp, arith.UIToFPOp, arith.ExtFOp, arith.TruncFOp,
    arith.TruncIOp, arith.ExtSIOp, arith.ExtUIOp, math.CtPopOp, math.CountLeadingZerosOp, complex.CreateOp,
)  # fmt: skip

OPS: dict[str, type[Operation]] = {op.name: op for op in (*_FLOAT, *_OVERFLOWING, *_PLAIN)}

DEFAULT_PROPERTIES: dict[str, dict[str, Attribute]] = {
    **{op.name: _NO_FASTMATH for op in _FLOAT},
    **{op.name: _NO_OVERFLOW for op in _OVERFLOWING},
}

_CMPI = {"eq": 0, "ne": 1, "slt": 2, "sle": 3, "sgt": 4, "sge": 5, "ult": 6, "ule": 7, "ugt": 8, "uge": 9}
_CMPF = {"oeq": 1, "ogt": 2, "oge": 3, "olt": 4, "ole": 5, "une": 13, "uno": 14}


def comparison(type_: Attribute) -> tuple[str, dict[str, int]]:
    """The compare op for operands of this type, and its predicates by name."""
    return ("arith.cmpf", _CMPF) if isinstance(type_, AnyFloat) else ("arith.cmpi", _CMPI)


def result_type(name: str, operands: Sequence[SSAValue]) -> Attribute:
    """The type of an op that has its first operand's type, or of a part of a complex number."""
    assert operands, f"{name} has no operand to take its type from"
    type_ = operands[0].type
    if name in ("complex.re", "complex.im") and isinstance(type_, ComplexType):
        part: Attribute = type_.element_type
        return part
    return type_
