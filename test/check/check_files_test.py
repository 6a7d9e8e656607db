"""Every .mlir file here is as it expects itself to be, on every driver."""

from pathlib import Path

import pytest

from iree.tools.check_module import check_program, read_programs
from iree.tools.devices import TARGET_OF_DRIVER

FILES = sorted(Path(__file__).parent.glob("*.mlir"))


def test_there_are_files():
    assert {file.stem for file in FILES} >= {"control_flow", "floats", "integers", "places", "reductions", "spellings"}


@pytest.mark.parametrize("driver", TARGET_OF_DRIVER)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_as_it_expects(file, driver):
    results = [result for program in read_programs(str(file)) for result in check_program(program, driver)]
    wrong = [(r.function, r.error, [failure.text for failure in r.failures]) for r in results if not r.passed]
    assert not wrong
    assert all(result.checks for result in results)
