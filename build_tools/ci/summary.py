"""Counts the test cases of the last `bazel test //...`: python3 build_tools/ci/summary.py STATUS, Bazel's exit
status.

Shows the ends of the logs of targets that failed, and closes with `N passed, N failed, N skipped`. A target
without a report (it did not build, or Bazel stopped before it) counts as one failure. Exits with 1 when
something failed or nothing ran. Needs nothing but Python 3.9, since it runs with the machine's.
"""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

LOG_TAIL_LINES = 40


def test_targets() -> list[str]:
    query = ["./bazelw", "query", "--noshow_progress", "--keep_going", "tests(//...)"]
    answer = subprocess.run(query, stdout=subprocess.PIPE, text=True, check=False)
    return sorted(answer.stdout.split())


def outcome(case: ElementTree.Element) -> str:
    """What became of a case: an error in its set-up or clean-up is a failure too."""
    kinds = {child.tag for child in case}
    if kinds & {"failure", "error"}:
        return "failed"
    return "skipped" if "skipped" in kinds else "passed"


def count(folder: Path) -> "Counter[str]":
    """The outcomes of one target, from its report or its shards'. A case reported twice has the worse outcome."""
    cases: dict[tuple[str, ...], str] = {}
    for report in sorted(folder.rglob("test.xml")):
        for case in ElementTree.parse(report).iter("testcase"):
            key = (str(report), case.get("classname", ""), case.get("name", ""))
            if cases.get(key) != "failed":
                cases[key] = outcome(case)
    return Counter(cases.values())


def show_logs(target: str, folder: Path) -> None:
    logs = sorted(folder.rglob("test.log"))
    print(f"\n==== {target}" + ("" if logs else ": no log, so it did not run"))
    for log in logs:
        print("\n".join(log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]))


def summarize(targets: list[str], logs: Path, status: int) -> int:
    """Prints the summary; the exit status."""
    total: Counter[str] = Counter()
    for target in targets:
        folder = logs / target[len("//") :].replace(":", "/")
        outcomes = count(folder)
        if not outcomes:
            outcomes["failed"] = 1
        if outcomes["failed"]:
            show_logs(target, folder)
        total.update(outcomes)
    if not targets:
        print("no test target was found")
    if status and not total["failed"]:
        print(f"Bazel ended with status {status}, though no test case failed: see above")
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 1 if status or total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(summarize(test_targets(), Path("bazel-testlogs"), int(sys.argv[1])))
