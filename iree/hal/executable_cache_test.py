"""The cache's own part: one preparation for the same bytes, from any thread."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from iree.hal.executable import Executable, ExecutableSpec
from iree.hal.executable_cache import ExecutableCache
from iree.hal.status import DataLoss, InvalidArgument, NotFound

GOOD = int.from_bytes(b"GOOD", "big")
BAD = int.from_bytes(b"BAD!", "big")


class Counting(ExecutableCache):
    """Counts preparations; refuses what starts with a minus."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def can_prepare_format(self, fourcc: int) -> bool:
        return fourcc == GOOD

    def prepare(self, spec: ExecutableSpec) -> Executable:
        if bytes(spec.contents[:1]) == b"-":
            raise DataLoss("minus")
        self.count += 1
        return Executable(spec.name, ("a", "b"))


def spec(contents: bytes, fourcc: int = GOOD) -> ExecutableSpec:
    return ExecutableSpec(fourcc, memoryview(contents), "x")


def test_same_bytes_are_prepared_once() -> None:
    cache = Counting()
    with ThreadPoolExecutor(4) as pool:
        prepared = set(pool.map(lambda _: cache.prepare_executable(spec(b"same")), range(8)))
    assert len(prepared) == cache.count == 1
    assert cache.prepare_executable(spec(b"other")) not in prepared


def test_failure_is_not_kept() -> None:
    cache = Counting()
    for _ in range(2):
        with pytest.raises(DataLoss, match="minus"):
            cache.prepare_executable(spec(b"-"))


def test_other_formats_are_refused() -> None:
    with pytest.raises(InvalidArgument, match=r'executable "x" \(BAD!, 3 bytes\): .* format BAD!'):
        Counting().prepare_executable(spec(b"abc", BAD))


def test_entry_points_are_checked() -> None:
    Executable("x", ("a", "b")).check_entry_point(1)
    with pytest.raises(NotFound, match='executable "x" has no entry point 2: it has 0 a, 1 b'):
        Executable("x", ("a", "b")).check_entry_point(2)
    with pytest.raises(NotFound, match="it has none"):
        Executable("x", ()).check_entry_point(0)


def test_the_first_that_suits_is_prepared() -> None:
    cache = Counting()
    wanted = cache.prepare_executable(spec(b"b"))
    assert cache.prepare_first(spec(b"a", BAD), spec(b"b"), spec(b"c")) is wanted
    with pytest.raises(InvalidArgument, match="does not run executables of format"):
        cache.prepare_first(spec(b"a", BAD), spec(b"b", BAD))
