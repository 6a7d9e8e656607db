"""Counts the test cases of the last `bazel test //...`, shows the ends of the logs that failed, and closes with
`N passed, N failed, N skipped`. Exits with 1 when something failed or nothing ran.

A target without a report (it did not build, or Bazel stopped before it) counts as one failure.
"""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

LOG_TAIL_LINES = 40


def test_targets() -> list[str]:
    query = ["./bazelw", "query", "--noshow_progress", "--keep_going", "tests(//...)"]
    answer = subprocess.run(query, stdout=subprocess.PIPE, text=True, check=False)
    return sorted(answer.stdout.split())


def outcome(case: ElementTree.Element) -> str:
    """A case that failed may also have been an error in its clean-up: it counts once."""
    kinds = {child.tag for child in case}
    if kinds & {"failure", "error"}:
        return "failed"
    return "skipped" if "skipped" in kinds else "passed"


def count(folder: Path) -> Counter[str]:
    """The outcomes of one target: one report, or one a shard."""
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


def run(status: str) -> int:
    total: Counter[str] = Counter()
    for target in test_targets():
        folder = Path("bazel-testlogs", target.removeprefix("//").replace(":", "/"))
        outcomes = count(folder)
        if not outcomes:
            outcomes["failed"] = 1
        if outcomes["failed"]:
            show_logs(target, folder)
        total += outcomes
    if not total:
        print("no test target was found")
    if status != "0" and not total["failed"]:
        print(f"Bazel ended with status {status}, though no test failed: see above")
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
