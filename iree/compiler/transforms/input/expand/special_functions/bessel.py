"""The modified Bessel function of order 1, exponentially scaled, by the Chebyshev series of Cephes."""

from collections.abc import Sequence

from xdsl.dialects.builtin import f64

from iree.compiler.dialects import mhlo
from iree.compiler.transforms.common.expression import Expression, where

# Of |x| / 2 - 2 for |x| <= 8; f32 leaves out the terms below its last place.
_NEAR = (
    2.7779141127610464e-18, -2.111421214358166e-17, 1.5536319577362005e-16, -1.1055969477353862e-15,
    7.6006842947354077e-15, -5.0421855047279118e-14, 3.2237933659455748e-13, -1.9839743977649436e-12,
    1.1736186298890901e-11, -6.6634897235020271e-11, 3.6255902815521172e-10, -1.8872497517228294e-9,
    9.3815373864957726e-9, -4.4450591287963281e-8, 2.0032947535521353e-7, -8.5687202646954547e-7,
    3.4702513081376785e-6, -1.3273163656039436e-5, 4.7815651075500542e-5, -1.6176081582589674e-4,
    5.1228595616857576e-4, -1.5135724506312532e-3, 4.1564229443128882e-3, -1.0564084894626197e-2,
    2.4726449030626516e-2, -5.2945981208094989e-2, 0.10264365868984709, -0.17641651835783406, 0.25258718644363365,
)  # fmt: skip
# Of 32 / |x| - 2 beyond.
_FAR = (
    7.5172963108421052e-18, 4.4143483230717077e-18, -4.6503053684893586e-17, -3.2095259219934238e-17,
    2.9626289976459501e-16, 3.3082023109209285e-16, -1.8803547755107825e-15, -3.8144030724370075e-15,
    1.0420276984128802e-14, 4.272440016711951e-14, -2.1015418427726643e-14, -4.0835511110921974e-13,
    -7.1985517762459084e-13, 2.0356285441470896e-12, 1.4125807436613782e-11, 3.2526035830154884e-11,
    -1.8974958123505413e-11, -5.5897434621965838e-10, -3.835380385964237e-9, -2.6314688468895196e-8,
    -2.5122362378702088e-7, -3.8825648088776906e-6, -1.1058893876262371e-4, -9.7610974913614687e-3, 0.7785762350182801,
)  # fmt: skip
_SMALLEST_F32_TERM = 3e-9


def bessel_i1e(x: Expression) -> Expression:
    """|x| times a series, or a series over sqrt(|x|), with the sign of x."""
    size = abs(x)
    near = size * _series(size * 0.5 - 2.0, _terms(x, _NEAR))
    far = _series(32.0 / size - 2.0, _terms(x, _FAR)) / size.apply(mhlo.Sqrt)
    return x.apply(mhlo.Sign) * where(size <= 8.0, near, far)


def _terms(x: Expression, series: Sequence[float]) -> Sequence[float]:
    return series if x.element == f64 else [term for term in series if abs(term) > _SMALLEST_F32_TERM]


def _series(x: Expression, terms: Sequence[float]) -> Expression:
    """Clenshaw's rule."""
    b0, b1, b2 = x.like(terms[0]), x.like(0.0), x.like(0.0)
    for term in terms[1:]:
        b0, b1, b2 = x * b0 - b1 + term, b0, b1
    return (b0 - b2) * 0.5
