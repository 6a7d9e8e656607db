"""What boards do with programs that are too large, and how they measure those that are not."""

from pathlib import Path

import pytest

from iree.testing.boards import BOARDS, CORTEX_M4, FLASH_BYTES, RAM_BYTES, Board

_HEAD = '#include "board.h"\nint main(void);\n'


@pytest.fixture(params=BOARDS, ids=lambda board: board.name)
def board(request: pytest.FixtureRequest) -> Board:
    found: Board = request.param
    return found


def linked(board: Board, folder: Path, text: str) -> Path:
    (folder / "main.c").write_text(_HEAD + text)
    return board.link(folder, ["main.c"])


def test_what_main_returns_is_the_status(board: Board, tmp_path: Path) -> None:
    program = linked(board, tmp_path, 'int main(void) {\n  board_print("here\\n");\n  return 7;\n}\n')
    assert board.run(program) == (7, "here\n")


def test_memory_is_as_c_wants_it(board: Board, tmp_path: Path) -> None:
    """What has no value is zero, what has one has it, beyond the first page of RAM too."""
    text = """
static volatile int set[8] = {1, 2, 3, 4, 5, 6, 7, 8};
static volatile unsigned char zeros[12000];
int main(void) {
  for (int i = 0; i < 8; ++i) if (set[i] != i + 1) return 1;
  for (int i = 0; i < 12000; ++i) {
    if (zeros[i]) return 2;
    zeros[i] = 1;
  }
  return 0;
}
"""
    program = linked(board, tmp_path, text)
    assert board.run(program) == (0, "")
    memory = board.memory(program, stack=100)
    assert 12000 + 32 + 100 <= memory.ram < 12000 + 32 + 100 + 128
    assert memory.flash < FLASH_BYTES // 8


def test_files_of_the_host(board: Board, tmp_path: Path) -> None:
    text = """
int main(void) {
  char data[8];
  const int from = board_open("from", 0), to = board_open("to", 1);
  if (from < 0 || to < 0 || board_open("nowhere", 0) >= 0) return 1;
  if (board_read(from, data, 3) != 3 || board_read(from, data + 3, 5) != 2) return 2;
  board_write(to, data, 5);
  return 0;
}
"""
    (tmp_path / "from").write_bytes(b"\0abc\xff")
    assert board.run(linked(board, tmp_path, text)) == (0, "")
    assert (tmp_path / "to").read_bytes() == b"\0abc\xff"


_DEEP = """
static int deep(int depth) {
  volatile char used[100];
  used[0] = (char)depth;
  return depth ? deep(depth - 1) + used[0] : 0;
}
"""


def test_the_stack_used_is_measured(board: Board, tmp_path: Path) -> None:
    text = f"""{_DEEP}
int main(void) {{
  const size_t before = board_stack_used();
  if (deep(8) < 0) return 1;
  return before < 300 && board_stack_used() > 900 && board_stack_used() < 1800 ? 0 : 2;
}}
"""
    assert board.run(linked(board, tmp_path, text)) == (0, "")


def test_a_stack_that_grows_too_large_is_a_fault(board: Board, tmp_path: Path) -> None:
    status, output = board.run(linked(board, tmp_path, f"{_DEEP}\nint main(void) {{ return deep(100) < 0; }}\n"))
    assert (status, output) == ((3, "fault\n") if board is CORTEX_M4 else (-11, ""))


LARGE_CONSTANT = f"const char large[{FLASH_BYTES}] = {{1}};\nint main(void) {{ return large[board_stack_used()]; }}\n"
LARGE_VARIABLE = f"static volatile char large[{RAM_BYTES - 2000}];\nint main(void) {{ return large[0]; }}\n"


@pytest.mark.parametrize(("region", "text"), [("FLASH", LARGE_CONSTANT), ("RAM", LARGE_VARIABLE)], ids=["FLASH", "RAM"])
def test_what_is_too_large_is_not_linked(board: Board, tmp_path: Path, region: str, text: str) -> None:
    with pytest.raises(AssertionError, match=f"region `{region}' overflowed"):
        linked(board, tmp_path, text)
