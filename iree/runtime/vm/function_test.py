import gc
import inspect
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from iree import runtime
from iree.hal.status import DataLoss, HalError
from iree.runtime import ArgumentError
from iree.runtime.system_api import BoundModule
from iree.runtime.vm.invocation import Invocation
from iree.schemas import element_types
from iree.schemas.abi import Abi, Fixed, to_text
from iree.schemas.file_format import ExecutableFormat
from iree.schemas.interpreter_bytecode import INTERPRETER
from iree.schemas.sequencer_bytecode import SEQUENCER
from iree.testing.hand_built import (
    F32,
    VECTOR,
    Constant,
    Executable,
    Function,
    Module,
    Type,
    binary_executable,
    interp_executable,
    interp_function,
    one_function,
    simple_mul,
    to_bytes,
)

A = np.array([1, 2, 3, 4], np.float32)
B = np.array([5, 6, 7, 8], np.float32)
SCALAR = Type(F32, ())
EVERY_DRIVER = pytest.mark.parametrize("driver", ["interpreter", "vulkan"])


def load(module: Module, driver: str = "interpreter") -> BoundModule:
    return runtime.load_vm_flatbuffer(to_bytes(module), driver=driver)


def code(*instructions: bytes) -> bytes:
    return b"".join(instructions)


def alloc(result: int, shape: tuple[int, ...] = (4,)) -> bytes:
    return SEQUENCER.encode("alloc_heap", F32.number, shape, result)


def dispatch(entry_point: int, *bindings: int) -> bytes:
    return SEQUENCER.encode("static_dispatch", (0, entry_point), (4, 1, 1), bindings[:-1], bindings[-1:])


def returned(*results: int) -> bytes:
    return SEQUENCER.encode("return", results)


def identity_module(of: Type, abi: Abi | None = None, count: int = 1, names: Sequence[str] | None = None) -> Module:
    """@f returns its arguments."""
    text = None if abi is None else to_text(abi)
    return one_function([returned(*range(count))], [of] * count, [of] * count, abi=text, names=names)


def identity(of: Type, abi: Abi | None = None, count: int = 1, names: Sequence[str] | None = None) -> runtime.Function:
    return load(identity_module(of, abi, count, names)).f


def test_positional_and_keyword_arguments() -> None:
    f = load(simple_mul()).simple_mul
    for result in (f(A, B), f(A, b=B), f(b=B, a=A)):
        assert isinstance(result, np.ndarray)
        np.testing.assert_array_equal(result, A * B)


def test_signature() -> None:
    f = load(simple_mul()).simple_mul
    signature = inspect.signature(f)
    assert str(signature) == "(a: 4xf32, b: 4xf32) -> 4xf32"
    assert signature.parameters["a"].annotation.shape == (4,)
    assert signature.parameters["a"].annotation.dtype == np.float32
    assert f.__doc__ is not None
    assert f.__doc__.startswith("simple_mul(a: 4xf32, b: 4xf32) -> 4xf32\n\nOf module math, on ")
    assert f.__name__ == "simple_mul"
    assert repr(f) == "<function simple_mul(a: 4xf32, b: 4xf32) -> 4xf32>"


def test_names_that_python_does_not_take() -> None:
    f = identity(SCALAR, count=5, names=["images:0", "lambda", "a", "a", ""])
    assert list(inspect.signature(f).parameters) == ["images_0", "_lambda", "a", "a_3", "arg4"]
    assert list(inspect.signature(identity(SCALAR, count=3, names=["a", "a_2", "a"])).parameters) == [
        "a",
        "a_2",
        "a_2_2",
    ]
    flat = f(1, 2, 3, 4, 5)
    assert [float(x) for x in flat] == [1, 2, 3, 4, 5]
    assert [float(x) for x in f(1, 2, a=3, a_3=4, arg4=5)] == [1, 2, 3, 4, 5]
    assert float(f(**{"images:0": 1, "lambda": 2, "a": 3, "a_3": 4, "arg4": 5})[0]) == 1


@pytest.mark.parametrize(
    ("args", "kwargs", "match"),
    [
        ((A,), {}, r"simple_mul takes 2 arguments \(a, b\), 'b' is missing"),
        ((), {}, r"takes 2 arguments \(a, b\), 'a', 'b' are missing"),
        ((A, B, A), {}, r"takes 2 arguments \(a, b\), 3 were given"),
        ((A,), {"c": B}, r"takes 2 arguments \(a, b\), none is named 'c'"),
        ((A, B), {"b": B}, r"takes 2 arguments \(a, b\), 'b' was given twice"),
        ((A, B[:3]), {}, r"simple_mul: argument 'b' has shape \(3,\), needs \(4,\) \(4xf32\)"),
        ((A.astype(np.float64), B), {}, r"simple_mul: argument 'a' has type float64, needs float32 \(4xf32\)"),
    ],
)
def test_wrong_calls_name_the_users_argument(args: tuple[object, ...], kwargs: dict[str, object], match: str) -> None:
    f = load(simple_mul()).simple_mul
    for _ in range(2):
        with pytest.raises(ArgumentError, match=match):
            f(*args, **kwargs)
    np.testing.assert_array_equal(f(A, B), A * B)


def test_python_numbers() -> None:
    f = load(simple_mul()).simple_mul
    np.testing.assert_array_equal(f([1, 2, 3, 4], (0.5, 0.5, 0.5, 0.5)), [0.5, 1, 1.5, 2])


def test_dlpack_out() -> None:
    result = np.from_dlpack(load(simple_mul()).simple_mul(A, B))
    np.testing.assert_array_equal(result, A * B)


NESTED = Abi({"x": 2, "options": {"scale": 0, "shifts": [1, (3, None)]}}, ({"a": 1, "b": [0]}, (3,), 2, None))


def test_nested_arguments_and_results() -> None:
    f = identity(SCALAR, NESTED, 4)
    result = f(2, {"scale": 0, "shifts": [1, (3, None)]})
    assert result == ({"a": 1, "b": [0]}, (3,), 2, None)
    assert isinstance(result[0]["a"], np.ndarray)
    assert f(options={"scale": 0, "shifts": (1, [3, None])}, x=2) == result
    signature = "(x: f32, options: {'scale': f32, 'shifts': [f32, (f32, None)]})"
    assert str(inspect.signature(f)).startswith(signature)


def test_fixed_arguments_may_be_left_out() -> None:
    options = {"method": Fixed("nearest"), "size": None}
    abi = Abi({"training": Fixed(False), "x": 0, "scale": Fixed(2.0), "options": options}, 0)
    f = identity(SCALAR, abi)
    assert f(x=3) == f(False, 3) == f(False, 3, 2.0, {"method": "nearest", "size": None}) == 3
    assert (
        str(f.__signature__)
        == "(training: False, x: f32, scale=2.0, options={'method': 'nearest', 'size': None}) -> f32"
    )
    with pytest.raises(ArgumentError, match=r"argument 'training' is True, but False is what it was compiled"):
        f(True, 3)
    with pytest.raises(ArgumentError, match=r"'options'\['method'\] is of type ndarray, but 'nearest' is what"):
        f(False, 3, options={"method": np.zeros(2), "size": None})
    with pytest.raises(ArgumentError, match=r"takes 4 arguments .*, 'x' is missing"):
        f(False)


def test_flat_arguments_of_a_nested_function() -> None:
    f = identity(SCALAR, NESTED, 4)
    assert [float(x) for x in f.invoke([0, 1, 2, 3])] == [0, 1, 2, 3]
    with pytest.raises(ArgumentError, match=r"f takes 4 arguments \('options'\['scale'\], .*, 'x', .*, 1 were given"):
        f.invoke([0])


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ([], r"f: argument 'options' is of type list, needs a dict with the keys \['scale', 'shifts'\]"),
        ({"scale": 0}, r"argument 'options' has the keys \['scale'\], needs"),
        ({"scale": 0, "shifts": 1}, r"argument 'options'\['shifts'\] is of type int, needs a list of 2"),
        ({"scale": 0, "shifts": [1]}, r"argument 'options'\['shifts'\] has 1 items, needs a list of 2"),
        ({"scale": 0, "shifts": [1, (3, 4)]}, r"argument 'options'\['shifts'\]\[1\]\[1\] is of type int, needs None"),
        ({"scale": 0, "shifts": [1, ([3], None)]}, r"f: argument 'options'\['shifts'\]\[1\]\[0\] has shape \(1,\)"),
    ],
)
def test_errors_in_nested_arguments_name_the_path(options: object, match: str) -> None:
    with pytest.raises(ArgumentError, match=match):
        identity(SCALAR, NESTED, 4)(2, options)


def test_no_results() -> None:
    assert load(one_function([returned()])).f() is None


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (1, 1, 1, 1, 1, 1), (3, 2)])
@pytest.mark.parametrize("name", ["f32", "i1", "bf16", "i64", "complex<f64>"])
@EVERY_DRIVER
def test_every_shape_and_type_passes_through(shape: tuple[int, ...], name: str, driver: str) -> None:
    element_type = element_types.from_name(name)
    value = np.ones(shape).astype(element_type.dtype)
    result = load(identity_module(Type(element_type, shape)), driver).f(value)
    assert result.dtype == element_type.dtype
    assert result.shape == shape
    np.testing.assert_array_equal(result, value)


@EVERY_DRIVER
def test_results_share_no_memory(driver: str) -> None:
    """Neither with arguments, nor with constants, with each other, or with what a later call gives."""
    constant = SEQUENCER.encode("constant", 0, 1)
    f = load(one_function([constant, returned(0, 0, 1)], [VECTOR], [VECTOR] * 3, constants=[B]), driver).f
    given = A.copy()
    first = f(given)
    for array in first:
        array[:] = 0
    np.testing.assert_array_equal(given, A)
    second = f(given)
    for array, expected in zip(second, (A, A, B), strict=True):
        np.testing.assert_array_equal(array, expected)
    for array in first:
        assert not array.any()


def test_inputs_may_change_after_the_call() -> None:
    f, given = identity(VECTOR), A.copy()
    result = f(given)
    given[:] = 0
    np.testing.assert_array_equal(result, A)


def test_inputs_of_any_layout() -> None:
    f = identity(Type(F32, (3, 4)))
    value = np.arange(12, dtype=np.float32).reshape(4, 3).T
    np.testing.assert_array_equal(f(value), value)
    np.testing.assert_array_equal(f(value[::-1, ::-1]), value[::-1, ::-1])
    frozen = value.copy()
    frozen.flags.writeable = False
    np.testing.assert_array_equal(f(frozen), value)


@EVERY_DRIVER
def test_copies_and_reshapes(driver: str) -> None:
    """@f(x, y) is x[1:4] and y[0:3] in two rows."""
    instructions = [
        alloc(2, (6,)),
        SEQUENCER.encode("static_copy", 0, (4,), 2, (0,), (12,)),
        SEQUENCER.encode("static_copy", 1, (0,), 2, (12,), (12,)),
        SEQUENCER.encode("reshape", 2, (2, 3), 3),
        returned(3),
    ]
    f = load(one_function(instructions, [VECTOR] * 2, [Type(F32, (2, 3))]), driver).f
    np.testing.assert_array_equal(f(A, B), [A[1:], B[:3]])


def test_a_chain_of_dispatches_with_a_constant_and_a_call() -> None:
    """@f(x) = square(square(x)) + B"""
    square = Function(
        "square", [VECTOR], [VECTOR], ["x"], None, 2, code(alloc(1), dispatch(0, 0, 0, 1), returned(1)), exported=False
    )
    body = code(
        SEQUENCER.encode("call", 1, (0,), (1,)),
        SEQUENCER.encode("call", 1, (1,), (2,)),
        SEQUENCER.encode("constant", 0, 3),
        alloc(4),
        dispatch(1, 2, 3, 4),
        returned(4),
    )
    f = Function("f", [VECTOR], [VECTOR], ["x"], None, 5, body)
    module = load(Module("m", [f, square], [binary_executable("mul_f", "add_f")], [Constant(B)]))
    assert list(module) == ["f"]
    for _ in range(3):
        np.testing.assert_array_equal(module.f(A), A**4 + B)


def test_errors_of_the_device_name_the_source() -> None:
    """The dispatch binds one buffer too few."""
    body = code(alloc(2), dispatch(0, 0, 2), returned(2))
    f = Function("f", [VECTOR], [VECTOR], ["x"], None, 3, body, locations=[(0, "m.mlir:7:1"), (14, "m.mlir:8:3")])
    module = load(Module("m", [f], [binary_executable("mul_f")]))
    with pytest.raises(HalError, match=r"^@f at m\.mlir:8:3: mul_f takes 3 buffers"):
        module.f(A)


def test_a_dispatch_cannot_write_what_it_says_to_read() -> None:
    for written in (0, 1):
        lies = SEQUENCER.encode("static_dispatch", (0, 0), (4, 1, 1), (2, 2, written), ())
        body = [SEQUENCER.encode("constant", 0, 1), alloc(2), lies, returned(2)]
        module = one_function(body, [VECTOR], [VECTOR], executables=[binary_executable("mul_f")], constants=[B])
        given = A.copy()
        with pytest.raises(HalError, match=r"^@f: mul_f writes binding 2, .* READ|not allow WRITE"):
            load(module).f(given)
        np.testing.assert_array_equal(given, A)


def test_executables_that_are_damaged() -> None:
    executable = Executable("ex", ["main"], [(ExecutableFormat.INTERP, b"\x08\0\0\0IREEjunkjunkjunk")])
    body = [alloc(1), dispatch(0, 0, 1), returned(1)]
    with pytest.raises(DataLoss, match="ex"):
        load(one_function(body, [VECTOR], [VECTOR], executables=[executable])).f(A)


@EVERY_DRIVER
def test_many_threads(driver: str) -> None:
    f, failures = load(identity_module(VECTOR), driver).f, []

    def work(number: int) -> None:
        x = np.full(4, number, np.float32)
        for _ in range(100):
            if not np.array_equal(f(x), x):
                failures.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_buffers_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def counted(*args: Any) -> Invocation:
        made.append(args)
        return Invocation(*args)

    monkeypatch.setattr("iree.runtime.vm.specialization.Invocation", counted)
    f = load(simple_mul()).simple_mul
    for _ in range(10):
        f(A, B)
    with pytest.raises(ArgumentError):
        f(A, None)
    f(A, B)
    assert len(made) == 1


def test_calls_at_once_take_queues_in_turn() -> None:
    functions = [load(simple_mul()).simple_mul for _ in range(8)]
    for function in functions:
        np.testing.assert_array_equal(function(A, B), A * B)
    used = {function._fixed._idle[0]._queue for function in functions}
    assert used == set(functions[0].device.dispatch_queues)


def test_modules_are_freed() -> None:
    function = load(simple_mul()).simple_mul
    function(A, B)
    assert function._fixed is not None
    invocations = function._fixed._idle
    del function
    gc.collect()
    assert len(gc.get_referrers(invocations)) <= 1


def test_what_a_dispatch_reads_may_be_an_argument_of_any_rank() -> None:
    of = Type(F32, (2, 2))
    negate = interp_executable(
        "neg", [interp_function("neg", [of, of], 2, INTERPRETER.encode("neg_f", 0, 1) + INTERPRETER.encode("return"))]
    )
    body = [alloc(1, (2, 2)), dispatch(0, 0, 1), returned(1)]
    f = load(one_function(body, [of], [of], executables=[negate])).f
    np.testing.assert_array_equal(f([[1, 2], [3, 4]]), [[-1, -2], [-3, -4]])
