"""The main program of every iree_py_test: pytest on one file, with Bazel's habits.

JUnit XML goes to $XML_OUTPUT_FILE; `bazel test --test_filter=EXPR` is pytest's -k; a shard runs every n-th test; a file
of which no test ran fails, since nothing was shown.
"""

import os
import signal
import sys
from pathlib import Path

# Python puts this file's folder, with links followed, first on the path: out of the runfiles, so out.
sys.path.pop(0)

import pytest


class RanTests:
    """Counts the tests that ran to an end, and keeps only this shard's."""

    def __init__(self) -> None:
        self.count = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.skipped and (report.when == "call" or report.failed):
            self.count += 1

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        shards = int(os.environ.get("TEST_TOTAL_SHARDS", "1"))
        if shards == 1:
            return
        Path(os.environ["TEST_SHARD_STATUS_FILE"]).touch()
        items[:] = items[int(os.environ["TEST_SHARD_INDEX"]) :: shards]


def run() -> int:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs start with it ignored
    root = Path.cwd()  # Bazel starts a test at the root of the workspace's runfiles
    scratch = os.environ.get("TEST_TMPDIR", str(root))
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.path.join(scratch, "hypothesis"))
    arguments = ["-c", "pyproject.toml", f"--rootdir={root}", f"--confcutdir={root}", "-p", "no:cacheprovider"]
    arguments.append(f"--basetemp={os.path.join(scratch, 'pytest')}")
    if "XML_OUTPUT_FILE" in os.environ:
        arguments.append(f"--junitxml={os.environ['XML_OUTPUT_FILE']}")
    if "TESTBRIDGE_TEST_ONLY" in os.environ:
        arguments += ["-k", os.environ["TESTBRIDGE_TEST_ONLY"]]
    ran = RanTests()
    status = int(pytest.main([*arguments, *sys.argv[1:]], plugins=[ran]))
    if status in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) and not ran.count:
        print("no test ran: a test target must show something", file=sys.stderr)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(run())
