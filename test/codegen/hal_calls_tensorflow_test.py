"""The calls of the HAL for models of TensorFlow: those of the VM and of the classes in Python and C++."""

from pathlib import Path

import numpy as np
import pytest

from iree.compiler.importers.tensorflow.module import import_object
from test.codegen.call_logs import in_cpp, logs_of, looping, straight
from test.codegen.models import CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_call_for_call(case, tmp_path: Path) -> None:
    calls = [tuple(map(np.asarray, arguments)) for arguments in case.calls[:3]]
    logs = logs_of(import_object(case.source()), case.function, calls, tmp_path, "cpu")
    assert in_cpp(logs.python) == logs.cpp
    if case.name == "loop":
        ours, theirs = looping(logs.python, keeps_apart=True), looping(logs.vm)
        assert [call.lines for call in ours] == [call.lines for call in theirs]
    else:
        assert straight(logs.python, keeps_apart=case.name != "simple_mul") == straight(logs.vm)
