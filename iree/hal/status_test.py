"""Errors can be stored, raised again, and made of whatever ended some work."""

import pytest

import iree.hal.status
from iree.hal.status import DataLoss, HalError, Internal, ResourceExhausted, as_hal_error


def test_error_is_raised_again_as_its_own_kind() -> None:
    first = DataLoss("the cause")
    with pytest.raises(DataLoss, match="the cause") as caught:
        raise first.again() from first
    assert caught.value is not first
    assert caught.value.__cause__ is first


def test_hal_errors_stay() -> None:
    error = DataLoss("text")
    assert as_hal_error(error) is error


def test_other_errors_become_hal_errors() -> None:
    assert isinstance(as_hal_error(MemoryError()), ResourceExhausted)
    cause = KeyError("missing")
    internal = as_hal_error(cause)
    assert isinstance(internal, Internal)
    assert str(internal) == "KeyError: 'missing'"
    assert internal.__cause__ is cause


def test_all_are_hal_errors() -> None:
    kinds = [kind for kind in vars(iree.hal.status).values() if isinstance(kind, type)]
    assert len(kinds) == 13
    assert all(issubclass(kind, HalError) for kind in kinds)
