import dataclasses

import numpy as np
import pytest

from iree.hal.status import ResourceExhausted
from iree.runtime.vm import bytecode_dispatch
from iree.runtime.vm.bytecode_dispatch import plan_function
from iree.runtime.vm.module import VmModule
from iree.runtime.vm.plan import (
    Barrier,
    Case,
    Command,
    Copy,
    Dispatch,
    HostCall,
    Plan,
    Run,
    SlotKind,
    Step,
    Steps,
    While,
)
from iree.schemas.element_types import from_name
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.testing.hand_built import (
    F32,
    VECTOR,
    Constant,
    Function,
    Module,
    Type,
    Variable,
    binary_executable,
    one_function,
    simple_mul,
    to_bytes,
)

SQUARE = Type(F32, (2, 2))


def alloc(result: int) -> bytes:
    return SEQUENCER.encode("alloc_heap", F32.number, (4,), result)


def dispatch(*bindings: int) -> bytes:
    return SEQUENCER.encode("static_dispatch", (0, 0), (4, 1, 1), bindings[:-1], bindings[-1:])


def copy(source: int, target: int) -> bytes:
    return SEQUENCER.encode("static_copy", source, (0,), target, (8,), (8,))


def returned(*results: int) -> bytes:
    return SEQUENCER.encode("return", results)


def plan_of(module: Module) -> Plan:
    return plan_function(VmModule.from_flatbuffer(to_bytes(module)), 0)


def plan(*code: bytes, results: int = 1, arguments: int = 2) -> Plan:
    constants = [np.arange(4, dtype=np.float32)]
    executables = [binary_executable("mul_f")]
    return plan_of(
        one_function(code, [VECTOR] * arguments, [VECTOR] * results, executables=executables, constants=constants)
    )


def commands(plan: Plan) -> tuple[Command, ...]:
    """The commands of a plan without control flow."""
    if not plan.steps:
        return ()
    (run,) = plan.steps
    assert isinstance(run, Run)
    return run.commands


def shape_of(plan: Plan) -> str:
    """The commands, a letter each."""
    return "".join(type(command).__name__[0] for command in commands(plan))


def kinds(plan: Plan) -> list[SlotKind]:
    return [slot.kind for slot in plan.slots]


def test_the_walkthroughs_program() -> None:
    made = plan_of(simple_mul())
    assert kinds(made) == [SlotKind.ARGUMENT, SlotKind.ARGUMENT, SlotKind.RESULT]
    (command,) = commands(made)
    assert isinstance(command, Dispatch)
    assert [view.slot for view in command.bindings] == [0, 1, 2]
    assert (command.executable, command.entry_point, command.workload) == (0, 0, (4, 1, 1))
    assert command.location == "math.mlir:3:8"


def test_a_barrier_stands_between_writer_and_reader() -> None:
    made = plan(alloc(2), dispatch(0, 1, 2), alloc(3), dispatch(2, 1, 3), returned(3))
    assert shape_of(made) == "DBD"
    assert kinds(made)[2:] == [SlotKind.TRANSIENT, SlotKind.RESULT]


def test_no_barrier_stands_between_the_independent() -> None:
    made = plan(alloc(2), dispatch(0, 1, 2), alloc(3), dispatch(1, 0, 3), returned(2, 3), results=2)
    assert shape_of(made) == "DD"


def test_one_barrier_serves_all_that_came_before() -> None:
    code = [alloc(2), dispatch(0, 1, 2), alloc(3), dispatch(1, 0, 3), alloc(4), dispatch(2, 3, 4), returned(4)]
    assert shape_of(plan(*code)) == "DDBD"


def test_copies_only_read_their_source() -> None:
    code = [alloc(2), dispatch(0, 1, 2), alloc(3), copy(2, 3), alloc(4), copy(2, 4), returned(3, 4)]
    assert shape_of(plan(*code, results=2)) == "DBCC"


def test_two_writers_of_one_buffer_are_ordered() -> None:
    assert shape_of(plan(alloc(2), copy(0, 2), copy(1, 2), returned(2))) == "CBC"


def test_a_reader_before_a_writer() -> None:
    read = SEQUENCER.encode("static_copy", 2, (8,), 3, (0,), (8,))
    assert shape_of(plan(alloc(2), alloc(3), read, copy(0, 2), returned(3))) == "CBC"


def test_bytes_beside_each_other_are_independent() -> None:
    read = SEQUENCER.encode("static_copy", 2, (0,), 3, (0,), (8,))
    assert shape_of(plan(alloc(2), alloc(3), read, copy(0, 2), returned(3))) == "CC"


def test_constants_are_one_slot_each() -> None:
    constant = [SEQUENCER.encode("constant", 0, local) for local in (2, 3)]
    made = plan(*constant, alloc(4), dispatch(2, 3, 4), returned(4))
    assert kinds(made)[2:] == [SlotKind.CONSTANT, SlotKind.RESULT]


def test_arguments_and_constants_are_copied_before_they_are_returned() -> None:
    made = plan(SEQUENCER.encode("constant", 0, 2), returned(0, 2), results=2)
    assert [command[:5] for command in commands(made)] == [(0, 0, 3, 0, 16), (2, 0, 4, 0, 16)]
    assert kinds(made)[3:] == [SlotKind.RESULT] * 2


def test_one_buffer_returned_twice_becomes_two() -> None:
    made = plan(alloc(2), dispatch(0, 1, 2), returned(2, 2), results=2)
    assert shape_of(made) == "DBC"
    assert made.results[0].slot != made.results[1].slot


def test_reshapes_share_a_slot() -> None:
    code = [alloc(2), dispatch(0, 1, 2), SEQUENCER.encode("reshape", 2, (2, 2), 3), returned(3)]
    made = plan_of(one_function(code, [VECTOR] * 2, [SQUARE], executables=[binary_executable("mul_f")]))
    assert len(made.slots) == 3
    assert made.results[0].type.shape == (2, 2)


STACK = SEQUENCER.encode("alloc_stack", (128,), 10)


def slice_(source: int, offset: int, result: int) -> bytes:
    return SEQUENCER.encode("static_slice", F32.number, (4,), source, (offset,), result)


def test_slices_of_the_stack_are_views_of_one_slot() -> None:
    code = [
        STACK,
        slice_(10, 0, 2),
        dispatch(0, 1, 2),
        slice_(10, 64, 3),
        dispatch(0, 1, 3),
        alloc(4),
        dispatch(2, 3, 4),
    ]
    made = plan(*code, returned(4))
    assert shape_of(made) == "DDBD"
    assert kinds(made)[2:] == [SlotKind.STACK, SlotKind.RESULT]
    last = commands(made)[-1]
    assert isinstance(last, Dispatch)
    assert [(view.slot, view.offset) for view in last.bindings] == [(2, 0), (2, 64), (3, 0)]


def test_memory_that_is_used_again_is_waited_for() -> None:
    code = [
        STACK,
        slice_(10, 0, 2),
        dispatch(0, 1, 2),
        alloc(4),
        dispatch(2, 1, 4),
        slice_(10, 0, 3),
        dispatch(0, 1, 3),
    ]
    assert shape_of(plan(*code, alloc(5), dispatch(3, 1, 5), returned(4, 5), results=2)) == "DBDBDBD"


def test_the_bytecodes_barriers_stay() -> None:
    barrier = SEQUENCER.encode("barrier")
    code = [
        barrier,
        alloc(2),
        dispatch(0, 1, 2),
        barrier,
        barrier,
        alloc(3),
        dispatch(0, 1, 3),
        barrier,
        returned(2, 3),
    ]
    assert shape_of(plan(*code, results=2)) == "DBD"


def test_what_a_result_lies_in_may_serve_before() -> None:
    code = [alloc(3), slice_(3, 0, 2), dispatch(0, 1, 2), alloc(4), dispatch(2, 1, 4), dispatch(4, 1, 3), returned(3)]
    made = plan(*code)
    assert shape_of(made) == "DBDBD"
    assert kinds(made)[2:] == [SlotKind.RESULT, SlotKind.TRANSIENT]


def test_a_part_of_a_buffer_is_copied_before_it_is_returned() -> None:
    big = SEQUENCER.encode("alloc_heap", F32.number, (8,), 3)
    made = plan(big, slice_(3, 16, 2), dispatch(0, 1, 2), returned(2))
    assert shape_of(made) == "DBC"
    assert commands(made)[-1][:5] == (2, 16, 3, 0, 16)


def test_the_stack_is_never_handed_out() -> None:
    """Neither to the user nor to a caller, whose next call has its stack in the same place."""
    code = [STACK, slice_(10, 0, 2), dispatch(0, 1, 2), returned(2)]
    assert kinds(plan(*code))[2:] == [SlotKind.STACK, SlotKind.RESULT]
    inner = [SEQUENCER.encode("alloc_stack", (16,), 1), slice_(1, 0, 2), dispatch(0, 0, 2), returned(2)]
    g = Function("g", [VECTOR], [VECTOR], ["x"], None, 3, b"".join(inner))
    calls = [SEQUENCER.encode("call", 1, (0,), (local,)) for local in (1, 2)]
    body = [STACK, *calls, alloc(3), dispatch(1, 2, 3), returned(3)]
    f = Function("f", [VECTOR], [VECTOR], ["x"], None, 16, b"".join(body))
    made = plan_of(Module("m", [f, g], [binary_executable("mul_f")]))
    assert shape_of(made) == "DBCBDBCBD"
    (stack,) = [slot for slot in made.slots if slot.kind is SlotKind.STACK]
    assert stack.byte_length == 128 + 64  # what is behind its caller's is shared by both calls
    places = [c.written[0].offset for c in commands(made) if isinstance(c, Dispatch)]
    assert places == [128, 128, 0]


def test_commands_write_into_what_they_are_given() -> None:
    inner = dispatch(0, 1, 2) + SEQUENCER.encode("barrier") + dispatch(2, 1, 3) + returned()
    g = Function("g", [VECTOR] * 4, [], ["x", "y", "s", "r"], None, 4, inner, donated=[2, 3])
    code = [STACK, slice_(10, 0, 2), alloc(3), SEQUENCER.encode("execute", 1, (0, 1, 2, 3)), returned(3)]
    f = Function("f", [VECTOR] * 2, [VECTOR], ["x", "y"], None, 16, b"".join(code))
    made = plan_of(Module("m", [f, g], [binary_executable("mul_f")]))
    assert shape_of(made) == "DBD"
    assert kinds(made)[2:] == [SlotKind.STACK, SlotKind.RESULT]


def test_what_callers_give_up_is_known() -> None:
    function = Function("f", [VECTOR] * 2, [VECTOR], ["x", "y"], None, 2, dispatch(1, 1, 0) + returned(0), donated=[0])
    made = plan_of(Module("m", [function], [binary_executable("mul_f")]))
    assert made.donated == (0,)
    assert shape_of(made) == "DBC"  # a result is not an argument's memory


def test_what_is_stored_leaves_the_stack() -> None:
    code = [STACK, slice_(10, 0, 2), dispatch(0, 0, 2), SEQUENCER.encode("global_store", 0, 2), slice_(10, 0, 3)]
    module = one_function(
        [*code, dispatch(0, 2, 3), alloc(4), dispatch(3, 3, 4), returned(4)], [VECTOR], [VECTOR],
        executables=[binary_executable("mul_f")], constants=[np.zeros(4, np.float32)],
    )  # fmt: skip
    made = plan_of(dataclasses.replace(module, variables=[Variable("v", 0)]))
    copies = [command for command in commands(made) if isinstance(command, Copy)]
    assert made.slots[copies[0].source].kind is SlotKind.STACK
    assert made.slots[copies[1].target].kind is SlotKind.VARIABLE
    assert copies[1].source == copies[0].target


def test_empty_copies_are_dropped() -> None:
    empty = Type(F32, (0,))
    assert plan_of(one_function([returned(0)], [empty], [empty])).steps == ()


def test_calls_are_inlined() -> None:
    square = Function("square", [VECTOR], [VECTOR], ["x"], None, 2, alloc(1) + dispatch(0, 0, 1) + returned(1))
    call = SEQUENCER.encode("call", 1, (0,), (1,)) + SEQUENCER.encode("call", 1, (1,), (2,)) + returned(2)
    fourth = Function("fourth", [VECTOR], [VECTOR], ["x"], None, 3, call)
    made = plan_of(Module("m", [fourth, square], [binary_executable("mul_f")]))
    assert shape_of(made) == "DBD"
    assert kinds(made) == [SlotKind.ARGUMENT, SlotKind.TRANSIENT, SlotKind.RESULT]


def test_a_call_that_returns_its_argument() -> None:
    same = Function("same", [VECTOR], [VECTOR], ["x"], None, 1, returned(0))
    caller = Function("f", [VECTOR], [VECTOR], ["x"], None, 2, SEQUENCER.encode("call", 1, (0,), (1,)) + returned(1))
    (command,) = commands(plan_of(Module("m", [caller, same])))
    assert isinstance(command, Copy)


def test_too_many_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bytecode_dispatch, "MAX_COMMANDS", 2)
    with pytest.raises(ResourceExhausted, match="more than 2 commands"):
        plan(alloc(2), dispatch(0, 1, 2), dispatch(0, 1, 2), dispatch(0, 1, 2), returned(2))


def test_barriers_have_no_fields() -> None:
    assert Barrier() == ()


I1, I32 = Type(from_name("i1"), ()), Type(from_name("i32"), ())
FLAG = Function("flag", [VECTOR], [I1], ["x"], None, 2, SEQUENCER.encode("alloc_heap", 1, (), 1) + returned(1))
SQUARE_OF = Function("square", [VECTOR], [VECTOR], ["x"], None, 2, alloc(1) + dispatch(0, 0, 1) + returned(1))
SAME = Function("same", [VECTOR], [VECTOR], ["x"], None, 1, returned(0))


def letters(steps: Steps) -> str:
    """The commands of steps, a letter each; W{iterations | endings} and C{branches} for control flow."""

    def of(step: Step) -> str:
        match step:
            case Run():
                return "".join(type(command).__name__[0] for command in step.commands)
            case While():
                rows = (";".join(map(letters, rows)) for rows in (step.iterations, step.endings))
                return f"W{step.trip_count or ''}{{{'|'.join(rows)}}}"
            case Case():
                return f"C{{{';'.join(map(letters, step.branches))}}}"
            case HostCall():
                return "H"
        raise AssertionError(step)

    return " ".join(map(of, steps))


def control(*code: bytes, callees: tuple[Function, ...] = (FLAG, SQUARE_OF, SAME)) -> Plan:
    """The plan of @f(x0: 4xf32, x1: i32) -> 4xf32, before the functions 1, 2 and 3."""
    f = Function("f", [VECTOR, I32], [VECTOR], ["x", "i"], None, 16, b"".join(code))
    return plan_of(Module("m", [f, *callees], [binary_executable("mul_f")]))


def test_a_loop_moves_between_two_buffers_without_a_copy() -> None:
    made = control(SEQUENCER.encode("while", 1, 2, (), (0,), (), (2,)), returned(2))
    assert letters(made.steps) == "C W{BD;BD|BC;}"
    (loop,) = [step for step in made.steps if isinstance(step, While)]
    assert [made.slots[view.slot].on_host for view in loop.predicates] == [True] * 3


def test_a_loop_that_hands_on_what_it_got_copies_nothing() -> None:
    made = control(SEQUENCER.encode("while", 1, 3, (), (0,), (), (2,)), returned(2))
    assert letters(made.steps) == "C W{;|;}"


def test_a_loop_begins_with_what_nobody_else_needs() -> None:
    made = [alloc(2), dispatch(0, 0, 2)]
    loop = SEQUENCER.encode("while", 1, 2, (), (2,), (), (3,))
    assert letters(control(*made, loop, returned(3)).steps) == "D W{BD;BD|BC;}"
    later = [loop, alloc(4), dispatch(2, 3, 4)]
    assert letters(control(*made, *later, returned(4)).steps).startswith("DBC W{")
    part = SEQUENCER.encode("static_slice", F32.number, (4,), 2, (0,), 5)
    used = [loop, alloc(4), dispatch(5, 3, 4)]
    assert letters(control(*made, part, *used, returned(4)).steps).startswith("DBC W{")
    twice = SEQUENCER.encode("while", 1, 2, (), (2,), (2,), (3,))
    two = Function("two", [VECTOR] * 2, [VECTOR], ["x", "y"], None, 3, alloc(2) + dispatch(0, 1, 2) + returned(2))
    flag = Function(
        "flag", [VECTOR] * 2, [I1], ["x", "y"], None, 3, SEQUENCER.encode("alloc_heap", 1, (), 2) + returned(2)
    )
    assert letters(control(*made, twice, returned(3), callees=(flag, two)).steps).startswith("DBC W{")


def test_what_a_caller_has_is_copied_into_a_loop() -> None:
    loop = SEQUENCER.encode("while", 1, 2, (), (0,), (), (1,)) + returned(1)
    inner = Function("inner", [VECTOR], [VECTOR], ["x"], None, 2, loop)
    code = [alloc(2), dispatch(0, 0, 2), SEQUENCER.encode("call", 3, (2,), (3,)), alloc(4), dispatch(2, 3, 4)]
    made = control(*code, returned(4), callees=(FLAG, SQUARE_OF, inner))
    assert letters(made.steps).startswith("DBC W{")


def test_a_counted_loop_asks_nobody() -> None:
    made = control(SEQUENCER.encode("while", 1, 2, (5,), (0,), (), (2,)), returned(2))
    assert letters(made.steps) == "C W5{BD;BD|BC;}"


def test_loops_of_one_and_no_turns_are_none() -> None:
    assert letters(control(SEQUENCER.encode("while", 1, 2, (1,), (0,), (), (2,)), returned(2)).steps) == "D"
    assert letters(control(SEQUENCER.encode("while", 1, 2, (0,), (0,), (), (2,)), returned(2)).steps) == "C"


def test_branches_write_one_buffer() -> None:
    made = control(SEQUENCER.encode("case", 1, (2, 3, 2), (0,), (2,)), returned(2))
    assert letters(made.steps) == "C{D;BC;BD}"
    assert kinds(made) == [SlotKind.ARGUMENT, SlotKind.ARGUMENT, SlotKind.RESULT]


def test_a_constant_that_decides_is_copied_to_where_the_host_reads() -> None:
    constant = SEQUENCER.encode("constant", 0, 2)
    code = [constant, SEQUENCER.encode("case", 2, (1,), (0,), (3,)), returned(3)]
    f = Function("f", [VECTOR], [VECTOR], ["x"], None, 16, b"".join(code))
    made = plan_of(Module("m", [f, SAME], constants=[Constant(np.array(1, np.int32))]))
    assert letters(made.steps) == "C C{BC}"


def test_loops_that_nest_deep_copy_instead() -> None:
    loops = [SQUARE_OF]
    for number in range(3):
        code = SEQUENCER.encode("while", 1, 2 + number, (), (0,), (), (1,)) + returned(1)
        loops.append(Function(f"loop{number}", [VECTOR], [VECTOR], ["x"], None, 2, code))
    made = control(SEQUENCER.encode("while", 1, 5, (), (0,), (), (2,)), returned(2), callees=(FLAG, *loops))
    assert letters(made.steps).count("D") == 4  # two loops of two iterations each, and no more
    assert letters(made.steps).count("{BDBC|}") == 4


def test_the_host_is_called_between_runs() -> None:
    call = SEQUENCER.encode("custom_call", 0, (0, 2), (3,), b"config")
    code = [alloc(2), dispatch(0, 1, 2), alloc(3), call, alloc(4), dispatch(3, 1, 4), returned(4)]
    module = one_function(code, [VECTOR] * 2, [VECTOR], executables=[binary_executable("mul_f")])
    plan = plan_of(dataclasses.replace(module, imports=["mine"]))
    first, step, last = plan.steps
    assert isinstance(first, Run) and isinstance(last, Run) and isinstance(step, HostCall)
    assert (step.imported, step.config, step.function) == (0, "config", "f")
    assert [view.slot for view in (*step.inputs, *step.outputs)] == [0, 2, 3]
    assert [slot.on_host for slot in plan.slots] == [True, False, True, True, False]
