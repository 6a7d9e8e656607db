"""erf, erfc and the inverse of erf, by the approximations of Eigen (f32), Cephes (f64, erfc) and M. Giles (inverse)."""

import math

from xdsl.dialects.builtin import f64

from iree.compiler.dialects import mhlo
from iree.compiler.transforms.common.expression import Expression, polynomial, where

# erf(x) = x p(x^2) / q(x^2) of f32 for |x| <= 4; beyond it is 1 to the last bit.
_ERF_P = (
    -1.60960333262415e-02, -2.95459980854025e-03, -7.34990630326855e-04, -5.69250639462346e-05, -2.10102402082508e-06,
    2.77068142495902e-08, -2.72614225801306e-10,
)  # fmt: skip
_ERF_Q = (
    -1.42647390514189e-02, -7.37332916720468e-03, -1.68282697438203e-03, -2.13374055278905e-04, -1.45660718464996e-05,
)  # fmt: skip

# erf(x) = x t(x^2) for |x| < 1 in f32, and x t(x^2) / u(x^2) in f64.
_ERF_T_F32 = (
    1.128379165726710e0, -3.761262582423300e-1, 1.128358514861418e-1, -2.685381193529856e-2, 5.188327685732524e-3,
    -8.010193625184903e-4, 7.853861353153693e-5,
)  # fmt: skip
_ERF_T = (
    55592.301301039493, 7003.3251411280507, 2232.0053459468431, 90.026019720384269, 9.6049737398705161,
)  # fmt: skip
_ERF_U = (49267.394260863592, 22629.000061389095, 4594.3238297098014, 521.35794978015269, 33.561714164750313, 1.0)

# erfc(x) = exp(-x^2) / x p(1 / x^2) of f32: P for 1 <= x < 2, R beyond.
_ERFC_P_F32 = (
    5.638259427386472e-1, -2.741127028184656e-1, 3.404879937665872e-1, -4.944515323274145e-1, 6.210004621745983e-1,
    -5.824733027278666e-1, 3.687424674597105e-1, -1.387039388740657e-1, 2.326819970068386e-2,
)  # fmt: skip
_ERFC_R_F32 = (
    5.641895067754075e-1, -2.820767439740514e-1, 4.218463358204948e-1, -1.015265279202700e0, 2.921019019210786e0,
    -7.495518717768503e0, 1.297719955372516e1, -1.047766399936249e1,
)  # fmt: skip

# erfc(x) = exp(-x^2) p(x) / q(x) of f64 for 1 <= x < 8, r(x) / s(x) beyond.
_ERFC_P = (
    557.53533536939938, 1027.5518868951572, 934.52852717195765, 526.44519499547732, 196.5208329560771,
    48.637197098568137, 7.4632105644226989, 0.56418956483106886, 2.4619698147353052e-10,
)  # fmt: skip
_ERFC_Q = (
    557.53534081772773, 1656.6630919416134, 2246.3376081871097, 1823.9091668790973, 975.70850174320549,
    354.93777888781989, 86.707214088598973, 13.228195115474499, 1.0,
)  # fmt: skip
_ERFC_R = (
    2.9788666537210022, 7.4097426995044895, 6.160210979930536, 5.0190504225118051, 1.275366707599781,
    0.56418958354775506,
)  # fmt: skip
_ERFC_S = (
    3.3690764510008151, 9.6089680906328585, 17.081445074756591, 12.048953980809666, 9.3960352493800147,
    2.2605286322011726, 1.0,
)  # fmt: skip

# erf_inv(x) = x p(w - shift) with w = -log(1 - x^2), or x p(sqrt(w) - shift) where w is larger.
_INV_NEAR_F32 = (
    1.50140941, 0.246640727, -0.00417768164, -0.00125372503, 0.00021858087, -4.39150654e-06, -3.5233877e-06,
    3.43273939e-07, 2.81022636e-08,
)  # fmt: skip
_INV_FAR_F32 = (
    2.83297682, 1.00167406, 0.00943887047, -0.0076224613, 0.00573950773, -0.00367342844, 0.00134934322, 0.000100950558,
    -0.000200214257,
)  # fmt: skip
_INV_NEAR = (
    1.6536545626831027, 0.24015818242558962, -0.0060336708714301491, -0.00074070253416626698, 0.00018673420803405714,
    -1.3882523362786469e-05, -1.3654692000834679e-06, 4.2347877827932404e-07, -2.9070369957882005e-08,
    -4.1126339803469837e-09, 1.0512122733215323e-09, -5.4154120542946279e-11, -1.2975133253453532e-11,
    2.6335093153082323e-12, -8.1519341976054721e-14, -4.0545662729752069e-14, 6.6376381343583238e-15,
    2.0972767875968562e-17, -1.3331716628546209e-16, 1.1157877678025181e-17, 1.28584807152564e-18,
    -1.6850591381820166e-19, -3.6444120640178197e-21,
)  # fmt: skip
_INV_MIDDLE = (
    3.0838856104922208, 1.0052589676941592, 0.0053709145535900636, -0.0037512085075692412, 0.0024914420961078508,
    -0.0016882755560235047, 0.00095328937973738049, -0.00035503752036284748, 2.4031110387097894e-05,
    6.8284851459573175e-05, -4.7318229009055734e-05, 1.2475304481671779e-05, 2.9234449089955446e-06,
    -4.013867526981546e-06, 1.5027403968909828e-06, 1.8239629214389228e-08, -2.7517406297064545e-07,
    9.075656193888539e-08, 2.2137376921775787e-09,
)  # fmt: skip
_INV_FAR = (
    4.8499064014085844, 1.0103004648645344, -0.00013871931833623122, -0.00021503011930044477, 7.5995277030017761e-05,
    -1.9681778105531671e-05, 4.5260625972231537e-06, -9.9298272942317003e-07, 2.2900482228026655e-07,
    -6.7711997758452339e-08, 2.9147953450901081e-08, -1.496002662714924e-08, 7.6157012080783394e-09,
    -3.789465440126737e-09, 1.5076572693500548e-09, -2.5556418169965252e-10, -2.7109920616438573e-11,
)  # fmt: skip


def erf(x: Expression) -> Expression:
    """Within 4 units in the last place in f32."""
    if x.element == f64:
        return where(abs(x) < 1.0, _erf_near(x), 1.0 - _erfc_far(x))
    x = x.emitter.add(mhlo.Clamp(x.like(-4.0).value, x.value, x.like(4.0).value))
    square = x * x
    ratio = x * polynomial(square, _ERF_P) / polynomial(square, _ERF_Q)
    return x.emitter.add(mhlo.Clamp(x.like(-1.0).value, ratio.value, x.like(1.0).value))


def erfc(x: Expression) -> Expression:
    """1 - erf(x) near 0, exp(-x^2) times a ratio of polynomials beyond."""
    return where(abs(x) < 1.0, 1.0 - _erf_near(x), _erfc_far(x))


def erf_inv(x: Expression) -> Expression:
    """Polynomials of w = -log(1 - x^2), another one for each stretch of w."""
    w = -(x * -x).apply(mhlo.LogPlusOne)
    root = w.apply(mhlo.Sqrt)
    if x.element == f64:
        far = where(w < 16.0, polynomial(root - 3.25, _INV_MIDDLE), polynomial(root - 5.0, _INV_FAR))
        factor = where(w < 6.25, polynomial(w - 3.125, _INV_NEAR), far)
    else:
        factor = where(w < 5.0, polynomial(w - 2.5, _INV_NEAR_F32), polynomial(root - 3.0, _INV_FAR_F32))
    return where(abs(x).equals(1.0), x * math.inf, factor * x)


def _erf_near(x: Expression) -> Expression:
    square = x * x
    if x.element == f64:
        return x * polynomial(square, _ERF_T) / polynomial(square, _ERF_U)
    return x * polynomial(square, _ERF_T_F32)


def _erfc_far(x: Expression) -> Expression:
    size, square = abs(x), x * x
    power = _exp_of_minus_square(size)
    if x.element == f64:
        middle = polynomial(size, _ERFC_P) / polynomial(size, _ERFC_Q)
        far = polynomial(size, _ERFC_R) / polynomial(size, _ERFC_S)
        magnitude = power * where(size < 8.0, middle, far)
    else:
        inverse = 1.0 / square
        ratio = where(size < 2.0, polynomial(inverse, _ERFC_P_F32), polynomial(inverse, _ERFC_R_F32))
        magnitude = power * (1.0 / size) * ratio
    magnitude = where(power.equals(0.0), magnitude.like(0.0), magnitude)
    return where(x < 0.0, 2.0 - magnitude, magnitude)


def _exp_of_minus_square(x: Expression) -> Expression:
    """e^(-x^2), with x^2 = h^2 + (x - h)(x + h) and an h of so few bits that h^2 is exact: its last place matters."""
    x = x.apply(mhlo.Minimum, 40.0)
    h = (x * 16.0).apply(mhlo.Floor) / 16.0
    return (-h * h).apply(mhlo.Exponential) * (-(x - h) * (x + h)).apply(mhlo.Exponential)
