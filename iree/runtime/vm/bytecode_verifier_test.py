import dataclasses

import numpy as np
import pytest

from iree.hal.status import DataLoss
from iree.runtime.vm.bytecode_verifier import DecodedInstruction
from iree.runtime.vm.module import VmModule
from iree.schemas import element_types
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.testing.hand_built import (
    F32,
    VECTOR,
    Function,
    Module,
    Type,
    Variable,
    binary_executable,
    one_function,
    simple_mul,
    to_bytes,
)

encode = SEQUENCER.encode
ALLOC = encode("alloc_heap", F32.number, (4,), 1)
RETURN = encode("return", (1,))


def refuse(module: Module, match: str) -> None:
    with pytest.raises(DataLoss, match=match):
        VmModule.from_flatbuffer(to_bytes(module))


def refuse_code(*code: bytes, match: str, local_count: int = 16) -> None:
    """@f(x0: 4xf32) -> 4xf32 with one constant 2xi32 and one executable with one entry point."""
    module = one_function(
        code, [VECTOR], [VECTOR], local_count=local_count, executables=[binary_executable("mul_f")],
        constants=[np.arange(2, dtype=np.int32)],
    )  # fmt: skip
    refuse(module, match)


def test_what_is_right_is_decoded() -> None:
    module = VmModule.from_flatbuffer(to_bytes(simple_mul()))
    decoded = module.decoded(0)
    assert [i.name for i in decoded.instructions] == ["alloc_heap", "static_dispatch", "return"]
    assert decoded.instructions[2] == DecodedInstruction(57, "return", ((2,),))
    assert [str(of) for of in decoded.types] == ["4xf32"] * 3
    assert module.decoded(0) is decoded


def test_errors_name_function_and_byte() -> None:
    refuse_code(ALLOC, encode("return", (5,)), match=r"@f, byte 14 of its bytecode: .*%5 is used before it is defined")


def test_unknown_opcode() -> None:
    refuse_code(b"\x99", match="no opcode 0x99")


def test_cut_instruction() -> None:
    refuse_code(ALLOC, RETURN[:-1], match="return is cut off")


def test_no_instructions() -> None:
    refuse_code(match="no instructions")


def test_return_must_come_last() -> None:
    refuse_code(ALLOC, match="return is not the last instruction")
    refuse_code(ALLOC, RETURN, RETURN, match="return is not the last instruction")


def test_a_local_is_defined_once() -> None:
    refuse_code(ALLOC, ALLOC, RETURN, match="%1 is defined twice")
    refuse_code(encode("alloc_heap", F32.number, (4,), 0), RETURN, match="%0 is defined twice")


def test_a_local_must_exist() -> None:
    refuse_code(ALLOC, RETURN, match="not one of 1 locals", local_count=1)


def test_arguments_are_locals() -> None:
    refuse_code(RETURN, match="0 locals for 1 arguments", local_count=0)


def test_result_types() -> None:
    refuse_code(encode("alloc_heap", F32.number, (5,), 1), RETURN, match="%1 has type 5xf32, should be 4xf32")
    refuse_code(ALLOC, encode("return", (1, 1)), match="results: 2, should be 1")


def test_constant_ordinal() -> None:
    refuse_code(encode("constant", 1, 1), RETURN, match="constant 1; there are 1")


def test_executable_and_entry_point_ordinals() -> None:
    refuse_code(ALLOC, encode("static_dispatch", (1, 0), (4, 1, 1), (0,), (1,)), match="executable 1; there are 1")
    refuse_code(
        ALLOC, encode("static_dispatch", (0, 1), (4, 1, 1), (0,), (1,)), match="entry point 1 of ex_mul_f; there are 1"
    )


@pytest.mark.parametrize("workload", [(4, 1), (4, 1, -1), (1 << 31, 1, 1)])
def test_workload(workload: tuple[int, ...]) -> None:
    refuse_code(ALLOC, encode("static_dispatch", (0, 0), workload, (0,), (1,)), match="is not x, y, z")


def test_bindings_are_defined() -> None:
    refuse_code(encode("static_dispatch", (0, 0), (4, 1, 1), (0, 7), ()), match="%7 is used before")
    refuse_code(encode("static_dispatch", (0, 0), (4, 1, 1), (0,), (7,)), match="%7 is used before")


def test_dispatches_write_no_argument_or_constant() -> None:
    written = [encode("static_dispatch", (0, 0), (4, 1, 1), (0, 0), (local,)) for local in (0, 2)]
    refuse_code(ALLOC, written[0], RETURN, match="a dispatch writes %0, which is an argument or a constant")
    refuse_code(encode("constant", 0, 2), written[1], RETURN, match="a dispatch writes %2, which is an argument")


@pytest.mark.parametrize(
    ("number", "shape", "match"),
    [
        (99, (4,), "no element type has the number 99"),
        (12, (-4,), "negative dimension"),
        (12, (1 << 40, 1 << 20), "larger"),
    ],
)
def test_allocations(number: int, shape: tuple[int, ...], match: str) -> None:
    refuse_code(encode("alloc_heap", number, shape, 1), RETURN, match=match)


@pytest.mark.parametrize(("offsets", "length"), [((4, 0), 13), ((0, 4), 13), ((-4, 0), 4), ((0, 0), -1), ((0, 16), 1)])
def test_copies_stay_inside(offsets: tuple[int, int], length: int) -> None:
    copy = encode("static_copy", 0, offsets[:1], 1, offsets[1:], (length,))
    refuse_code(ALLOC, copy, RETURN, match="which has 16")


def test_copies_have_one_offset() -> None:
    refuse_code(ALLOC, encode("static_copy", 0, (0, 0), 1, (0,), (4,)), RETURN, match="one offset on each side")


def test_copies_write_no_argument_or_constant() -> None:
    copy = encode("static_copy", 1, (0,), 0, (0,), (4,))
    refuse_code(ALLOC, copy, RETURN, match="static_copy writes %0, which is an argument or a constant")
    copy = encode("static_copy", 0, (0,), 2, (0,), (4,))
    refuse_code(
        ALLOC, encode("constant", 0, 2), copy, RETURN, match="static_copy writes %2, which is an argument or a constant"
    )
    reshape = encode("reshape", 0, (2, 2), 2)
    refuse_code(ALLOC, reshape, copy, RETURN, match="%2, which is an argument or a constant")


@pytest.mark.parametrize(
    ("offset", "shape", "match"),
    [
        ((4,), (4,), "a slice of 16 bytes at byte 4 of %1, which has 16"),
        ((-4,), (1,), "a slice of 4 bytes at byte -4 of %1"),
        ((), (1,), "a slice of 4 bytes at byte"),
        ((0,), (5,), "a slice of 20 bytes at byte 0 of %1, which has 16"),
        ((0,), (-1,), "negative dimension"),
    ],
)
def test_slices_stay_inside(offset: tuple[int, ...], shape: tuple[int, ...], match: str) -> None:
    refuse_code(ALLOC, encode("static_slice", F32.number, shape, 1, offset, 2), RETURN, match=match)


def test_slices_are_written_where_the_whole_may_be() -> None:
    write = encode("static_dispatch", (0, 0), (4, 1, 1), (0, 0), (2,))
    refuse_code(
        ALLOC, encode("static_slice", F32.number, (4,), 0, (0,), 2), write, RETURN, match="a dispatch writes %2"
    )


@pytest.mark.parametrize("length", [(), (4, 4), (-1,)])
def test_a_stack_has_a_length(length: tuple[int, ...]) -> None:
    refuse_code(ALLOC, encode("alloc_stack", length, 2), RETURN, match="a stack of|negative dimension")


@pytest.mark.parametrize("shape", [(5,), (-2, -2)])
def test_reshapes_keep_the_elements(shape: tuple[int, ...]) -> None:
    refuse_code(encode("reshape", 0, shape, 1), RETURN, match="does not have the elements")


def test_calls() -> None:
    refuse_code(encode("call", 1, (0,), (1,)), RETURN, match="call of function 1; there are 1")
    refuse_code(encode("call", 0, (), (1,)), RETURN, match="arguments of @f: 0, should be 1")
    refuse_code(encode("call", 0, (0,), ()), RETURN, match="@f has 1 results, not 0")
    refuse_code(encode("call", 0, (0,), (1,)), RETURN, match="nest without end")


SAME = Function("same", [VECTOR], [VECTOR], ["x"], None, 1, encode("return", (0,)))
WRITES = Function(
    "writes", [VECTOR, VECTOR], [], ["x", "y"], None, 2,
    encode("static_dispatch", (0, 0), (4, 1, 1), (0, 0), (1,)) + encode("return", ()), donated=[1],
)  # fmt: skip


def refuse_caller(*code: bytes, callee: Function = WRITES, match: str) -> None:
    """@f(x0: 4xf32) -> 4xf32, before @writes(x, y), which writes y."""
    caller = Function("f", [VECTOR], [VECTOR], ["x"], None, 16, ALLOC + b"".join(code) + RETURN)
    refuse(Module("m", [caller, callee], [binary_executable("mul_f")]), match)


def test_what_a_function_writes_is_the_callers_to_give() -> None:
    refuse_caller(encode("execute", 1, (1, 0)), match="@writes writes %0, which is an argument or a constant")
    refuse_caller(encode("call", 1, (1, 0), ()), match="@writes writes %0, which is an argument or a constant")
    refuse_caller(encode("execute", 1, (1,)), match="arguments of @writes: 1, should be 2")
    same = dataclasses.replace(WRITES, donated=[])
    refuse_caller(encode("execute", 1, (0, 1)), callee=same, match="a dispatch writes %1, which is an argument")
    caller = Function("f", [VECTOR], [VECTOR], ["x"], None, 16, ALLOC + encode("execute", 1, (0, 1)) + RETURN)
    VmModule.from_flatbuffer(to_bytes(Module("m", [caller, WRITES], [binary_executable("mul_f")])))


def test_commands_return_nothing() -> None:
    refuse_caller(encode("execute", 1, (0,)), callee=SAME, match="@same has 1 results, not 0")


def test_only_arguments_are_donated() -> None:
    refuse(changed(donated=[2]), "arguments 2 are donated; there are 2")
    wrong = dataclasses.replace(WRITES, donated=[2])
    refuse_caller(encode("execute", 1, (0, 1)), callee=wrong, match="arguments 2 are donated; there are 2")


def test_a_function_that_calls_a_bad_one() -> None:
    callee = Function("g", [VECTOR], [VECTOR], ["x"], None, 2, encode("call", 7, (0,), (1,)) + RETURN)
    caller = Function("f", [VECTOR], [VECTOR], ["x"], None, 2, encode("call", 1, (0,), (1,)) + RETURN)
    refuse(Module("m", [caller, callee]), "call of function 7; there are 2")


def test_calls_that_multiply() -> None:
    """Each function calls the next one twice: 2 to the power of 30 instructions in a few hundred bytes."""
    twice = [encode("call", n + 1, (0,), (1,)) + encode("call", n + 1, (1,), (2,)) for n in range(30)]
    codes = [*(code + encode("return", (2,)) for code in twice), encode("return", (0,))]
    functions = [Function(f"f{n}", [VECTOR], [VECTOR], ["x"], None, 3, code) for n, code in enumerate(codes)]
    refuse(Module("m", functions), "a call runs .* instructions, more than")


def test_calls_that_nest_deep() -> None:
    codes = [encode("call", n + 1, (0,), (1,)) + RETURN for n in range(33)]
    functions = [Function(f"f{n}", [VECTOR], [VECTOR], ["x"], None, 2, code) for n, code in enumerate(codes)]
    last = Function("last", [VECTOR], [VECTOR], ["x"], None, 1, encode("return", (0,)))
    refuse(Module("m", [*functions, last]), "deeper than 32")


def changed(**changes: object) -> Module:
    (function,) = simple_mul().functions
    return dataclasses.replace(simple_mul(), functions=[dataclasses.replace(function, **changes)])  # type: ignore[arg-type]


def test_argument_names() -> None:
    refuse(changed(argument_names=["a"]), "1 names for 2 arguments")


def test_locations_are_in_order() -> None:
    refuse(changed(locations=[(5, "x"), (0, "y")]), "locations are not in order")


def test_abi() -> None:
    refuse(changed(abi="{}"), "not the text of an abi")


def test_dynamic_dimensions_are_refused() -> None:
    refuse(changed(arguments=[Type(element_types.from_name("f32"), (-1,))] * 2), "negative dimension")


I1, I32 = Type(element_types.from_name("i1"), ()), Type(element_types.from_name("i32"), ())
FLAG = Function("flag", [VECTOR], [I1], ["x"], None, 2, encode("alloc_heap", 1, (), 1) + RETURN)
NARROW = Function("narrow", [VECTOR], [I32], ["x"], None, 2, encode("alloc_heap", 4, (), 1) + RETURN)


def refuse_control(*code: bytes, match: str) -> None:
    """@f(x0: 4xf32, x1: i32) -> 4xf32, with @flag, @same and @narrow behind it."""
    f = Function("f", [VECTOR, I32], [VECTOR], ["x", "i"], None, 16, b"".join(code))
    refuse(Module("m", [f, FLAG, SAME, NARROW]), match)


@pytest.mark.parametrize(
    ("operands", "match"),
    [
        ((9, 2, (), (0,), (), (2,)), "call of function 9; there are 4"),
        ((1, 9, (), (0,), (), (2,)), "call of function 9; there are 4"),
        ((1, 2, (), (1,), (), (2,)), "arguments of @flag: %1 has type i32, should be 4xf32"),
        ((1, 2, (), (0,), (1,), (2,)), "arguments of @flag: 2, should be 1"),
        ((2, 2, (), (0,), (), (2,)), "condition @same returns .*, not one i1"),
        ((1, 3, (), (0,), (), (2,)), "results of @narrow: %0 has type 4xf32, should be i32"),
        ((1, 2, (-1,), (0,), (), (2,)), "a trip count of"),
        ((1, 2, (1, 2), (0,), (), (2,)), "a trip count of"),
        ((1, 2, (), (0,), (), ()), "@same has 1 results, not 0"),
        ((0, 2, (), (0, 1), (), (2,)), "nest without end|should be"),
    ],
)
def test_whiles(operands: tuple[object, ...], match: str) -> None:
    refuse_control(encode("while", *operands), encode("return", (2,)), match=match)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("operands", "match"),
    [
        ((0, (2,), (0,), (2,)), "a case by 4xf32, which is no i1 or i32"),
        ((1, (), (0,), (2,)), "a case without branches"),
        ((1, (2, 9), (0,), (2,)), "call of function 9; there are 4"),
        ((1, (2,), (1,), (2,)), "arguments of @same: %1 has type i32"),
        ((1, (2, 3), (0,), (2,)), "@narrow returns .*, other than the first branch"),
        ((1, (2,), (0,), ()), "the case has 1 results, not 0"),
        ((1, (2, 0), (0,), (2,)), "arguments of @f: 1, should be 2"),
    ],
)
def test_cases(operands: tuple[object, ...], match: str) -> None:
    refuse_control(encode("case", *operands), encode("return", (2,)), match=match)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "match"),
    [
        (encode("global_load", 1, 1) + RETURN, "variable 1; there are 1"),
        (encode("global_store", 1, 0) + encode("return", (0,)), "variable 1; there are 1"),
        (encode("global_store", 0, 0) + encode("return", (0,)), "the value of @v: %0 has type 4xf32, should be 2xi32"),
        (encode("global_load", 0, 1) + RETURN, "results: %1 has type 2xi32, should be 4xf32"),
    ],
)
def test_variables(code: bytes, match: str) -> None:
    module = one_function([code], [VECTOR], [VECTOR], constants=[np.arange(2, dtype=np.int32)])
    refuse(dataclasses.replace(module, variables=[Variable("v", 0)]), match)


def test_a_variable_is_written_by_who_stores_to_it() -> None:
    load, store = encode("global_load", 0, 1), encode("global_store", 0, 1)
    write = encode("static_dispatch", (0, 0), (4, 1, 1), (0, 0), (1,))

    def module(*code: bytes) -> Module:
        made = one_function(
            [*code, encode("return", (0,))], [VECTOR], [VECTOR], executables=[binary_executable("mul_f")],
            constants=[np.zeros(4, np.float32)],
        )  # fmt: skip
        return dataclasses.replace(made, variables=[Variable("v", 0)])

    refuse(module(load, write), "a dispatch writes %1, which is an argument or a constant")
    VmModule.from_flatbuffer(to_bytes(module(load, write, store)))


def test_control_flow_does_not_recurse() -> None:
    g = Function("g", [VECTOR], [VECTOR], ["x"], None, 2, encode("case", 0, (0,), (0,), (1,)) + RETURN)
    h = Function("h", [I32], [I32], ["x"], None, 2, encode("case", 0, (0,), (0,), (1,)) + RETURN)
    refuse(Module("m", [g]), "a case by 4xf32")
    refuse(Module("m", [h]), "nest without end")


@pytest.mark.parametrize(
    ("operands", "match"),
    [
        ((1, (0,), (1,), b""), "import 1; there are 1"),
        ((0, (7,), (1,), b""), "%7 is used before it is defined"),
        ((0, (0,), (0,), b""), "custom_call writes %0, which is an argument or a constant"),
        ((0, (0,), (1,), b"\xff"), "can't decode byte 0xff"),
    ],
)
def test_custom_calls(operands: tuple[object, ...], match: str) -> None:
    code = [ALLOC, encode("custom_call", *operands), RETURN]  # type: ignore[arg-type]
    refuse(dataclasses.replace(one_function(code, [VECTOR], [VECTOR]), imports=["mine"]), match)
