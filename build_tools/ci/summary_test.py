"""The closing line of continuous integration counts what Bazel's reports say."""

from pathlib import Path

import pytest

from build_tools.ci.summary import summarize

PASSED = '<testcase classname="a" name="one"/>'
SKIPPED = '<testcase classname="a" name="two"><skipped message="no"/></testcase>'
FAILED = '<testcase classname="a" name="three"><failure message="no"/></testcase>'


def report(logs: Path, target: str, *cases: str, log: str = "") -> None:
    folder = logs / target
    folder.mkdir(parents=True)
    (folder / "test.xml").write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")
    (folder / "test.log").write_text(log)


def closing_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.splitlines()[-1]


def test_all_passed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report(tmp_path, "a/b_test", PASSED, SKIPPED)
    report(tmp_path, "a/c_test/shard_1_of_2", PASSED)
    report(tmp_path, "a/c_test/shard_2_of_2", PASSED)
    assert summarize(["//a:b_test", "//a:c_test"], tmp_path, 0) == 0
    assert closing_line(capsys) == "3 passed, 0 failed, 1 skipped"


def test_a_failure_shows_the_end_of_its_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report(tmp_path, "a/b_test", PASSED, FAILED, log="first\n" * 1000 + "the reason")
    assert summarize(["//a:b_test"], tmp_path, 3) == 1
    output = capsys.readouterr().out
    assert "//a:b_test" in output
    assert "the reason" in output
    assert output.count("first") < 50
    assert output.splitlines()[-1] == "1 passed, 1 failed, 0 skipped"


def test_a_case_with_a_failing_clean_up_counts_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report(tmp_path, "a/b_test", PASSED, PASSED.replace("/>", "><error/></testcase>"))
    assert summarize(["//a:b_test"], tmp_path, 3) == 1
    assert closing_line(capsys) == "0 passed, 1 failed, 0 skipped"


def test_a_target_that_did_not_run_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report(tmp_path, "a/b_test", PASSED)
    assert summarize(["//a:b_test", "//a:gone_test"], tmp_path, 1) == 1
    assert closing_line(capsys) == "1 passed, 1 failed, 0 skipped"


def test_nothing_ran(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert summarize([], tmp_path, 0) == 1
    assert closing_line(capsys) == "0 passed, 0 failed, 0 skipped"


def test_a_crash_after_the_last_case_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report(tmp_path, "a/b_test", PASSED)
    assert summarize(["//a:b_test"], tmp_path, 3) == 1
    assert "Bazel ended with status 3" in capsys.readouterr().out
