"""Which comparators have keys, and which."""

import pytest

from iree.compiler.dialects import mhlo
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.common.comparators import keys_of
from iree.testing.ir import parse

_TYPE = {"f": "(tensor<f32>, tensor<f32>) -> tensor<i1>", "i": "(tensor<i32>, tensor<i32>) -> tensor<i1>"}


def _keys(body: str) -> list[str] | None:
    """Each key as the number of its operand, and - where it descends, t where it is in total order."""
    for name, type_ in _TYPE.items():
        body = body.replace(f": {name}", f": {type_}")
    module = parse(f"""
        func.func @f(%x: tensor<4xf32>, %n: tensor<4xi32>) {{
          %0:2 = "mhlo.sort"(%x, %n) <{{dimension = 0 : i64}}> ({{
          ^bb0(%a: tensor<f32>, %b: tensor<f32>, %i: tensor<i32>, %j: tensor<i32>):
            {body}
            mhlo.return %r : tensor<i1>
          }}) : (tensor<4xf32>, tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>)
          return
        }}
    """)
    (sort,) = ops_of(module, mhlo.Sort)
    keys = keys_of(sort.comparator.block)
    if keys is None:
        return None
    names = dict(zip(sort.comparator.block.args, "abij", strict=True))
    return [
        f"{names.get(key.left, 'f')}{names.get(key.right, 'g')}{'-' * key.is_descending}{'t' * key.is_total}"
        for key in keys
    ]


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        ("%r = mhlo.compare LT, %a, %b : f", ["ab"]),
        ("%r = mhlo.compare GT, %a, %b : f", ["ab-"]),
        ("%r = mhlo.compare LT, %b, %a : f", ["ab-"]),
        ("%r = mhlo.compare GT, %b, %a, TOTALORDER : f", ["abt"]),
        ("%r = mhlo.compare LT, %i, %j : i", ["ijt"]),
        ("%c = mhlo.abs %a : tensor<f32>\n%d = mhlo.abs %b : tensor<f32>\n%r = mhlo.compare LT, %c, %d : f", ["fg"]),
        (
            "%l = mhlo.compare LT, %a, %b, TOTALORDER : f\n%e = mhlo.compare EQ, %a, %b, TOTALORDER : f\n"
            "%m = mhlo.compare GT, %i, %j : i\n%k = mhlo.and %m, %e : tensor<i1>\n%r = mhlo.or %k, %l : tensor<i1>",
            ["abt", "ij-t"],
        ),
        (
            "%l = mhlo.compare LT, %i, %j : i\n%e = mhlo.compare EQ, %j, %i : i\n%m = mhlo.compare LT, %a, %b : f\n"
            "%r = mhlo.select %e, %m, %l : tensor<i1>, tensor<i1>",
            ["ijt", "ab"],
        ),
        (
            "%l = mhlo.compare LT, %i, %j : i\n%e = mhlo.compare NE, %j, %i : i\n%m = mhlo.compare LT, %a, %b : f\n"
            "%r = mhlo.select %e, %l, %m : tensor<i1>, tensor<i1>",
            ["ijt", "ab"],
        ),
    ],
)
def test_keys(body: str, keys: list[str]) -> None:
    assert _keys(body) == keys


@pytest.mark.parametrize(
    "body",
    [
        "%r = mhlo.compare LE, %a, %b : f",
        "%r = mhlo.compare LT, %a, %a : f",
        "%c = mhlo.abs %a : tensor<f32>\n%r = mhlo.compare LT, %c, %b : f",
        "%c = mhlo.abs %a : tensor<f32>\n%d = mhlo.negate %b : tensor<f32>\n%r = mhlo.compare LT, %c, %d : f",
        "%c = mhlo.constant dense<1.0> : tensor<f32>\n%r = mhlo.compare LT, %a, %c : f",
        "%c = mhlo.constant dense<1> : tensor<i32>\n%r = mhlo.compare LT, %c, %c : i",
        # equality of another key, or by another order
        "%l = mhlo.compare LT, %a, %b : f\n%e = mhlo.compare EQ, %i, %j : i\n%m = mhlo.compare GT, %i, %j : i\n"
        "%k = mhlo.and %m, %e : tensor<i1>\n%r = mhlo.or %k, %l : tensor<i1>",
        "%l = mhlo.compare LT, %a, %b, TOTALORDER : f\n%e = mhlo.compare EQ, %a, %b : f\n"
        "%m = mhlo.compare GT, %i, %j : i\n%k = mhlo.and %m, %e : tensor<i1>\n%r = mhlo.or %k, %l : tensor<i1>",
        "%l = mhlo.compare LT, %a, %b : f\n%m = mhlo.compare GT, %i, %j : i\n%r = mhlo.or %l, %m : tensor<i1>",
        "%l = mhlo.compare LT, %a, %b : f\n%r = mhlo.not %l : tensor<i1>",
    ],
)
def test_comparators_without_keys(body: str) -> None:
    assert _keys(body) is None
