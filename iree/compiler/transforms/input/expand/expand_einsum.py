"""expand-einsum: sums of products are dot_generals, with the dimensions in the order that the result has.

    %2 = mhlo.einsum %0, %1, config = "bij,bjk->kbi" : (..) -> tensor<6x3x4xf32>
  becomes
    %1 = mhlo.dot_general %0, %1, batching_dims = [0] x [0], contracting_dims = [2] x [1] : (..) -> tensor<3x4x6xf32>
    %2 = mhlo.transpose %1, dims = [2, 0, 1] : (tensor<3x4x6xf32>) -> tensor<6x3x4xf32>

Letters that one operand alone has are summed over first.
"""

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.dialects import mhlo
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.common.expression import Expression, expand


class ExpandEinsum(Pass):
    name = "expand-einsum"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for op in ops_of(module, mhlo.AnyEinsum):
            _expand(op)


def _expand(op: mhlo.AnyEinsum) -> None:
    terms, output = op.terms()

    def build(*operands: Expression) -> Expression:
        if len(operands) == 1:
            value, letters = _summed(operands[0], terms[0], output)
        else:
            value, letters = _product(operands[0], operands[1], terms[0], terms[1], output)
        return value.transpose([letters.index(letter) for letter in output])

    expand(op, build)


def _product(lhs: Expression, rhs: Expression, left: str, right: str, output: str) -> tuple[Expression, str]:
    lhs, left = _summed(lhs, left, right + output)
    rhs, right = _summed(rhs, right, left + output)
    batch = [letter for letter in left if letter in right and letter in output]
    summed = [letter for letter in left if letter in right and letter not in output]
    numbers = mhlo.DotNumbers(
        tuple(map(left.index, batch)),
        tuple(map(right.index, batch)),
        tuple(map(left.index, summed)),
        tuple(map(right.index, summed)),
    )
    own = [letter for letter in left + right if (letter in left) != (letter in right)]
    return lhs.dot(rhs, numbers), "".join(batch + own)


def _summed(value: Expression, letters: str, kept: str) -> tuple[Expression, str]:
    """Sums over the letters that are not kept."""
    dropped = [index for index, letter in enumerate(letters) if letter not in kept]
    left = "".join(letter for letter in letters if letter in kept)
    return (value.sum(*dropped) if dropped else value), left
