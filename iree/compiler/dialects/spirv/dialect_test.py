import pytest
from xdsl.ir import Operation

from iree.compiler.dialects.spirv import arithmetic, gl, logical
from iree.compiler.dialects.spirv.dialect import ARITHMETIC_OPS, GL_OPS, LOGICAL_OPS
from iree.compiler.ir.diagnostics import CompileError
from iree.testing.ir import check_round_trip, parse

COMPUTATIONS = ARITHMETIC_OPS + LOGICAL_OPS + GL_OPS


def example_of(op: type[Operation]) -> str:
    """The op as its docstring shows it, with operands to read."""
    assert op.__doc__ is not None
    line = next(line.strip() for line in op.__doc__.splitlines() if "= spirv." in line)
    body = line.partition(" = ")[2]
    type_ = body.partition(" : ")[2].split(", ")[-1].split(" to ")[0]
    return f"func.func @f(%c: i1, %0: {type_}, %1: {type_}, %2: {type_}) {{ %r = {body} spirv.Return }}"


@pytest.mark.parametrize("op", COMPUTATIONS, ids=lambda op: op.name)
def test_the_docstrings_example_is_read_and_printed(op: type[Operation]) -> None:
    assert op.name in str(check_round_trip(example_of(op)))


@pytest.mark.parametrize("op", [arithmetic.FAdd, logical.FOrdLessThan, gl.Sqrt], ids=lambda op: op.name)
def test_floats_only(op: type[Operation]) -> None:
    with pytest.raises(CompileError, match=op.name):
        parse(example_of(op).replace("f32", "i32"))


@pytest.mark.parametrize("op", [arithmetic.IAdd, logical.SLessThan, gl.SAbs], ids=lambda op: op.name)
def test_integers_only(op: type[Operation]) -> None:
    with pytest.raises(CompileError, match=op.name):
        parse(example_of(op).replace("i32", "f32"))


def test_numbers_are_distinct() -> None:
    for numbers in ([op.OPCODE for op in ARITHMETIC_OPS + LOGICAL_OPS], [op.NUMBER for op in GL_OPS]):
        assert len(numbers) == len(set(numbers))
