import numpy as np
import pytest

from iree.testing.spirv_kernels import check_words, disassemble

NOTHING = np.array([0x07230203, 0x00010000, 0, 1, 0], np.uint32)


def test_a_fault_fails() -> None:
    with pytest.raises(AssertionError, match="required"):
        check_words(NOTHING)


def test_words_are_shown() -> None:
    assert disassemble(NOTHING).strip() == ""


def test_a_missing_tool_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeError, match="spirv-val is missing; install spirv-tools"):
        check_words(NOTHING)
