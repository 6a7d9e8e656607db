import pytest
from xdsl.dialects import test
from xdsl.dialects.builtin import FloatAttr, IntegerAttr, VectorType, f32, i1, i32
from xdsl.ir import Attribute, SSAValue
from xdsl.utils.exceptions import VerifyException

from iree.compiler.dialects.spirv.memory import AccessChain, CompositeExtract, Constant, Load, Store, Variable, part_of
from iree.compiler.dialects.spirv.types import STORAGE_BUFFER, PointerType, buffer_type
from iree.compiler.ir.compare import difference
from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.verifier import verify
from iree.testing.ir import check_round_trip, parse

BUFFER = "!spirv.ptr<!spirv.struct<(!spirv.array<4 x f32, stride=4> [0])>, StorageBuffer>"

TODAY = f"""
    func.func @f(%base: {BUFFER}, %v: vector<3xi32>) {{
      %i = spirv.CompositeExtract %v[2 : i32] : vector<3xi32>
      %zero = spirv.Constant 0 : i32
      %x = spirv.Constant 1.5 : f32
      %yes = spirv.Constant true
      %no = spirv.Constant false
      %element = spirv.AccessChain %base[%zero, %i] : {BUFFER}, i32, i32 -> !spirv.ptr<f32, StorageBuffer>
      %y = spirv.Load "StorageBuffer" %element : f32
      spirv.Store "StorageBuffer" %element, %x : f32
      %own = spirv.Variable : !spirv.ptr<f32, Function>
      spirv.Store "Function" %own, %y : f32
      spirv.Return
    }}
"""


def value(type_: Attribute) -> SSAValue:
    return test.TestOp(result_types=[type_]).results[0]


def test_accesses_are_read_and_printed() -> None:
    check_round_trip(TODAY)


def test_the_walkthrough_gives_only_the_type_of_the_base() -> None:
    shorter = TODAY.replace(f"{BUFFER}, i32, i32 -> !spirv.ptr<f32, StorageBuffer>", BUFFER)
    assert difference(parse(TODAY), parse(shorter.replace("spirv.Constant 0", "spv.constant 0"))) is None


def test_a_constant_is_a_number() -> None:
    with pytest.raises(CompileError, match="expected a number with its type"):
        parse('spirv.Constant "x"')


def test_true_and_false_are_truth_values() -> None:
    assert str(Constant(IntegerAttr(1, i1))).endswith("spirv.Constant true")
    assert Constant.integer(0).result.type == i32
    assert Constant(FloatAttr(1.0, f32)).result.type == f32


@pytest.mark.parametrize(
    ("base", "index", "message"),
    [
        (f32, None, "f32 is not a pointer"),
        (buffer_type(4, f32, 4), None, "needs a constant index below 1"),
        (buffer_type(4, f32, 4), 1, "needs a constant index below 1"),
        (PointerType.of(f32, STORAGE_BUFFER), 0, "f32 has no parts"),
    ],
)
def test_there_is_no_such_part(base: Attribute, index: int | None, message: str) -> None:
    given = value(i32) if index is None else Constant.integer(index).result
    with pytest.raises(VerifyException, match=message):
        part_of(base, [given])


def test_access_chain_c1() -> None:
    chain = AccessChain(value(buffer_type(4, f32, 4)), [Constant.integer(0).result, value(i32)])
    wrong = AccessChain.create(
        operands=list(chain.operands), result_types=[PointerType.of(i32, STORAGE_BUFFER)], properties=chain.properties
    )
    with pytest.raises(CompileError, match=r"spirv\.AccessChain C1: the result is .*i32.*, the part .*f32"):
        verify(wrong)


def test_load_c1() -> None:
    pointer = value(PointerType.of(f32, STORAGE_BUFFER))
    with pytest.raises(CompileError, match=r"spirv\.Load C1: .* gives no i32"):
        verify(Load.create(operands=[pointer], result_types=[i32]))


def test_store_c1() -> None:
    with pytest.raises(CompileError, match=r"spirv\.Store C1: .* takes no i32"):
        verify(Store(value(PointerType.of(f32, STORAGE_BUFFER)), value(i32)))


def test_variable_c1() -> None:
    with pytest.raises(CompileError, match=r"spirv\.Variable C1: a variable cannot lie in StorageBuffer"):
        verify(Variable.create(result_types=[PointerType.of(f32, STORAGE_BUFFER)]))


@pytest.mark.parametrize("index", [-1, 3])
def test_composite_extract_c1(index: int) -> None:
    with pytest.raises(CompileError, match=rf"spirv\.CompositeExtract C1: vector<3xi32> has no element {index}"):
        verify(CompositeExtract(value(VectorType(i32, [3])), index))
