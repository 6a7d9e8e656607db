"""Plans compute what the bytecode says, instruction by instruction, however they lay out memory."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from iree.hal.cts.interp_executables import tensor
from iree.hal.interpreter.decode import Source, decode
from iree.hal.interpreter.plan import CALL_WORK, Plan
from iree.hal.interpreter.tensor_type import TensorType
from iree.hal.interpreter.testing.evaluate import evaluate, type_of
from iree.schemas.interpreter_bytecode import INTERPRETER

encode = INTERPRETER.encode
I32, F32 = tensor("i32").element_type, tensor("f32").element_type


def planned(arguments: list[TensorType], *code: bytes) -> Plan:
    types = [(argument.element_type.number, argument.shape) for argument in arguments]
    return Plan(decode(Source("f", types, 64, b"".join(code) + encode("return"), [])))


def run(plan: Plan, *arrays: np.ndarray) -> None:
    for action in plan.bind(arrays):
        action()


def test_plan_runs_as_often_as_it_is_bound() -> None:
    v4 = tensor("4xi32")
    plan = planned([v4, v4], encode("alloc_heap", I32.number, (4,), 2), encode("abs_i", 0, 2), encode("add_i", 2, 2, 1))
    x, out = np.array([-1, 2, -3, 4], np.int32), np.zeros(4, np.int32)
    actions = plan.bind([x, out])
    for factor in (1, 10):
        x[:] = np.array([-1, 2, -3, 4]) * factor
        for action in actions:
            action()
        assert out.tolist() == [2 * factor, 4 * factor, 6 * factor, 8 * factor]


def test_one_instruction_is_one_call() -> None:
    v4 = tensor("4xi32")
    assert len(planned([v4, v4, v4], encode("mul_i", 0, 1, 2)).bind([np.zeros(4, np.int32)] * 3)) == 1


def test_written_arguments_are_known() -> None:
    v4 = tensor("4xi32")
    plan = planned([v4, v4, v4], encode("reshape", 2, (2, 2), 3), encode("abs_i", 0, 1), encode("iota", (0,), 3))
    assert plan.written == (1, 2)


def test_constant_that_was_reshaped_and_broadcast_is_still_known() -> None:
    """A maximum with a known zero needs no look at the signs of zeros, so it is right all the same."""
    f4, f32 = tensor("4xf32"), tensor("f32").element_type.number
    plan = planned(
        [f4, f4],
        encode("constant", f32, (1,), bytes(4), 2),
        encode("reshape", 2, (), 3),
        encode("alloc_heap", f32, (4,), 4),
        encode("broadcast_in_dim", 3, (), 4),
        encode("max_f", 0, 4, 1),
    )
    out = np.zeros(4, np.float32)
    run(plan, np.array([-0.0, -1, 2, math.nan], np.float32), out)
    assert [str(float(v)) for v in out] == ["0.0", "0.0", "2.0", "nan"]


def test_threads_do_not_share_temporaries() -> None:
    kind = TensorType(I32, (1000,))
    code = [encode("alloc_heap", I32.number, (1000,), 2), encode("copy", 0, 1)]
    code += [encode("mul_i", 0, 0, 2), encode("add_i", 2, 1, 2), encode("add_i", 2, 2, 1)]
    plan = planned([kind, kind], *code)

    def work(seed: int) -> bool:
        x, out = np.full(1000, seed, np.int32), np.zeros(1000, np.int32)
        actions = plan.bind([x, out])
        for _ in range(50):
            for action in actions:
                action()
        return bool((out == 2 * (seed * seed + seed)).all())

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(8)))


SHAPES = [(2, 3), (3, 2), (6,)]
BINARY = ["add_i", "mul_i", "xor", "max_i_s"]


@st.composite
def programs(draw: st.DrawFn) -> list[tuple[str, list[int], int, tuple[int, ...]]]:
    """Steps on locals: 0 and 1 come in, 2 goes out, from 3 on there are temporaries, some of them written again."""
    shapes = {0: (2, 3), 1: (6,)}
    steps: list[tuple[str, list[int], int, tuple[int, ...]]] = []
    temporaries: list[int] = []
    for number in range(3, draw(st.integers(4, 14))):
        source = draw(st.sampled_from(sorted(shapes)))
        shape = shapes[source]
        match draw(st.integers(0, 4)):
            case 0:
                step = ("reshape", [source], number, draw(st.sampled_from(SHAPES)))
                shapes[number] = step[3]
            case 1 if len(shape) == 2:
                step = ("transpose", [source], number, (1, 0))
                shapes[number] = shape[::-1]
            case 2:
                step = ("reverse", [source], number, (0,))
                shapes[number] = shape
            case 3:
                step = ("copy", [source], number, ())
                shapes[number] = shape
            case _:
                other = draw(st.sampled_from([local for local in sorted(shapes) if shapes[local] == shape]))
                again = [local for local in temporaries if shapes[local] == shape]
                target = draw(st.sampled_from([number, *again]))
                step = (draw(st.sampled_from(BINARY)), [source, other], target, ())
                shapes[target] = shape
        if step[0] != "reshape" and step[2] == number:
            temporaries.append(number)
        steps.append(step)
    last = draw(st.sampled_from(sorted(shapes)))
    steps.append(("copy", [last], 2, ()))
    return steps


@settings(max_examples=300, deadline=None)
@given(programs())
def test_programs_compute_what_their_steps_compute(steps: list[tuple[str, list[int], int, tuple[int, ...]]]) -> None:
    """Against the same steps, each run alone on memory of its own; a reshape shares its source's."""
    x, y = np.arange(1, 7, dtype=np.int32).reshape(2, 3), np.arange(-3, 3, dtype=np.int32)
    arrays = {0: x, 1: y}
    code, defined = [], {0, 1, 2}
    for name, inputs, output, attribute in steps:
        if name == "reshape":
            arrays[output] = arrays[inputs[0]].reshape(attribute)
            code.append(encode(name, inputs[0], attribute, output))
            defined.add(output)
            continue
        shape = arrays[inputs[0]].shape[::-1] if name == "transpose" else arrays[inputs[0]].shape
        attributes = [attribute] if attribute else []
        result = evaluate(name, [arrays[local] for local in inputs], TensorType(I32, shape), *attributes)
        if output not in defined:
            code.append(encode("alloc_heap", I32.number, shape, output))
            defined.add(output)
            arrays[output] = result
        elif output == 2:
            arrays[output] = result
        else:
            arrays[output][...] = result
        code.append(encode(name, *inputs, *attributes, output))
    plan = planned([type_of(x), type_of(y), TensorType(I32, arrays[2].shape)], *code)
    out = np.zeros(arrays[2].shape, np.int32)
    for _ in range(2):
        run(plan, x.copy(), y.copy(), out)
        np.testing.assert_array_equal(out, arrays[2])


def test_work_grows_with_what_a_plan_touches_and_multiplies() -> None:
    def work(size: int, name: str) -> int:
        kind = TensorType(F32, (size, size))
        attributes = [(), (), (1,), (0,)] if name == "dot_general_f" else []
        return planned([kind, kind, kind], encode(name, 0, 1, *attributes, 2)).work

    assert work(4, "add_f") == CALL_WORK + 3 * 64
    assert work(1024, "add_f") == CALL_WORK + 3 * (4 << 20)
    assert work(1024, "dot_general_f") == CALL_WORK + 3 * (4 << 20) + 1024**3 // 2
