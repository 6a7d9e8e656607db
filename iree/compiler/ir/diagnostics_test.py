import pytest
from xdsl.dialects.builtin import ModuleOp
from xdsl.utils.exceptions import VerifyException

from iree.compiler.ir.diagnostics import (
    LONGEST_TEXT,
    CompileError,
    CompileReportError,
    RuleError,
    as_json,
    fail,
    op_error,
    raise_all,
    require,
    shortened,
)
from iree.compiler.ir.location import file_location


def module_at(line: int) -> ModuleOp:
    module = ModuleOp([])
    module.location = file_location("m.mlir", line, 2)
    return module


def test_an_error_reads_location_operation_text():
    with pytest.raises(CompileError) as caught:
        fail(module_at(4), "is empty")
    assert str(caught.value) == "m.mlir:4:2: builtin.module: is empty"


def test_an_error_without_location_has_no_colon_in_front():
    assert str(CompileError("no input")) == "no input"


def test_notes_follow_on_their_own_lines():
    assert str(CompileError("no", "f:1:1").with_note("  in pass a")) == "f:1:1: no\n  in pass a"


def test_a_broken_rule_names_operation_and_label():
    with pytest.raises(RuleError, match=r"builtin.module C1: is empty") as caught:
        require(module_at(1), "C1", False, "is empty")
    assert isinstance(caught.value, VerifyException)


def test_a_kept_rule_is_silent():
    require(module_at(1), "C1", True, "is empty")


def test_all_errors_come_in_one_report():
    raise_all([])
    errors = [op_error(module_at(1), "is empty"), op_error(module_at(2), "is full")]
    with pytest.raises(CompileError) as caught:
        raise_all(errors)
    assert str(caught.value) == "2 problems\nm.mlir:1:2: builtin.module: is empty\nm.mlir:2:2: builtin.module: is full"


def test_problems_of_one_kind_are_told_once():
    errors = [op_error(module_at(line), f"tensor<{line}x2xf64> is wide") for line in range(1, 8)]
    report = CompileReportError([*errors, op_error(module_at(3), "tensor<4xf32> is wide"), errors[1]])
    assert str(report) == (
        "9 problems of 2 kinds\n"
        "m.mlir:1:2: builtin.module: tensor<1x2xf64> is wide\n"
        "  and at m.mlir:2:2, m.mlir:3:2, m.mlir:4:2, m.mlir:5:2 and 2 more places\n"
        "m.mlir:3:2: builtin.module: tensor<4xf32> is wide"
    )


def test_reports_in_reports_are_one():
    inner = CompileReportError([op_error(module_at(1), "a"), op_error(module_at(2), "b")])
    with pytest.raises(CompileReportError) as caught:
        raise_all([inner, op_error(module_at(3), "c")])
    assert len(caught.value.problems) == 3


def test_json():
    report = CompileReportError([op_error(module_at(1), "a"), op_error(module_at(2), "a")])
    report.problems[0].target = report.problems[1].target = "vulkan-spirv"
    assert as_json(report.with_note("  use another")) == {
        "error": "2 problems of 1 kind\nm.mlir:1:2: builtin.module: a\n  and at m.mlir:2:2\n  use another",
        "problems": [
            {
                "op": "builtin.module", "message": "builtin.module: a", "target": "vulkan-spirv", "count": 2,
                "places": ["m.mlir:1:2", "m.mlir:2:2"],
            }
        ],
        "notes": ["use another"],
    }  # fmt: skip


def test_one_error_of_many_passes_is_itself():
    with pytest.raises(CompileError) as caught:
        raise_all([op_error(module_at(1), "is empty")])
    assert str(caught.value) == "m.mlir:1:2: builtin.module: is empty"


def test_a_text_of_megabytes_is_cut_in_its_middle():
    text = shortened("a" * 1_000_000 + "end")
    assert len(text) < LONGEST_TEXT + 50
    assert text.endswith("end")
    assert len(CompileError("a" * 1_000_000).message) < LONGEST_TEXT + 50
