"""Commands stand in the order in which they are recorded, with a barrier only where one has to wait for another."""

from iree.compiler.codegen.runtimeless_c_vulkan.places import MODEL, Place
from iree.compiler.codegen.runtimeless_c_vulkan.recording import Recording


def place(start: int, bytes_: int = 16) -> Place:
    return Place(MODEL, start, bytes_)


def test_the_first_command_waits_for_what_ran_before() -> None:
    recording = Recording()
    assert recording.is_empty
    recording.dispatch(0, 1, (4, 1, 1), [place(0)], [place(256)], "why")
    assert recording.lines == ["  barrier(commands);", "  /* why */", "  dispatch(model, commands, 0, 1, 4, 1, 1);"]
    assert recording.launched == [(4, 1, 1)]


def test_a_barrier_stands_between_a_write_and_a_read() -> None:
    recording = Recording()
    recording.dispatch(0, 0, (1, 1, 1), [place(0)], [place(256)], "")
    recording.dispatch(1, 1, (1, 1, 1), [place(0)], [place(512)], "")  # reads what the first reads
    recording.dispatch(2, 2, (1, 1, 1), [place(256)], [place(768)], "")
    recording.copy(place(1024), place(1280))
    recording.clear(place(256), "zeros")  # which the third reads
    assert [line.partition("(")[0].strip() for line in recording.lines] == [
        *("barrier", "dispatch", "dispatch"),
        *("barrier", "dispatch", "copy"),
        *("barrier", "/* zeros */", "vkCmdFillBuffer"),
    ]


def test_nothing_is_copied_to_itself_or_of_no_bytes() -> None:
    recording = Recording()
    recording.copy(place(0), place(0))
    recording.copy(place(0, 0), place(256, 0))
    recording.clear(place(0, 0), "")
    assert recording.is_empty


def test_each_turn_waits_for_the_one_before() -> None:
    recording = Recording()
    with recording.repeated(3):
        recording.copy(place(0), place(256))
    recording.copy(place(512), place(768))
    assert [line.strip() for line in recording.lines] == [
        "for (uint32_t turn = 0; turn < 3; ++turn) {",
        "barrier(commands);",
        "copy(commands, model->buffer, 0, model->buffer, 256, 16);",
        "}",
        "barrier(commands);",
        "copy(commands, model->buffer, 512, model->buffer, 768, 16);",
    ]


def test_places_meet_where_they_share_a_byte() -> None:
    assert place(0, 17).meets(place(16))
    assert not place(0, 16).meets(place(16))
    assert not place(0).meets(Place("other", 0, 16))
    assert place(0).part(8, 4).meets(place(11, 1))
