"""Programs as Python classes over the HAL, on every driver: what the VM computes, and what NumPy does."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import iree.runtime
from iree.hal.buffer_view import BufferView
from iree.hal.device import Device
from iree.hal.fence import FenceValue
from iree.hal.semaphore import SemaphoreValue
from iree.hal.status import InvalidArgument, NotFound
from iree.schemas.element_types import from_dtype
from iree.testing.generated_python import Generated, device_of, generate
from test.e2e.programs import DRIVERS

EVERY_DRIVER = pytest.mark.parametrize("driver", DRIVERS)

SIMPLE_MUL = """
func.func @simple_mul(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.multiply %a, %b : tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""
STATE = """
ml_program.global private mutable @v(dense<[1, 2]> : tensor<2xi32>) : tensor<2xi32>
ml_program.global private mutable @w(dense<[3, 4]> : tensor<2xi32>) : tensor<2xi32>
func.func @swap() -> tensor<2xi32> {
  %v = ml_program.global_load @v : tensor<2xi32>
  %w = ml_program.global_load @w : tensor<2xi32>
  ml_program.global_store @v = %w : tensor<2xi32>
  ml_program.global_store @w = %v : tensor<2xi32>
  return %v : tensor<2xi32>
}
"""
STATE_IN_BRANCHES = """
ml_program.global private mutable @v(dense<1> : tensor<i32>) : tensor<i32>
func.func @f(%n: tensor<i32>, %set: tensor<i1>) -> (tensor<i32>, tensor<i32>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %before = ml_program.global_load @v : tensor<i32>
  %0 = stablehlo.while(%i = %zero) : tensor<i32>
   cond {
    %1 = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  } do {
    %1 = ml_program.global_load @v : tensor<i32>
    %2 = stablehlo.add %1, %1 : tensor<i32>
    ml_program.global_store @v = %2 : tensor<i32>
    %3 = stablehlo.add %i, %one : tensor<i32>
    stablehlo.return %3 : tensor<i32>
  }
  "stablehlo.if"(%set) ({
    ml_program.global_store @v = %one : tensor<i32>
    stablehlo.return
  }, {
    stablehlo.return
  }) : (tensor<i1>) -> ()
  %after = ml_program.global_load @v : tensor<i32>
  return %before, %after : tensor<i32>, tensor<i32>
}
"""
HOST_CALLS = """
func.func @f(%n: tensor<i32>, %c: tensor<3xf32>) -> (tensor<i32>, tensor<3xf32>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %0:2 = stablehlo.while(%i = %zero, %x = %c) : tensor<i32>, tensor<3xf32>
   cond {
    %1 = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  } do {
    %1:2 = stablehlo.custom_call @step(%i, %x) {backend_config = "by=2"}
      : (tensor<i32>, tensor<3xf32>) -> (tensor<i32>, tensor<3xf32>)
    %2 = stablehlo.add %1#0, %one : tensor<i32>
    stablehlo.return %2, %1#1 : tensor<i32>, tensor<3xf32>
  }
  %k = stablehlo.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  stablehlo.custom_call @done(%k, %0#1, %n) : (tensor<3xf32>, tensor<3xf32>, tensor<i32>) -> ()
  return %0#0, %0#1 : tensor<i32>, tensor<3xf32>
}
"""
UNTIL = """
func.func @NAME(%x: tensor<2xf32>) -> tensor<2xf32> {
  %most = stablehlo.constant dense<10.0> : tensor<f32>
  %0 = stablehlo.while(%a = %x) : tensor<2xf32>
    cond {
      %zero = stablehlo.constant dense<0.0> : tensor<f32>
      %sum = stablehlo.reduce(%a init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<2xf32>, tensor<f32>) -> tensor<f32>
      %less = stablehlo.compare LT, %sum, %most : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %less : tensor<i1>
    } do {
      %b = stablehlo.add %a, %a : tensor<2xf32>
      stablehlo.return %b : tensor<2xf32>
    }
  return %0 : tensor<2xf32>
}
"""  # noqa: E501
OF_ANY_SIZE = """
func.func @NAME(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = stablehlo.OP %x : tensor<?xf32>
  return %0 : tensor<?xf32>
}
"""
DYNAMIC = """
func.func @predict(%x: tensor<?x8xf32>, %w: tensor<8x3xf32>) -> tensor<?x3xf32> {
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0]
    : (tensor<?x8xf32>, tensor<8x3xf32>) -> tensor<?x3xf32>
  %1 = stablehlo.tanh %0 : tensor<?x3xf32>
  %2 = stablehlo.dot_general %1, %w, contracting_dims = [1] x [1]
    : (tensor<?x3xf32>, tensor<8x3xf32>) -> tensor<?x8xf32>
  %3 = stablehlo.dot_general %2, %w, contracting_dims = [1] x [0]
    : (tensor<?x8xf32>, tensor<8x3xf32>) -> tensor<?x3xf32>
  return %3 : tensor<?x3xf32>
}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("generated")


def made(text: str, folder: Path) -> Generated:
    name = folder / str(abs(hash(text)))
    name.mkdir(exist_ok=True)
    return generate(text, name)


def views(driver: str, arrays: Sequence[np.ndarray]) -> list[BufferView]:
    """Arrays on the device of a driver."""
    found = []
    for array in arrays:
        view = BufferView.allocate(device_of(driver).allocator, array.shape, from_dtype(array.dtype))
        view.write(array)
        found.append(view)
    return found


@EVERY_DRIVER
def test_variables_that_change_places(driver: str, folder: Path) -> None:
    module = made(STATE, folder).create(driver)
    for expected in ([1, 2], [3, 4], [1, 2]):
        np.testing.assert_array_equal(module.swap(), expected)


@EVERY_DRIVER
def test_variables_in_loops_and_branches(driver: str, folder: Path) -> None:
    program = made(STATE_IN_BRANCHES, folder)
    module = program.create(driver)
    vm = iree.runtime.load_vm_flatbuffer(program.module_file, driver=driver)
    for n, must_set in ((0, False), (3, False), (1, True), (2, False), (0, True)):
        arguments = np.asarray(n, np.int32), np.asarray(must_set)
        np.testing.assert_array_equal(module.f(*arguments), vm.f(*arguments))


@EVERY_DRIVER
def test_functions_of_the_host(driver: str, folder: Path) -> None:
    seen: list[Any] = []

    def step(i: np.ndarray, x: np.ndarray, config: str) -> Any:
        assert config == "by=2" and not x.flags.writeable
        return i, x * 2 + np.float32(i)

    calls = {"step": step, "done": lambda *values: seen.append([value.tolist() for value in values])}
    module = made(HOST_CALLS, folder).create(driver, calls)
    for n in (0, 3):
        count, x = module.f(np.asarray(n, np.int32), np.float32([1, 2, 3]))
        assert count == n
        expected = np.float32([1, 2, 3])
        for i in range(n):
            expected = expected * 2 + np.float32(i)
        np.testing.assert_array_equal(x, expected)
        assert seen.pop() == [[1, 2, 3], expected.tolist(), n]


def test_wrong_functions_of_the_host(folder: Path) -> None:
    program = made(HOST_CALLS, folder)
    with pytest.raises(NotFound, match="custom_calls has no step"):
        program.create("interpreter", {"done": print})
    arguments = np.asarray(1, np.int32), np.float32([1, 2, 3])
    for step, error in (
        (lambda i, x, config: i, "custom call @step of @f_while_0_body at .*returned 1 results, needs 2"),
        (lambda i, x, config: (i, x[:2]), r"result 1 is float32\[2\], needs 3xf32"),
    ):
        with pytest.raises(InvalidArgument, match=error):
            program.create("interpreter", {"step": step, "done": print}).f(*arguments)

    def fails(i: np.ndarray, x: np.ndarray, config: str) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as raised:
        program.create("interpreter", {"step": fails, "done": print}).f(*arguments)
    assert "custom call @step" in raised.value.__notes__[0]


@EVERY_DRIVER
def test_sizes_that_a_call_chooses(driver: str, folder: Path) -> None:
    module, random = made(DYNAMIC, folder).create(driver), np.random.default_rng(0)
    w = random.standard_normal((8, 3), np.float32)
    for batch in (5, 2, 0, 5, *range(1, 12)):
        x = random.standard_normal((batch, 8), np.float32)
        np.testing.assert_allclose(module.predict(x, w), np.tanh(x @ w) @ w.T @ w, rtol=1e-4, atol=1e-5)


def test_wrong_sizes(folder: Path) -> None:
    module = made(DYNAMIC, folder).create("interpreter")
    w = np.ones((8, 3), np.float32)
    with pytest.raises(InvalidArgument, match=r"predict takes x: \[d0\]x8xf32, w: 8x3xf32"):
        module.predict(np.ones(8, np.float32), w)
    with pytest.raises(InvalidArgument, match=r"float32\[2, 7\], needs 2x8xf32"):
        module.predict(np.ones((2, 7), np.float32), w)


def test_functions_called_like_what_a_class_has(folder: Path) -> None:
    names = ("fence", "calls", "f_async", "f", "__init__", "_fence", "create", "_x", "__x", "fence_views")
    module = made("".join(UNTIL.replace("NAME", name) for name in names), folder).create("interpreter")
    for name in ("fence", "calls", "f_async", "f_", "_init__", "_fence__", "create_", "_x", "_x__", "fence_views"):
        for _ in range(2):
            assert getattr(module, name)(np.float32([1, 2])).tolist() == [4, 8], name


def test_functions_of_any_size_called_nearly_the_same(folder: Path) -> None:
    ops = {"a_b": ("negate", np.negative), "a__b": ("floor", np.floor), "calls": ("abs", np.abs)}
    text = "".join(OF_ANY_SIZE.replace("NAME", name).replace("OP", op) for name, (op, _) in ops.items())
    module = made(text, folder).create("interpreter")
    for name, (_, computed) in ops.items():
        for size in (3, 5):
            x = np.linspace(-2, 3, size, dtype=np.float32)
            np.testing.assert_array_equal(getattr(module, name)(x), computed(x), name)


@EVERY_DRIVER
def test_calls_that_wait_for_each_other(driver: str, folder: Path) -> None:
    device, module = device_of(driver), made(SIMPLE_MUL, folder).create(driver)
    a, b, c, d = views(
        driver, [np.arange(1, 5, dtype=np.float32), np.full(4, 2, np.float32), *[np.zeros(4, np.float32)] * 2]
    )
    semaphore, fence = device.create_semaphore(), device.create_fence()
    module.simple_mul_async(device, [SemaphoreValue(semaphore, 1)], a, b, c, [SemaphoreValue(semaphore, 2)], None)
    module.simple_mul_async(device, [SemaphoreValue(semaphore, 2)], c, b, d, (), FenceValue(fence, 1))
    assert fence.query() == 0
    semaphore.signal(1)
    fence.wait(1, timeout=60)
    np.testing.assert_array_equal(d.read(), [4, 8, 12, 16])


@EVERY_DRIVER
def test_a_call_that_decides_waits_for_its_semaphores(driver: str, folder: Path) -> None:
    device, module = device_of(driver), made(STATE_IN_BRANCHES, folder).create(driver)
    numbers = [np.asarray(3, np.int32), np.asarray(False), *[np.asarray(0, np.int32)] * 2]
    semaphore, fence = device.create_semaphore(), device.create_fence()
    threading.Timer(0.05, semaphore.signal, [1]).start()
    arguments = views(driver, numbers)
    module.f_async(
        device, [SemaphoreValue(semaphore, 1)], *arguments, [SemaphoreValue(semaphore, 2)], FenceValue(fence, 1)
    )
    semaphore.wait(2, timeout=60)
    fence.wait(1, timeout=60)
    assert [view.read() for view in arguments[2:]] == [1, 8]


def test_wrong_arguments(folder: Path) -> None:
    device, module = device_of("interpreter"), made(SIMPLE_MUL, folder).create("interpreter")
    one, two = np.ones(4, np.float32), np.ones((2, 2), np.float32)
    with pytest.raises(InvalidArgument, match=r"the array is float32\[2, 2\], needs 4xf32"):
        module.simple_mul(one, two)
    a, b, c = views("interpreter", [one, two, one])
    with pytest.raises(InvalidArgument, match="b is 2x2xf32, needs 4xf32"):
        module.simple_mul_async(device, (), a, b, c, (), None)
    with pytest.raises(InvalidArgument, match="out0 shares memory with another argument"):
        module.simple_mul_async(device, (), a, c, a, (), None)


def test_another_programs_file(folder: Path) -> None:
    one, other = made(SIMPLE_MUL, folder), made(DYNAMIC, folder)
    file = folder / "other.emod"
    file.write_bytes(other.module_file)
    with pytest.raises(InvalidArgument, match="other.emod was not written with .*translate again"):
        one.cls.create(device_of("interpreter"), file)


def test_a_device_that_runs_none_of_it(folder: Path) -> None:
    (folder / "spirv").mkdir()
    program = generate(SIMPLE_MUL, folder / "spirv", target_backends=("vulkan-spirv",))
    with pytest.raises(InvalidArgument, match="does not run executables of format SPVE"):
        program.create("interpreter")


@EVERY_DRIVER
def test_a_call_after_one_that_was_interrupted_waits_for_it(
    driver: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = generate(SIMPLE_MUL, tmp_path).create(driver)
    fence, seen = type(module._fence), list[str]()
    with monkeypatch.context() as patch:
        patch.setattr(fence, "wait", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            module.simple_mul(np.ones(4, np.float32), np.ones(4, np.float32))
    wait_idle = type(module.device).wait_idle

    def wait(device: Device) -> None:
        seen.append("wait")
        wait_idle(device)

    monkeypatch.setattr(type(module.device), "wait_idle", wait)
    with monkeypatch.context() as patch:
        patch.setattr(fence, "query", lambda _: 0)  # it still runs
        np.testing.assert_array_equal(
            module.simple_mul(np.full(4, 3, np.float32), np.ones(4, np.float32)), np.full(4, 3)
        )
    module.simple_mul(np.ones(4, np.float32), np.ones(4, np.float32))
    assert seen == ["wait"]
