from xdsl.dialects.builtin import CallSiteLoc, ModuleOp, NameLoc, NoneAttr, StringAttr, UnknownLoc

from iree.compiler.ir.location import file_location, fused, is_known, location_of, location_text, stored_location_of

PLACE = file_location("net.py", 3, 7)
OTHER = file_location("lib.py", 1, 1)


def test_a_file_location_is_file_line_column():
    assert location_text(PLACE) == "net.py:3:7"


def test_a_name_gives_its_place_or_else_itself():
    assert location_text(NameLoc(StringAttr("mul"), PLACE)) == "net.py:3:7"
    assert location_text(NameLoc(StringAttr("mul"), NoneAttr())) == "mul"


def test_a_call_gives_the_called_line_or_else_the_caller():
    assert location_text(CallSiteLoc(OTHER, PLACE)) == "lib.py:1:1"
    assert location_text(CallSiteLoc(UnknownLoc(), PLACE)) == "net.py:3:7"


def test_fused_locations_drop_the_unknown_and_the_repeated():
    assert fused([UnknownLoc(), PLACE, PLACE]) == PLACE
    assert location_text(fused([UnknownLoc(), OTHER, PLACE])) == "lib.py:1:1"
    assert fused([UnknownLoc()]) == UnknownLoc()


def test_unknown_is_not_known():
    assert not is_known(UnknownLoc())
    assert is_known(PLACE)


def test_an_operation_without_a_location_has_that_of_the_operation_around_it():
    inner = ModuleOp([])
    outer = ModuleOp([inner])
    assert location_of(inner) == ""
    outer.location = PLACE
    assert location_of(inner) == "net.py:3:7"


def test_what_is_stored_does_not_say_where_the_file_lay():
    op = ModuleOp([])
    assert stored_location_of(op) == ""
    op.location = file_location("/home/me/net.py", 3, 7)
    assert location_of(op) == "/home/me/net.py:3:7"
    assert stored_location_of(op) == "net.py:3:7"
    op.location = file_location(r"C:\net.py", 3, 7)
    assert stored_location_of(op) == "net.py:3:7"
    op.location = NameLoc(StringAttr("model/dense"), UnknownLoc())
    assert stored_location_of(op) == "model/dense"
