"""Models as C without a runtime: nothing that they do is left undefined by C, and variables can start anew.

That they compute what TensorFlow does, over calls that remember, is for one_truth_test.py to show.
"""

import numpy as np
import pytest

from iree.compiler.importers.tensorflow.module import import_object
from iree.testing.c_programs import CProgram, run_sanitized, sources_of
from test.codegen.models import CASES

BY_NAME = {case.name: case for case in CASES}


@pytest.mark.parametrize("name", sorted(BY_NAME.keys() - {"mobile_net"}))  # with sanitizers gcc takes minutes for that
def test_nothing_is_left_to_chance(name):
    case = BY_NAME[name]
    sources = sources_of(import_object(case.source()))
    found = run_sanitized(sources, case.function, case.calls[0])
    for got, want in zip(found, case.expected()[0], strict=True):
        assert np.abs(got - want).max() <= case.bound * np.abs(want).max()


def test_variables_start_anew():
    case = BY_NAME["lstm"]
    program = CProgram(import_object(case.source()))
    first = [program.step(*arguments) for arguments in case.calls]
    program.reset()
    assert [program.step(*arguments).tobytes() for arguments in case.calls] == [each.tobytes() for each in first]
    assert program.step(*case.calls[0]).tobytes() != first[0].tobytes()
