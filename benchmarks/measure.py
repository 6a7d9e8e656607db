"""How everything here is measured: things to compare run in turns, in one process, so that noise hits all alike."""

import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence


def in_turns(calls: Sequence[Callable[[], object]], rounds: int, repeats: int) -> list[list[float]]:
    """Microseconds of each call: `repeats` of one and then of the next, `rounds` times over."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, found in zip(calls, times, strict=True):
            for _ in range(repeats):
                start = time.perf_counter_ns()
                call()
                found.append((time.perf_counter_ns() - start) / 1000)
    return times


def summary(found: Sequence[float]) -> dict[str, float]:
    """What a row shows of one column's microseconds."""
    return {"best_us": min(found), "median_us": statistics.median(found)}


def show(rows: Mapping[str, Mapping[str, float]], as_json: bool) -> None:
    """Prints a table with one line for each row, or JSON."""
    if as_json:
        print(json.dumps(rows))
        return
    width = max(map(len, rows))
    columns = list(next(iter(rows.values())))
    print(" " * width, *(f"{column:>12}" for column in columns))
    for name, row in rows.items():
        print(f"{name:{width}}", *(f"{row[column]:12.2f}" for column in columns))
