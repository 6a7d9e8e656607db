"""expand-lapack-calls: calls of LAPACK's functions, which JAX and TensorFlow leave in programs, are ops like any other.

    %0:2 = mhlo.custom_call @lapack_spotrf_ffi(%a) {backend_config = "{"uplo": 76}"}
         : (tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<i32>)
  becomes
    %0 = mhlo.cholesky %a, lower = true : tensor<4x4xf32>
    %1 = 0, or 1 where a diagonal element of %0 is no number

    potrf   Cholesky's factor           trsm    a triangular equation
    getrf   L U with pivots             geqrf   Q R, as mirrors               orgqr   the product of mirrors

The letter after `lapack_` is the type, which the operands say too: s and d are floats, c and z complex numbers, of
which only potrf and trsm are written here. Any other call is the host's.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from xdsl.dialects.builtin import ModuleOp, i32

from iree.compiler.dialects import mhlo
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.common.expression import Expression, expand, where
from iree.compiler.transforms.input.expand.matrix_factors import mirrors_applied, pivoted, reflected

_Config = Mapping[str, Any]
_Build = Callable[..., Expression | Sequence[Expression]]


class ExpandLapackCalls(Pass):
    name = "expand-lapack-calls"
    reads = ("builtin", "func", "arith", "math", "mhlo", "ml_program")
    leaves = ("builtin", "func", "arith", "math", "mhlo", "ml_program")

    def run(self, module: ModuleOp) -> None:
        for call in ops_of(module, mhlo.CustomCall):
            function = FUNCTIONS.get(call.call_target_name.data)
            if function is not None:
                expand(call, function(json.loads(call.config or "{}")))


def _potrf(config: _Config) -> _Build:
    lower = config["uplo"] == ord("L")

    def build(a: Expression) -> Sequence[Expression]:
        factor = a.emitter.add(mhlo.Cholesky(a.value, lower))
        rows, columns = len(a.shape) - 2, len(a.shape) - 1
        row_of, column_of = (a.emitter.iota(i32, a.shape, dim) for dim in (rows, columns))
        broken = where(row_of.equals(column_of) & factor.is_nan(), row_of.like(1), 0)
        return factor, broken.maximum(rows, columns)

    return build


def _trsm(config: _Config) -> _Build:
    kinds = {
        ord("N"): mhlo.TransposeKind.NO_TRANSPOSE,
        ord("T"): mhlo.TransposeKind.TRANSPOSE,
        ord("C"): mhlo.TransposeKind.ADJOINT,
    }

    def build(a: Expression, b: Expression) -> Expression:
        solve = mhlo.TriangularSolve(
            a.value,
            b.value,
            left=config["side"] == ord("L"),
            lower=config["uplo"] == ord("L"),
            unit=config["diag"] == ord("U"),
            transpose=kinds[config["trans_x"]],
        )
        return a.emitter.add(solve)

    return build


FUNCTIONS: dict[str, Callable[[_Config], _Build]] = {
    **{f"lapack_{letter}potrf_ffi": _potrf for letter in "sdcz"},
    **{f"lapack_{letter}trsm_ffi": _trsm for letter in "sdcz"},
    **{f"lapack_{letter}getrf_ffi": lambda _: pivoted for letter in "sd"},
    **{f"lapack_{letter}geqrf_ffi": lambda _: reflected for letter in "sd"},
    **{f"lapack_{letter}orgqr_ffi": lambda _: mirrors_applied for letter in "sd"},
}
