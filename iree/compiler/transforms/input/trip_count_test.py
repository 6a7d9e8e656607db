"""A trip count is what counting one by one gives, wrapping around as the integers do; or it is not known."""

import operator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iree.compiler.dialects import mhlo
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.input.trip_count import trip_count_of
from iree.testing.ir import parse

COMPARED = {
    "LT": operator.lt, "LE": operator.le, "GT": operator.gt, "GE": operator.ge, "EQ": operator.eq, "NE": operator.ne,
}  # fmt: skip


def trip_count(
    direction: str, start: int, limit: int, step: str, mirrored: bool = False, type_: str = "i8"
) -> int | None:
    compared = "%limit, %i" if mirrored else "%i, %limit"
    module = parse(f"""
        func.func @f(%x: tensor<{type_}>) {{
          %start = mhlo.constant dense<{start}> : tensor<{type_}>
          %limit = mhlo.constant dense<{limit}> : tensor<{type_}>
          %0 = mhlo.while(%i = %start) : tensor<{type_}>
          cond {{
            %1 = mhlo.compare {direction}, {compared} : (tensor<{type_}>, tensor<{type_}>) -> tensor<i1>
            mhlo.return %1 : tensor<i1>
          }} do {{
            {step}
            mhlo.return %next : tensor<{type_}>
          }}
          return
        }}
    """)
    (loop,) = ops_of(module, mhlo.While)
    return trip_count_of(loop)


def step_of(op: str, size: int, type_: str = "i8") -> str:
    size_text = f"%s = mhlo.constant dense<{size}> : tensor<{type_}>"
    return f"{size_text}\n%next = mhlo.{op} {'%s, %i' if op == 'add' else '%i, %s'} : tensor<{type_}>"


def counted(direction: str, start: int, limit: int, step: int) -> int | None:
    """One by one in 8 bits; None where it never ends."""
    value, count = start, 0
    while COMPARED[direction](value, limit):
        value, count = (value + step + 128) % 256 - 128, count + 1
        if count > 256:
            return None
    return count


BYTE = st.integers(-128, 127)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(COMPARED)), BYTE, BYTE, BYTE | st.integers(-3, 3), st.booleans(), st.booleans())
def test_counts(direction: str, start: int, limit: int, step: int, subtracts: bool, mirrored: bool) -> None:
    text = step_of("subtract" if subtracts else "add", step)
    mirror = {"LT": "GT", "LE": "GE", "GT": "LT", "GE": "LE"}.get(direction, direction)
    found = trip_count(mirror if mirrored else direction, start, limit, text, mirrored)
    expected = counted(direction, start, limit, -step if subtracts else step)
    assert found is None or found == expected


@pytest.mark.parametrize(
    ("direction", "start", "limit", "step", "count"),
    [
        ("LT", 0, 10, 1, 10),
        ("LT", 0, 10, 3, 4),
        ("LE", 0, 127, 1, None),
        ("LT", 0, 127, 2, None),
        ("GT", 10, 0, -4, 3),
        ("GE", 3, -128, -1, None),
        ("NE", 0, 9, 3, 3),
        ("NE", 0, 10, 3, None),
        ("NE", 5, 5, 0, 0),
        ("EQ", 5, 6, 1, 0),
        ("EQ", 5, 5, 1, None),
        ("LT", 5, 5, 0, 0),
        ("LT", 5, 6, 0, None),
    ],
)
def test_what_is_known(direction: str, start: int, limit: int, step: int, count: int | None) -> None:
    assert trip_count(direction, start, limit, step_of("add", step)) == count


def test_unsigned_counters() -> None:
    assert trip_count("LT", 100, 250, step_of("add", 5, "ui8"), type_="ui8") == 30


@pytest.mark.parametrize(
    "step", ["%next = mhlo.add %i, %x : tensor<i8>", "%next = mhlo.multiply %i, %limit : tensor<i8>"]
)
def test_what_is_not_known(step: str) -> None:
    assert trip_count("LT", 0, 10, step) is None
