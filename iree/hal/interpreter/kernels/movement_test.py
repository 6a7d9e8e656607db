"""Instructions that move elements, against NumPy and JAX."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax

from iree.hal.interpreter.decode import Source, decode
from iree.hal.interpreter.plan import Plan
from iree.hal.interpreter.tensor_type import TensorType
from iree.hal.interpreter.testing.evaluate import evaluate, type_of
from iree.hal.status import DataLoss
from iree.schemas.element_types import ELEMENT_TYPES, ElementType, from_name
from iree.schemas.instruction import Operand
from iree.schemas.interpreter_bytecode import INTERPRETER

I32 = from_name("i32")


def counted(*shape: int) -> np.ndarray:
    """0, 1, 2, ... in a shape."""
    return np.arange(np.prod(shape, dtype=int), dtype=np.int32).reshape(shape)


def like(shape: tuple[int, ...]) -> TensorType:
    """i32s in a shape."""
    return TensorType(I32, shape)


@pytest.mark.parametrize(
    ("source", "dimensions", "target"),
    [
        ((), (), (2, 3)),
        ((3,), (1,), (2, 3)),
        ((2,), (0,), (2, 3)),
        ((1, 3), (0, 1), (4, 3)),
        ((2, 3), (1, 0), (3, 2)),
        ((1, 3), (2, 0), (3, 5, 4)),
        ((2, 0), (0, 1), (2, 0)),
        ((1,), (0,), (0,)),
        ((2, 3, 1, 2, 1, 2), (0, 1, 2, 3, 4, 5), (2, 3, 4, 2, 3, 2)),
    ],
)
def test_broadcast_in_dim(source: tuple[int, ...], dimensions: tuple[int, ...], target: tuple[int, ...]) -> None:
    x = counted(*source)
    result = evaluate("broadcast_in_dim", [x], like(target), dimensions)
    if dimensions == tuple(sorted(dimensions)):
        np.testing.assert_array_equal(result, np.asarray(lax.broadcast_in_dim(x, target, dimensions)))
    for index in itertools.product(*map(range, target)):
        place = tuple(0 if size == 1 else index[d] for size, d in zip(source, dimensions, strict=True))
        assert result[index] == x[place]


@pytest.mark.parametrize("rank", range(5))
def test_transpose_by_every_permutation(rank: int) -> None:
    x = counted(*range(1, rank + 1))
    for permutation in itertools.permutations(range(rank)):
        wanted = np.transpose(x, permutation)
        np.testing.assert_array_equal(evaluate("transpose", [x], like(wanted.shape), permutation), wanted)


@pytest.mark.parametrize("dimensions", [(), (0,), (1,), (2, 0), (0, 1, 2)])
def test_reverse(dimensions: tuple[int, ...]) -> None:
    x = counted(2, 3, 4)
    np.testing.assert_array_equal(evaluate("reverse", [x], like(x.shape), dimensions), np.flip(x, dimensions))


@settings(deadline=None)
@given(st.data())
def test_slice(data: st.DataObject) -> None:
    shape = data.draw(st.lists(st.integers(0, 5), max_size=4).map(tuple))
    x = counted(*shape)
    starts = tuple(data.draw(st.integers(0, size)) for size in shape)
    limits = tuple(data.draw(st.integers(start, size)) for start, size in zip(starts, shape, strict=True))
    strides = tuple(data.draw(st.integers(1, 4)) for _ in shape)
    wanted = x[tuple(slice(*run) for run in zip(starts, limits, strides, strict=True))]
    np.testing.assert_array_equal(evaluate("slice", [x], like(wanted.shape), starts, strides), wanted)


@settings(deadline=None)
@given(st.data())
def test_pad_agrees_with_xla(data: st.DataObject) -> None:
    shape = data.draw(st.sampled_from([(), (3,), (0,), (1,), (2, 3)]))
    edges = tuple(data.draw(st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(0, 2))) for _ in shape)
    sizes = [low + size + max(size - 1, 0) * gap + high for size, (low, high, gap) in zip(shape, edges, strict=True)]
    if min(sizes, default=0) < 0:
        return
    x, value = counted(*shape), np.array(-7, np.int32)
    low, high, interior = (tuple(edge[i] for edge in edges) for i in range(3))
    result = evaluate("pad", [x, value], like(tuple(sizes)), low, high, interior)
    np.testing.assert_array_equal(result, np.asarray(lax.pad(x, value, edges)))


@pytest.mark.parametrize("dimension", [0, 1, 2])
@pytest.mark.parametrize("lengths", [(1,), (2, 3), (1, 0, 4)])
def test_concatenate(dimension: int, lengths: tuple[int, ...]) -> None:
    parts = []
    for number, length in enumerate(lengths):
        shape = [2, 3, 4]
        shape[dimension] = length
        parts.append(counted(*shape) + 100 * number)
    wanted = np.concatenate(parts, dimension)
    np.testing.assert_array_equal(evaluate("concatenate", parts, like(wanted.shape), (dimension,)), wanted)


def test_concatenate_takes_an_operand_twice() -> None:
    code = INTERPRETER.encode("concatenate", (0, 0), (0,), 1) + INTERPRETER.encode("return")
    plan = Plan(decode(Source("test", [(I32.number, (2,)), (I32.number, (4,))], 2, code, [])))
    result = np.zeros(4, np.int32)
    for action in plan.bind([counted(2), result]):
        action()
    assert result.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("element", [t for t in ELEMENT_TYPES if t.name != "i1"], ids=str)
@pytest.mark.parametrize(("shape", "dimension"), [((5,), 0), ((2, 3), 0), ((2, 3), 1), ((0,), 0), ((1, 4, 1), 1)])
def test_iota(element: ElementType, shape: tuple[int, ...], dimension: int) -> None:
    result = evaluate("iota", [], TensorType(element, shape), (dimension,))
    for index in itertools.product(*map(range, shape)):
        assert result[index] == np.array(index[dimension]).astype(element.dtype)


@pytest.mark.parametrize("element", ELEMENT_TYPES, ids=str)
def test_any_element_moves(element: ElementType) -> None:
    x = np.array([[0, 1], [1, 1]]).astype(element.dtype)
    result = evaluate("transpose", [x], type_of(x), (1, 0))
    assert result.tobytes() == np.ascontiguousarray(x.T).tobytes()


WRONG: list[tuple[str, list[tuple[int, ...]], tuple[int, ...], tuple[Operand, ...], str]] = [
    ("broadcast_in_dim", [(3,)], (2, 3), ((),), "broadcast_in_dim of 3xi32 needs 1 dimensions, not 0"),
    ("broadcast_in_dim", [(3,)], (2, 3), ((2,),), r"dimensions \[2\] are not different ones of 0 to 1"),
    ("broadcast_in_dim", [(3, 3)], (3, 3), ((1, 1),), r"dimensions \[1, 1\] are not different"),
    ("broadcast_in_dim", [(2,)], (2, 3), ((1,),), "cannot make 3 elements of 2: 2xi32 to 2x3xi32"),
    ("transpose", [(2, 3)], (2, 3), ((1, 0),), r"transpose of 2x3xi32 by \[1, 0\] is not 2x3xi32"),
    ("transpose", [(2, 3)], (3, 2), ((1,),), r"transpose of 2x3xi32 by \[1\] is not 3x2xi32"),
    ("transpose", [(2, 3)], (3, 2), ((1, -1),), r"dimensions \[1, -1\] are not different"),
    ("reverse", [(2, 3)], (2, 3), ((2,),), r"dimensions \[2\] are not different ones of 0 to 1"),
    ("reverse", [(2, 3)], (3, 2), ((0,),), "reverse keeps the type, 2x3xi32 cannot become 3x2xi32"),
    ("slice", [(4,)], (3,), ((2,), (1,)), r"slice of 4xi32 from \[2\] by \[1\] to 3xi32 leaves it"),
    ("slice", [(4,)], (2,), ((-1,), (1,)), "leaves it"),
    ("slice", [(4,)], (2,), ((0,), (0,)), "leaves it"),
    ("slice", [(4,)], (2,), ((0, 0), (1,)), "has 2 starts and 1 strides"),
    ("pad", [(4,), ()], (6,), ((1,), (2,), (0,)), "pad of 4 by 1, 2 and 0 gives 7, not 6"),
    ("pad", [(4,), ()], (1,), ((0,), (0,), (-1,)), "pad of 4 by 0, 0 and -1 gives 1, not 1"),
    ("pad", [(4,), (1,)], (5,), ((1,), (0,), (0,)), "pad fills with one element, not with 1xi32"),
    ("pad", [(4,), ()], (5,), ((1, 0), (0,), (0,)), "pad of 4xi32 needs 1 low, high and interior"),
    (
        "concatenate",
        [(2, 3), (2, 2)],
        (4, 3),
        ((0,),),
        "concatenate of 2x2xi32 into 4x3xi32 differs in more than dimension 0",
    ),
    ("concatenate", [(2,), (3,)], (4,), ((0,),), "concatenate gives 5 in dimension 0, not 4xi32"),
    ("concatenate", [(2,)], (2,), ((0, 0),), "concatenate takes operands and one dimension"),
    ("concatenate", [], (0,), ((0,),), "concatenate takes operands and one dimension"),
    ("concatenate", [(2,)], (2,), ((1,),), r"dimensions \[1\] are not different ones of 0 to 0"),
    ("iota", [], (2,), ((1,),), r"dimensions \[1\] are not different ones of 0 to 0"),
    ("iota", [], (2,), ((),), "iota counts along one dimension"),
]


@pytest.mark.parametrize(("name", "inputs", "output", "attributes", "text"), WRONG)
def test_wrong_shapes_are_refused(
    name: str, inputs: list[tuple[int, ...]], output: tuple[int, ...], attributes: tuple[Operand, ...], text: str
) -> None:
    with pytest.raises(DataLoss, match=text):
        evaluate(name, [counted(*shape) for shape in inputs], like(output), *attributes)


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("broadcast_in_dim", ((0,),)),
        ("transpose", ((0,),)),
        ("reverse", ((0,),)),
        ("slice", ((0,), (1,))),
        ("concatenate", ((0,),)),
    ],
)
def test_element_type_is_kept(name: str, attributes: tuple[Operand, ...]) -> None:
    with pytest.raises(DataLoss, match="2xi32 cannot become 2xf32"):
        evaluate(name, [counted(2)], "2xf32", *attributes)


def test_pad_keeps_the_element_type() -> None:
    with pytest.raises(DataLoss, match="f32 cannot become 3xi32"):
        evaluate("pad", [counted(2), np.array(0, np.float32)], "3xi32", (1,), (0,), (0,))


def test_iota_is_for_numbers() -> None:
    with pytest.raises(DataLoss, match="iota is for numbers, not 2xi1"):
        evaluate("iota", [], "2xi1", (0,))
