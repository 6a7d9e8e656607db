import pytest

from iree.schemas.abi import Abi, Fixed, from_text, leaves, named_tuple, to_text

NESTED = Abi({"image": 0, "options": {"scale": 1, "shift": [2, (3,)]}, "unused": None}, (0, [1], {"out": 2}, None))


def test_text_and_back() -> None:
    assert from_text(to_text(NESTED), 4, 3) == NESTED


def test_the_text_of_the_docstring() -> None:
    abi = Abi({"image": 0, "options": {"scale": 1, "shift": 2}}, (0, [1]))
    arguments = '{"image": 0, "options": {"dict": {"scale": 1, "shift": 2}}}'
    assert to_text(abi) == f'{{"arguments": {arguments}, "results": {{"tuple": [0, [1]]}}}}'


def test_named_tuples_keep_their_names() -> None:
    state = named_tuple("State", {"mean": 0, "rest": [1, named_tuple("Rest", {})]})
    abi = from_text(to_text(Abi({"state": state}, state)), 2, 2)
    assert repr(abi.results) == "State(mean=0, rest=[1, Rest()])"


def test_fixed_values_keep_their_types() -> None:
    values = [Fixed(value) for value in (False, 0, 0.0, "", "half_pixel", float("inf"))]
    abi = from_text(to_text(Abi({"options": values, "x": 0}, 0)), 1, 1)
    assert abi.arguments["options"] == values
    assert str(values[:2]) == "[Fixed(False), Fixed(0)]"
    assert len({Fixed(0), Fixed(False)}) == 2


def test_leaves_go_left_to_right() -> None:
    assert list(leaves({"b": [3, (1, None)], "a": 2})) == [3, 1, 2]


NO_ABI = [
    "",
    "3",
    "{}",
    '{"arguments": 1, "results": 0}',
    '{"arguments": {"a": true}, "results": 0}',
    '{"arguments": {"a": {"set": [0]}}, "results": 0}',
    '{"arguments": {"a": {"fixed": [0]}}, "results": 0}',
    '{"arguments": {"a": {"namedtuple": "a b", "fields": {}}}, "results": 0}',
    "[" * 100000,
]


@pytest.mark.parametrize("text", NO_ABI)
def test_what_is_no_abi_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the text of an abi"):
        from_text(text, 1, 1)


@pytest.mark.parametrize("argument", ["1", "[0, 0]", "[]", "-1"])
def test_every_argument_stands_once(argument: str) -> None:
    with pytest.raises(ValueError, match="each once"):
        from_text(f'{{"arguments": {{"a": {argument}}}, "results": 0}}', 1, 1)


@pytest.mark.parametrize("results", ["1", "[0, 1]", "null", "-1"])
def test_every_result_stands_somewhere(results: str) -> None:
    with pytest.raises(ValueError, match="missing or do not exist"):
        from_text(f'{{"arguments": {{"a": 0}}, "results": {results}}}', 1, 1)
