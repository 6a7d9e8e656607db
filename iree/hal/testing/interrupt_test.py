"""interrupted_at finds every place, and no other."""

from iree.hal.testing.interrupt import interrupted_at


def test_each_place_once() -> None:
    seen = list[int]()

    def call() -> None:
        for number in range(3):
            seen.append(number)

    found = []
    for step in range(20):
        seen.clear()
        interrupted = interrupted_at(step, __file__, call)
        found.append((interrupted, len(seen)))
        if not interrupted:
            break
    assert found == [
        (True, 0), (True, 0), (True, 1), (True, 1), (True, 2), (True, 2), (True, 3), (True, 3), (False, 3)
    ]  # fmt: skip


def test_other_files_are_left_alone() -> None:
    assert not interrupted_at(0, "/nowhere/", int)
