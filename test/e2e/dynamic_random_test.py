"""Programs drawn at random whose sizes the caller chooses, against NumPy.

IREE_RANDOM_PROGRAMS=1000 tries as many, new ones each time.
"""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import iree.compiler
import iree.runtime
from test.e2e.programs import DRIVERS

Array = np.ndarray[Any, Any]
Size = int | str  # "a" and "b" are the caller's
Shape = tuple[Size, ...]
WANTED = os.environ.get("IREE_RANDOM_PROGRAMS")
CALLS = ({"a": 1, "b": 1}, {"a": 3, "b": 2}, {"a": 2, "b": 7})

sizes: st.SearchStrategy[Size] = st.sampled_from(["a", "a", "b", 1, 2, 3])


class Program:
    """A function under construction: its text, and for each value its shape and how NumPy computes it."""

    def __init__(self, arguments: list[Shape]):
        self.shapes = list(arguments)
        self.compute: list[Callable[[list[Array]], Array]] = []
        self.lines: list[str] = []
        self.arguments = arguments
        for number in range(len(arguments)):
            self.compute.append(lambda values, n=number: values[n])  # type: ignore[misc]

    def add(self, op: str, operands: list[int], shape: Shape, compute: Callable[..., Array]) -> int:
        """A new value, `op` with the operands' types filled in."""
        types = ", ".join(spelled(self.shapes[operand]) for operand in operands)
        names = ", ".join(f"%v{operand}" for operand in operands)
        number = len(self.shapes)
        self.lines.append(f"%v{number} = {op.format(names)} : ({types}) -> {spelled(shape)}")
        self.shapes.append(shape)
        self.compute.append(lambda values: compute(*[values[operand] for operand in operands]))
        return number

    def text(self, result: int) -> str:
        """The function."""
        taken = ", ".join(f"%v{number}: {spelled(shape)}" for number, shape in enumerate(self.arguments))
        type_ = spelled(self.shapes[result])
        body = "\n  ".join(["%zero = stablehlo.constant dense<0.0> : tensor<f32>", *self.lines])
        return f"func.func @f({taken}) -> {type_} {{\n  {body}\n  return %v{result} : {type_}\n}}\n"


def spelled(shape: Shape) -> str:
    """A shape as a type."""
    return f"tensor<{''.join(f'{size}x' if isinstance(size, int) else '?x' for size in shape)}f32>"


@st.composite
def programs(draw: st.DrawFn) -> tuple[str, list[Shape], Callable[[list[Array]], Array]]:
    """The text of a program, its arguments' shapes, and what it computes."""
    first: Shape = tuple(draw(st.lists(sizes, min_size=1, max_size=3)))
    program = Program([first, first])
    value = 0
    for _ in range(draw(st.integers(1, 4))):
        shape = program.shapes[value]
        kinds = ["add", "maximum", "transpose", "concatenate", "reverse", *(["reduce"] if len(shape) > 1 else [])]
        match draw(st.sampled_from(kinds)):
            case "add":
                value = program.add("stablehlo.add {}", [value, value], shape, np.add)
            case "maximum":
                same = [number for number, other in enumerate(program.shapes) if other == shape]
                other = draw(st.sampled_from(same))
                value = program.add("stablehlo.maximum {}", [value, other], shape, np.maximum)
            case "transpose":
                order = draw(st.permutations(range(len(shape))))
                op = f"stablehlo.transpose {{}}, dims = {list(order)}"
                moved = tuple(shape[dim] for dim in order)
                value = program.add(op, [value], moved, lambda x, order=tuple(order): x.transpose(order))
            case "concatenate":
                dim = draw(st.integers(0, len(shape) - 1))
                size = shape[dim]
                joined = (*shape[:dim], 2 * size if isinstance(size, int) else f"{size}+{size}", *shape[dim + 1 :])
                op = f"stablehlo.concatenate {{}}, dim = {dim}"
                value = program.add(op, [value, value], joined, lambda x, y, dim=dim: np.concatenate([x, y], dim))
            case "reverse":
                dim = draw(st.integers(0, len(shape) - 1))
                op = f"stablehlo.reverse {{}}, dims = [{dim}]"
                value = program.add(op, [value], shape, lambda x, dim=dim: np.flip(x, dim))
            case "reduce":
                dim = draw(st.integers(0, len(shape) - 1))
                left = (*shape[:dim], *shape[dim + 1 :])
                type_, result = spelled(shape), spelled(left)
                number = len(program.shapes)
                program.lines.append(
                    f"%v{number} = stablehlo.reduce(%v{value} init: %zero) applies stablehlo.add across dimensions = "
                    f"[{dim}] : ({type_}, tensor<f32>) -> {result}"
                )
                program.shapes.append(left)
                program.compute.append(lambda values, v=value, dim=dim: values[v].sum(dim))  # type: ignore[misc]
                value = number
    return program.text(value), program.arguments, lambda given: _run(program, given)[value]


def _size(size: Size, chosen: dict[str, int]) -> int:
    """The size of an argument: none of them is a sum."""
    return chosen[size] if isinstance(size, str) else size


def _run(program: Program, given: list[Array]) -> list[Array]:
    values = list(given)
    for compute in program.compute[len(given) :]:
        values.append(compute(values))
    return values


@given(programs())
@settings(
    max_examples=int(WANTED or 12),
    deadline=None,
    derandomize=WANTED is None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_programs_agree_with_numpy(drawn: tuple[str, list[Shape], Callable[[list[Array]], Array]]) -> None:
    text, shapes, compute = drawn
    data = iree.compiler.compile_str(text)
    for driver in DRIVERS:
        function = iree.runtime.load_vm_flatbuffer(data, driver=driver).f
        for chosen in CALLS:
            random = np.random.default_rng(4)
            known = [tuple(_size(size, chosen) for size in s) for s in shapes]
            arguments = [random.integers(-9, 9, shape).astype(np.float32) for shape in known]
            expected, got = compute(arguments), function(*arguments)
            assert got.shape == expected.shape
            np.testing.assert_array_equal(got, expected, err_msg=text)
