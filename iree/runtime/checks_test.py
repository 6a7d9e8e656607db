import ml_dtypes
import numpy as np
import pytest

from iree.runtime.checks import CHECKS, CheckError, Failure
from iree.runtime.vm.custom_call import CallSite

INF, NAN = np.inf, np.nan


def failure(check: str, *arrays: np.ndarray, config: str = "", outputs: int = 0) -> Failure | None:
    site = CallSite(f"check.{check}", config, arrays, arrays[:outputs], "f", "m.mlir:1:2")
    return CHECKS[site.name].failure(site)


@pytest.mark.parametrize(
    "dtype", [np.float32, np.float64, np.float16, ml_dtypes.bfloat16, np.complex64, np.int8, np.bool_]
)
@pytest.mark.parametrize("check", ["expect_eq", "expect_almost_eq", "expect_close"])
def test_equal_arrays_of_any_type(check: str, dtype: type) -> None:
    array = np.array([[0, 1, 3], [7, 1, 2]]).astype(dtype)
    assert failure(check, array, array.copy()) is None
    assert failure(check, array[:0], array[:0]) is None
    other = array.copy()
    other[1, 2] = 0
    found = failure(check, array, other)
    assert found is not None and (found.place, found.wrong_elements, found.elements) == ((1, 2), 1, 6)


@pytest.mark.parametrize(
    ("check", "got", "expected", "wrong"),
    [
        ("expect_eq", [NAN, 0.0, -0.0, INF], [NAN, -0.0, -0.0, -INF], [1, 3]),
        ("expect_almost_eq", [NAN, 0.0, 1.0, INF, INF, 1.0], [NAN, -0.0, 1.00009, INF, -INF, 1.0002], [4, 5]),
        ("expect_almost_eq", [NAN, INF, 1e30], [0.0, 1e30, INF], [0, 1, 2]),
        ("expect_close", [NAN, 0.0, 1.0, INF, INF, 1.0], [NAN, -0.0, 1.0000003, INF, 3.4028235e38, 1.000001], [4, 5]),
        ("expect_close", [1e-45, -1e-45], [-1e-45, -4.2e-45], []),
    ],
)
def test_special_values(check: str, got: list[float], expected: list[float], wrong: list[int]) -> None:
    found = failure(check, np.float32(got), np.float32(expected))
    assert (0 if found is None else found.wrong_elements) == len(wrong)
    assert found is None or found.place == (wrong[0],)


def test_settings() -> None:
    one, other = np.float32([100.0]), np.float32([101.0])
    assert failure("expect_almost_eq", one, other) is not None
    assert failure("expect_almost_eq", one, other, config='{"atol": 1}') is None
    assert failure("expect_almost_eq", one, other, config='{"rtol": 0.01}') is None
    assert failure("expect_close", one, np.nextafter(one, other), config='{"max_ulp": 0}') is not None
    assert failure("expect_close", one, one, config='{"min_ulp": 1}') is not None


def test_wide_integers_and_doubles() -> None:
    assert failure("expect_almost_eq", np.int64([2**62]), np.int64([2**62 + 1])) is not None
    assert failure("expect_close", np.float64([1.0]), np.float64([-1.0])) is not None
    assert failure("expect_close", np.float64([1.0]), np.nextafter(np.float64([1.0]), 2)) is None


def test_truth() -> None:
    assert failure("expect_true", np.array([True, True])) is None
    assert failure("expect_all_true", np.int32([1, 0])) is not None
    assert failure("expect_false", np.array(False)) is None
    found = failure("expect_false", np.array(True))
    assert found is not None
    assert found.text == "check.expect_false: 1 of 1 elements is wrong, first []: got True, expected false"


def test_a_failure_is_told() -> None:
    site = CallSite("check.expect_almost_eq", "", (np.float32([1, 5, 9]), np.float32([1, 2, 3])), (), "f", "m.mlir:1:2")
    with pytest.raises(CheckError) as raised:
        CHECKS[site.name].call(site)
    assert str(raised.value) == (
        "check.expect_almost_eq: 2 of 3 elements are wrong, first [1]: got 5.0, expected 2.0; largest error 6 "
        "(atol 0.0001, rtol 0)\nin custom call @check.expect_almost_eq of @f at m.mlir:1:2"
    )
    CHECKS["check.expect_eq"].call(site._replace(name="check.expect_eq", inputs=site.inputs[:1] * 2))


@pytest.mark.parametrize(
    ("check", "shapes", "config", "outputs", "message"),
    [
        ("expect_eq", [(2,)], "", 0, r"takes 2 tensors of one type and gives none, not \(float32\[2\]\)"),
        ("expect_eq", [(2,), (3,)], "", 0, "takes 2 tensors of one type"),
        ("expect_true", [(2,), (2,)], "", 0, "takes 1 tensors of one type"),
        ("expect_eq", [(2,), (2,)], "", 1, "gives none"),
        ("expect_eq", [(2,), (2,)], '{"atol": 1}', 0, r"it has no setting \['atol'\]; it has: none"),
        ("expect_close", [(2,), (2,)], '{"atol": 1}', 0, r"it has: min_ulp, max_ulp"),
        ("expect_close", [(2,), (2,)], "abc", 0, "its configuration is no JSON of numbers: abc"),
    ],
)
def test_calls_that_are_none(
    check: str, shapes: list[tuple[int, ...]], config: str, outputs: int, message: str
) -> None:
    with pytest.raises(CheckError, match=message):
        failure(check, *(np.zeros(shape, np.float32) for shape in shapes), config=config, outputs=outputs)
