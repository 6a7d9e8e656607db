"""expand-special-functions: CHLO's mathematical functions are written with functions that every target has.

    %1 = mhlo.acos %0 : tensor<4xf32>
  becomes
    %1 = mhlo.subtract %one, %0 : tensor<4xf32>
    %2 = mhlo.add %one, %0 : tensor<4xf32>
    %3 = mhlo.multiply %1, %2 : tensor<4xf32>
    %4 = mhlo.sqrt %3 : tensor<4xf32>
    %5 = mhlo.atan2 %4, %0 : tensor<4xf32>

Floats of less than 32 bits are computed in f32. Accuracy: test/e2e/special_functions_test.py.
"""

from collections.abc import Callable

from xdsl.dialects.builtin import AnyFloat, FloatAttr, IntegerAttr, ModuleOp, TensorType, f32
from xdsl.ir import Operation

from iree.compiler.dialects import mhlo
from iree.compiler.ir.constants import array_of, dense
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.common.expression import Expression, expand
from iree.compiler.transforms.input.expand.special_functions import (
    bessel,
    complex_numbers,
    elementary,
    error_functions,
    gamma,
)
from iree.compiler.transforms.input.expand.special_functions.integers import mulhi
from iree.compiler.transforms.input.expand.special_functions.neighbours import next_after

FUNCTIONS: dict[type[Operation], Callable[..., Expression]] = {
    mhlo.Acos: elementary.acos,
    mhlo.Acosh: elementary.acosh,
    mhlo.Asin: elementary.asin,
    mhlo.Asinh: elementary.asinh,
    mhlo.Atan: elementary.atan,
    mhlo.Atanh: elementary.atanh,
    mhlo.BesselI1e: bessel.bessel_i1e,
    mhlo.Cosh: elementary.cosh,
    mhlo.Digamma: gamma.digamma,
    mhlo.Erf: error_functions.erf,
    mhlo.ErfInv: error_functions.erf_inv,
    mhlo.Erfc: error_functions.erfc,
    mhlo.IsInf: elementary.is_inf,
    mhlo.IsNegInf: elementary.is_neg_inf,
    mhlo.IsPosInf: elementary.is_pos_inf,
    mhlo.Lgamma: gamma.lgamma,
    mhlo.Mulhi: mulhi,
    mhlo.NextAfter: next_after,
    mhlo.Polygamma: gamma.polygamma,
    mhlo.Sinh: elementary.sinh,
    mhlo.Zeta: gamma.zeta,
}

FUNCTIONS_OF_COMPLEX: dict[type[Operation], Callable[..., Expression]] = {
    mhlo.Acos: complex_numbers.acos,
    mhlo.Acosh: complex_numbers.acosh,
    mhlo.Asin: complex_numbers.asin,
    mhlo.Asinh: complex_numbers.asinh,
    mhlo.Atan: complex_numbers.atan,
    mhlo.Atanh: complex_numbers.atanh,
    mhlo.Cosh: complex_numbers.cosh,
    mhlo.Sinh: complex_numbers.sinh,
}


class ExpandSpecialFunctions(Pass):
    name = "expand-special-functions"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for op in ops_of(module, mhlo.HloOp):
            if isinstance(op, mhlo.ConstantLike):
                _expand_constant_like(op)
            elif type(op) in FUNCTIONS:
                _expand_function(op)


def _expand_function(op: Operation) -> None:
    element = mhlo.element_of(op.operands[0])
    if mhlo.elements_of(element) is mhlo.Elements.COMPLEX:
        expand(op, FUNCTIONS_OF_COMPLEX[type(op)])
        return
    function = FUNCTIONS[type(op)]

    def build(*operands: Expression) -> Expression:
        if function is next_after or not isinstance(element, AnyFloat) or element.bitwidth >= f32.bitwidth:
            return function(*operands)
        result = function(*(operand.convert(f32) for operand in operands))
        return result.convert(element) if result.element == f32 else result

    expand(op, build)


def _expand_constant_like(op: mhlo.ConstantLike) -> None:
    def build(operand: Expression) -> Expression:
        value = op.value
        assert isinstance(value, FloatAttr | IntegerAttr)
        scalar = operand.emitter.add(mhlo.Constant(dense(array_of(value), TensorType(value.type, ()))))
        return scalar.broadcast(operand.shape, ())

    expand(op, build)
