"""check.*: what a program expects of itself, compared on the host while it runs.

    check.expect_true, expect_all_true, expect_false    all elements are true; none is
    check.expect_eq           bits are equal; every NaN is equal to every other
    check.expect_almost_eq    |value - expected| <= atol + rtol * |expected|; of a complex number, each part
    check.expect_close        at least min_ulp and at most max_ulp floats lie from one to the other; integers are equal

A module that holds such calls needs nothing to be registered; where an expectation fails, the call raises CheckError.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from iree.runtime.vm.custom_call import Array, CallSite, HostFunction

_Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

DEFAULTS: Mapping[str, Mapping[str, float]] = {
    "check.expect_almost_eq": {"atol": 1e-4, "rtol": 0.0},
    "check.expect_close": {"min_ulp": 0, "max_ulp": 3},
}


class CheckError(AssertionError):
    """A program did not give what it expects of itself."""


class Failure(NamedTuple):
    """What an expectation found: the first element that is wrong, how many are, and the largest error."""

    check: str
    location: str
    place: tuple[int, ...]
    got: str
    expected: str
    wrong_elements: int
    elements: int
    largest_error: float | None  # None: not a matter of size
    settings: Mapping[str, float]

    @property
    def text(self) -> str:
        """The failure in a sentence."""
        settings = ", ".join(f"{name} {value:g}" for name, value in self.settings.items())
        error = "" if self.largest_error is None else f"; largest error {self.largest_error:.6g}"
        verb = "is" if self.wrong_elements == 1 else "are"
        return (
            f"{self.check}: {self.wrong_elements} of {self.elements} elements {verb} wrong, first {list(self.place)}: "
            f"got {self.got}, expected {self.expected}{error}{f' ({settings})' if settings else ''}"
        )


class Check(HostFunction):
    """One kind of expectation. `wrong` tells which elements are not what is expected of them."""

    def __init__(self, wrong: Callable[..., _Mask], expected: str = ""):
        self.wrong = wrong
        self.expected = expected  # what errors say is expected where it is no operand

    def call(self, site: CallSite) -> None:
        """CheckError: the expectation fails."""
        failure = self.failure(site)
        if failure is not None:
            raise CheckError(f"{failure.text}\nin {site.where}")

    def failure(self, site: CallSite) -> Failure | None:
        """What is wrong; None where nothing is. CheckError: the call is none that can be checked, and why."""
        settings = {**DEFAULTS.get(site.name, {}), **_settings(site)}
        count = 1 if self.expected else 2
        if len(site.inputs) != count or site.outputs or len({(a.dtype, a.shape) for a in site.inputs}) > 1:
            types = ", ".join(f"{a.dtype}{list(a.shape)}" for a in site.inputs)
            raise CheckError(f"{site.where}: takes {count} tensors of one type and gives none, not ({types})")
        with np.errstate(all="ignore"):
            wrong = self.wrong(*site.inputs, **settings)
            if not wrong.any():
                return None
            places = np.argwhere(wrong)
            index = tuple(int(i) for i in places[0])
            error = None if self.expected else _largest_error(site.inputs[0], site.inputs[1], wrong)
        got, *rest = (str(array[index]) for array in site.inputs)
        expected = rest[0] if rest else self.expected
        return Failure(site.name, site.location, index, got, expected, len(places), wrong.size, error, settings)


def _settings(site: CallSite) -> dict[str, float]:
    """CheckError: the configuration is not one of this check."""
    known = DEFAULTS.get(site.name, {})
    try:
        found = json.loads(site.config) if site.config else {}
        settings = {name: float(value) for name, value in found.items()}
    except (AttributeError, TypeError, ValueError):
        raise CheckError(f"{site.where}: its configuration is no JSON of numbers: {site.config}") from None
    unknown = sorted(settings.keys() - known.keys())
    if unknown:
        raise CheckError(f"{site.where}: it has no setting {unknown}; it has: {', '.join(known) or 'none'}")
    return settings


def _parts(array: Array) -> Array:
    """Real numbers: of a complex array its parts, as one more dimension."""
    if array.dtype.kind == "c":
        return np.stack([array.real, array.imag], axis=-1)
    return array


def _wide(array: Array) -> Array:
    """Real numbers that can be subtracted without overflow."""
    return array.astype(np.longdouble if array.dtype.kind in "iu" else np.float64)


def _of_elements(wrong: _Mask, like: Array) -> _Mask:
    return np.asarray(wrong.any(axis=-1), np.bool_) if wrong.ndim > like.ndim else wrong


def _not_equal(got: Array, expected: Array) -> _Mask:
    one, other = _parts(got), _parts(expected)
    width = one.dtype.itemsize
    bits = [np.ascontiguousarray(each).reshape(-1).view(np.uint8).reshape(-1, width) for each in (one, other)]
    differ = (bits[0] != bits[1]).any(axis=-1).reshape(one.shape)
    return _of_elements(differ & ~_both_nan(one, other), got)


def _both_nan(one: Array, other: Array) -> _Mask:
    return np.asarray((one != one) & (other != other), np.bool_)


def _not_almost(got: Array, expected: Array, *, atol: float, rtol: float) -> _Mask:
    one, other = _wide(_parts(got)), _wide(_parts(expected))
    near = np.abs(one - other) <= atol + rtol * np.abs(other)
    finite = np.isfinite(one) & np.isfinite(other)
    return _of_elements(~((near & finite) | (one == other) | _both_nan(one, other)), got)


def _not_close(got: Array, expected: Array, *, min_ulp: float, max_ulp: float) -> _Mask:
    one, other = _parts(got), _parts(expected)
    if one.dtype.kind in "biu" or one.dtype.name.startswith(("int", "uint")):
        return np.asarray(got != expected, np.bool_)
    distance = np.abs(_rank(one) - _rank(other))
    near = (min_ulp <= distance) & (distance <= max_ulp)
    wide = _wide(one), _wide(other)
    special = ~np.isfinite(wide[0]) | ~np.isfinite(wide[1])
    same = (wide[0] == wide[1]) | _both_nan(*wide)
    return _of_elements(np.where(special, ~same, ~np.asarray(near, np.bool_)), got)


def _rank(array: Array) -> Array:
    """The number of floats from zero on: neighbours differ by one, and both zeros are 0."""
    size = array.dtype.itemsize
    bits = np.ascontiguousarray(array).reshape(-1).view(f"<u{size}").reshape(array.shape)
    sign = 1 << (8 * size - 1)
    exact = bits.astype(object if size == 8 else np.int64)
    return np.where(exact >= sign, sign - exact, exact)


def _not_true(got: Array) -> _Mask:
    return np.asarray(got == 0, np.bool_)


def _not_false(got: Array) -> _Mask:
    return np.asarray(got != 0, np.bool_)


def _largest_error(got: Array, expected: Array, wrong: _Mask) -> float | None:
    if got.dtype.kind == "b":
        return None
    errors = np.abs(_wide(_parts(got)) - _wide(_parts(expected)))[wrong]
    errors = errors[np.isfinite(errors)]
    return float(errors.max()) if errors.size else None


CHECKS: Mapping[str, Check] = {
    "check.expect_true": Check(_not_true, "true"),
    "check.expect_all_true": Check(_not_true, "true"),
    "check.expect_false": Check(_not_false, "false"),
    "check.expect_eq": Check(_not_equal),
    "check.expect_almost_eq": Check(_not_almost),
    "check.expect_close": Check(_not_close),
}
