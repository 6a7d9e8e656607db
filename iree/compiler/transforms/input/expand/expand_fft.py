"""expand-fft: Fourier transforms are products with matrices of roots of unity, as many as the length's factors ask for.

    %1 = mhlo.fft %0, type = RFFT, length = [8] : (tensor<5x8xf32>) -> tensor<5x5xcomplex<f32>>
  becomes
    %1 = mhlo.dot_general %0, %roots, contracting_dims = [1] x [0] : (tensor<5x8xf32>, tensor<8x16xf32>) -> ..
    and the real and imaginary parts that are asked for out of it

Lengths that are long primes too: see fourier.py. Several dimensions are transformed one after the other.
"""

from collections.abc import Callable

from xdsl.dialects.builtin import ModuleOp

from iree.compiler.dialects import mhlo
from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.common.expression import Expression, concatenate, expand
from iree.compiler.transforms.input.expand.fourier import Pair, transform


class ExpandFft(Pass):
    name = "expand-fft"
    reads = ("builtin", "func", "arith", "math", "mhlo")
    leaves = ("builtin", "func", "arith", "math", "mhlo")

    def run(self, module: ModuleOp) -> None:
        for op in ops_of(module, mhlo.Fft):
            expand(op, _builder(op))


def _builder(op: mhlo.Fft) -> Callable[[Expression], Expression]:
    kind, lengths, result = op.fft_type.data, mhlo.ints(op.fft_length), mhlo.tensor(op.result)

    def build(x: Expression) -> Expression:
        if 0 in result.get_shape():
            return x.emitter.number(0, result)
        rank = len(x.shape)
        outer = range(rank - len(lengths), rank - 1)
        if kind is mhlo.FftType.RFFT:
            last = rank - 1
            half = transform(Pair(x, None), inverse=False).map(lambda part: part.slice(last, 0, lengths[-1] // 2 + 1))
            return _joined(_along(half, outer, inverse=False))
        parts = Pair(x.apply(mhlo.Real), x.apply(mhlo.Imag))
        if kind is mhlo.FftType.IRFFT:
            return transform(_whole(_along(parts, outer, inverse=True), lengths[-1]), inverse=True).real
        return _joined(_along(parts, [*outer, rank - 1], inverse=kind is mhlo.FftType.IFFT))

    return build


def _along(x: Pair, dimensions: range | list[int], *, inverse: bool) -> Pair:
    """Transforms along each of the dimensions."""
    for dim in dimensions:
        order = list(range(len(x.real.shape)))
        order[dim], order[-1] = order[-1], order[dim]
        moved = transform(x.map(lambda part, order=order: part.transpose(order)), inverse=inverse)
        x = moved.map(lambda part, order=order: part.transpose(order))
    return x


def _whole(half: Pair, length: int) -> Pair:
    """The transform of real numbers from its first half: what is left are the conjugates, from the end."""
    assert half.imaginary is not None
    last = len(half.real.shape) - 1
    count = (length - 1) // 2
    if not count:
        return half
    real, imaginary = (part.slice(last, 1, count + 1).reverse(last) for part in (half.real, half.imaginary))
    return Pair(concatenate([half.real, real], last), concatenate([half.imaginary, -imaginary], last))


def _joined(x: Pair) -> Expression:
    imaginary = x.real.like(0.0) if x.imaginary is None else x.imaginary
    return x.real.apply(mhlo.Complex, imaginary)
