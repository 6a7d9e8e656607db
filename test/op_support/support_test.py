"""docs/op_support.md is what running every op gives; a result that is wrong fails here first."""

from pathlib import Path

import numpy as np

from test.op_support.cases import filled
from test.op_support.generate import PATH, render
from test.op_support.support import difference, reason_of, verdicts


def test_the_page_says_what_runs() -> None:
    found, page = render(verdicts()).splitlines(), Path(PATH).read_text(encoding="utf-8").splitlines()
    differing = [f"- {line}" for line in page if line not in found] + [
        f"+ {line}" for line in found if line not in page
    ]
    assert found == page, "bazel run //test/op_support:generate\n" + "\n".join(differing)


def test_holes_of_a_type() -> None:
    assert filled("9xT, 9xR -> 9xcomplex<T>", "f64") == "9xf64, 9xf64 -> 9xcomplex<f64>"
    assert filled("tensor<T>, tensor<2xR>, 9xU", "complex<f32>") == "tensor<complex<f32>>, tensor<2xf32>, 9xui32"


def test_a_difference_is_seen() -> None:
    one = np.float32([1.0, 0.0, np.nan])
    assert difference(one, one.copy(), 0) is None
    assert difference(one, np.float32([1.0, -0.0, np.nan]), 0) is not None
    assert difference(one, np.float32([1.0000001, 0.0, np.nan]), 0) is not None
    assert difference(one, np.float32([1.0000001, 0.0, np.nan]), 2) is None
    assert difference(one, one.astype(np.float64), 2) is not None
    assert difference(np.complex64([1 + 2j]), np.complex64([1 + 3j]), 2) is not None


def test_a_reason_has_no_place() -> None:
    error = ValueError("2 errors\n<string>:3:5: mhlo.add: has no form\n<string>:4:5: mhlo.sub: neither")
    assert reason_of(error) == "has no form"
