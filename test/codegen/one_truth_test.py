"""One program, one result: the VM, the classes over the HAL, and C compute the same, and what TensorFlow computes.

Forms that share kernels agree to the last bit; from TensorFlow each may differ by a case's bound.
"""

import functools
from pathlib import Path

import numpy as np
import pytest
from xdsl.dialects.builtin import ModuleOp

from iree.compiler.importers.tensorflow.module import import_object
from iree.testing.program_forms import FORMS, Form, Kernels
from test.codegen.models import CASES, Array, Case

Results = list[tuple[Array, ...]]


@functools.cache
def imported(name: str) -> ModuleOp:
    """A case's program at mhlo."""
    (case,) = [case for case in CASES if case.name == name]
    return import_object(case.source())


@functools.cache
def expected(name: str) -> Results:
    """TensorFlow's results."""
    (case,) = [case for case in CASES if case.name == name]
    return case.expected()


def results(form: Form, case: Case, folder: Path) -> Results:
    """Those of all calls, in order."""
    folder.mkdir()
    program = form.create(imported(case.name), folder)
    found = [getattr(program, case.function)(*map(np.asarray, arguments)) for arguments in case.calls]
    return [tuple(map(np.asarray, each if isinstance(each, tuple | list) else (each,))) for each in found]


def bits(found: Results) -> list[list[tuple[str, tuple[int, ...], bytes]]]:
    """All that results are."""
    return [[(str(array.dtype), array.shape, array.tobytes()) for array in each] for each in found]


@pytest.mark.parametrize("kernels", Kernels, ids=lambda kernels: kernels.name.lower())
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_truth(case: Case, kernels: Kernels, tmp_path: Path) -> None:
    forms = [form for form in FORMS if form.kernels is kernels]
    found = {form.name: results(form, case, tmp_path / str(number)) for number, form in enumerate(forms)}
    first = found[forms[0].name]
    for name, each in found.items():
        assert bits(each) == bits(first), f"{name} differs from {forms[0].name}"
    for got, wanted in zip(first, expected(case.name), strict=True):
        for array, want in zip(got, wanted, strict=True):
            assert (array.dtype, array.shape) == (want.dtype, want.shape)
            assert np.abs(array - want).max() <= case.bound * np.abs(want).max()
