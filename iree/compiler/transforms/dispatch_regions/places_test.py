"""Where a region needs the elements of its ops."""

import pytest
from xdsl.ir import Operation

from iree.compiler.transforms.dispatch_regions.places import Place, Places, loops_of
from iree.testing.ir import parse

ROOT = "%root = arith.addf %value, %a : tensor<4x6xf32>"


def places_of(text: str) -> dict[str, list[Place]]:
    """Where each op before ROOT, which reads %value, is needed."""
    module = parse(f"""
        func.func @f(%a: tensor<4x6xf32>, %v: tensor<4xf32>, %s: tensor<f32>) -> tensor<4x6xf32> {{
          {text}
          {ROOT}
          return %root : tensor<4x6xf32>
        }}
    """)
    ops = [op for op in module.walk() if op.results]
    places = Places(ops[-1])
    members: set[Operation] = {ops[-1]}
    for op in reversed(ops[:-1]):
        places.find(op, members)
        members.add(op)
    return {op.results[0].name_hint or "": sorted(places.of(op)) for op in ops}


def sizes(place: Place) -> list[int]:
    return sorted(loop.size for loop in loops_of(place))


@pytest.mark.parametrize(
    ("text", "loops"),
    [
        ("%value = arith.negf %a : tensor<4x6xf32>\n %x = arith.negf %a : tensor<4x6xf32>", [[4, 6]]),
        ("%x = arith.negf %v : tensor<4xf32>\n"
         "%value = mhlo.broadcast_in_dim %x, dims = [0] : (tensor<4xf32>) -> tensor<4x6xf32>", [[4]]),
        ("%x = mhlo.transpose %a, dims = [1, 0] : (tensor<4x6xf32>) -> tensor<6x4xf32>\n"
         "%value = mhlo.transpose %x, dims = [1, 0] : (tensor<6x4xf32>) -> tensor<4x6xf32>", [[4, 6]]),
        ("%x = arith.negf %v : tensor<4xf32>\n"
         "%y = mhlo.reshape %x : (tensor<4xf32>) -> tensor<4x1xf32>\n"
         "%value = mhlo.broadcast_in_dim %y, dims = [0, 1] : (tensor<4x1xf32>) -> tensor<4x6xf32>", [[4]]),
        ("%x = arith.negf %a : tensor<4x6xf32>\n"
         "%y = mhlo.reduce(%x init: %s) applies mhlo.add across dimensions = [1] "
         ": (tensor<4x6xf32>, tensor<f32>) -> tensor<4xf32>\n"
         "%z = mhlo.broadcast_in_dim %y, dims = [0] : (tensor<4xf32>) -> tensor<4x6xf32>\n"
         "%value = arith.subf %x, %z : tensor<4x6xf32>", [[4, 6], [4, 6]]),
        ("%x = arith.negf %a : tensor<4x6xf32>\n"
         "%y = mhlo.reverse %x, dims = [0] : tensor<4x6xf32>\n"
         "%value = arith.subf %x, %y : tensor<4x6xf32>", [[4, 6], [4, 6]]),
        ("%x = arith.negf %a : tensor<4x6xf32>\n"
         "%y = arith.mulf %x, %a : tensor<4x6xf32>\n"
         "%value = arith.subf %x, %y : tensor<4x6xf32>", [[4, 6]]),
    ],
    ids=["unread", "broadcast", "transposed twice", "reshaped", "reduced too", "reversed too", "two ways to one place"],
)  # fmt: skip
def test_places(text: str, loops: list[list[int]]) -> None:
    found = places_of(text)["x"]
    assert [sizes(place) for place in found] == (loops if "%x" in text.partition("\n")[0] or len(found) else [])


def test_dimensions_that_are_merged_depend_on_one_loop() -> None:
    found = places_of("""
        %x = mhlo.reshape %a : (tensor<4x6xf32>) -> tensor<2x12xf32>
        %value = mhlo.reshape %x : (tensor<2x12xf32>) -> tensor<4x6xf32>
    """)["x"]
    assert [[len(index.loops) for index in place] for place in found] == [[2, 2]]
